import { HEADER_BYTES, MOST_SPARSE_BYTES } from "./layout";
import { VALUE_BIT, XZERO_BIT } from "./sparse-walk";

/**
 * A sparse HyperLogLog that is being changed, in memory of its own. See sparse-walk.ts for the form.
 *
 * Which bytes come out is Redis's choice and not free: the runs are split and joined in its order,
 * so that the same additions give the same string. What always holds: header and runs are
 * bytes[0, length), and the memory has room for one more split.
 */

export const SET_REFUSED = -1;
export const SET_UNCHANGED = 0;
export const SET_CHANGED = 1;
/** The sparse form cannot hold it, or would be too long: to be set in the dense form. */
export const SET_NEEDS_DENSE = 2;

const MOST_VALUE = 32;
const MOST_VALUE_RUN = 4;
const MOST_SHORT_ZEROS = 64;
/** A run that is split becomes three, at most five bytes. */
const SPLIT_BYTES = 5;
/** Runs looked at for joining, from the one before the change on. */
const JOINED_RUNS = 5;

export class SparseRegisters {
  readonly bytes = new Uint8Array(MOST_SPARSE_BYTES + SPLIT_BYTES);
  length = 0;
  readonly #split = new Uint8Array(SPLIT_BYTES);
  #splitLength = 0;
  /** The run that covers a register: where it stands, the one before it, what it covers. */
  #at = 0;
  #before = 0;
  #first = 0;
  #registers = 0;

  /** Raises a register to `value`; SET_* tells what came of it. */
  set(index: number, value: number, mostBytes: number): number {
    if (value > MOST_VALUE) return SET_NEEDS_DENSE;
    if (!this.#find(index)) return SET_REFUSED;
    const byte = this.bytes[this.#at];
    const isValue = (byte & VALUE_BIT) !== 0;
    const old = isValue ? runValue(byte) : 0;
    if (old >= value) return SET_UNCHANGED;
    const isLong = !isValue && (byte & XZERO_BIT) !== 0;
    if (this.#registers === 1 && !isLong) {
      this.bytes[this.#at] = valueRun(value, 1);
    } else {
      this.#splitRun(index, value, old);
      const oldBytes = isLong ? 2 : 1;
      const grownBytes = this.#splitLength - oldBytes;
      if (grownBytes > 0 && this.length + grownBytes > mostBytes) return SET_NEEDS_DENSE;
      if (this.length + grownBytes > MOST_SPARSE_BYTES) return SET_REFUSED;
      this.#replaceRun(oldBytes);
    }
    this.#join();
    return SET_CHANGED;
  }

  /** Finds the run that covers a register; false where none does. */
  #find(index: number): boolean {
    const { bytes, length } = this;
    let at = HEADER_BYTES;
    let before = HEADER_BYTES;
    let first = 0;
    while (at < length) {
      const byte = bytes[at];
      let size = 1;
      let registers = (byte & 0x3f) + 1;
      if ((byte & VALUE_BIT) !== 0) registers = (byte & 3) + 1;
      else if ((byte & XZERO_BIT) !== 0) {
        registers = (((byte & 0x3f) << 8) | (at + 1 < length ? bytes[at + 1] : 0)) + 1;
        size = 2;
      }
      if (index < first + registers) {
        this.#at = at;
        this.#before = before;
        this.#first = first;
        this.#registers = registers;
        // A long run whose second byte is missing cannot be split.
        return at + size <= length;
      }
      before = at;
      at += size;
      first += registers;
    }
    return false;
  }

  /** Writes to `split` what the found run becomes. */
  #splitRun(index: number, value: number, old: number): void {
    this.#splitLength = 0;
    this.#pushRun(old, index - this.#first);
    this.#pushRun(value, 1);
    this.#pushRun(old, this.#first + this.#registers - 1 - index);
  }

  #pushRun(value: number, registers: number): void {
    if (registers === 0) return;
    if (value > 0) {
      this.#split[this.#splitLength++] = valueRun(value, registers);
    } else if (registers <= MOST_SHORT_ZEROS) {
      this.#split[this.#splitLength++] = registers - 1;
    } else {
      this.#split[this.#splitLength++] = ((registers - 1) >>> 8) | XZERO_BIT;
      this.#split[this.#splitLength++] = (registers - 1) & 0xff;
    }
  }

  #replaceRun(oldBytes: number): void {
    const { bytes } = this;
    const behind = this.#at + oldBytes;
    bytes.copyWithin(this.#at + this.#splitLength, behind, this.length);
    for (let i = 0; i < this.#splitLength; i++) bytes[this.#at + i] = this.#split[i];
    this.length += this.#splitLength - oldBytes;
  }

  /** Joins neighbours of one value around the change. */
  #join(): void {
    const { bytes } = this;
    let at = this.#before;
    for (let left = JOINED_RUNS; left > 0 && at < this.length; left--) {
      const byte = bytes[at];
      if ((byte & VALUE_BIT) === 0) {
        at += (byte & XZERO_BIT) === 0 ? 1 : 2;
        continue;
      }
      const next = at + 1 < this.length ? bytes[at + 1] : 0;
      const registers = (byte & 3) + (next & 3) + 2;
      const isSame = (next & VALUE_BIT) !== 0 && runValue(next) === runValue(byte);
      if (isSame && registers <= MOST_VALUE_RUN) {
        bytes[at + 1] = valueRun(runValue(byte), registers);
        bytes.copyWithin(at, at + 1, this.length);
        this.length--;
        continue;
      }
      at++;
    }
  }
}

function runValue(byte: number): number {
  return ((byte >>> 2) & 0x1f) + 1;
}

function valueRun(value: number, registers: number): number {
  return VALUE_BIT | ((value - 1) << 2) | (registers - 1);
}
