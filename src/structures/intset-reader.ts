import { formatInt64, formatInteger, parseInt64, parseSafeInteger } from "../base/int64";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";

/**
 * An intset as readers see it: a block with a sorted row of different 64-bit integers.
 *
 *     [width: 2, 4 or 8][count] | value | value | ...          header 8 B, values little-endian
 *
 * These are Redis's own bytes, header included, so that files take them as they are. All values have
 * the width that the widest one ever needed.
 *
 * A 64-bit integer is two 32-bit words here, `high` signed and `low` as its bits: no bigint unless
 * digits beyond 2^53 are read or written. What is looked for or put in is told by `want` first.
 *
 * Costs: finding is O(log n), reading by index O(1); 2, 4 or 8 bytes a value.
 */
export const INTSET_HEADER_BYTES = 8;
export const INTSET_HEADER_WORDS = 2;
export const INTSET_WIDTH = 0;
export const INTSET_COUNT = 1;
const TWO_32 = 4294967296;
/** The longest decimal of 64 bits. */
const LONGEST_DECIMAL = 20;

export class IntsetReader {
  /** The block; 0 while nothing is open. */
  ref = 0;
  count = 0;
  /** Bytes of each value. */
  width = 2;
  /** The value that `want` was told. */
  protected wantedHigh = 0;
  protected wantedLow = 0;
  protected words: Int32Array = new Int32Array(0);
  /** Word at which the values begin. */
  protected valuesAt = 0;
  readonly #memory: BlockMemory;
  /** The words of the value read last. */
  #high = 0;
  #low = 0;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** Looks at the intset in block `ref` from now on. */
  open(ref: number): this {
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    this.ref = ref;
    this.words = words;
    this.valuesAt = at + INTSET_HEADER_WORDS;
    this.width = words[at + INTSET_WIDTH];
    this.count = words[at + INTSET_COUNT];
    return this;
  }

  /** Bytes of header and values, which lie at the beginning of the block. */
  get sizeBytes(): number {
    return INTSET_HEADER_BYTES + this.count * this.width;
  }

  /** Takes a decimal as the value that is looked for; false when it is no canonical int64. */
  want(bytes: Uint8Array, at: number, length: number): boolean {
    if (length > LONGEST_DECIMAL) return false;
    const value = parseSafeInteger(bytes, at, length);
    if (!Number.isNaN(value)) {
      this.wantedLow = value | 0;
      this.wantedHigh = Math.floor(value / TWO_32);
      return true;
    }
    if (length < 16) return false;
    const exact = parseInt64(bytes, at, length);
    if (exact === undefined) return false;
    this.wantedLow = Number(BigInt.asIntN(32, exact));
    this.wantedHigh = Number(exact >> 32n);
    return true;
  }

  /** The index of the wanted value; when it is not there, -1 minus the index where it belongs. */
  find(): number {
    if (this.width === 8) return this.#findWide();
    const wanted = this.wantedLow;
    if (this.wantedHigh !== wanted >> 31) return this.wantedHigh < 0 ? -1 : -1 - this.count;
    const { words, valuesAt } = this;
    const isNarrow = this.width === 2;
    let left = 0;
    let right = this.count;
    while (left < right) {
      const middle = (left + right) >>> 1;
      const value = isNarrow ? this.#narrowAt(middle) : words[valuesAt + middle];
      if (value === wanted) return middle;
      if (value < wanted) left = middle + 1;
      else right = middle;
    }
    return -1 - left;
  }

  /** Writes the digits of the value at an index to `out`; returns how many they are. */
  formatAt(index: number, out: Uint8Array): number {
    this.#readWords(index);
    const value = this.#high * TWO_32 + (this.#low >>> 0);
    if (Number.isSafeInteger(value)) return formatInteger(value, out, 0);
    return formatInt64((BigInt(this.#high) << 32n) | BigInt(this.#low >>> 0), out, 0);
  }

  /** Takes the value at an index as the wanted one. */
  protected wantAt(index: number): void {
    this.#readWords(index);
    this.wantedHigh = this.#high;
    this.wantedLow = this.#low;
  }

  #readWords(index: number): void {
    if (this.width === 8) {
      this.#low = this.words[this.valuesAt + (index << 1)];
      this.#high = this.words[this.valuesAt + (index << 1) + 1];
    } else {
      this.#low = this.width === 2 ? this.#narrowAt(index) : this.words[this.valuesAt + index];
      this.#high = this.#low >> 31;
    }
  }

  #narrowAt(index: number): number {
    const pair = this.words[this.valuesAt + (index >>> 1)];
    return (index & 1) === 0 ? (pair << 16) >> 16 : pair >> 16;
  }

  #findWide(): number {
    const { words, valuesAt, wantedHigh } = this;
    const wantedLow = this.wantedLow >>> 0;
    let left = 0;
    let right = this.count;
    while (left < right) {
      const middle = (left + right) >>> 1;
      const at = valuesAt + (middle << 1);
      const high = words[at + 1];
      const low = words[at] >>> 0;
      if (high === wantedHigh && low === wantedLow) return middle;
      if (high < wantedHigh || (high === wantedHigh && low < wantedLow)) left = middle + 1;
      else right = middle;
    }
    return -1 - left;
  }
}
