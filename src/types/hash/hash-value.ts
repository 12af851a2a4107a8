import type { HalfSipHash } from "../../base/half-sip-hash";
import { formatInteger } from "../../base/int64";
import { ENTRY_META, ENTRY_VALUE, valueStartOf } from "../../keyspace/entry";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import { Listpack } from "../../structures/listpack";
import {
  FIELD_HEADER_BYTES,
  fieldExpiryOf,
  fieldHashOf,
  fieldLengthOf,
  fieldStartOf,
  fieldValueLengthOf,
  fieldValueStartOf,
  NO_FIELD_EXPIRY,
  newFieldEntry,
  overwriteFieldValue,
  writeFieldExpiry,
} from "./field-entry";
import type { FieldRow } from "./field-row";
import {
  elementsPerField,
  HASH_DICT,
  HASH_INLINE,
  HASH_LISTPACK,
  HASH_LISTPACK_EXPIRING,
  HASH_SMALL_TABLE,
  HASH_SMALL_TABLE_EXPIRING,
} from "./hash-encoding";
import { addExpiries, movePackToDict, moveRowToPack, ZERO } from "./hash-forms";
import type { HashLimits } from "./hash-limits";
import { HashReader } from "./hash-reader";
import { NEVER } from "./time-words";

/**
 * What Redis calls a hashtable stays in a listpack up to so many fields and bytes. Measured
 * (bench/micro/types/hash.ts, quiet): finding one of 60 fields takes 0.3 us, in a dictionary 0.1;
 * but a dictionary has 4 KiB before its first field.
 */
const MOST_SMALL_FIELDS = 64;
const MOST_SMALL_BYTES = 1024;
/** A listpack is never larger, whatever the limits say (as in Redis). */
const MOST_LISTPACK_BYTES = 0x4000_0000;
const MOST_FIRST_BYTES = 8192;
/** Bytes beside the content that an element of a listpack takes at most. */
const ELEMENT_BYTES = 10;
const DIGITS_BYTES = 24;

/**
 * A hash as commands change it: fields with values and expiries, whatever form they lie in.
 *
 * One object serves all commands: `open` or `create`, work, and store `encoding` and `ref` where
 * `isMoved` says so. It knows no keys, events and replies.
 *
 * What always holds: a field whose time has come (`nowMs`) is not found; the next that sets it puts
 * a new one in its place. A field is there once. Frozen blocks are copied before they change.
 *
 * Costs: O(1) in a dictionary, O(bytes) in a listpack.
 */
export class HashValue extends HashReader {
  nowMs = 0;
  /** The memory that it lies in. */
  readonly arena: Arena;
  readonly #hasher: HalfSipHash;
  readonly #limits: HashLimits;
  readonly #pack: Listpack;
  readonly #dict: Dict;
  readonly #digits = new Uint8Array(DIGITS_BYTES);
  /** What a new hash is to hold. */
  #contentBytes = 0;
  #openedRef = 0;
  #openedEncoding = 0;

  constructor(memory: Arena, hasher: HalfSipHash, limits: HashLimits) {
    const pack = new Listpack(memory);
    super(memory, pack);
    this.arena = memory;
    this.#hasher = hasher;
    this.#limits = limits;
    this.#pack = pack;
    this.#dict = new Dict(memory, FIELD_HEADER_BYTES);
  }

  /** Works on the hash of an entry from now on, at the time `nowMs`. */
  open(entry: number, nowMs: number): this {
    const memory = this.arena;
    const words = memory.words[entry >>> SEGMENT_SHIFT];
    const at = (entry & GRANULE_MASK) << 2;
    const ref = words[at + ENTRY_VALUE];
    const encoding = (words[at + ENTRY_META] >>> 4) & 15;
    this.nowMs = nowMs;
    this.encoding = encoding;
    this.#openedEncoding = encoding;
    this.#openedRef = ref;
    this.#contentBytes = 0;
    if (encoding === HASH_DICT) {
      this.#dict.open(ref);
    } else if (encoding === HASH_INLINE) {
      this.row.open(memory.bytes[entry >>> SEGMENT_SHIFT], valueStartOf(memory, entry), ref);
    } else {
      this.#pack.open(ref);
    }
    return this;
  }

  /** Makes an empty hash that is to hold about so much, and opens it. */
  create(contentBytes: number, nowMs: number): this {
    this.nowMs = nowMs;
    this.encoding = HASH_INLINE;
    this.#openedEncoding = HASH_INLINE;
    this.#contentBytes = contentBytes;
    this.row.create();
    return this;
  }

  /** The row to store inside the entry, where the encoding is HASH_INLINE. */
  get inline(): FieldRow {
    return this.row;
  }

  override get ref(): number {
    return this.encoding === HASH_DICT ? this.#dict.ref : this.#pack.ref;
  }

  override get count(): number {
    const { encoding } = this;
    if (encoding === HASH_DICT) return this.#dict.count;
    if (encoding === HASH_INLINE) return this.row.count;
    return this.#pack.count / elementsPerField(encoding);
  }

  /** Whether the entry must be told another ref or encoding, or get another row. */
  get isMoved(): boolean {
    if (this.encoding === HASH_INLINE) return this.row.isEdited;
    return this.encoding !== this.#openedEncoding || this.ref !== this.#openedRef;
  }

  /** The dictionary, for those who pick and scan; only where the encoding is HASH_DICT. */
  get dict(): Dict {
    return this.#dict;
  }

  /** The field at an index from 0 on; not in a dictionary. */
  handleAt(index: number): number {
    const { row } = this;
    if (this.encoding === HASH_INLINE) {
      let field = row.first();
      for (let left = index; left > 0; left--) field = row.next(field);
      return field;
    }
    return this.#pack.seek(index * elementsPerField(this.encoding));
  }

  /** Whether a field is there for nobody any more. */
  isExpired(handle: number): boolean {
    const expiryMs = this.expiryOf(handle);
    return expiryMs !== NO_FIELD_EXPIRY && expiryMs <= this.nowMs;
  }

  /** The handle of a live field, or 0. */
  find(field: Uint8Array, fieldAt: number, fieldLength: number): number {
    const handle = this.#locate(field, fieldAt, fieldLength);
    if (handle === 0 || !this.mayExpire) return handle;
    return this.isExpired(handle) ? 0 : handle;
  }

  /** Whether there still is a field that nobody finds, because its time has come. */
  hides(field: Uint8Array, fieldAt: number, fieldLength: number): boolean {
    if (!this.mayExpire) return false;
    const handle = this.#locate(field, fieldAt, fieldLength);
    return handle !== 0 && this.isExpired(handle);
  }

  /** Fields that are there: all but those whose time has come. O(N) where fields expire, else O(1). */
  countLive(): number {
    const { encoding, count } = this;
    if (!this.mayExpire || (encoding === HASH_DICT && this.#dict.expiring === 0)) return count;
    let live = 0;
    this.forEachLive(() => live++);
    return live;
  }

  /** Calls `visit` with the handle of each field that is there. */
  forEachLive(visit: (handle: number) => void): void {
    if (!this.mayExpire) {
      this.forEach(visit);
      return;
    }
    this.forEach((handle) => {
      if (!this.isExpired(handle)) visit(handle);
    });
  }

  /**
   * Gives a field a value. Its expiry goes unless `keepsExpiry`. Returns whether the field is new.
   * Both byte ranges lie outside of this hash.
   */
  set(
    field: Uint8Array,
    fieldAt: number,
    fieldLength: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    keepsExpiry = false,
  ): boolean {
    if (this.encoding === HASH_INLINE) {
      const row = this.row;
      const handle = row.find(field, fieldAt, fieldLength);
      if (this.#fitsRow(fieldLength, valueLength, handle === 0)) {
        const isDone =
          handle === 0
            ? row.append(field, fieldAt, fieldLength, value, valueAt, valueLength)
            : row.replace(handle, value, valueAt, valueLength);
        if (isDone) return handle === 0;
      }
      this.#makePack();
    }
    if (this.encoding !== HASH_DICT) this.#makeRoom(fieldLength, valueLength);
    if (this.encoding === HASH_DICT) {
      const hash = this.#hasher.hash(field, fieldAt, fieldLength);
      const found = this.#dict.find(hash, field, fieldAt, fieldLength);
      if (found !== 0) return this.#setFound(found, value, valueAt, valueLength, keepsExpiry);
      this.#dict.insert(
        newFieldEntry(
          this.arena,
          hash,
          field,
          fieldAt,
          fieldLength,
          value,
          valueAt,
          valueLength,
          NO_FIELD_EXPIRY,
        ),
      );
      return true;
    }
    const pack = this.#pack;
    const step = elementsPerField(this.encoding);
    const offset = pack.find(pack.first(), step, field, fieldAt, fieldLength);
    if (offset !== 0) {
      const wasExpired = step === 3 && this.isExpired(offset);
      const placed = pack.replace(pack.next(offset), value, valueAt, valueLength);
      if (step === 3 && (wasExpired || !keepsExpiry)) pack.replace(pack.next(placed), ZERO, 0, 1);
      return wasExpired;
    }
    pack.append(field, fieldAt, fieldLength);
    pack.append(value, valueAt, valueLength);
    if (step === 3) pack.append(ZERO, 0, 1);
    if (this.count > this.#limits.maxEntries) this.#reportTable();
    return true;
  }

  /** Takes a field out; false when it is not there (or its time has come: then it stays). */
  delete(field: Uint8Array, fieldAt: number, fieldLength: number): boolean {
    const handle = this.find(field, fieldAt, fieldLength);
    if (handle === 0) return false;
    this.#removeLocated(handle);
    return true;
  }

  /** Takes out the field of a handle; other handles of a listpack do not hold any more. */
  remove(handle: number): void {
    if (this.encoding === HASH_DICT) this.#dict.locate(handle);
    this.#removeLocated(handle);
  }

  /** Gives a field an expiry in ms since 1970, or takes it away with NO_FIELD_EXPIRY. */
  setExpiry(field: Uint8Array, fieldAt: number, fieldLength: number, expiryMs: number): void {
    if (this.encoding === HASH_INLINE) this.#makePack();
    if (!this.mayExpire) this.#makeExpiring();
    const handle = this.#locate(field, fieldAt, fieldLength);
    if (this.encoding === HASH_DICT) {
      this.#setExpiryFound(handle, expiryMs);
      return;
    }
    const pack = this.#pack;
    const digits = expiryMs === NO_FIELD_EXPIRY ? 0 : expiryMs;
    const length = formatInteger(digits, this.#digits, 0);
    pack.replace(pack.next(pack.next(handle)), this.#digits, 0, length);
    if (this.encoding === HASH_SMALL_TABLE_EXPIRING && !this.#isSmall(0, 0)) this.#makeDict();
  }

  /**
   * Takes the fields whose time has come out of a listpack, `tell` being told of each before. Returns
   * the least expiry of those that stay, NEVER when none has one.
   */
  expireInListpack(tell: (handle: number) => void): number {
    const pack = this.#pack;
    let leastMs = NEVER;
    let expired = 0;
    for (let offset = pack.first(); offset !== 0; offset = this.#nextTriple(offset)) {
      const expiryMs = this.expiryOf(offset);
      if (expiryMs === NO_FIELD_EXPIRY) continue;
      if (expiryMs <= this.nowMs) expired++;
      else if (expiryMs < leastMs) leastMs = expiryMs;
    }
    if (expired === 0) return leastMs;
    // One copy of what stays instead of a move for each that goes.
    const kept = new Listpack(this.arena).create(pack.listpackBytes);
    for (let offset = pack.first(); offset !== 0; ) {
      const next = this.#nextTriple(offset);
      if (this.isExpired(offset)) tell(offset);
      else kept.appendFrom(pack, offset, next, 3);
      offset = next;
    }
    const { ref } = kept;
    pack.dispose();
    pack.open(ref).trim();
    return leastMs;
  }

  #nextTriple(offset: number): number {
    const pack = this.#pack;
    return pack.next(pack.next(pack.next(offset)));
  }

  /** The handle of a field whether its time has come or not, or 0. */
  #locate(field: Uint8Array, fieldAt: number, fieldLength: number): number {
    const { encoding } = this;
    if (encoding === HASH_DICT) {
      const hash = this.#hasher.hash(field, fieldAt, fieldLength);
      return this.#dict.find(hash, field, fieldAt, fieldLength);
    }
    if (encoding === HASH_INLINE) return this.row.find(field, fieldAt, fieldLength);
    const pack = this.#pack;
    return pack.find(pack.first(), elementsPerField(encoding), field, fieldAt, fieldLength);
  }

  #removeLocated(handle: number): void {
    if (this.encoding === HASH_INLINE) {
      this.row.remove(handle);
      return;
    }
    if (this.encoding !== HASH_DICT) {
      this.#pack.remove(handle, elementsPerField(this.encoding));
      return;
    }
    this.#dict.removeFound();
    this.arena.free(handle);
  }

  /** Overwrites the dictionary's position. Returns whether its time had come. */
  #setFound(
    found: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    keepsExpiry: boolean,
  ): boolean {
    const memory = this.arena;
    const expiryMs = fieldExpiryOf(memory, found);
    const wasExpired = expiryMs !== NO_FIELD_EXPIRY && expiryMs <= this.nowMs;
    const keptMs = keepsExpiry && !wasExpired ? expiryMs : NO_FIELD_EXPIRY;
    const isInPlace =
      keptMs === expiryMs &&
      !memory.frozen(found) &&
      overwriteFieldValue(memory, found, value, valueAt, valueLength);
    if (!isInPlace) this.#replaceFound(found, value, valueAt, valueLength, keptMs);
    return wasExpired;
  }

  #setExpiryFound(found: number, expiryMs: number): void {
    const memory = this.arena;
    const oldMs = fieldExpiryOf(memory, found);
    if (oldMs === expiryMs) return;
    if (oldMs !== NO_FIELD_EXPIRY && expiryMs !== NO_FIELD_EXPIRY) {
      writeFieldExpiry(memory, this.#dict.ownFoundEntry(), expiryMs);
      return;
    }
    const bytes = memory.bytes[found >>> SEGMENT_SHIFT];
    const valueAt = fieldValueStartOf(memory, found);
    this.#replaceFound(found, bytes, valueAt, fieldValueLengthOf(memory, found), expiryMs);
  }

  /** Puts a new entry of the same field in the place of the dictionary's position. */
  #replaceFound(
    found: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    expiryMs: number,
  ): void {
    const memory = this.arena;
    const entry = newFieldEntry(
      memory,
      fieldHashOf(memory, found),
      memory.bytes[found >>> SEGMENT_SHIFT],
      fieldStartOf(memory, found),
      fieldLengthOf(memory, found),
      value,
      valueAt,
      valueLength,
      expiryMs,
    );
    this.#dict.replaceFound(entry);
    memory.free(found);
  }

  /** Whether the limits let a field of these lengths stay in the row. */
  #fitsRow(fieldLength: number, valueLength: number, isNew: boolean): boolean {
    const { maxEntries, maxValueBytes } = this.#limits;
    if (fieldLength > maxValueBytes || valueLength > maxValueBytes) return false;
    return !isNew || this.row.count < maxEntries;
  }

  /** Moves all fields from the row to a new listpack. */
  #makePack(): void {
    const { row } = this;
    const contentBytes = Math.max(row.length, Math.min(this.#contentBytes, MOST_FIRST_BYTES));
    moveRowToPack(row, this.#pack.create(contentBytes));
    this.#contentBytes = 0;
    this.encoding = HASH_LISTPACK;
  }

  /** Before a field is set in a listpack: changes the form when it will not do for these lengths. */
  #makeRoom(fieldLength: number, valueLength: number): void {
    const { encoding } = this;
    if (encoding === HASH_LISTPACK || encoding === HASH_LISTPACK_EXPIRING) {
      const { maxValueBytes } = this.#limits;
      const fits = fieldLength <= maxValueBytes && valueLength <= maxValueBytes;
      const added = fieldLength + valueLength;
      if (fits && this.#pack.listpackBytes + added < MOST_LISTPACK_BYTES) return;
      this.#reportTable();
    }
    if (this.encoding !== HASH_DICT && !this.#isSmall(1, fieldLength + valueLength)) {
      this.#makeDict();
    }
  }

  /** Whether the listpack will do for a hashtable when so much is added. */
  #isSmall(addedFields: number, addedBytes: number): boolean {
    if (this.count + addedFields > MOST_SMALL_FIELDS) return false;
    const elements = addedFields * elementsPerField(this.encoding);
    const addedMost = addedBytes + elements * ELEMENT_BYTES;
    return this.#pack.listpackBytes + addedMost <= MOST_SMALL_BYTES;
  }

  /** From now on it is reported as a hashtable. */
  #reportTable(): void {
    if (this.encoding === HASH_LISTPACK) this.encoding = HASH_SMALL_TABLE;
    if (this.encoding === HASH_LISTPACK_EXPIRING) this.encoding = HASH_SMALL_TABLE_EXPIRING;
    if (this.encoding !== HASH_DICT && !this.#isSmall(0, 0)) this.#makeDict();
  }

  /** Gives each field of the listpack a place for an expiry. */
  #makeExpiring(): void {
    addExpiries(this.arena, this.#pack);
    this.encoding =
      this.encoding === HASH_LISTPACK ? HASH_LISTPACK_EXPIRING : HASH_SMALL_TABLE_EXPIRING;
  }

  /** Moves all fields from the listpack to a new dictionary. */
  #makeDict(): void {
    const elements = elementsPerField(this.encoding);
    movePackToDict(this.arena, this.#hasher, this.#pack, elements, this.#dict);
    this.encoding = HASH_DICT;
  }
}
