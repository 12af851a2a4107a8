import { compareBytes, copyBytes } from "../../base/bytes";

const FIRST_ROWS = 256;
const FIRST_BYTES = 8192;
/** The length of a row that is missing. */
const MISSING = -1;

/**
 * A growing table of byte strings by number, some of them missing: what SORT copies out of the data
 * set before it looks anything else up. All of it lies in two typed arrays.
 */
export class ByteRows {
  count = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;
  #starts = new Float64Array(FIRST_ROWS);
  #lengths = new Int32Array(FIRST_ROWS);

  add(bytes: Uint8Array, at: number, length: number): void {
    this.#makeRoom(length);
    copyBytes(this.bytes, this.#used, bytes, at, length);
    this.#starts[this.count] = this.#used;
    this.#lengths[this.count++] = length;
    this.#used += length;
  }

  addMissing(): void {
    this.#makeRoom(0);
    this.#lengths[this.count++] = MISSING;
  }

  isMissing(row: number): boolean {
    return this.#lengths[row] === MISSING;
  }

  at(row: number): number {
    return this.#starts[row];
  }

  /** 0 for a missing row. */
  lengthOf(row: number): number {
    return Math.max(this.#lengths[row], 0);
  }

  /** Below 0 when row `a` comes first; a missing one comes before all others. */
  compare(a: number, b: number): number {
    return this.#compare(a, b, this.#lengths[a], this.#lengths[b]);
  }

  /** As `compare`, but a NUL ends a row, as it does for C's strcoll. */
  compareTexts(a: number, b: number): number {
    return this.#compare(a, b, this.#textLength(a), this.#textLength(b));
  }

  #compare(a: number, b: number, aLength: number, bLength: number): number {
    if (aLength === MISSING || bLength === MISSING) {
      return Number(aLength !== MISSING) - Number(bLength !== MISSING);
    }
    return compareBytes(this.bytes, this.#starts[a], aLength, this.bytes, this.#starts[b], bLength);
  }

  #textLength(row: number): number {
    const start = this.#starts[row];
    const end = start + this.#lengths[row];
    let at = start;
    while (at < end && this.bytes[at] !== 0) at++;
    return this.#lengths[row] === MISSING ? MISSING : at - start;
  }

  #makeRoom(length: number): void {
    if (this.#used + length > this.bytes.length) {
      const bytes = new Uint8Array((this.#used + length) * 2);
      bytes.set(this.bytes.subarray(0, this.#used));
      this.bytes = bytes;
    }
    if (this.count < this.#lengths.length) return;
    const starts = new Float64Array(this.count * 2);
    starts.set(this.#starts);
    this.#starts = starts;
    const lengths = new Int32Array(this.count * 2);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }
}
