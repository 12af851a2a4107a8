import { ListEnds } from "./list-ends";
import { LIST_HEAD, LIST_LENGTH, LIST_LISTPACK, LIST_QUICKLIST, LIST_TAIL } from "./list-layout";
import { listType } from "./list-value";

/**
 * A list that is built from a file, element by element or node by node, as Redis builds its own: a
 * quicklist first, which becomes a listpack when it is one node that the limits allow. Nodes are as
 * large as the file has them, whatever the limits say.
 */
export class ListBuilder extends ListEnds {
  /** Begins a list without elements. */
  begin(): this {
    this.openNew();
    this.grow(Number.POSITIVE_INFINITY, 1);
    return this;
  }

  /** Adds a node of `count` elements, at least one, which are bytes as listpacks have them. */
  appendNode(bytes: Uint8Array, at: number, length: number, count: number): void {
    const pack = this.writer;
    const place = this.#newNode(length);
    pack.appendElements(bytes, at, length, count);
    this.setWord(place, pack.ref);
    this.#added(count);
  }

  /** Adds a node with one element. */
  appendPlain(bytes: Uint8Array, at: number, length: number): void {
    const pack = this.writer;
    const place = this.#newNode(length);
    pack.append(bytes, at, length);
    this.setWord(place, pack.ref);
    this.#added(1);
  }

  /** Ends the building. A list without elements is freed, and `ref` 0. */
  finish(): void {
    if (this.length === 0) {
      this.drop();
      return;
    }
    if (this.word(LIST_TAIL) !== 0) return;
    const head = this.word(LIST_HEAD);
    const pack = this.writer.open(head);
    const isPlain = pack.count === 1 && pack.listpackBytes > this.limits.plainBytes;
    if (isPlain || this.limits.exceeded(pack.listpackBytes, pack.count)) return;
    this.memory.free(this.ref);
    this.encoding = LIST_LISTPACK;
    this.ref = head;
  }

  /** Frees what has been built. */
  drop(): void {
    const { memory } = this;
    while (this.ref !== 0) {
      this.ref = listType.freeSome(memory, this.ref, Number.POSITIVE_INFINITY, LIST_QUICKLIST);
    }
  }

  /** Makes the writer an empty node behind the last. Returns the word of the header it stands in. */
  #newNode(contentBytes: number): number {
    const tail = this.word(LIST_TAIL);
    const last = tail === 0 ? this.word(LIST_HEAD) : tail;
    if (last !== 0) this.writer.open(last);
    return this.beginTail(last, tail, contentBytes);
  }

  #added(count: number): void {
    this.length += count;
    this.setWord(LIST_LENGTH, this.length);
  }
}
