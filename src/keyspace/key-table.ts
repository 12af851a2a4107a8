import { equalBytes } from "../base/bytes";

/**
 * A table by key and number of database, for what clients have asked to be told about a few keys:
 * those they wait for (blocking/) and those they watch (transactions/).
 *
 * It is not the keyspace: keys here need not exist. It lives on the JS heap, in chains below an array
 * that grows and shrinks by one bucket per change (linear hashing), so no change takes long. A Map
 * would not do: its keys would have to be strings, which cannot be as long as a key can.
 *
 * `hash` is the keyspace's hash of the key everywhere.
 */
export interface KeyNode<T> {
  readonly db: number;
  readonly hash: number;
  readonly key: Uint8Array;
  readonly value: T;
  next: KeyNode<T> | undefined;
}

const LEAST_BUCKETS = 16;

export class KeyTable<T> {
  size = 0;
  readonly #buckets: (KeyNode<T> | undefined)[] = new Array(LEAST_BUCKETS).fill(undefined);

  find(
    db: number,
    hash: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): KeyNode<T> | undefined {
    let node = this.#buckets[this.#bucketOf(hash)];
    for (; node !== undefined; node = node.next) {
      if (node.hash !== hash || node.db !== db || node.key.length !== length) continue;
      if (equalBytes(node.key, 0, bytes, at, length)) return node;
    }
    return undefined;
  }

  /** Adds a key that is not there. `key` is kept. */
  add(db: number, hash: number, key: Uint8Array, value: T): KeyNode<T> {
    const node: KeyNode<T> = { db, hash, key, value, next: undefined };
    this.#link(node);
    this.size++;
    if (this.size > this.#buckets.length) this.#grow();
    return node;
  }

  /** Takes a node out that is in the table. */
  remove(node: KeyNode<T>): void {
    const bucket = this.#bucketOf(node.hash);
    let before = this.#buckets[bucket];
    if (before === node) {
      this.#buckets[bucket] = node.next;
    } else {
      while (before !== undefined && before.next !== node) before = before.next;
      if (before === undefined) throw new Error("the node is in no chain");
      before.next = node.next;
    }
    node.next = undefined;
    this.size--;
    const buckets = this.#buckets.length;
    if (buckets > LEAST_BUCKETS && this.size * 4 < buckets) this.#shrink();
  }

  /** All nodes of a database, in no order. None may be added or taken out meanwhile. */
  *of(db: number): IterableIterator<KeyNode<T>> {
    for (const first of this.#buckets) {
      for (let node = first; node !== undefined; node = node.next) if (node.db === db) yield node;
    }
  }

  /** Buckets up to the next power of two are there in part: a hash beyond them uses a bit less. */
  #bucketOf(hash: number): number {
    const { length } = this.#buckets;
    const half = 1 << (31 - Math.clz32(length));
    const bucket = hash & (half * 2 - 1);
    return bucket < length ? bucket : hash & (half - 1);
  }

  #link(node: KeyNode<T>): void {
    const bucket = this.#bucketOf(node.hash);
    node.next = this.#buckets[bucket];
    this.#buckets[bucket] = node;
  }

  /** One bucket more: it gets its share of the one that held its nodes so far. */
  #grow(): void {
    const { length } = this.#buckets;
    const source = length - (1 << (31 - Math.clz32(length)));
    const chain = this.#buckets[source];
    this.#buckets[source] = undefined;
    this.#buckets.push(undefined);
    this.#linkChain(chain);
  }

  #shrink(): void {
    this.#linkChain(this.#buckets.pop());
  }

  #linkChain(first: KeyNode<T> | undefined): void {
    for (let node = first; node !== undefined; ) {
      const { next } = node;
      this.#link(node);
      node = next;
    }
  }
}
