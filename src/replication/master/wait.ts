import { ERR_NOT_INTEGER } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import { Deadlines, type Timed } from "../../keyspace/blocking/deadlines";
import { readTimeoutMs } from "../../keyspace/blocking/timeout-argument";
import type { DataCall } from "../../keyspace/data-call";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { BlockedClients } from "../../session/blocked-clients";
import type { Client } from "../../session/client";
import type { TurnControl } from "../../session/session-context";
import type { Replication } from "../replication";
import type { MasterSide } from "./master-side";

export interface WaitParts {
  readonly replication: Replication;
  readonly master: MasterSide;
  readonly monotonicMs: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
}

export interface WaitEffects {
  readonly call: DataCall;
  readonly turns: TurnControl;
}

/** What a client waits for. */
export interface Awaited {
  /** Asked again whenever a replica has confirmed something, or the disk has more. */
  readonly isThere: () => boolean;
  /** Replies how much of it is there, at the end of the wait or of its time. */
  readonly answer: (reply: ReplyWriter) => void;
}

class Waiter implements Timed {
  deadlineAt = -1;

  constructor(
    readonly client: Client,
    readonly awaited: Awaited,
    readonly deadlineMs: number,
  ) {}
}

const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
const ERR_REPLICA =
  "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a " +
  "replica is configured to be writable (which is not the default) writes to replicas are just " +
  "local and are not propagated.";

/**
 * WAIT and WAITAOF: clients that wait until so many replicas hold what has been written.
 *
 * What a client waits for is all that had been written when it asked; its own writes are part of it.
 * What always holds: the number replied is of replicas that have confirmed that offset themselves.
 */
export class Wait implements BlockedClients {
  readonly keyCount = 0;
  readonly keyCountWhenGone = 0;
  readonly #parts: WaitParts;
  readonly #waiters = new Map<Client, Waiter>();
  readonly #deadlines: Deadlines<Waiter>;
  #effects!: WaitEffects;

  constructor(parts: WaitParts) {
    const { monotonicMs, after } = parts;
    this.#parts = parts;
    this.#deadlines = new Deadlines({ monotonicMs, after, wake: () => this.#endDue() });
  }

  /** Called once, before the first command. */
  attach(effects: WaitEffects): void {
    this.#effects = effects;
    effects.call.clients.whenGone((client) => {
      const waiter = this.#waiters.get(client);
      if (waiter !== undefined) this.#forget(waiter);
    });
  }

  get count(): number {
    return this.#waiters.size;
  }

  get timedCount(): number {
    return this.#deadlines.count;
  }

  unblock(client: Client, withError: boolean, error = UNBLOCKED): boolean {
    const waiter = this.#waiters.get(client);
    if (waiter === undefined) return false;
    if (withError) this.#end(waiter, ({ reply }) => reply.error(error));
    else this.#answer(waiter);
    return true;
  }

  /** Replicas or the disk have confirmed something: answers whom that was enough for. */
  progressed(): void {
    if (this.#waiters.size === 0) return;
    for (const waiter of [...this.#waiters.values()]) {
      if (waiter.awaited.isThere()) this.#answer(waiter);
    }
  }

  run(call: DataCall): void {
    const { args, reply } = call;
    const { replication, master } = this.#parts;
    if (!replication.isMaster) {
      reply.error(ERR_REPLICA);
      return;
    }
    const wanted = args.clampedInteger(1);
    if (Number.isNaN(wanted)) {
      reply.error(ERR_NOT_INTEGER);
      return;
    }
    const timeoutMs = readTimeoutMs(call, 2);
    if (Number.isNaN(timeoutMs)) return;
    const { offset } = replication;
    this.waitFor(call, timeoutMs, {
      isThere: () => master.replicas.holding(offset) >= wanted,
      answer: (answered) => answered.integer(master.replicas.holding(offset)),
    });
  }

  /** Answers at once when it is there already, or where nobody may wait (EXEC). */
  waitFor(call: DataCall, timeoutMs: number, awaited: Awaited): void {
    const { client } = call;
    if (awaited.isThere() || !call.mayBlock) {
      awaited.answer(call.reply);
      return;
    }
    const { master, monotonicMs } = this.#parts;
    const deadlineMs = timeoutMs === 0 ? Number.POSITIVE_INFINITY : monotonicMs() + timeoutMs;
    const waiter = new Waiter(client, awaited, deadlineMs);
    this.#waiters.set(client, waiter);
    this.#deadlines.add(waiter);
    call.hasBlocked = true;
    this.#effects.turns.hold(client, false);
    master.wantAcks();
  }

  #endDue(): void {
    for (let due = this.#deadlines.takeDue(); due; due = this.#deadlines.takeDue()) {
      this.#answer(due);
    }
    this.#effects.turns.flushOutside();
  }

  #answer(waiter: Waiter): void {
    this.#end(waiter, ({ reply }) => waiter.awaited.answer(reply));
  }

  #end(waiter: Waiter, write: (call: DataCall) => void): void {
    const { call, turns } = this.#effects;
    const { client } = waiter;
    this.#forget(waiter);
    turns.answering(client, () => write(call));
    turns.resume(client);
  }

  #forget(waiter: Waiter): void {
    this.#waiters.delete(waiter.client);
    this.#deadlines.remove(waiter);
  }
}

export function waitCommand(wait: Wait): CommandSpec<DataCall> {
  return {
    name: "wait",
    arity: 3,
    flags: ["noscript"],
    group: "generic",
    since: "3.0.0",
    summary: "Waits until so many replicas have confirmed what has been written until now.",
    complexity: "O(1)",
    categories: ["connection"],
    tips: ["request_policy:all_shards", "response_policy:agg_min"],
    arguments: [
      { name: "numreplicas", type: "integer" },
      { name: "timeout", type: "integer" },
    ],
    handler: (call) => wait.run(call),
  };
}
