import { ENTRY_VALUE, encodingOf, wordOf } from "../../keyspace/entry";
import type { BlockMemory } from "../../memory/block-memory";
import { CountedTreeReader } from "../../structures/counted-tree-reader";
import {
  LISTPACK_COUNT,
  LISTPACK_HEADER_BYTES,
  ListpackReader,
} from "../../structures/listpack-reader";
import { inflate, isCompressed, rawBytesOf } from "./compressed-node";
import {
  LIST_HEAD,
  LIST_LENGTH,
  LIST_LISTPACK,
  LIST_ROOT,
  LIST_TAIL,
  listWord,
  NodeWeights,
} from "./list-layout";

/** Where the node of the position is. */
const AT_HEAD = 0;
const IN_TREE = 1;
const AT_TAIL = 2;

/**
 * A list as readers see it: nodes, walked from either end or found by the index of an element, and
 * in the node of the position a listpack. See list-layout.ts for the drawing.
 *
 * It knows no commands. The position holds until the list changes; a list in the form of a listpack
 * is one node.
 *
 * Costs: opening and either end O(1), an element by index O(log n) and a walk in its node.
 */
export class ListReader {
  encoding = LIST_LISTPACK;
  /** The value of the entry. */
  ref = 0;
  /** Elements. */
  length = 0;
  /** The node of the position. */
  readonly pack: ListpackReader;
  /** The index of that node's first element. */
  nodeStart = 0;
  /** Its block. */
  node = 0;
  protected place = AT_HEAD;
  readonly #memory: BlockMemory;
  readonly #tree: CountedTreeReader;
  /** The elements of a compressed node, where a listpack has them. */
  #inflated = new Uint8Array(0);

  /** `pack` and `tree` are given by a writer, which has its own. */
  constructor(
    memory: BlockMemory,
    pack: ListpackReader = new ListpackReader(memory),
    tree: CountedTreeReader = new CountedTreeReader(memory, new NodeWeights(memory)),
  ) {
    this.#memory = memory;
    this.pack = pack;
    this.#tree = tree;
  }

  /** Looks at a list from now on; there is no position yet. */
  open(encoding: number, ref: number): this {
    this.encoding = encoding;
    this.ref = ref;
    this.length = listWord(this.#memory, ref, LIST_LENGTH);
    return this;
  }

  openEntry(entry: number): this {
    return this.open(encodingOf(this.#memory, entry), wordOf(this.#memory, entry, ENTRY_VALUE));
  }

  /** Goes to the first node; false when the list is empty. */
  firstNode(): boolean {
    if (this.length === 0) return false;
    this.nodeStart = 0;
    this.#goto(AT_HEAD, this.#headRef);
    return true;
  }

  /** Goes to the last node; false when the list is empty. */
  lastNode(): boolean {
    if (this.length === 0) return false;
    const tail = this.#tailRef;
    if (tail === 0) this.#goto(AT_HEAD, this.#headRef);
    else this.#goto(AT_TAIL, tail);
    this.nodeStart = this.length - this.pack.count;
    return true;
  }

  /** Goes to the node behind the position; false when there is none. */
  nextNode(): boolean {
    const start = this.nodeStart + this.pack.count;
    if (start >= this.length) return false;
    this.nodeStart = start;
    const tree = this.#tree;
    const node = this.place === AT_HEAD ? tree.open(this.#root).seekFirst() : tree.next();
    if (node === 0) this.#goto(AT_TAIL, this.#tailRef);
    else this.#goto(IN_TREE, node);
    return true;
  }

  /** Goes to the node before the position; false when there is none. */
  previousNode(): boolean {
    if (this.nodeStart === 0) return false;
    const tree = this.#tree;
    const node = this.place === AT_TAIL ? tree.open(this.#root).seekLast() : tree.previous();
    if (node === 0) this.#goto(AT_HEAD, this.#headRef);
    else this.#goto(IN_TREE, node);
    this.nodeStart -= this.pack.count;
    return true;
  }

  /** Goes to the node that has an element, from 0 to `length` - 1. */
  seekNode(index: number): void {
    const memory = this.#memory;
    const head = this.#headRef;
    const headCount = listWord(memory, head, LISTPACK_COUNT);
    if (index < headCount) {
      this.nodeStart = 0;
      this.#goto(AT_HEAD, head);
      return;
    }
    const tail = this.#tailRef;
    const tailStart = this.length - listWord(memory, tail, LISTPACK_COUNT);
    if (index >= tailStart) {
      this.nodeStart = tailStart;
      this.#goto(AT_TAIL, tail);
      return;
    }
    const node = this.#tree.open(this.#root).seekAt(index - headCount);
    this.nodeStart = index - this.#tree.within;
    this.#goto(IN_TREE, node);
  }

  /** Goes to an element, from 0 to `length` - 1, and returns its offset in `pack`. */
  seek(index: number): number {
    this.seekNode(index);
    return this.pack.seek(index - this.nodeStart);
  }

  protected get isAtHead(): boolean {
    return this.place === AT_HEAD;
  }

  protected get isAtTail(): boolean {
    return this.place === AT_TAIL;
  }

  get #headRef(): number {
    return this.encoding === LIST_LISTPACK ? this.ref : listWord(this.#memory, this.ref, LIST_HEAD);
  }

  get #tailRef(): number {
    return this.encoding === LIST_LISTPACK ? 0 : listWord(this.#memory, this.ref, LIST_TAIL);
  }

  get #root(): number {
    return listWord(this.#memory, this.ref, LIST_ROOT);
  }

  #goto(place: number, node: number): void {
    this.place = place;
    this.node = node;
    if (isCompressed(this.#memory, node)) this.#openCompressed(node);
    else this.pack.open(node);
  }

  #openCompressed(node: number): void {
    const memory = this.#memory;
    const end = LISTPACK_HEADER_BYTES + rawBytesOf(memory, node);
    if (this.#inflated.length < end) this.#inflated = new Uint8Array(end);
    inflate(memory, node, this.#inflated, LISTPACK_HEADER_BYTES);
    const count = listWord(memory, node, LISTPACK_COUNT);
    this.pack.openBytes(this.#inflated, count, LISTPACK_HEADER_BYTES, end);
  }
}
