import { ENTRY_VALUE, encodingOf, valueStartOf, wordOf } from "../../keyspace/entry";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { DICT_COUNT } from "../../structures/dict-layout";
import { forEachEntry } from "../../structures/dict-walk";
import { ListpackReader } from "../../structures/listpack-reader";
import {
  fieldExpiryOf,
  fieldLengthOf,
  fieldStartOf,
  fieldValueLengthOf,
  fieldValueStartOf,
  NO_FIELD_EXPIRY,
} from "./field-entry";
import { FieldRow } from "./field-row";
import { elementsPerField, HASH_DICT, HASH_INLINE, mayExpire } from "./hash-encoding";

/** What `bytes` shows lies in a scratch and in no segment. */
export const IN_SCRATCH = -1;

/**
 * A hash as those see it who change nothing, in whatever form it lies; also in a snapshot's worker.
 *
 * A field is named by a handle: its offset in the listpack or the ref of its entry. Handles hold
 * until the next change. `showField` and `showValue` show one thing at a time as `length` bytes at
 * `at` in `bytes`. Nothing is hidden here: fields whose time has come are shown, too, and `expiryOf`
 * tells them.
 */
export class HashReader {
  /** HASH_* of hash-encoding.ts. */
  encoding = 0;
  bytes: Uint8Array;
  at = 0;
  length = 0;
  /** The segment that `bytes` is, or IN_SCRATCH. */
  segment = IN_SCRATCH;
  protected readonly blocks: BlockMemory;
  protected readonly pack: ListpackReader;
  protected readonly row = new FieldRow();
  #ref = 0;

  constructor(memory: BlockMemory, pack: ListpackReader = new ListpackReader(memory)) {
    this.blocks = memory;
    this.pack = pack;
    this.bytes = pack.valueBytes;
  }

  /** Looks at the hash of an entry from now on. */
  openEntry(entry: number): void {
    const memory = this.blocks;
    const encoding = encodingOf(memory, entry);
    const valueWord = wordOf(memory, entry, ENTRY_VALUE);
    this.encoding = encoding;
    this.#ref = valueWord;
    if (encoding === HASH_INLINE) {
      const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
      this.row.open(bytes, valueStartOf(memory, entry), valueWord);
    } else if (encoding !== HASH_DICT) {
      this.pack.open(valueWord);
    }
  }

  /** The block of the value; none where it lies inside the entry. */
  get ref(): number {
    return this.#ref;
  }

  /** Fields, those included whose time has come. */
  get count(): number {
    const { encoding, ref } = this;
    if (encoding === HASH_INLINE) return this.row.count;
    if (encoding !== HASH_DICT) return this.pack.count / elementsPerField(encoding);
    const words = this.blocks.words[ref >>> SEGMENT_SHIFT];
    return words[((ref & GRANULE_MASK) << 2) + DICT_COUNT];
  }

  /** Whether fields can have an expiry in this form; in a dictionary always. */
  get mayExpire(): boolean {
    return mayExpire(this.encoding);
  }

  /** Calls `visit` with the handle of each field; in order of insertion in a listpack. */
  forEach(visit: (handle: number) => void): void {
    const { encoding, pack } = this;
    if (encoding === HASH_DICT) {
      forEachEntry(this.blocks, this.ref, visit);
      return;
    }
    if (encoding === HASH_INLINE) {
      const { row } = this;
      for (let field = row.first(); field !== 0; field = row.next(field)) visit(field);
      return;
    }
    const skipped = elementsPerField(encoding) - 1;
    for (let offset = pack.first(); offset !== 0; ) {
      // Before the visit, which may open something else.
      let next = offset;
      for (let left = skipped; left >= 0; left--) next = pack.next(next);
      visit(offset);
      offset = next;
    }
  }

  showField(handle: number): void {
    const { encoding } = this;
    if (encoding === HASH_INLINE) {
      this.#showInRow(handle);
      return;
    }
    if (encoding !== HASH_DICT) {
      this.#showElement(handle);
      return;
    }
    const memory = this.blocks;
    this.#showBlock(handle, fieldStartOf(memory, handle), fieldLengthOf(memory, handle));
  }

  showValue(handle: number): void {
    const { encoding } = this;
    if (encoding === HASH_INLINE) {
      this.#showInRow(this.row.valueOf(handle));
      return;
    }
    if (encoding !== HASH_DICT) {
      this.#showElement(this.pack.next(handle));
      return;
    }
    const memory = this.blocks;
    this.#showBlock(handle, fieldValueStartOf(memory, handle), fieldValueLengthOf(memory, handle));
  }

  /** Shows bytes that do not lie in the hash. */
  show(bytes: Uint8Array, at: number, length: number): void {
    this.segment = IN_SCRATCH;
    this.bytes = bytes;
    this.at = at;
    this.length = length;
  }

  /** When a field expires, in ms since 1970, or NO_FIELD_EXPIRY. */
  expiryOf(handle: number): number {
    const { encoding, pack } = this;
    if (!mayExpire(encoding)) return NO_FIELD_EXPIRY;
    if (encoding === HASH_DICT) return fieldExpiryOf(this.blocks, handle);
    pack.read(pack.next(pack.next(handle)));
    return pack.integer === 0 ? NO_FIELD_EXPIRY : pack.integer;
  }

  #showBlock(entry: number, at: number, length: number): void {
    this.segment = entry >>> SEGMENT_SHIFT;
    this.bytes = this.blocks.bytes[this.segment];
    this.at = at;
    this.length = length;
  }

  /** Small, so that it is copied to wherever it goes. */
  #showInRow(offset: number): void {
    const { shown } = this.row;
    this.row.show(offset);
    this.show(shown.bytes, shown.at, shown.length);
  }

  #showElement(offset: number): void {
    const { pack } = this;
    pack.read(offset);
    this.segment = pack.isInPlace ? pack.segment : IN_SCRATCH;
    this.bytes = pack.valueBytes;
    this.at = pack.valueAt;
    this.length = pack.valueLength;
  }
}
