import type { Command } from "../command/command";
import type { DataCall } from "../keyspace/data-call";
import type { KeyNode } from "../keyspace/key-table";
import type { Client } from "../session/client";
import { RequestQueue } from "../session/request-queue";

/** A key as one client watches it. */
export interface Watch {
  readonly node: KeyNode<WatchedKey>;
  /** It was there and its time had come when the watch began: that it goes changes nothing. */
  wasExpired: boolean;
}

/** Who watches a key. */
export type WatchedKey = Map<Transaction, Watch>;

/**
 * What one client has watched and queued. Data only; its figures for CLIENT LIST, the bits of the
 * gates and whether a watched key has changed (`isDirty`) stand on the client.
 */
export class Transaction {
  readonly watches: Watch[] = [];
  /** Requests between MULTI and EXEC, and in the same order their commands. */
  queue = new RequestQueue();
  commands: Command<DataCall>[] = [];
  /** A request could not be queued: EXEC will refuse. */
  isBroken = false;

  constructor(readonly client: Client) {}
}
