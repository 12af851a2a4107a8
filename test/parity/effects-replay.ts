// Runs random commands on one node and what it hands on on another one, which has another seed, another
// time and expires nothing by itself: it must come to the same data after every turn.
// Not a comparison with the real server (effects.test.ts). What always holds: the seed alone decides
// the run, as no clock but the node's own is read.

import assert from "node:assert/strict";
import {
  exactExpiryOf,
  hasExpiry,
  keyLengthOf,
  keyStartOf,
  TYPE_HASH,
  TYPE_STREAM,
  typeOf,
} from "../../src/keyspace/entry";
import { type BlockMemory, SEGMENT_SHIFT } from "../../src/memory/block-memory";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { forEachEntry } from "../../src/structures/dict-walk";
import { NO_FIELD_EXPIRY } from "../../src/types/hash/field-entry";
import { HashReader } from "../../src/types/hash/hash-reader";
import { FuzzNode } from "../fuzz/fuzz-node";
import { RecordingSink } from "../support/recording-node";
import { decodeReply, type Reply } from "../support/reply";
import { ReplySplitter } from "../support/reply-splitter";
import { encodeCommand } from "../support/resp-encode";
import type { SeededRandom } from "../support/seeds";
import { type Effect, readEffects } from "./effect-log";
import { CommandSource, GRAMMARS } from "./grammar";
import { NEWER_GRAMMARS, WAITING_GRAMMARS } from "./grammars/newer";

const MOST_COMMANDS_PER_TURN = 10;
const WAITERS = 3;
/** The share of turns after which data are compared; 1 finds the command to blame. */
const COMPARED = Number(process.env.REDIS_REPLAY_COMPARED ?? "0.05");
const SHOWN_EFFECTS = 40;
const SHOWN_COMMANDS = 20;
const SHOWN_BYTES = 60;
const MOST_REPLY_BYTES = 1 << 28;
/** How far the other node's clock is ahead: all that ends within a run has ended for it. */
const AHEAD_MS = 1_000_000_000;
/** They would end the node, or have nothing to do with data. */
const LEFT_OUT = new Set(["SHUTDOWN", "CLIENT", "HELLO", "CONFIG"]);
/** So low that values of every encoding come up among a few elements. */
const LOW_LIMITS: readonly (readonly [string, string])[] = [
  ["hash-max-listpack-entries", "8"],
  ["set-max-listpack-entries", "8"],
  ["set-max-intset-entries", "8"],
  // A listpack has no minus zero, and SORT turns one into a skiplist, which has one, where it is run
  // and nowhere else: as in Redis, such a score may be another one there. Without listpacks it is not.
  ["zset-max-listpack-entries", "0"],
  ["list-max-listpack-size", "6"],
  ["stream-node-max-entries", "5"],
];
/** Times, and what only tells how much was read, which Redis hands on to nobody. */
const NOT_HANDED_ON = new Set([
  "seen-time",
  "active-time",
  "entries-read",
  "lag",
  "radix-tree-keys",
  "radix-tree-nodes",
]);
const PENDING = new Set(["pel", "pending"]);

/** A client on a node without sockets. */
class NodeClient {
  readonly replies: Buffer[] = [];
  readonly #fuzz: FuzzNode;
  readonly #splitter = new ReplySplitter(MOST_REPLY_BYTES);
  readonly #connection;

  constructor(fuzz: FuzzNode) {
    this.#fuzz = fuzz;
    this.#connection = fuzz.transport.connect(
      (bytes) => this.#receive(bytes),
      () => undefined,
    );
  }

  send(bytes: Buffer): void {
    this.#fuzz.transport.send(this.#connection, bytes);
  }

  /** Has the node answer all that was sent to it. */
  settle(): void {
    while (this.#fuzz.transport.hasWork) this.#fuzz.transport.turn();
  }

  call(...words: readonly (string | Buffer)[]): Reply {
    this.replies.length = 0;
    this.send(encodeCommand(words));
    this.settle();
    const reply = this.replies.at(-1);
    assert.ok(reply !== undefined, "no reply");
    return decodeReply(reply);
  }

  #receive(bytes: Buffer): void {
    this.#splitter.push(bytes);
    for (let reply = this.#splitter.next(); reply !== null; reply = this.#splitter.next()) {
      this.replies.push(reply);
    }
  }
}

export interface ReplayOptions {
  readonly commands: number;
  /** Directives of the node that the commands are run on. */
  readonly settings?: readonly (readonly [string, string])[];
}

export class EffectsReplay {
  executed = 0;
  /** Requests handed on. */
  handedOn = 0;
  /** Looks at each of them; throws when it should not be there. */
  inspect: (effect: Effect) => void = () => undefined;
  readonly #random: SeededRandom;
  readonly #master: FuzzNode;
  readonly #replica: FuzzNode;
  readonly #client: NodeClient;
  readonly #waiters: NodeClient[];
  readonly #loader: NodeClient;
  /** They look at what is there, and have a database of their own. */
  readonly #inspector: NodeClient;
  readonly #replicaInspector: NodeClient;
  readonly #sink = new RecordingSink();
  readonly #source: CommandSource;
  readonly #waiting: CommandSource;
  #shown: Effect[] = [];
  /** Run last on the master. */
  #commands: Buffer[][] = [];
  #database = -1;

  constructor(random: SeededRandom, seed: number, settings: ReplayOptions["settings"] = []) {
    this.#random = random;
    this.#master = new FuzzNode(seed);
    this.#replica = new FuzzNode(seed ^ 0x5eed);
    for (const [name, value] of [...LOW_LIMITS, ...settings]) this.#master.set(name, value);
    for (const [name, value] of LOW_LIMITS) this.#replica.set(name, value);
    this.#replica.clock.advance(AHEAD_MS);
    this.#replica.node.keyspace.loadsCommands = true;
    this.#master.node.call.effects.addSink(this.#sink);
    this.#client = new NodeClient(this.#master);
    this.#waiters = Array.from({ length: WAITERS }, () => new NodeClient(this.#master));
    this.#loader = new NodeClient(this.#replica);
    this.#inspector = new NodeClient(this.#master);
    this.#replicaInspector = new NodeClient(this.#replica);
    const usable = GRAMMARS.filter(({ name }) => !LEFT_OUT.has(name));
    this.#source = new CommandSource(random, [...usable, ...NEWER_GRAMMARS]);
    this.#waiting = new CommandSource(random, WAITING_GRAMMARS);
  }

  /** @throws Error with what came before it, when the two nodes are not the same any more. */
  run(commands: number): void {
    try {
      while (this.executed < commands) this.#turn();
      this.#compare();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${text}${this.#history()}`, { cause: error });
    }
  }

  #turn(): void {
    const random = this.#random;
    const isTransaction = random.chance(0.2);
    if (isTransaction) this.#client.send(encodeCommand(["MULTI"]));
    for (let left = random.between(1, MOST_COMMANDS_PER_TURN); left > 0; left--) {
      const command = this.#source.next();
      this.#commands.push(command);
      this.#client.send(encodeCommand(command));
      this.executed++;
    }
    if (isTransaction) this.#client.send(encodeCommand(["EXEC"]));
    this.#commands = this.#commands.slice(-SHOWN_COMMANDS);
    if (random.chance(0.3)) random.pick(this.#waiters).send(encodeCommand(this.#waiting.next()));
    this.#client.settle();
    this.#master.clock.advance(random.pick([0, 0, 1, 5, 30]));
    if (random.chance(0.2)) this.#master.tick();
    this.#handOn();
    if (random.chance(COMPARED)) this.#compare();
  }

  /** Has the other node run what was handed on. */
  #handOn(): void {
    this.#master.node.call.effects.settle();
    const bytes = this.#sink.take();
    if (bytes.length === 0) return;
    const { effects, database } = readEffects(bytes, this.#database);
    this.#database = database;
    this.#shown = [...this.#shown, ...effects].slice(-SHOWN_EFFECTS);
    this.handedOn += effects.length;
    effects.forEach(this.inspect);
    this.#loader.replies.length = 0;
    this.#loader.send(bytes);
    this.#loader.settle();
    for (const reply of this.#loader.replies) {
      if (reply.includes("-")) this.#refuseErrors(decodeReply(reply));
    }
  }

  /** What has been done can be done again: nothing that was handed on is answered by an error. */
  #refuseErrors(reply: Reply): void {
    if (Array.isArray(reply)) for (const part of reply) this.#refuseErrors(part);
    else if (reply !== null && typeof reply === "object" && "error" in reply) {
      throw new Error(`refused: ${JSON.stringify(reply)}`);
    }
  }

  #compare(): void {
    const [master, replica] = [this.#master, this.#replica].map(({ node }) =>
      new DatasetDigest(node.keyspace).ofAll(),
    );
    if (master === replica && this.executed % 4 > 0) return;
    for (let database = 0; database < this.#master.node.keyspace.databases.length; database++) {
      const [ours, theirs] = [
        describe(this.#master, this.#inspector, database),
        describe(this.#replica, this.#replicaInspector, database),
      ];
      for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
        if (ours.get(key) === theirs.get(key)) continue;
        throw new Error(
          `[${database}] ${JSON.stringify(key)} is not the same\n  ours: ${ours.get(key)}\n  ` +
            `replayed: ${theirs.get(key)}`,
        );
      }
    }
    assert.equal(master, replica, "digests");
  }

  #history(): string {
    const run = this.#commands.map((words) => shown(words.map((word) => word.toString("latin1"))));
    const lines = this.#shown.map(({ database, words }) => `[${database}] ${shown(words)}`);
    return [
      `\n  after ${this.executed} commands, the last:`,
      ...run,
      "  handed on last:",
      ...lines,
    ].join("\n    ");
  }
}

function shown(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word.slice(0, SHOWN_BYTES))).join(" ");
}

/** By key: the digest of the value, when it expires, and what a digest does not tell. */
function describe(fuzz: FuzzNode, client: NodeClient, index: number): Map<string, string> {
  const { keyspace } = fuzz.node;
  const { memory } = keyspace;
  const digest = new DatasetDigest(keyspace);
  const described = new Map<string, string>();
  const streams: Buffer[] = [];
  forEachEntry(memory, keyspace.databases[index]?.dict.ref ?? 0, (entry) => {
    const at = keyStartOf(memory, entry);
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT] ?? new Uint8Array(0);
    const key = Buffer.from(bytes.slice(at, at + keyLengthOf(memory, entry)));
    const expires = hasExpiry(memory, entry);
    const fields = typeOf(memory, entry) === TYPE_HASH ? fieldExpiries(memory, entry) : "";
    const expiry = expires ? String(exactExpiryOf(memory, entry)) : "never";
    described.set(key.toString("latin1"), `${digest.ofValue(entry)} ${expiry} ${fields}`);
    // One that may have expired here and not there cannot be asked.
    if (typeOf(memory, entry) === TYPE_STREAM && !expires) streams.push(key);
  });
  if (streams.length > 0) client.call("SELECT", String(index));
  for (const key of streams) {
    const info = handedOnOf(client.call("XINFO", "STREAM", key, "FULL", "COUNT", "0"));
    const name = key.toString("latin1");
    described.set(name, `${described.get(name)} ${JSON.stringify(info)}`);
  }
  return described;
}

function fieldExpiries(memory: BlockMemory, entry: number): string {
  const hash = new HashReader(memory);
  hash.openEntry(entry);
  const expiries: string[] = [];
  hash.forEach((handle) => {
    hash.showField(handle);
    const field = Buffer.from(hash.bytes.slice(hash.at, hash.at + hash.length)).toString("latin1");
    const expiryMs = hash.expiryOf(handle);
    if (expiryMs !== NO_FIELD_EXPIRY) expiries.push(`${JSON.stringify(field)}@${expiryMs}`);
  });
  return expiries.sort().join(" ");
}

/** What XINFO STREAM FULL tells, but for what is handed on to nobody. */
function handedOnOf(reply: Reply): Reply {
  if (!Array.isArray(reply)) return reply;
  const kept: Reply[] = [];
  for (let at = 0; at < reply.length; at++) {
    const part = reply[at] ?? null;
    const value = reply[at + 1] ?? null;
    if (typeof part === "string" && NOT_HANDED_ON.has(part)) at++;
    else if (typeof part === "string" && PENDING.has(part) && Array.isArray(value)) {
      kept.push(part, value.map(withoutDelivery));
      at++;
    } else kept.push(handedOnOf(part));
  }
  return kept;
}

/** Of ID, consumer, time and count of deliveries, or without the consumer: reading again changes. */
function withoutDelivery(row: Reply): Reply {
  return Array.isArray(row) ? row.slice(0, -2) : row;
}
