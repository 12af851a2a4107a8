import { REGISTERS } from "./layout";

/**
 * The sparse form: runs of registers of one value, one after the other.
 *
 *     00llllll           l + 1 registers of 0
 *     01llllll llllllll  l + 1 registers of 0
 *     1vvvvvll           l + 1 registers of v + 1
 *
 * Reading only; sparse-registers.ts changes it. The runs may come from a user: they may end in the
 * middle of one (what is missing reads as 0), and cover more or fewer registers than there are.
 */
export const XZERO_BIT = 0x40;
export const VALUE_BIT = 0x80;

export class SparseWalk {
  /** Of the current run. */
  value = 0;
  registers = 0;
  /** Whether it takes two bytes. */
  isLong = false;
  /** Registers before the current run. */
  first = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** Goes before the first run of those in [at, end). */
  begin(bytes: Uint8Array, at: number, end: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.first = 0;
    this.registers = 0;
  }

  /** Moves to the next run; false behind the last. */
  next(): boolean {
    this.first += this.registers;
    this.registers = 0;
    if (this.#at >= this.#end) return false;
    const byte = this.#bytes[this.#at++];
    this.isLong = false;
    if ((byte & VALUE_BIT) !== 0) {
      this.value = ((byte >>> 2) & 0x1f) + 1;
      this.registers = (byte & 3) + 1;
      return true;
    }
    this.value = 0;
    this.registers = (byte & 0x3f) + 1;
    if ((byte & XZERO_BIT) !== 0) {
      const low = this.#at < this.#end ? this.#bytes[this.#at] : 0;
      this.registers = (((byte & 0x3f) << 8) | low) + 1;
      this.isLong = true;
      this.#at++;
    }
    return true;
  }

  /** Whether the runs so far cover all registers, when there are no more. */
  get isComplete(): boolean {
    return this.first + this.registers === REGISTERS;
  }
}
