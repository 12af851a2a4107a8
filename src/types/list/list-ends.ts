import type { Database } from "../../keyspace/database";
import type { Arena } from "../../memory/arena";
import { CountedTree } from "../../structures/counted-tree";
import { Listpack } from "../../structures/listpack";
import { inflatedCopy, isCompressed, NodePacker } from "./compressed-node";
import {
  LIST_HEAD,
  LIST_HEADER_BYTES,
  LIST_LENGTH,
  LIST_LISTPACK,
  LIST_NODES,
  LIST_QUICKLIST,
  LIST_ROOT,
  LIST_TAIL,
  listWord,
  NodeWeights,
  setListWord,
} from "./list-layout";
import type { ListLimits } from "./list-limits";
import { ListReader } from "./list-reader";

/** Bytes of Redis's listpack without elements. */
const EMPTY_PACK_BYTES = 7;
/** Beside its content an element of a small list needs about so many bytes. */
const ELEMENT_OVERHEAD = 3;
/** A new listpack gets room for what is put in at once, up to this. */
const MOST_ROOM_BYTES = 8192;

/**
 * A list that changes at its ends; List adds the changes in between.
 *
 * One object serves all commands: `open` it, change it, and let `store` write down where the value
 * lies now. It replies nothing and tells nobody. Values given to it may lie anywhere but in the node
 * that is being changed.
 *
 * What always holds: see list-layout.ts; and no push makes a node larger than the limit, unless with
 * one element. What a snapshot has frozen is copied first, header before nodes.
 *
 * Costs: a push or pop O(1).
 */
export class ListEnds extends ListReader {
  readonly limits: ListLimits;
  protected readonly memory: Arena;
  /** `pack` for changes. */
  protected readonly writer: Listpack;
  /** The second node where two are in hand. */
  protected readonly other: Listpack;
  protected readonly tree: CountedTree;
  readonly #packer: NodePacker;
  #storedRef = 0;
  #storedEncoding = 0;

  constructor(memory: Arena, limits: ListLimits) {
    const pack = new Listpack(memory);
    const tree = new CountedTree(memory, new NodeWeights(memory));
    super(memory, pack, tree);
    this.limits = limits;
    this.memory = memory;
    this.writer = pack;
    this.other = new Listpack(memory);
    this.tree = tree;
    this.#packer = new NodePacker(memory);
  }

  override open(encoding: number, ref: number): this {
    this.#storedRef = ref;
    this.#storedEncoding = encoding;
    return super.open(encoding, ref);
  }

  /** Begins a list that is nowhere yet. Its value is made by the first push after `grow`. */
  openNew(): this {
    this.encoding = LIST_LISTPACK;
    this.ref = 0;
    this.length = 0;
    return this;
  }

  /** Stores where the value lies now, if that changed, in the entry found last. */
  store(database: Database): void {
    if (this.ref === this.#storedRef && this.encoding === this.#storedEncoding) return;
    database.storeFound(this.encoding, this.ref);
    this.#storedRef = this.ref;
    this.#storedEncoding = this.encoding;
  }

  /** Makes a quicklist of a listpack that would grow too large by elements of so many bytes. */
  grow(addedBytes: number, addedCount: number): void {
    if (this.encoding === LIST_QUICKLIST) return;
    const bytes = this.ref === 0 ? EMPTY_PACK_BYTES : this.writer.open(this.ref).listpackBytes;
    if (this.limits.exceeded(bytes + addedBytes, this.length + addedCount)) this.#link();
    else if (this.ref === 0) {
      const room = addedBytes + addedCount * ELEMENT_OVERHEAD;
      this.ref = this.writer.create(Math.min(room, MOST_ROOM_BYTES)).ref;
    }
  }

  /** Makes a listpack of a quicklist that has shrunk to one small node. */
  shrink(): void {
    const memory = this.memory;
    if (this.encoding === LIST_LISTPACK || listWord(memory, this.ref, LIST_TAIL) !== 0) return;
    const head = listWord(memory, this.ref, LIST_HEAD);
    if (head === 0) return;
    const pack = this.writer.open(head);
    if (!this.limits.allowsListpack(pack.listpackBytes, pack.count) || this.#isPlain(pack)) return;
    memory.free(this.ref);
    this.ref = head;
    this.encoding = LIST_LISTPACK;
  }

  /** Puts a value before the first element. `grow` has been called. */
  pushFirst(value: Uint8Array, at: number, length: number): void {
    const pack = this.writer;
    this.length++;
    if (this.encoding === LIST_LISTPACK) {
      pack.open(this.ref).prepend(value, at, length);
      this.ref = pack.ref;
      return;
    }
    this.own();
    this.setWord(LIST_LENGTH, this.length);
    const head = this.word(LIST_HEAD);
    if (head === 0 || !this.#takes(pack.open(head), length)) {
      this.#beginHead(head, length);
    }
    pack.prepend(value, at, length);
    if (pack.ref !== head) this.setWord(LIST_HEAD, pack.ref);
  }

  /** Puts a value behind the last element. `grow` has been called. */
  pushLast(value: Uint8Array, at: number, length: number): void {
    const pack = this.writer;
    this.length++;
    if (this.encoding === LIST_LISTPACK) {
      pack.open(this.ref).append(value, at, length);
      this.ref = pack.ref;
      return;
    }
    this.own();
    this.setWord(LIST_LENGTH, this.length);
    const tail = this.word(LIST_TAIL);
    const last = tail === 0 ? this.word(LIST_HEAD) : tail;
    let place = tail === 0 ? LIST_HEAD : LIST_TAIL;
    if (last === 0 || !this.#takes(pack.open(last), length)) {
      place = this.beginTail(last, tail, length);
    }
    pack.append(value, at, length);
    if (pack.ref !== last) this.setWord(place, pack.ref);
  }

  /** Takes away `count` elements from the first on; fewer than there are. */
  removeFirst(count: number): void {
    const pack = this.writer;
    this.length -= count;
    if (this.encoding === LIST_LISTPACK) {
      pack.open(this.ref).remove(pack.first(), count);
      this.ref = pack.ref;
      return;
    }
    this.own();
    this.setWord(LIST_LENGTH, this.length);
    for (let left = count; left > 0; ) {
      const head = this.word(LIST_HEAD);
      pack.open(head);
      if (pack.count > left) {
        pack.remove(pack.first(), left);
        if (pack.ref !== head) this.setWord(LIST_HEAD, pack.ref);
        return;
      }
      left -= pack.count;
      this.dropHead();
    }
  }

  /** Takes away the last `count` elements; fewer than there are. */
  removeLast(count: number): void {
    const pack = this.writer;
    this.length -= count;
    if (this.encoding === LIST_LISTPACK) {
      pack.open(this.ref).removeLast(count);
      this.ref = pack.ref;
      return;
    }
    this.own();
    this.setWord(LIST_LENGTH, this.length);
    for (let left = count; left > 0; ) {
      const tail = this.word(LIST_TAIL);
      const last = tail === 0 ? this.word(LIST_HEAD) : tail;
      pack.open(last);
      if (pack.count > left) {
        pack.removeLast(left);
        if (pack.ref !== last) this.setWord(tail === 0 ? LIST_HEAD : LIST_TAIL, pack.ref);
        return;
      }
      left -= pack.count;
      if (tail === 0) this.dropHead();
      else this.dropTail();
    }
  }

  protected word(word: number): number {
    return listWord(this.memory, this.ref, word);
  }

  protected setWord(word: number, value: number): void {
    setListWord(this.memory, this.ref, word, value);
  }

  /** Makes the header writable; a listpack sees to itself. */
  protected own(): void {
    if (this.encoding === LIST_QUICKLIST) this.ref = this.memory.own(this.ref);
  }

  /** Makes a quicklist of the listpack; it becomes the only node, if it has elements. */
  #link(): void {
    const only = this.ref;
    this.ref = this.memory.alloc(LIST_HEADER_BYTES);
    this.encoding = LIST_QUICKLIST;
    this.setWord(LIST_LENGTH, this.length);
    this.setWord(LIST_HEAD, only);
    this.setWord(LIST_TAIL, 0);
    this.setWord(LIST_ROOT, 0);
    this.setWord(LIST_NODES, only === 0 ? 0 : 1);
  }

  /** Whether an open node takes one more element. */
  #takes(pack: Listpack, length: number): boolean {
    return this.limits.takes(pack.listpackBytes, pack.count, length) && !this.#isPlain(pack);
  }

  /** Whether an open node is one that Redis keeps as a plain string. */
  #isPlain(pack: Listpack): boolean {
    return pack.count === 1 && pack.listpackBytes > this.limits.plainBytes;
  }

  /** Begins a new first node, which `#pack` then is; the old one, if there is any, is full. */
  #beginHead(head: number, length: number): void {
    const tail = this.word(LIST_TAIL);
    if (head !== 0 && tail === 0) {
      this.setWord(LIST_TAIL, head);
    } else if (head !== 0) {
      this.writer.trim();
      const tree = this.tree.open(this.word(LIST_ROOT));
      tree.prepend(this.writer.ref);
      this.setWord(LIST_ROOT, tree.root);
    }
    this.writer.create(length + ELEMENT_OVERHEAD);
    this.setWord(LIST_HEAD, this.writer.ref);
    this.setWord(LIST_NODES, this.word(LIST_NODES) + 1);
    this.#compressFrom(true);
  }

  /** As `#beginHead`, at the other end. Returns the word of the header that it stands in. */
  protected beginTail(last: number, tail: number, length: number): number {
    if (tail !== 0) {
      this.writer.trim();
      const tree = this.tree.open(this.word(LIST_ROOT));
      tree.append(this.writer.ref);
      this.setWord(LIST_ROOT, tree.root);
    }
    const place = last === 0 ? LIST_HEAD : LIST_TAIL;
    this.writer.create(length + ELEMENT_OVERHEAD);
    this.setWord(place, this.writer.ref);
    this.setWord(LIST_NODES, this.word(LIST_NODES) + 1);
    this.#compressFrom(false);
    return place;
  }

  /** Frees the first node; the one behind it takes its place. */
  protected dropHead(): void {
    this.memory.free(this.word(LIST_HEAD));
    const tree = this.tree.open(this.word(LIST_ROOT));
    const next = tree.seekFirst();
    if (next === 0) {
      this.setWord(LIST_HEAD, this.word(LIST_TAIL));
      this.setWord(LIST_TAIL, 0);
    } else {
      tree.removeHere();
      this.setWord(LIST_ROOT, tree.root);
      this.setWord(LIST_HEAD, this.#plain(next));
    }
    this.setWord(LIST_NODES, this.word(LIST_NODES) - 1);
  }

  /** Frees the last node, which is not the only one; the one before it takes its place. */
  protected dropTail(): void {
    this.memory.free(this.word(LIST_TAIL));
    const tree = this.tree.open(this.word(LIST_ROOT));
    const previous = tree.seekLast();
    if (previous !== 0) {
      tree.removeHere();
      this.setWord(LIST_ROOT, tree.root);
    }
    this.setWord(LIST_TAIL, previous === 0 ? 0 : this.#plain(previous));
    this.setWord(LIST_NODES, this.word(LIST_NODES) - 1);
  }

  /** The number of nodes has grown at one end: compresses the one that is deep enough by that. */
  #compressFrom(isFirst: boolean): void {
    const depth = this.limits.compressDepth;
    if (depth === 0 || this.word(LIST_NODES) <= depth * 2) return;
    const tree = this.tree.open(this.word(LIST_ROOT));
    let node = isFirst ? tree.seekFirst() : tree.seekLast();
    for (let left = depth - 1; left > 0 && node !== 0; left--) {
      node = isFirst ? tree.next() : tree.previous();
    }
    if (node !== 0 && !isCompressed(this.memory, node)) this.compressInTree(node);
  }

  /** Compresses the node of the tree's position. */
  protected compressInTree(node: number): void {
    const compressed = this.#packer.compress(this.other.open(node));
    if (compressed === 0) return;
    this.tree.replaceHere(compressed);
    this.setWord(LIST_ROOT, this.tree.root);
    this.memory.free(node);
  }

  /** A node that was between the ends, as an end has to be. */
  #plain(node: number): number {
    if (!isCompressed(this.memory, node)) return node;
    const inflated = inflatedCopy(this.memory, node);
    this.memory.free(node);
    return inflated;
  }
}
