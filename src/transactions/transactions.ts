import { latin1Bytes } from "../base/bytes";
import { COMMAND_ADMIN, COMMAND_SKIP_MONITOR, type Command } from "../command/command";
import type { DataCall } from "../keyspace/data-call";
import type { NestedRuns } from "../keyspace/nested-runs";
import { DISCARD } from "../protocol/reply-writer";
import { type Client, REPLY_OFF } from "../session/client";
import { sourceOf } from "../session/monitors";

import type { SessionContext } from "../session/session-context";
import { Transaction } from "./transaction";
import type { WatchedKeys } from "./watched-keys";

export const QUEUE_GATE = "queue";
export const NO_MULTI_GATE = "no-multi";
const QUEUED = latin1Bytes("QUEUED");
const EXEC_ABORT = "EXECABORT Transaction discarded because of previous errors.";
const ERR_PREFIX = "ERR ";
/** So many transactions that have ended are kept for others. */
const MOST_SPARE = 64;

/**
 * The transactions of all clients: WATCH, MULTI, the queue, EXEC.
 *
 * What always holds: `client.queued` is at least 0, and the gates that queue are raised on the
 * client, exactly between its MULTI and its EXEC or DISCARD; a client that has nothing queued and
 * nothing watched is not in here, unless it has a transaction open.
 */
export class Transactions {
  readonly watched: WatchedKeys;
  readonly #session: SessionContext;
  readonly #open = new Map<Client, Transaction>();
  readonly #spare: Transaction[] = [];
  /** The one whose queue is being run. */
  #running: Transaction | undefined;
  #gateBits = 0;
  #queueLimitBytes = 0;
  #effects!: NestedRuns;

  constructor(session: SessionContext, watched: WatchedKeys) {
    this.#session = session;
    this.watched = watched;
    session.clients.whenGone((client) => this.end(client));
    session.whenReset((client) => this.end(client));
  }

  /** Called once, before the first command. */
  attach(effects: NestedRuns): void {
    const { config, gates } = this.#session;
    this.#effects = effects;
    this.#gateBits = gates.bitOf(QUEUE_GATE) | gates.bitOf(NO_MULTI_GATE);
    const follow = (): undefined => {
      this.#queueLimitBytes = config.number("client-query-buffer-limit");
    };
    config.onChange("client-query-buffer-limit", follow);
    follow();
  }

  /** MULTI. */
  begin(client: Client): void {
    this.#of(client);
    client.queued = 0;
    client.gates |= this.#gateBits;
  }

  /** Puts the call's command off until EXEC, and says so. */
  queue(call: DataCall): void {
    const { client, args } = call;
    const transaction = this.#of(client);
    const { queue } = transaction;
    call.reply.status(QUEUED);
    // What will not be run need not be kept.
    if (transaction.isBroken || client.isDirty) return;
    const sizeBytes = queue.add(args);
    transaction.commands[queue.count - 1] = call.command as Command<never> as Command<DataCall>;
    client.queued++;
    client.queuedFlags |= call.command.flags;
    client.queuedBytes = queue.sizeBytes;
    const isOver = queue.argumentBytes > this.#queueLimitBytes;
    if (!isOver && this.#effects.scratch.fits(sizeBytes, args.count)) return;
    this.#session.door.closeForQuery(client);
  }

  /**
   * A command was refused: EXEC will refuse, too. When it was EXEC itself the transaction is over.
   * @param text why, as it is replied to any other command.
   * @returns the error to reply.
   */
  refusal(call: DataCall, command: Command<DataCall> | undefined, text: string): string {
    const { client } = call;
    if (command?.spec.inTransaction !== "runs-queued") {
      if (client.queued >= 0) this.#of(client).isBroken = true;
      return text;
    }
    this.end(client);
    this.#session.monitors.feed(call, sourceOf(call.client));
    const reason = text.startsWith(ERR_PREFIX) ? text.slice(ERR_PREFIX.length) : text;
    return `EXECABORT Transaction discarded because of: ${reason}`;
  }

  /** EXEC within a transaction. */
  run(call: DataCall): void {
    const { client, reply } = call;
    const transaction = this.#of(client);
    if (transaction.isBroken) {
      reply.error(EXEC_ABORT);
    } else if (client.isDirty || this.watched.hasExpired(transaction)) {
      reply.nilArray();
    } else {
      this.watched.unwatchAll(transaction);
      this.#runQueued(call, transaction);
    }
    this.end(client);
  }

  /** WATCH of arguments 1 to the last. */
  watch(call: DataCall): void {
    const { args, client } = call;
    // There is no point in watching more: the transaction will not run.
    if (client.isDirty) return;
    const transaction = this.#of(client);
    for (let i = 1; i < args.count; i++) this.watched.watch(transaction, call, i);
  }

  /** UNWATCH, also as part of a transaction. */
  unwatch(client: Client): void {
    const transaction = this.#open.get(client);
    client.isDirty = false;
    if (transaction === undefined) return;
    this.watched.unwatchAll(transaction);
    if (client.queued < 0) this.#close(transaction);
  }

  /** Forgets what the client has queued and watched: DISCARD, RESET, the end of EXEC. */
  end(client: Client): void {
    if (client.queued >= 0) client.gates &= ~this.#gateBits;
    client.queued = -1;
    client.queuedBytes = 0;
    client.queuedFlags = 0;
    this.unwatch(client);
  }

  #runQueued(call: DataCall, transaction: Transaction): void {
    const { args, client, reply, command: exec } = call;
    const { base, count } = args;
    const { monitors } = this.#session;
    const { scratch, beginNested, runNested } = this.#effects;
    const { queue, commands } = transaction;
    reply.array(queue.count);
    call.mayBlock = false;
    this.#running = transaction;
    client.lastCommand = exec;
    beginNested();
    let word = 0;
    for (let i = 0; i < queue.count; i++) {
      const command = commands[i];
      word = scratch.writeQueued(queue, word);
      call.command = command as Command<never>;
      runNested(call, command);
      if (monitors.count > 0 && !command.has(COMMAND_SKIP_MONITOR | COMMAND_ADMIN)) {
        monitors.feed(call, sourceOf(client));
      }
      // CLIENT REPLY OFF applies to what comes behind it, and a client that kills itself gets no more.
      if (client.closing || client.replyMode === REPLY_OFF) reply.begin(DISCARD);
    }
    this.#running = undefined;
    call.mayBlock = true;
    call.command = exec;
    args.set(base, count);
  }

  #of(client: Client): Transaction {
    const known = this.#open.get(client);
    if (known !== undefined) return known;
    const transaction = this.#spare.pop() ?? new Transaction();
    transaction.client = client;
    this.#open.set(client, transaction);
    return transaction;
  }

  #close(transaction: Transaction): void {
    this.#open.delete(transaction.client);
    // A client that is killed by its own transaction leaves while its queue is read.
    if (transaction === this.#running || this.#spare.length >= MOST_SPARE) return;
    transaction.clear();
    this.#spare.push(transaction);
  }
}
