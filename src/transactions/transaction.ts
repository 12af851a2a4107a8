import type { Command } from "../command/command";
import type { DataCall } from "../keyspace/data-call";
import type { KeyNode } from "../keyspace/key-table";
import type { Client } from "../session/client";
import { RequestQueue } from "../session/request-queue";

const MOST_KEPT_COMMANDS = 256;

/** A key as one client watches it. */
export interface Watch {
  readonly transaction: Transaction;
  readonly node: KeyNode<WatchedKey>;
  /** It was there and its time had come when the watch began: that it goes changes nothing. */
  wasExpired: boolean;
}

/** Who watches a key: nearly always one client. */
export class WatchedKey {
  #only: Watch | undefined;
  #several: Map<Transaction, Watch> | undefined;

  get isEmpty(): boolean {
    return this.#several === undefined ? this.#only === undefined : this.#several.size === 0;
  }

  has(transaction: Transaction): boolean {
    if (this.#several !== undefined) return this.#several.has(transaction);
    return this.#only?.transaction === transaction;
  }

  /** Adds a watch of a client that does not watch the key yet. */
  add(watch: Watch): void {
    if (this.#only === undefined && this.#several === undefined) {
      this.#only = watch;
      return;
    }
    this.#several ??= new Map();
    if (this.#only !== undefined) this.#several.set(this.#only.transaction, this.#only);
    this.#only = undefined;
    this.#several.set(watch.transaction, watch);
  }

  delete(transaction: Transaction): void {
    if (this.#only?.transaction === transaction) this.#only = undefined;
    this.#several?.delete(transaction);
  }

  /** Tells of each watch; it may be taken out meanwhile. */
  forEach(tell: (watch: Watch) => void): void {
    if (this.#only !== undefined) tell(this.#only);
    else if (this.#several !== undefined) for (const watch of this.#several.values()) tell(watch);
  }
}

/**
 * What one client has watched and queued. Data only; its figures for CLIENT LIST, the bits of the
 * gates and whether a watched key has changed (`isDirty`) stand on the client.
 */
export class Transaction {
  client!: Client;
  readonly watches: Watch[] = [];
  /**
   * Requests between MULTI and EXEC, and in the same order their commands; what lies in the list
   * behind them is left over.
   */
  readonly queue = new RequestQueue();
  readonly commands: Command<DataCall>[] = [];
  /** A request could not be queued: EXEC will refuse. */
  isBroken = false;

  /** Makes it as good as new for another client; it watches nothing any more. */
  clear(): void {
    this.queue.clear();
    if (this.commands.length > MOST_KEPT_COMMANDS) this.commands.length = 0;
    this.isBroken = false;
  }
}
