import { copyBytes, equalBytes } from "../../base/bytes";
import { MOST_PACKED_BYTES, PackedReader, pack, packedSize, packedSizeAt } from "./packed-text";

/**
 * The few fields of a small hash in one row of bytes, which lies inside the entry of its key.
 *
 *     [count] field value field value ...        each packed (packed-text.ts)
 *
 * A row is read where it lies. To be changed it is copied into a scratch first, and whoever has
 * changed it stores the bytes of `start` to `end`. A field is named by its offset in `bytes`, which
 * holds until the next change.
 *
 * Costs: O(bytes) for everything; 1 byte, and 1 for each field and each value.
 */
const MOST_ROW_BYTES = 256;
export const MOST_ROW_FIELDS = 64;

export class FieldRow {
  bytes: Uint8Array;
  start = 0;
  end = 1;
  /** Whether the row lies in the scratch, so that it has changed. */
  isEdited = false;
  /** What `show` shows. */
  readonly shown = new PackedReader();
  readonly #scratch = new Uint8Array(MOST_ROW_BYTES);
  /** A field that is looked for, packed. */
  readonly #wanted = new Uint8Array(MOST_ROW_BYTES);

  constructor() {
    this.bytes = this.#scratch;
  }

  /** Looks at a row from now on. */
  open(bytes: Uint8Array, at: number, length: number): void {
    this.bytes = bytes;
    this.start = at;
    this.end = at + length;
    this.isEdited = false;
  }

  /** Begins a row without fields. */
  create(): void {
    this.bytes = this.#scratch;
    this.bytes[0] = 0;
    this.start = 0;
    this.end = 1;
    this.isEdited = true;
  }

  get count(): number {
    return this.bytes[this.start];
  }

  get length(): number {
    return this.end - this.start;
  }

  /** The first field, or 0. */
  first(): number {
    return this.end === this.start + 1 ? 0 : this.start + 1;
  }

  /** The field behind another, or 0. */
  next(field: number): number {
    const value = this.valueOf(field);
    const next = value + packedSizeAt(this.bytes, value);
    return next === this.end ? 0 : next;
  }

  /** Where the value of a field is. */
  valueOf(field: number): number {
    return field + packedSizeAt(this.bytes, field);
  }

  /** Shows the field or value at an offset in `shown`. */
  show(at: number): void {
    this.shown.show(this.bytes, at);
  }

  find(field: Uint8Array, fieldAt: number, fieldLength: number): number {
    if (fieldLength > MOST_ROW_BYTES) return 0;
    const wanted = this.#wanted;
    const size = packedSize(field, fieldAt, fieldLength);
    if (size > MOST_ROW_BYTES) return 0;
    pack(wanted, 0, field, fieldAt, fieldLength);
    const { bytes, end } = this;
    // Names with a number behind them differ in the last byte; equal ends are looked at more closely.
    const last = wanted[size - 1];
    const head = wanted[0];
    for (let at = this.start + 1; at < end; ) {
      const isLike = bytes[at] === head && bytes[at + size - 1] === last;
      if (isLike && equalBytes(bytes, at, wanted, 0, size)) return at;
      at += packedSizeAt(bytes, at);
      at += packedSizeAt(bytes, at);
    }
    return 0;
  }

  /** Adds a field that is not there; false when the row would be too long. */
  append(
    field: Uint8Array,
    fieldAt: number,
    fieldLength: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
  ): boolean {
    if (fieldLength > MOST_PACKED_BYTES || valueLength > MOST_PACKED_BYTES) return false;
    const added = packedSize(field, fieldAt, fieldLength) + packedSize(value, valueAt, valueLength);
    if (this.length + added > MOST_ROW_BYTES || this.count === MOST_ROW_FIELDS) return false;
    this.#edit();
    const at = pack(this.bytes, this.end, field, fieldAt, fieldLength);
    this.end = pack(this.bytes, at, value, valueAt, valueLength);
    this.bytes[0]++;
    return true;
  }

  /** Gives a field another value; false when the row would be too long. */
  replace(field: number, value: Uint8Array, valueAt: number, valueLength: number): boolean {
    if (valueLength > MOST_PACKED_BYTES) return false;
    const at = this.valueOf(field) - this.start;
    const old = packedSizeAt(this.bytes, at + this.start);
    const size = packedSize(value, valueAt, valueLength);
    if (this.length + size - old > MOST_ROW_BYTES) return false;
    this.#edit();
    if (size !== old) {
      this.bytes.copyWithin(at + size, at + old, this.end);
      this.end += size - old;
    }
    pack(this.bytes, at, value, valueAt, valueLength);
    return true;
  }

  remove(field: number): void {
    const at = field - this.start;
    const value = this.valueOf(field);
    const behind = value + packedSizeAt(this.bytes, value) - this.start;
    this.#edit();
    this.bytes.copyWithin(at, behind, this.end);
    this.end -= behind - at;
    this.bytes[0]--;
  }

  /** Copies the row into the scratch, where it begins at 0. */
  #edit(): void {
    if (this.isEdited) return;
    const { length } = this;
    copyBytes(this.#scratch, 0, this.bytes, this.start, length);
    this.bytes = this.#scratch;
    this.start = 0;
    this.end = length;
    this.isEdited = true;
  }
}
