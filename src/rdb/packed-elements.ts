import { formatInt64, formatInteger } from "../base/int64";

/**
 * A row of byte strings as a file has it in one string: a listpack, ziplist or zipmap in plain bytes.
 *
 * `open` walks all of it and checks every length before anything is shown, so that what is broken is
 * never read. It knows no values: whether elements differ, are in order or make pairs is asked by
 * those who do. It is no listpack of this server's memory (structures/listpack-reader.ts).
 *
 * An element is shown in `valueBytes`, `valueAt` and `valueLength`: where it lies, or its digits in a
 * scratch when it is an integer; valid until the next is shown.
 */
const DIGITS_BYTES = 24;
const TWO_32 = 4294967296;
/** What `step` returns for an element that is broken or goes beyond the end. */
export const BROKEN = -1;
/** What `frame` returns where the header does not count the elements. */
export const UNCOUNTED = -1;

export abstract class PackedElements {
  /** Elements in all. */
  count = 0;
  valueBytes: Uint8Array;
  valueAt = 0;
  valueLength = 0;
  /** Whether the element shown is kept as an integer, and then its two halves. */
  isInteger = false;
  integerHigh = 0;
  integerLow = 0;
  protected bytes: Uint8Array;
  /** The elements lie from `start` to before `end`. */
  protected start = 0;
  protected end = 0;
  readonly #digits = new Uint8Array(DIGITS_BYTES);
  #at = 0;

  constructor() {
    this.bytes = this.#digits;
    this.valueBytes = this.#digits;
  }

  /** Looks at `length` bytes from now on, before the first element; false when they are broken. */
  open(bytes: Uint8Array, at: number, length: number): boolean {
    this.bytes = bytes;
    this.count = 0;
    const counted = this.frame(at, at + length);
    if (counted === undefined) return false;
    let count = 0;
    this.rewind();
    while (this.#at < this.end) {
      const next = this.step(this.#at);
      if (next === BROKEN || next > this.end) return false;
      this.#at = next;
      count++;
    }
    if (counted !== UNCOUNTED && counted !== count) return false;
    this.count = count;
    this.rewind();
    return true;
  }

  /** Goes back before the first element. */
  rewind(): void {
    this.goto(this.start);
  }

  /** Where the next element is, for `goto`. */
  get position(): number {
    return this.#at;
  }

  /** Goes back before an element. */
  goto(position: number): void {
    this.#at = position;
  }

  /** Shows the next element; false after the last. */
  next(): boolean {
    if (this.#at >= this.end) return false;
    this.#at = this.step(this.#at);
    return true;
  }

  /**
   * Takes `start` and `end` from the header and checks it and the end mark. Returns how many elements
   * there are to be, UNCOUNTED, or undefined when it is broken.
   */
  protected abstract frame(at: number, end: number): number | undefined;

  /** Shows the element at an offset before `end`; returns the offset behind it, or BROKEN. */
  protected abstract step(at: number): number;

  protected show(at: number, length: number): void {
    this.valueBytes = this.bytes;
    this.valueAt = at;
    this.valueLength = length;
    this.isInteger = false;
  }

  /** Of 32 bits. */
  protected showInteger(value: number): void {
    this.isInteger = true;
    this.integerLow = value | 0;
    this.integerHigh = value >> 31;
    this.valueBytes = this.#digits;
    this.valueAt = 0;
    this.valueLength = formatInteger(value, this.#digits, 0);
  }

  /** Shows a signed integer of 1, 2, 3, 4 or 8 bytes, least significant first. */
  protected showBinary(at: number, size: number): void {
    const low = this.uint32(at);
    if (size < 8) {
      const unused = 32 - (size << 3);
      this.showInteger((low << unused) >> unused);
      return;
    }
    const high = this.uint32(at + 4) | 0;
    const value = high * TWO_32 + low;
    this.isInteger = true;
    this.integerLow = low | 0;
    this.integerHigh = high;
    this.valueBytes = this.#digits;
    this.valueAt = 0;
    this.valueLength = Number.isSafeInteger(value)
      ? formatInteger(value, this.#digits, 0)
      : formatInt64((BigInt(high) << 32n) | BigInt(low), this.#digits, 0);
  }

  /** Four bytes, least significant first; what is beyond the bytes counts as 0. */
  protected uint32(at: number): number {
    const { bytes } = this;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
}
