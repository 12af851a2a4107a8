import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { backLengthBefore, backLengthSize, elementSizeAt } from "../../structures/listpack-element";
import { ListpackReader } from "../../structures/listpack-reader";
import { StreamId } from "./stream-id";
import {
  ENTRY_DELETED,
  ENTRY_SAME_FIELDS,
  NODE_ELEMENTS,
  NODE_END,
  NODE_ID,
} from "./stream-layout";

/**
 * A node of a stream as readers see it: a listpack with some tens of entries, in the very elements
 * that Redis's nodes have, so that files take them as they are.
 *
 *     [live][deleted][fields n][field 1] ... [field n][0]                the master entry
 *     [flags][ms - node's][seq - node's][value 1] ... [value n][n + 3]   an entry with the same fields
 *     [flags][ms - node's][seq - node's][m][field][value] ... [2m + 4]   any other
 *
 * The last element of an entry counts those before it, to be found from behind. A deleted entry
 * keeps its bytes and has a flag; a node has at least one live entry. Here only one entry is seen at
 * a time, at an offset in the block; `body` is the offset of its first field or value.
 */
const TWO_32 = 4294967296;

export class NodeReader extends ListpackReader {
  /** The ID that those of entries are relative to. */
  readonly master = new StreamId();
  live = 0;
  deleted = 0;
  /** The fields that most entries have: how many, and the offset of the first. */
  masterFields = 0;
  masterFieldsAt = 0;
  /** Where the first entry is; equal to `endAt` while there is none. */
  entriesAt = 0;
  /** The entry read last. */
  readonly id = new StreamId();
  flags = 0;
  /** Pairs of field and value that it has. */
  pairs = 0;
  body = 0;
  readonly #memory: BlockMemory;
  #fieldAt = 0;
  #valueAt = 0;
  #isField = true;
  #high = 0;
  #low = 0;

  constructor(memory: BlockMemory) {
    super(memory);
    this.#memory = memory;
  }

  /** Looks at the block from now on, without its entries. A node does not count its elements. */
  override open(ref: number): this {
    const segment = ref >>> SEGMENT_SHIFT;
    const at = (ref & GRANULE_MASK) << 2;
    this.ref = ref;
    this.bytes = this.#memory.bytes[segment];
    this.base = at << 2;
    this.start = NODE_ELEMENTS;
    this.end = this.#memory.words[segment][at + NODE_END];
    return this;
  }

  /** Looks at node `ref` from now on. */
  openNode(ref: number): this {
    this.open(ref);
    this.master.load(this.#memory, ref, NODE_ID);
    let at = this.#take(this.start);
    this.live = this.#low;
    at = this.#take(at);
    this.deleted = this.#low;
    at = this.#take(at);
    this.masterFields = this.#low;
    this.masterFieldsAt = at;
    for (let left = this.masterFields; left >= 0; left--) at = this.skip(at);
    this.entriesAt = at;
    return this;
  }

  /** The offset behind the last entry. */
  get endAt(): number {
    return this.end;
  }

  get isDeleted(): boolean {
    return (this.flags & ENTRY_DELETED) !== 0;
  }

  /** Whether the entry's fields are the node's, so that its body holds values only. */
  get hasMasterFields(): boolean {
    return (this.flags & ENTRY_SAME_FIELDS) !== 0;
  }

  /** Reads the head of the entry at an offset. */
  readEntry(offset: number): void {
    const { id, master } = this;
    let at = this.#take(offset);
    this.flags = this.#low;
    at = this.#take(at);
    const msLow = (master.msLow >>> 0) + (this.#low >>> 0);
    id.msLow = msLow | 0;
    id.msHigh = (master.msHigh + this.#high + (msLow >= TWO_32 ? 1 : 0)) | 0;
    at = this.#take(at);
    const seqLow = (master.seqLow >>> 0) + (this.#low >>> 0);
    id.seqLow = seqLow | 0;
    id.seqHigh = (master.seqHigh + this.#high + (seqLow >= TWO_32 ? 1 : 0)) | 0;
    this.pairs = this.masterFields;
    if (!this.hasMasterFields) {
      at = this.#take(at);
      this.pairs = this.#low;
    }
    this.body = at;
  }

  /** The offset behind the entry read last. */
  endOfEntry(): number {
    let at = this.body;
    const elements = this.hasMasterFields ? this.pairs : this.pairs * 2;
    for (let left = elements; left >= 0; left--) at = this.skip(at);
    return at;
  }

  /** Lets `readNext` begin with the first field of the entry read last. */
  startPairs(): void {
    this.#fieldAt = this.masterFieldsAt;
    this.#valueAt = this.body;
    this.#isField = true;
  }

  /** Shows the next field or value, in turn, as `read` does. */
  readNext(): void {
    if (this.#isField && this.hasMasterFields) {
      this.read(this.#fieldAt);
      this.#fieldAt = this.skip(this.#fieldAt);
    } else {
      this.read(this.#valueAt);
      this.#valueAt = this.skip(this.#valueAt);
    }
    this.#isField = !this.#isField;
  }

  /** The offset of the entry that ends at an offset beyond `entriesAt`. */
  entryBefore(offset: number): number {
    let at = this.#back(offset);
    this.#take(at);
    for (let left = this.#low; left > 0; left--) at = this.#back(at);
    return at;
  }

  /** The offset of the element behind the one at `offset`; `endAt` behind the last. */
  skip(offset: number): number {
    const size = elementSizeAt(this.bytes, this.base + offset);
    return offset + size + backLengthSize(size);
  }

  #back(offset: number): number {
    const size = backLengthBefore(this.bytes, this.base + offset);
    return offset - size - backLengthSize(size);
  }

  /** Reads an integer into two words; returns the offset behind it. */
  #take(offset: number): number {
    const { bytes } = this;
    const at = this.base + offset;
    const head = bytes[at];
    if (head < 0x80) {
      this.#low = head;
      this.#high = 0;
      return offset + 2;
    }
    let low: number;
    let size = 2;
    if (head >= 0xc0 && head < 0xe0) {
      low = ((((head & 31) << 8) | bytes[at + 1]) << 19) >> 19;
    } else if (head >= 0xf1 && head <= 0xf4) {
      size = head === 0xf4 ? 9 : head - 0xf1 + 3;
      low = bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
      const unused = size >= 5 ? 0 : (5 - size) << 3;
      low = (low << unused) >> unused;
    } else {
      throw new Error(`no integer of a stream node begins with ${head}`);
    }
    this.#low = low;
    this.#high =
      head === 0xf4
        ? bytes[at + 5] | (bytes[at + 6] << 8) | (bytes[at + 7] << 16) | (bytes[at + 8] << 24)
        : low >> 31;
    return offset + size + 1;
  }
}
