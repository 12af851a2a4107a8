// Random requests of several clients through the whole data node, with snapshots, expiry, eviction,
// pauses and broken protocol in between. What is checked: nothing throws; every command has exactly
// one reply, well-formed, unless it is one of the known exceptions; memory and dictionaries keep
// their rules; nobody stays held; emptied, the node has the memory that it began with.

import assert from "node:assert/strict";
import { setImmediate as afterPoll } from "node:timers/promises";
import { COMMAND_PUBSUB } from "../../src/command/command";
import type { DataCall } from "../../src/keyspace/data-call";
import { ENTRY_HEADER_BYTES } from "../../src/keyspace/entry";
import { REPLY_OFF, REPLY_ON, REPLY_SKIP_NEXT, REPLY_SKIP_THIS } from "../../src/session/client";
import { verifyDict } from "../../src/structures/dict-verify";
import { encodeCommand } from "../support/resp-encode";
import { SeededRandom } from "../support/seeds";
import { CommandStream } from "./command-stream";
import { FuzzClient } from "./fuzz-client";
import { FuzzNode } from "./fuzz-node";
import { spoilBytes, toInlineLine } from "./request-bytes";

const MOST_CLIENTS = 8;
const HISTORY = 12;
const SHOWN_BYTES = 60;
const TURNS_PER_SETTLING = 400;
const SETTLINGS_PER_EMPTYING = 5;
const MOST_TURNS_TO_SETTLE = 2000;
/** A turn of up to 600 requests; a busy machine takes some of it. */
const LONGEST_TURN_MS = 10_000;
const POLICIES = ["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-ttl", "allkeys-random"];

export class DispatchRun {
  inputs = 0;
  /** Commands that were looked at one by one. */
  checked = 0;
  longestTurnMs = 0;
  readonly #random: SeededRandom;
  readonly #fuzz: FuzzNode;
  readonly #stream: CommandStream;
  readonly #clients: FuzzClient[] = [];
  readonly #history: string[] = [];
  readonly #emptyBytes: number;
  #checksEach = true;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#fuzz = new FuzzNode(seed);
    const { node } = this.#fuzz;
    this.#stream = new CommandStream(this.#random, node.table.all());
    this.#emptyBytes = node.memory.usedBytes;
    this.#watchPipeline();
  }

  /** Runs until so many inputs were sent or the time is up. */
  async run(inputs: number, durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs;
    try {
      for (let settlings = 1; this.inputs < inputs && performance.now() < endMs; settlings++) {
        for (let turn = 0; turn < TURNS_PER_SETTLING; turn++) await this.#step();
        await this.#settle();
        if (settlings % SETTLINGS_PER_EMPTYING === 0) await this.#empty();
      }
      await this.#settle();
      await this.#empty();
    } catch (error) {
      const last = this.#history.join("\n  ");
      const text = error instanceof Error ? `${error.stack}\n${error.cause ?? ""}` : String(error);
      throw new Error(`after ${this.inputs} inputs: ${text}\nlast commands:\n  ${last}`, {
        cause: error,
      });
    }
  }

  /** Some clients send something, the world changes a little, and a turn is run. */
  async #step(): Promise<void> {
    const random = this.#random;
    this.#connectSome();
    for (let senders = random.between(1, 3); senders > 0; senders--) {
      const client = random.pick(this.#clients);
      const requests = random.chance(0.02) ? random.between(50, 200) : random.between(1, 8);
      for (let request = 0; request < requests; request++) this.#writeRequest(client);
      client.send(random);
    }
    this.#checksEach = random.chance(0.9);
    this.#turn();
    this.#disturb();
    if (random.chance(0.3)) await afterPoll();
  }

  #writeRequest(client: FuzzClient): void {
    const random = this.#random;
    this.inputs++;
    const words = this.#stream.next();
    if (random.chance(0.02)) {
      client.isDamaged = true;
      client.write(spoilBytes(encodeCommand(words), random));
      return;
    }
    const line = random.chance(0.1) ? toInlineLine(words) : undefined;
    client.write(line ?? encodeCommand(words));
  }

  #turn(): void {
    const { transport } = this.#fuzz;
    const beginMs = performance.now();
    transport.turn();
    const tookMs = performance.now() - beginMs;
    this.longestTurnMs = Math.max(this.longestTurnMs, tookMs);
    assert.ok(tookMs < LONGEST_TURN_MS, `a turn took ${tookMs} ms`);
    for (const client of this.#clients) client.checkWhole();
  }

  #connectSome(): void {
    const { transport } = this.#fuzz;
    for (let at = this.#clients.length - 1; at >= 0; at--) {
      if (this.#clients[at].isClosed) this.#clients.splice(at, 1);
    }
    while (this.#clients.length < MOST_CLIENTS) this.#clients.push(new FuzzClient(transport));
  }

  /** Time, snapshots, limits and hang-ups. */
  #disturb(): void {
    const random = this.#random;
    const { node, clock } = this.#fuzz;
    const { memory } = node;
    clock.advance(random.chance(0.02) ? random.below(3_600_000) : random.below(20));
    if (random.chance(0.2)) this.#fuzz.tick();
    if (random.chance(0.05)) {
      if (memory.frozenNow) this.#fuzz.snapshots.end();
      else node.persistence.saves.startBackground();
    }
    if (random.chance(0.1)) memory.releaseParked(random.below(2000));
    if (random.chance(0.01)) this.#changeLimits();
    if (random.chance(0.005)) random.pick(this.#clients).hangUp();
    // One that owes bytes swallows all that it sends from then on.
    for (const client of this.#clients) if (client.isDamaged && random.chance(0.2)) client.hangUp();
    if (random.chance(0.01)) this.#verify();
    if (random.chance(0.01)) this.#endPause();
  }

  #changeLimits(): void {
    const random = this.#random;
    const { node } = this.#fuzz;
    const room = random.pick([0, 1000, 100_000, 3_000_000]);
    const limit = random.chance(0.5) ? 0 : node.context.usedMemory.bytes + room;
    this.#fuzz.set("maxmemory-policy", random.pick(POLICIES));
    this.#fuzz.set("maxmemory", String(limit));
    this.#fuzz.set("requirepass", random.chance(0.9) ? "" : "key:1");
    this.#fuzz.set("active-expire-effort", String(random.between(1, 10)));
    this.#fuzz.set("maxmemory-clients", random.chance(0.9) ? "0" : "1mb");
    node.loop.flushOutside();
  }

  #endPause(): void {
    const { node } = this.#fuzz;
    node.context.session.pauses.end("command");
    node.loop.flushOutside();
  }

  #verify(): void {
    const { memory, keyspace } = this.#fuzz.node;
    memory.verify();
    for (const database of keyspace.databases) {
      verifyDict(memory, database.dict.ref, {
        keyAt: ENTRY_HEADER_BYTES,
        hashOf: (bytes, at, length) => keyspace.hashOf(bytes, at, length),
      });
    }
  }

  /** All pauses over and all bytes delivered: everybody gets the answer to a last question. */
  async #settle(): Promise<void> {
    this.#fuzz.set("requirepass", "");
    this.#checksEach = true;
    for (const client of this.#clients) {
      client.sendRest();
      if (client.isDamaged) client.hangUp();
    }
    await this.#runAll();
    const { bySlot } = this.#fuzz.node.call.clients;
    await this.#endWaiting();
    const alive = this.#clients.filter(
      (client) => !client.isClosed && bySlot[client.connection.slot]?.closing === false,
    );
    assert.equal(this.#fuzz.node.call.clients.count, alive.length, "clients that are not there");
    for (const [index, client] of alive.entries()) {
      const known = bySlot[client.connection.slot];
      const { fullName } = known?.lastCommand ?? {};
      assert.equal(known?.held, false, `held without a pause by ${fullName}`);
      assert.equal(client.connection.pending.length, 0, "bytes that nobody has looked at");
      // Ends subscriptions, transactions and silence alike.
      client.write(encodeCommand(["RESET"]));
      client.write(encodeCommand(["ECHO", `question ${index}`]));
      client.sendRest();
    }
    await this.#runAll();
    for (const [index, client] of alive.entries()) {
      assert.match(client.lastReply.toString("latin1"), new RegExp(`question ${index}\r\n$`));
    }
    this.#verify();
  }

  /** Whoever waits for a key gets none any more. What it sent behind that may wait again. */
  async #endWaiting(): Promise<void> {
    const { session } = this.#fuzz.node.context;
    while (session.blocked.count > 0) {
      for (const client of session.clients.all()) session.blocked.unblock(client, false);
      this.#fuzz.node.loop.flushOutside();
      await this.#runAll();
    }
  }

  async #runAll(): Promise<void> {
    const { transport } = this.#fuzz;
    for (let turns = 0; transport.hasWork || this.#isPaused; turns++) {
      assert.ok(turns < MOST_TURNS_TO_SETTLE, "it never comes to rest");
      this.#endPause();
      this.#turn();
      await afterPoll();
    }
  }

  get #isPaused(): boolean {
    return this.#fuzz.node.context.session.pauses.isPaused;
  }

  /** Empties the data set; everything that it took is given back. */
  async #empty(): Promise<void> {
    const { node, transport } = this.#fuzz;
    this.#fuzz.set("maxmemory", "0");
    const client = new FuzzClient(transport);
    client.write(encodeCommand(["FLUSHALL"]));
    client.sendRest();
    await this.#runAll();
    assert.equal(client.lastReply.toString(), "+OK\r\n");
    client.hangUp();
    this.#fuzz.snapshots.end();
    while (node.keyspace.lazyFree.hasWork || node.memory.hasReleasable) {
      node.background.wake();
      await afterPoll();
    }
    await this.#runAll();
    node.memory.verify();
    assert.equal(node.memory.parkedCount, 0);
    assert.equal(node.memory.usedBytes, this.#emptyBytes, "memory that nobody gave back");
  }

  /** Looks at each command's replies alone, by having them sent before and after. */
  #watchPipeline(): void {
    const { pipeline } = this.#fuzz.node;
    const execute = pipeline.execute.bind(pipeline);
    pipeline.execute = (call, hash) => {
      this.#note(call);
      if (!this.#checksEach) return execute(call, hash);
      const { client } = call;
      const fuzzed = this.#clients.find(
        ({ connection, isClosed }) => connection.slot === client.slot && !isClosed,
      );
      const modeBefore = client.replyMode;
      const wasMonitor = client.isMonitor;
      const wasSubscriber = client.isSubscriber;
      call.reply.flush();
      const before = fuzzed?.replies ?? 0;
      const command = execute(call, hash);
      call.reply.flush();
      if (fuzzed === undefined) return command;
      fuzzed.checkWhole();
      // As in Redis, who watches already is not answered.
      if (wasMonitor && command?.spec.name === "monitor") return command;
      // What EXEC runs may silence the client, or subscribe it to several topics at once.
      if (command?.spec.inTransaction === "runs-queued") return command;
      // Subscribers get messages beside replies, and a confirmation for each topic.
      const isAboutTopics = command?.has(COMMAND_PUBSUB) === true;
      if (wasSubscriber || client.isSubscriber || isAboutTopics) return command;
      this.#checkCount(call, modeBefore, fuzzed.replies - before);
      return command;
    };
  }

  #checkCount(call: DataCall, modeBefore: number, replies: number): void {
    const { client } = call;
    this.checked++;
    const wasSilent = modeBefore === REPLY_OFF || modeBefore === REPLY_SKIP_THIS;
    const isSilenced = client.replyMode === REPLY_OFF || client.replyMode === REPLY_SKIP_NEXT;
    if (wasSilent) {
      const isBack = client.replyMode === REPLY_ON;
      assert.ok(replies === 0 || (isBack && replies === 1), `${replies} replies while silent`);
    } else if (client.held || isSilenced) {
      assert.equal(replies, 0, "a reply of a command that is held or silent");
    } else if (client.closing) {
      assert.ok(replies <= 1, `${replies} replies of a client that is closing`);
    } else {
      assert.equal(replies, 1, "replies to one command");
    }
  }

  #note({ args, client }: DataCall): void {
    const words: string[] = [];
    for (let at = 0; at < Math.min(args.count, 12); at++) {
      const length = Math.min(args.length(at), SHOWN_BYTES);
      const { buffer } = args.input;
      const text = Buffer.from(buffer, args.offset(at), length).toString("latin1");
      words.push(args.length(at) > SHOWN_BYTES ? `${text}... (${args.length(at)})` : text);
    }
    this.#history.push(`client ${client.slot}: ${JSON.stringify(words)}`);
    if (this.#history.length > HISTORY) this.#history.shift();
  }
}
