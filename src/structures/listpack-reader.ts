import { equalBytes } from "../base/bytes";
import { formatInt64, formatInteger, parseSafeInteger } from "../base/int64";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { backLengthBefore, backLengthSize, elementSizeAt, lengthWordAt } from "./listpack-element";

/**
 * A listpack as readers see it: a block with a row of small byte strings, walked from either end.
 *
 *     [count][start][end] | gap | element | element | ... | gap        start, end: bytes from the block
 *
 * The elements are Redis's own bytes (listpack-element.ts); Redis's header and end mark are not kept
 * but written when a file wants them. The gaps let either end grow and shrink without moving much.
 *
 * An element is named by its offset in the block, 0 for none; offsets hold until the next change.
 * `read` shows it as bytes: where it lies, or its digits in a scratch when it is an integer.
 *
 * Costs: opening and either end are O(1), an element in the middle O(bytes) from the nearer end; 12
 * bytes and about 2 per element beside the content.
 */
export const LISTPACK_HEADER_BYTES = 12;
export const LISTPACK_COUNT = 0;
export const LISTPACK_START = 1;
export const LISTPACK_END = 2;
/** What Redis's header and end mark add to the elements, for limits that are told in its bytes. */
const REDIS_FRAME_BYTES = 7;
const DIGITS_BYTES = 24;
const TWO_32 = 4294967296;

export class ListpackReader {
  /** The block; 0 while nothing is open. */
  ref = 0;
  count = 0;
  /** The bytes of the element read last: `valueLength` of them in `valueBytes` from `valueAt`. */
  valueBytes: Uint8Array;
  valueAt = 0;
  valueLength = 0;
  /** Its value when it is an integer up to 2^53, else NaN. */
  integer = Number.NaN;
  protected start = 0;
  protected end = 0;
  /** The segment's bytes and where the block begins in them. */
  protected bytes: Uint8Array;
  protected base = 0;
  readonly #memory: BlockMemory;
  readonly #digits = new Uint8Array(DIGITS_BYTES);

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.bytes = this.#digits;
    this.valueBytes = this.#digits;
  }

  /** Looks at the listpack in block `ref` from now on. */
  open(ref: number): this {
    const segment = ref >>> SEGMENT_SHIFT;
    const words = this.#memory.words[segment];
    const at = (ref & GRANULE_MASK) << 2;
    this.ref = ref;
    this.bytes = this.#memory.bytes[segment];
    this.base = at << 2;
    this.count = words[at + LISTPACK_COUNT];
    this.start = words[at + LISTPACK_START];
    this.end = words[at + LISTPACK_END];
    return this;
  }

  /**
   * Looks at elements that lie in other bytes than a block, from `start` to before `end`; offsets are
   * those in `bytes`. Until the next `open` there is no block, and nothing can be changed.
   */
  openBytes(bytes: Uint8Array, count: number, start: number, end: number): this {
    this.ref = 0;
    this.bytes = bytes;
    this.base = 0;
    this.count = count;
    this.start = start;
    this.end = end;
    return this;
  }

  /** The segment whose bytes `valueBytes` are when `isInPlace`. */
  get segment(): number {
    return this.ref >>> SEGMENT_SHIFT;
  }

  /** Whether the element read last lies in the block, not in the scratch or elsewhere. */
  get isInPlace(): boolean {
    return this.ref !== 0 && this.valueBytes !== this.#digits;
  }

  /** For loops of their own: the bytes in which the elements lie, as listpack-element.ts says. */
  get elementBytes(): Uint8Array {
    return this.bytes;
  }

  /** Where an element lies in `elementBytes`. */
  positionOf(offset: number): number {
    return this.base + offset;
  }

  /** Bytes of all elements. */
  get elementsBytes(): number {
    return this.end - this.start;
  }

  /** Bytes that Redis's listpack of the same elements has. */
  get listpackBytes(): number {
    return this.end - this.start + REDIS_FRAME_BYTES;
  }

  /** A copy of the elements' own bytes, as Redis's listpack has them. Allocates. */
  bytesOfElements(): Buffer {
    return Buffer.from(this.bytes.slice(this.base + this.start, this.base + this.end));
  }

  first(): number {
    return this.count === 0 ? 0 : this.start;
  }

  last(): number {
    return this.count === 0 ? 0 : this.#before(this.end);
  }

  next(offset: number): number {
    const size = elementSizeAt(this.bytes, this.base + offset);
    const next = offset + size + backLengthSize(size);
    return next === this.end ? 0 : next;
  }

  previous(offset: number): number {
    return offset === this.start ? 0 : this.#before(offset);
  }

  /** The element at an index, counted from the end when negative; 0 when there is none. */
  seek(index: number): number {
    const { count } = this;
    const fromStart = index < 0 ? index + count : index;
    if (fromStart < 0 || fromStart >= count) return 0;
    if (fromStart < count >>> 1) {
      let offset = this.start;
      for (let left = fromStart; left > 0; left--) offset = this.next(offset);
      return offset;
    }
    let offset = this.#before(this.end);
    for (let left = count - 1 - fromStart; left > 0; left--) offset = this.#before(offset);
    return offset;
  }

  /** Shows the element in `valueBytes`, `valueAt`, `valueLength` and `integer`. */
  read(offset: number): void {
    const { bytes } = this;
    const at = this.base + offset;
    const head = bytes[at];
    if (head >= 0x80 && head < 0xc0) this.#show(at + 1, head & 63);
    else if (head < 0x80) this.#showInteger(head);
    else if (head < 0xe0) this.#showInteger(((((head & 31) << 8) | bytes[at + 1]) << 19) >> 19);
    else if (head < 0xf0) this.#show(at + 2, ((head & 15) << 8) | bytes[at + 1]);
    else if (head === 0xf0) this.#show(at + 5, lengthWordAt(bytes, at));
    else if (head <= 0xf4) this.#readWide(head, at);
    else throw new Error(`no listpack element begins with ${head}`);
  }

  /**
   * The first element from `offset` on that equals the bytes, looking at every `step`-th; 0 when
   * there is none.
   */
  find(offset: number, step: number, value: Uint8Array, valueAt: number, length: number): number {
    const { bytes, base } = this;
    if (offset === 0) return 0;
    const end = base + this.end;
    // Most of the same length differ in the last byte, as names with a number behind them do.
    const last = length === 0 ? 0 : value[valueAt + length - 1];
    let wanted = Number.NaN;
    let isParsed = false;
    let left = 0;
    for (let at = base + offset; at < end; ) {
      const head = bytes[at];
      const isShort = head >= 0x80 && head < 0xc0;
      if (left > 0) {
        left--;
      } else {
        left = step - 1;
        if (isShort) {
          const isLike = (head & 63) === length && (length === 0 || bytes[at + length] === last);
          if (isLike && equalBytes(bytes, at + 1, value, valueAt, length)) return at - base;
        } else if (head >= 0xe0 && head <= 0xf0) {
          const skipped = head === 0xf0 ? 5 : 2;
          const isLike =
            elementSizeAt(bytes, at) - skipped === length &&
            bytes[at + skipped + length - 1] === last;
          if (isLike && equalBytes(bytes, at + skipped, value, valueAt, length)) return at - base;
        } else if (length <= 20) {
          if (!isParsed) {
            wanted = parseSafeInteger(value, valueAt, length);
            isParsed = true;
          }
          if (this.#isInteger(at - base, head, wanted, value, valueAt, length)) return at - base;
        }
      }
      if (isShort) {
        at += (head & 63) + 2;
      } else {
        const size = elementSizeAt(bytes, at);
        at += size + backLengthSize(size);
      }
    }
    return 0;
  }

  /** Whether the element equals the bytes. */
  equals(offset: number, value: Uint8Array, valueAt: number, length: number): boolean {
    this.read(offset);
    if (this.valueLength !== length) return false;
    return equalBytes(this.valueBytes, this.valueAt, value, valueAt, length);
  }

  #isInteger(
    offset: number,
    head: number,
    wanted: number,
    value: Uint8Array,
    valueAt: number,
    length: number,
  ): boolean {
    if (head < 0x80) return head === wanted;
    // Only eight bytes can hold what is no safe integer.
    if (Number.isNaN(wanted) && head !== 0xf4) return false;
    return this.equals(offset, value, valueAt, length);
  }

  #before(offset: number): number {
    const size = backLengthBefore(this.bytes, this.base + offset);
    return offset - size - backLengthSize(size);
  }

  #show(at: number, length: number): void {
    this.valueBytes = this.bytes;
    this.valueAt = at;
    this.valueLength = length;
    this.integer = Number.NaN;
  }

  #showInteger(value: number): void {
    this.valueBytes = this.#digits;
    this.valueAt = 0;
    this.valueLength = formatInteger(value, this.#digits, 0);
    this.integer = value;
  }

  /** Integers of 16 to 64 bits. */
  #readWide(head: number, at: number): void {
    const { bytes } = this;
    const low = bytes[at + 1] | (bytes[at + 2] << 8);
    const word = low | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
    if (head !== 0xf4) {
      const bits = (head - 0xf1 + 2) << 3;
      this.#showInteger((word << (32 - bits)) >> (32 - bits));
      return;
    }
    const highWord =
      bytes[at + 5] | (bytes[at + 6] << 8) | (bytes[at + 7] << 16) | (bytes[at + 8] << 24);
    const value = highWord * TWO_32 + (word >>> 0);
    if (Number.isSafeInteger(value)) {
      this.#showInteger(value);
      return;
    }
    const exact = (BigInt(highWord) << 32n) | BigInt(word >>> 0);
    this.valueBytes = this.#digits;
    this.valueAt = 0;
    this.valueLength = formatInt64(exact, this.#digits, 0);
    this.integer = Number.NaN;
  }
}
