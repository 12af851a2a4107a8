import { parseDouble } from "../../base/double";
import { ENTRY_VALUE, encodingOf, wordOf } from "../../keyspace/entry";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import type { ReplyWriter } from "../../protocol/reply-writer";
import { CountedTreeReader } from "../../structures/counted-tree-reader";
import { DICT_COUNT } from "../../structures/dict-layout";
import { ListpackReader } from "../../structures/listpack-reader";
import type { ZsetBound } from "./zset-bounds";
import {
  memberLengthOf,
  memberStartOf,
  scoreOf,
  ZSET_DICT,
  ZSET_LISTPACK,
  ZSET_ROOT,
  ZSET_TREE,
} from "./zset-layout";

/**
 * A sorted set as readers see it, whatever its encoding: its elements in order, from either end, from
 * a rank, or from a bound; see zset-layout.ts for the drawing.
 *
 * Moving shows an element: its score and where its member's bytes lie. Ranks count from 0. The
 * position is valid until the value changes. One object serves one value after the other.
 *
 * Costs: by rank or bound O(log n) in a tree, O(n) in a listpack; the next or previous O(1).
 */
export class ZsetReader {
  encoding = ZSET_LISTPACK;
  /** The value's block: a listpack or a header. */
  ref = 0;
  /** How many members there are. */
  size = 0;
  /** Of the element shown. */
  score = 0;
  /** Where the member of the element shown lies: `memberLength` bytes from `memberAt`. */
  memberBytes: Uint8Array;
  memberAt = 0;
  memberLength = 0;
  /** The segment that `memberBytes` are, or -1 when they are a scratch. */
  memberSegment = -1;
  /** The position: a member's offset in a listpack, an entry in a tree; 0 for none. */
  protected at = 0;
  protected readonly pack: ListpackReader;
  protected readonly tree: CountedTreeReader;
  /** Rank of the position in a listpack. */
  #index = 0;
  /** Offsets of members, when a listpack is searched. */
  #offsets = new Int32Array(0);
  readonly #memory: BlockMemory;

  constructor(
    memory: BlockMemory,
    pack: ListpackReader = new ListpackReader(memory),
    tree: CountedTreeReader = new CountedTreeReader(memory),
  ) {
    this.#memory = memory;
    this.pack = pack;
    this.tree = tree;
    this.memberBytes = memory.bytes[0];
  }

  /** Looks at the value of a key's entry from now on. */
  open(entry: number): this {
    const memory = this.#memory;
    return this.openValue(encodingOf(memory, entry), wordOf(memory, entry, ENTRY_VALUE));
  }

  /** Looks at a value from now on that need not be in any entry. */
  openValue(encoding: number, ref: number): this {
    const memory = this.#memory;
    this.encoding = encoding;
    this.ref = ref;
    this.at = 0;
    if (encoding !== ZSET_TREE) {
      this.size = this.pack.open(ref).count >>> 1;
      return this;
    }
    this.size = wordOf(memory, wordOf(memory, ref, ZSET_DICT), DICT_COUNT);
    this.tree.open(wordOf(memory, ref, ZSET_ROOT));
    return this;
  }

  /** Shows the first element; false when there is none. */
  seekFirst(): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.seekFirst());
    return this.#showOffset(this.pack.first(), 0);
  }

  /** Shows the last element; false when there is none. */
  seekLast(): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.seekLast());
    return this.#showOffset(this.pack.seek(-2), this.size - 1);
  }

  /** Shows the element of a rank; false when there are not so many. */
  seekRank(rank: number): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.seekAt(rank));
    return this.#showOffset(this.pack.seek(rank * 2), rank);
  }

  /** Shows the element behind the position's; false when there is none. */
  next(): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.next());
    const { pack } = this;
    return this.#showOffset(pack.next(pack.next(this.at)), this.#index + 1);
  }

  /** Shows the element before the position's; false when there is none. */
  previous(): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.previous());
    const { pack } = this;
    const score = pack.previous(this.at);
    return this.#showOffset(score === 0 ? 0 : pack.previous(score), this.#index - 1);
  }

  /** Shows the first element that is not before a bound; false when all are. */
  seekBound(bound: ZsetBound): boolean {
    if (this.encoding === ZSET_TREE) return this.#showItem(this.tree.seekPlace(bound));
    const index = this.#indexOf(bound);
    return this.#showOffset(index < this.size ? this.#offsets[index] : 0, index);
  }

  /** How many elements are before a bound. The position moves. */
  rankOf(bound: ZsetBound): number {
    if (this.encoding !== ZSET_TREE) return this.#indexOf(bound);
    this.tree.seekPlace(bound);
    return this.tree.position;
  }

  /** The rank of the position. */
  get rank(): number {
    return this.encoding === ZSET_TREE ? this.tree.position : this.#index;
  }

  /** Writes the member of the element shown as a bulk string. */
  replyMember(reply: ReplyWriter): void {
    const { memberSegment, memberBytes, memberAt, memberLength } = this;
    if (memberSegment < 0) reply.bulk(memberBytes, memberAt, memberLength);
    else reply.bulkBlock(memberSegment, memberBytes, memberAt, memberLength);
  }

  /** The score behind a member's offset in a listpack. The element read last changes. */
  protected readScore(offset: number): number {
    const { pack } = this;
    pack.read(pack.next(offset));
    if (!Number.isNaN(pack.integer)) return pack.integer;
    const score = parseDouble(pack.valueBytes, pack.valueAt, pack.valueLength);
    if (score === undefined) throw new Error("a sorted set with a score that is none");
    return score;
  }

  /** The offset of the first member of a listpack that is not before a bound; 0 when all are. */
  protected offsetOf(bound: ZsetBound): number {
    const index = this.#indexOf(bound);
    return index < this.size ? this.#offsets[index] : 0;
  }

  /** Scores are dear to read where they are text, so members are counted first, and then halved. */
  #indexOf(bound: ZsetBound): number {
    const { pack } = this;
    if (this.#offsets.length < this.size) this.#offsets = new Int32Array(this.size * 2);
    const offsets = this.#offsets;
    let count = 0;
    for (let at = pack.first(); at !== 0; at = pack.next(pack.next(at))) offsets[count++] = at;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const score = this.readScore(offsets[middle]);
      pack.read(offsets[middle]);
      const order = bound.compareElement(score, pack.valueBytes, pack.valueAt, pack.valueLength);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #showItem(item: number): boolean {
    this.at = item;
    if (item === 0) return false;
    const memory = this.#memory;
    const segment = item >>> SEGMENT_SHIFT;
    this.score = scoreOf(memory, item);
    this.memberSegment = segment;
    this.memberBytes = memory.bytes[segment];
    this.memberAt = memberStartOf(item);
    this.memberLength = memberLengthOf(memory, item);
    return true;
  }

  #showOffset(offset: number, index: number): boolean {
    this.at = offset;
    this.#index = index;
    if (offset === 0) return false;
    const { pack } = this;
    this.score = this.readScore(offset);
    pack.read(offset);
    this.memberSegment = pack.isInPlace ? pack.segment : -1;
    this.memberBytes = pack.valueBytes;
    this.memberAt = pack.valueAt;
    this.memberLength = pack.valueLength;
    return true;
  }
}
