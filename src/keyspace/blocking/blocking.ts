import { equalBytes } from "../../base/bytes";
import type { Command } from "../../command/command";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { BlockedClients } from "../../session/blocked-clients";
import type { Client } from "../../session/client";
import { RequestQueue } from "../../session/request-queue";
import type { TurnControl } from "../../session/session-context";
import { ENTRY_HASH } from "../../structures/dict-layout";
import type { DataCall } from "../data-call";
import type { Database } from "../database";
import { keyLengthOf, keyStartOf, TYPE_STRING, typeOf, wordOf } from "../entry";
import { type KeyNode, KeyTable } from "../key-table";
import type { Keyspace } from "../keyspace";
import { KeyspaceListener } from "../keyspace-listener";
import type { NestedRuns } from "../nested-runs";
import { Deadlines } from "./deadlines";
import type { Blocker, Wait } from "./wait";
import { KeyQueue, Waiter } from "./waiter";

export const BLOCKING_GATE = "blocking";
const MOST_SPARE = 64;
/** Who is to be run again while writes are paused is looked at again after so long. */
const PAUSED_RETRY_MS = 100;
const ERR_TOO_LONG = "ERR the request is too long to wait with it";
const UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

export interface BlockingParts {
  readonly keyspace: Keyspace;
  readonly monotonicMs: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Before anything is done between turns: lets the time go on. */
  readonly beginOutside: () => void;
  /** Lets the listener hear of the keyspace, or no longer. */
  readonly listen: (listener: KeyspaceListener, isListening: boolean) => void;
}

/** What only exists when commands and turns do. */
export interface BlockingEffects extends NestedRuns {
  readonly call: DataCall;
  readonly turns: TurnControl;
  /** Raises or lowers the gate `blocking` for everybody. */
  readonly setGate: (raised: boolean) => void;
  /** Ends the running measurement, and begins a new one. */
  readonly pauseMeasuring: () => void;
}

/**
 * The clients that wait for keys, and how they are served; see wait.ts for what handlers tell.
 *
 * Per key there is a queue of waiters in the order of arrival. Keys that become ready are noted
 * while a command runs and served after it (`serve`), so nobody is served in the middle of an EXEC.
 * Serving runs the waiter's own handler again, which may make further keys ready; it goes on until
 * none is. What always holds: a client is in here exactly as long as its requests are held for it;
 * the gate `blocking` is raised, and the keyspace listened to, exactly as long as somebody is.
 */
export class Blocking extends KeyspaceListener implements Blocker, BlockedClients {
  readonly #parts: BlockingParts;
  readonly #keys = new KeyTable<KeyQueue>();
  readonly #waiters = new Map<Client, Waiter>();
  readonly #deadlines: Deadlines<Waiter>;
  #effects!: BlockingEffects;
  #ready: KeyNode<KeyQueue>[] = [];
  /** Requests of waits that are over, to be used again. */
  readonly #spare: RequestQueue[] = [];
  #queuesWhenGone = 0;
  #isServing = false;
  /** The waiter being served and the key it is served from. */
  #served: Waiter | undefined;
  #servedFrom: Uint8Array = new Uint8Array(0);
  #goesOnWaiting = false;

  constructor(parts: BlockingParts) {
    super();
    this.#parts = parts;
    const { monotonicMs, after } = parts;
    this.#deadlines = new Deadlines({ monotonicMs, after, wake: () => this.#endDue() });
  }

  /** Called once, before the first command. */
  attach(effects: BlockingEffects): void {
    this.#effects = effects;
    effects.call.blocker = this;
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

  get keyCount(): number {
    return this.#keys.size;
  }

  get keyCountWhenGone(): number {
    return this.#queuesWhenGone;
  }

  get isIdle(): boolean {
    return this.#waiters.size === 0;
  }

  get isServing(): boolean {
    return this.#served !== undefined;
  }

  blockOn(wait: Wait): void {
    const nowMs = this.#parts.monotonicMs();
    if (this.#served !== undefined) {
      this.#goesOnWaiting = true;
      this.#setRetry(this.#served, nowMs, wait);
      return;
    }
    const { call, turns, scratch, setGate } = this.#effects;
    const { client } = call;
    const request = this.#spare.pop() ?? new RequestQueue();
    request.add(call.args, wait.substitutes);
    if (!scratch.fits(request.argumentBytes, call.args.count)) {
      call.reply.error(ERR_TOO_LONG);
      return;
    }
    const endMs = wait.timeoutMs === 0 ? Number.POSITIVE_INFINITY : nowMs + wait.timeoutMs;
    const waiter = new Waiter(
      client,
      call.command as Command<never> as Command<DataCall>,
      request,
      wait.type,
      wait.wakesWhenGone === true,
      wait.retryMs !== undefined,
      endMs,
    );
    for (let i = 0; i < wait.keyCount; i++) this.#enqueue(waiter, wait.firstKey + i);
    this.#waiters.set(client, waiter);
    this.#deadlines.add(waiter);
    this.#setRetry(waiter, nowMs, wait);
    client.waitingBytes = request.argumentBytes;
    call.hasBlocked = true;
    turns.hold(client, false);
    if (this.#waiters.size > 1) return;
    setGate(true);
    this.#parts.listen(this, true);
  }

  mayServeFrom(key: Uint8Array, at: number, length: number): boolean {
    if (this.#served === undefined) return true;
    const from = this.#servedFrom;
    return from.length === length && equalBytes(from, 0, key, at, length);
  }

  signalReady(database: Database, hash: number, key: Uint8Array, at: number, length: number): void {
    const node = this.#keys.find(database.index, hash, key, at, length);
    if (node !== undefined) this.#note(node);
  }

  signalRetrying(
    database: Database,
    hash: number,
    key: Uint8Array,
    at: number,
    length: number,
  ): void {
    const node = this.#keys.find(database.index, hash, key, at, length);
    if (node !== undefined && node.value.retrying > 0) this.#note(node);
  }

  override added(database: Database, entry: number): void {
    if (typeOf(this.#parts.keyspace.memory, entry) === TYPE_STRING) return;
    const node = this.#nodeOfEntry(database, entry);
    if (node !== undefined) this.#note(node);
  }

  override changed(database: Database, key: Uint8Array, at: number, length: number): void {
    if (this.#queuesWhenGone === 0) return;
    const hash = this.#parts.keyspace.hashOf(key, at, length);
    this.#noteChange(this.#keys.find(database.index, hash, key, at, length));
  }

  override expired(database: Database, entry: number): void {
    if (this.#queuesWhenGone > 0) this.#noteChange(this.#nodeOfEntry(database, entry));
  }

  override evicted(database: Database, entry: number): void {
    if (this.#queuesWhenGone > 0) this.#noteChange(this.#nodeOfEntry(database, entry));
  }

  override flushed(database: Database): void {
    if (this.#queuesWhenGone === 0) return;
    for (const node of this.#keys.of(database.index)) this.#noteChange(node);
  }

  /**
   * Whoever waits in either may find its key there now. As in Redis a key counts that holds, at this
   * moment, a type that somebody waits for.
   */
  override swapped(first: Database, second: Database): void {
    const types = new Set(Array.from(this.#waiters.values(), ({ type }) => type));
    this.#noteArriving(first, second, types);
    this.#noteArriving(second, first, types);
  }

  /**
   * Serves those who wait for keys that have become ready. Called after each command while the gate
   * is raised, and when work between turns is done.
   */
  serve(): void {
    if (this.#ready.length === 0 || this.#isServing) return;
    const { call, pauseMeasuring } = this.#effects;
    const { args, command } = call;
    const { base, count } = args;
    pauseMeasuring();
    this.#isServing = true;
    while (this.#ready.length > 0) {
      const ready = this.#ready;
      this.#ready = [];
      for (const node of ready) {
        node.value.isReady = false;
        this.#serveKey(node);
      }
    }
    this.#isServing = false;
    args.set(base, count);
    call.command = command;
    pauseMeasuring();
  }

  unblock(client: Client, withError: boolean, error = UNBLOCKED): boolean {
    const waiter = this.#waiters.get(client);
    if (waiter === undefined) return false;
    const { call } = this.#effects;
    const { args, command } = call;
    const { base, count } = args;
    if (withError) this.#end(waiter, ({ reply }) => reply.error(error));
    else this.#end(waiter, ({ reply }) => reply.nilArray());
    args.set(base, count);
    call.command = command;
    return true;
  }

  #nodeOfEntry(database: Database, entry: number): KeyNode<KeyQueue> | undefined {
    const { memory } = this.#parts.keyspace;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const hash = wordOf(memory, entry, ENTRY_HASH);
    const at = keyStartOf(memory, entry);
    return this.#keys.find(database.index, hash, bytes, at, keyLengthOf(memory, entry));
  }

  /** Notes the keys waited for in one database that come into it from another. */
  #noteArriving(database: Database, from: Database, types: ReadonlySet<number>): void {
    const { memory } = this.#parts.keyspace;
    for (const node of this.#keys.of(database.index)) {
      const { hash, key, value } = node;
      const entry = from.find(hash, key, 0, key.length);
      const isWanted = entry !== 0 && types.has(typeOf(memory, entry));
      if (isWanted || value.whenGone > 0) this.#note(node);
    }
  }

  #noteChange(node: KeyNode<KeyQueue> | undefined): void {
    if (node !== undefined && node.value.whenGone > 0) this.#note(node);
  }

  #note(node: KeyNode<KeyQueue>): void {
    if (node.value.isReady) return;
    node.value.isReady = true;
    this.#ready.push(node);
  }

  #enqueue(waiter: Waiter, index: number): void {
    const { call } = this.#effects;
    const { args, db } = call;
    const hash = call.hash(index);
    const at = args.offset(index);
    const node =
      this.#keys.find(db.index, hash, args.input, at, args.length(index)) ??
      this.#keys.add(db.index, hash, args.copy(index), new KeyQueue());
    const queue = node.value;
    // A key may be named twice.
    if (queue.waiters.has(waiter)) return;
    queue.waiters.add(waiter);
    waiter.queues.push(node);
    if (waiter.retries) queue.retrying++;
    if (waiter.wakesWhenGone && queue.whenGone++ === 0) this.#queuesWhenGone++;
  }

  /** A client that was closed while it was served has been forgotten already. */
  #forget(waiter: Waiter): void {
    if (this.#waiters.get(waiter.client) !== waiter) return;
    this.#waiters.delete(waiter.client);
    this.#deadlines.remove(waiter);
    for (const node of waiter.queues) {
      const queue = node.value;
      queue.waiters.delete(waiter);
      if (waiter.retries) queue.retrying--;
      if (waiter.wakesWhenGone && --queue.whenGone === 0) this.#queuesWhenGone--;
      if (queue.waiters.size === 0) this.#keys.remove(node);
    }
    waiter.client.waitingBytes = 0;
    if (this.#spare.length < MOST_SPARE) {
      waiter.request.clear();
      this.#spare.push(waiter.request);
    }
    if (this.#waiters.size > 0) return;
    this.#effects.setGate(false);
    this.#parts.listen(this, false);
  }

  /** Those who begin to wait while this runs come later: each is served once at most. */
  #serveKey(node: KeyNode<KeyQueue>): void {
    const { keyspace } = this.#parts;
    const { waiters } = node.value;
    const { db, hash, key } = node;
    let left = waiters.size;
    for (const waiter of waiters) {
      if (left-- === 0) return;
      const entry = keyspace.peek(keyspace.databases[db], hash, key, 0, key.length);
      if (entry === 0 && node.value.whenGone === 0) return;
      const isThere = entry !== 0 && typeOf(keyspace.memory, entry) === waiter.type;
      if (isThere || waiter.wakesWhenGone) this.#serveFrom(waiter, node);
    }
  }

  #serveFrom(waiter: Waiter, node: KeyNode<KeyQueue>): void {
    const wasReady = node.value.isReady;
    this.#served = waiter;
    this.#servedFrom = node.key;
    this.#goesOnWaiting = false;
    this.#answer(waiter, waiter.command.handler);
    this.#served = undefined;
    if (!this.#goesOnWaiting) this.#release(waiter);
    else if (!wasReady && node.value.isReady) this.#unnote(node);
  }

  /** One that goes on waiting must not wake itself by what it noted on its key, again and again. */
  #unnote(node: KeyNode<KeyQueue>): void {
    node.value.isReady = false;
    this.#ready = this.#ready.filter((ready) => ready !== node);
  }

  #end(waiter: Waiter, reply: (call: DataCall) => void): void {
    this.#answer(waiter, reply);
    this.#release(waiter);
  }

  /** Has `handler` answer the waiter's request. */
  #answer(waiter: Waiter, handler: (call: DataCall) => void): void {
    const { call, turns, scratch, beginNested, runNested } = this.#effects;
    turns.answering(waiter.client, () => {
      scratch.writeQueued(waiter.request, 0);
      call.command = waiter.command as Command<never>;
      call.nowMs = this.#parts.keyspace.nowMs;
      beginNested();
      runNested(call, waiter.command, handler);
    });
  }

  #release(waiter: Waiter): void {
    this.#forget(waiter);
    if (!waiter.client.closing) this.#effects.turns.resume(waiter.client);
  }

  /** The timer has run out. */
  #endDue(): void {
    this.#parts.beginOutside();
    for (;;) {
      const waiter = this.#deadlines.takeDue();
      if (waiter === undefined) break;
      if (waiter.endMs <= this.#parts.monotonicMs()) {
        this.#end(waiter, ({ reply }) => reply.nilArray());
      } else {
        this.#retry(waiter);
      }
    }
    this.serve();
    this.#effects.turns.flushOutside();
  }

  /**
   * Has a waiter looked at again, and those who wait for its keys in their order: who came first is
   * served first, whatever the rounding of times.
   */
  #retry(waiter: Waiter): void {
    const { keyspace, monotonicMs } = this.#parts;
    // What it does may be a change, for which the time is not now.
    const isPaused = keyspace.actionsPaused;
    waiter.retryAtMs = isPaused ? monotonicMs() + PAUSED_RETRY_MS : Number.POSITIVE_INFINITY;
    this.#deadlines.add(waiter);
    if (isPaused) return;
    for (const node of waiter.queues) this.#note(node);
  }

  /** Notes when a waiter is to be run again: the earliest of what it told for its keys. */
  #setRetry(waiter: Waiter, nowMs: number, wait: Wait): void {
    const retryAtMs = nowMs + (wait.retryMs ?? Number.POSITIVE_INFINITY);
    if (retryAtMs >= waiter.retryAtMs) return;
    this.#deadlines.remove(waiter);
    waiter.retryAtMs = retryAtMs;
    this.#deadlines.add(waiter);
  }
}
