// Commands for the dispatch fuzzer, drawn from the command table itself: what its documentation says
// of each command's arguments, filled with values from the edges, then spoiled now and then. A
// command that is added to the table is fuzzed without a change here. The seed alone decides.

import type { Command } from "../../src/command/command";
import type { ArgumentDoc } from "../../src/command/spec";
import type { DataCall } from "../../src/keyspace/data-call";
import type { SeededRandom } from "../support/seeds";
import { EDGE_NUMBERS, FLOATS, INTEGERS, TEXTS } from "./edge-values";

/** Settings that change how the data is treated, and none of what a run counts on. */
const SAFE_SETTINGS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ["maxmemory-policy", ["noeviction", "allkeys-lru", "volatile-lfu", "volatile-ttl", "sometimes"]],
  ["lfu-decay-time", ["0", "1", "-1", "2147483647", "2147483648"]],
  ["lfu-log-factor", ["0", "10", "2147483647"]],
  ["active-expire-effort", ["1", "10", "11"]],
  ["lazyfree-lazy-user-del", ["yes", "no", "maybe"]],
  ["lazyfree-lazy-user-flush", ["yes", "no"]],
  ["notify-keyspace-events", ["", "KEA", "Kg$xe", "?"]],
  ["slowlog-log-slower-than", ["-1", "0", "10000", "9223372036854775807"]],
  ["slowlog-max-len", ["0", "1", "128"]],
  ["latency-monitor-threshold", ["0", "1", "-1"]],
];
const KEY_COUNT = 24;
const MOST_REPEATS = 4;
const LONG_BYTES = 1 << 20;
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
/** They end or stop the process, touch files, or take as long as they are told to. */
const LEFT_OUT = new Set([
  "shutdown",
  "debug",
  "config|set",
  "config|rewrite",
  // These talk to other servers, in real time.
  "replicaof",
  "slaveof",
  "migrate",
  // From here on the client is no client: it is sent lines and files unasked.
  "sync",
  "psync",
  "save",
  "bgsave",
  "bgrewriteaof",
  "failover",
]);
/** Rare, because they end what makes the rest worth while. */
const RARE = new Set([
  "flushall",
  "flushdb",
  "client|kill",
  "quit",
  "client|pause",
  "client|reply",
  "subscribe",
  "psubscribe",
  "ssubscribe",
]);

export class CommandStream {
  readonly #random: SeededRandom;
  readonly #commands: readonly Command<DataCall>[];
  readonly #tokens: readonly string[];

  constructor(random: SeededRandom, all: Iterable<Command<DataCall>>) {
    this.#random = random;
    this.#commands = [...all].filter((command) => {
      const [container] = command.fullName.split("|");
      const isLeftOut = LEFT_OUT.has(command.fullName) || LEFT_OUT.has(container);
      return command.spec.handler !== undefined && !isLeftOut;
    });
    const tokens = this.#commands.flatMap(({ spec }) => tokensOf(spec.arguments ?? []));
    this.#tokens = [...new Set(tokens)];
  }

  next(): Buffer[] {
    const random = this.#random;
    if (random.chance(0.005)) return this.#configSet();
    let command = random.pick(this.#commands);
    while (RARE.has(command.fullName) && random.chance(0.95)) {
      command = random.pick(this.#commands);
    }
    const words = command.fullName.split("|").map((word) => Buffer.from(this.#caseOf(word)));
    const args = this.#all(command.spec.arguments ?? []);
    if (args.length === 0 && random.chance(0.5)) args.push(...this.#padding(command));
    const whole = [...words, ...args];
    for (let spoils = random.chance(0.25) ? random.between(1, 3) : 0; spoils > 0; spoils--) {
      this.#spoil(whole);
    }
    return whole;
  }

  key(): Buffer {
    const random = this.#random;
    if (random.chance(0.02)) return random.pick(TEXTS);
    return Buffer.from(`key:${random.below(KEY_COUNT)}`);
  }

  #configSet(): Buffer[] {
    const random = this.#random;
    const words: Buffer[] = ["CONFIG", "SET"].map((word) => Buffer.from(word));
    for (let pairs = random.between(1, 3); pairs > 0; pairs--) {
      const [name, values] = random.pick(SAFE_SETTINGS);
      const value = random.chance(0.9) ? Buffer.from(random.pick(values)) : this.#value();
      words.push(Buffer.from(this.#caseOf(name)), value);
    }
    return words;
  }

  /** For commands whose documentation tells no arguments: as many as they ask for. */
  #padding(command: Command<DataCall>): Buffer[] {
    const least = Math.abs(command.spec.arity);
    return Array.from({ length: least }, () => this.#random.pick([this.key(), this.#value()]));
  }

  #all(docs: readonly ArgumentDoc[]): Buffer[] {
    return docs.flatMap((doc) => this.#argument(doc));
  }

  #argument(doc: ArgumentDoc): Buffer[] {
    const random = this.#random;
    const flags = doc.flags ?? [];
    if (flags.includes("optional") && random.chance(0.6)) return [];
    const times = flags.includes("multiple") ? random.between(1, MOST_REPEATS) : 1;
    const result: Buffer[] = [];
    for (let time = 0; time < times; time++) {
      const hasToken = doc.token !== undefined && doc.type !== "pure-token";
      if (hasToken && (time === 0 || flags.includes("multiple_token"))) {
        result.push(Buffer.from(this.#caseOf(doc.token ?? "")));
      }
      result.push(...this.#once(doc));
    }
    return result;
  }

  #once(doc: ArgumentDoc): Buffer[] {
    const random = this.#random;
    switch (doc.type) {
      case "pure-token":
        return [Buffer.from(this.#caseOf(doc.token ?? doc.name))];
      case "oneof":
        return doc.arguments === undefined ? [] : this.#argument(random.pick(doc.arguments));
      case "block":
        return this.#all(doc.arguments ?? []);
      case "key":
        return [this.key()];
      case "integer":
      case "unix-time":
        return [random.chance(0.5) ? random.pick(INTEGERS) : this.#smallInteger()];
      case "double":
        return [random.pick(FLOATS)];
      default:
        return [this.#value()];
    }
  }

  #smallInteger(): Buffer {
    return Buffer.from(String(this.#random.between(-20, 200)));
  }

  #value(): Buffer {
    const random = this.#random;
    switch (random.below(10)) {
      case 0:
        return random.pick(EDGE_NUMBERS);
      case 1:
        return random.pick(TEXTS);
      case 2:
        return ALL_BYTES;
      case 3:
        return random.bytes(random.below(70));
      case 4:
        return Buffer.alloc(random.pick([15, 16, 17, 159, 160, 161, 1000, 20_000]), "v");
      case 5:
        return Buffer.alloc(random.chance(0.02) ? LONG_BYTES : 44, "L");
      case 6:
        return this.key();
      case 7:
        return Buffer.from(random.pick(["*", "key:*", "k?y:[0-9]", "[^", "\\", "**a*b*", "*\x00"]));
      default:
        return this.#smallInteger();
    }
  }

  #spoil(words: Buffer[]): void {
    const random = this.#random;
    const at = random.below(words.length + 1);
    switch (random.below(7)) {
      case 0:
        words.splice(at, 1);
        if (words.length === 0) words.push(Buffer.from("ping"));
        return;
      case 1:
        words.splice(at, 0, this.#value());
        return;
      case 2:
        words.splice(at, 0, Buffer.from(random.pick(this.#tokens)));
        return;
      case 3:
        words[Math.min(at, words.length - 1)] = random.pick(EDGE_NUMBERS);
        return;
      case 4:
        words[Math.min(at, words.length - 1)] = random.pick(TEXTS);
        return;
      case 5:
        words.push(...words.slice(1));
        return;
      default:
        for (let more = random.below(40); more > 0; more--) words.push(this.key());
    }
  }

  #caseOf(word: string): string {
    return this.#random.chance(0.2) ? word.toUpperCase() : word;
  }
}

function tokensOf(docs: readonly ArgumentDoc[]): string[] {
  return docs.flatMap((doc) => [
    ...(doc.token === undefined ? [] : [doc.token]),
    ...tokensOf(doc.arguments ?? []),
  ]);
}
