import type { Command } from "../../command/command";
import type { Client } from "../../session/client";
import type { RequestQueue } from "../../session/request-queue";
import type { DataCall } from "../data-call";
import type { KeyNode } from "../key-table";
import type { Timed } from "./deadlines";

/** The clients that wait for one key, in the order in which they began to. */
export class KeyQueue {
  readonly waiters = new Set<Waiter>();
  /** How many of them are to be told also when the key is gone. */
  whenGone = 0;
  /** How many of them look again after a time. */
  retrying = 0;
  /** It is in the list of keys that are ready. */
  isReady = false;
}

/** One client that waits: its request and what it waits for. Data only. */
export class Waiter implements Timed {
  readonly queues: KeyNode<KeyQueue>[] = [];
  deadlineAt = -1;
  /** When it is run again whatever happens, if it is. */
  retryAtMs = Number.POSITIVE_INFINITY;

  constructor(
    readonly client: Client,
    readonly command: Command<DataCall>,
    /** Holds its one request. */
    readonly request: RequestQueue,
    /** TYPE_* of the value waited for. */
    readonly type: number,
    readonly wakesWhenGone: boolean,
    readonly retries: boolean,
    /** When its wait is over; Infinity for never. */
    readonly endMs: number,
  ) {}

  get deadlineMs(): number {
    return Math.min(this.endMs, this.retryAtMs);
  }
}
