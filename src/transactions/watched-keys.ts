import type { DataCall } from "../keyspace/data-call";
import type { Database } from "../keyspace/database";
import { keyLengthOf, keyStartOf, wordOf } from "../keyspace/entry";
import { type KeyNode, KeyTable } from "../keyspace/key-table";
import type { Keyspace } from "../keyspace/keyspace";
import { KeyspaceListener } from "../keyspace/keyspace-listener";
import { SEGMENT_SHIFT } from "../memory/block-memory";
import { ENTRY_HASH } from "../structures/dict-layout";
import { type Transaction, type Watch, WatchedKey } from "./transaction";

/** What a watch takes on the heap, about, beside the bytes of its key. */
const WATCH_BYTES = 200;

/**
 * The keys that clients watch (WATCH), and the notes that one has changed.
 *
 * It hears of the keyspace only while a key is watched. A client that is told of a change watches
 * nothing any more: its transaction cannot run, whatever else happens (as in Redis since 7.0).
 */
export class WatchedKeys extends KeyspaceListener {
  readonly #keyspace: Keyspace;
  readonly #listen: (listener: KeyspaceListener, isListening: boolean) => void;
  readonly #keys = new KeyTable<WatchedKey>();
  #isListening = false;

  /** @param listen lets the listener hear of the keyspace, or no longer. */
  constructor(
    keyspace: Keyspace,
    listen: (listener: KeyspaceListener, isListening: boolean) => void,
  ) {
    super();
    this.#keyspace = keyspace;
    this.#listen = listen;
  }

  /** Keys that somebody watches. */
  get count(): number {
    return this.#keys.size;
  }

  /** Watches a key argument of the call's database. */
  watch(transaction: Transaction, call: DataCall, index: number): void {
    const { args, db } = call;
    const hash = call.hash(index);
    const at = args.offset(index);
    const length = args.length(index);
    const node =
      this.#keys.find(db.index, hash, args.input, at, length) ??
      this.#keys.add(db.index, hash, args.copy(index), new WatchedKey());
    if (node.value.has(transaction)) return;
    const entry = db.expiring === 0 ? 0 : db.find(hash, args.input, at, length);
    const wasExpired = entry !== 0 && this.#keyspace.isExpired(entry);
    const watch = { transaction, node, wasExpired };
    node.value.add(watch);
    transaction.watches.push(watch);
    transaction.client.watchedBytes += length + WATCH_BYTES;
    if (!this.#isListening) this.#setListening(true);
  }

  unwatchAll(transaction: Transaction): void {
    this.#forget(transaction);
    if (this.#isListening && this.#keys.size === 0) this.#setListening(false);
  }

  /** Whether the time of a watched key has come since, without anybody having noticed. */
  hasExpired(transaction: Transaction): boolean {
    for (const { node, wasExpired } of transaction.watches) {
      if (!wasExpired && this.#isExpired(node, this.#keyspace.databases[node.db])) return true;
    }
    return false;
  }

  override changed(database: Database, key: Uint8Array, at: number, length: number): void {
    const hash = this.#keyspace.hashOf(key, at, length);
    this.#touch(this.#keys.find(database.index, hash, key, at, length));
  }

  override expired(database: Database, entry: number): void {
    const node = this.#nodeOfEntry(database, entry);
    if (node === undefined) return;
    node.value.forEach((watch) => {
      if (watch.wasExpired) watch.wasExpired = false;
      else this.#spoil(watch);
    });
  }

  override evicted(database: Database, entry: number): void {
    this.#touch(this.#nodeOfEntry(database, entry));
  }

  override flushed(database: Database): void {
    for (const node of [...this.#keys.of(database.index)]) this.#replaced(node, database);
  }

  override swapped(first: Database, second: Database): void {
    const nodes = [...this.#keys.of(first.index), ...this.#keys.of(second.index)];
    for (const node of nodes) {
      const isFirst = node.db === first.index;
      this.#replaced(node, isFirst ? first : second, isFirst ? second : first);
    }
  }

  /** The database of a watched key is about to become empty, or what another one is. */
  #replaced(node: KeyNode<WatchedKey>, old: Database, other?: Database): void {
    const existed = this.#find(node, old) !== 0;
    const exists = other !== undefined && this.#find(node, other) !== 0;
    if (!existed && !exists) return;
    const isExpired = exists && this.#isExpired(node, other);
    node.value.forEach((watch) => {
      // What had expired already, and what comes expired, is not there before and after.
      if (watch.wasExpired && !exists) watch.wasExpired = false;
      else if (isExpired && (watch.wasExpired || !existed)) watch.wasExpired = true;
      else this.#spoil(watch);
    });
  }

  #touch(node: KeyNode<WatchedKey> | undefined): void {
    node?.value.forEach((watch) => {
      this.#spoil(watch);
    });
  }

  /** Listening goes on, because this happens while the listeners are being told. */
  #spoil({ transaction }: Watch): void {
    transaction.client.isDirty = true;
    this.#forget(transaction);
  }

  #forget(transaction: Transaction): void {
    if (transaction.watches.length === 0) return;
    for (const { node } of transaction.watches) {
      node.value.delete(transaction);
      if (node.value.isEmpty) this.#keys.remove(node);
    }
    transaction.watches.length = 0;
    transaction.client.watchedBytes = 0;
  }

  #setListening(isListening: boolean): void {
    this.#isListening = isListening;
    this.#listen(this, isListening);
  }

  #isExpired(node: KeyNode<WatchedKey>, database: Database): boolean {
    if (database.expiring === 0) return false;
    const entry = this.#find(node, database);
    return entry !== 0 && this.#keyspace.isExpired(entry);
  }

  #find({ hash, key }: KeyNode<WatchedKey>, database: Database): number {
    return database.find(hash, key, 0, key.length);
  }

  #nodeOfEntry(database: Database, entry: number): KeyNode<WatchedKey> | undefined {
    const { memory } = this.#keyspace;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const hash = wordOf(memory, entry, ENTRY_HASH);
    const at = keyStartOf(memory, entry);
    return this.#keys.find(database.index, hash, bytes, at, keyLengthOf(memory, entry));
  }
}
