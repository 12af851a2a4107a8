// What random commands look like: for each command, how its arguments are chosen.
// Everything drawn here gives the same answer on two correct servers however fast each one is: no
// time to live ends within a run (relative times are at least 10^6 of any unit), and no value grows
// beyond the limit of the run.

import type { SeededRandom } from "../support/seeds";

type Words = (string | Buffer)[];

interface CommandGrammar {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  args(draw: Draw): Words;
}

const KEYS = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "", "key with spaces", "\x00"];
const PATTERNS = ["*", "k*", "k?", "k[0-3]", "k[^0-3]", "*k*", "", "[", "\\k0", "k0", "*\x00*"];
const DATABASES = ["0", "0", "0", "1", "2", "3"];
const INTEGERS = [
  "0",
  "1",
  "-1",
  "2",
  "10",
  "-10",
  "99",
  "10000",
  "2147483647",
  "-2147483648",
  "4294967296",
  "9007199254740993",
  "9223372036854775806",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
];
const FLOATS = [
  "0.1",
  "-0.1",
  "1.5",
  "3.0e3",
  "1e-5",
  "123456789.123456789",
  "-2.5e-3",
  "1e17",
  "0.333333",
];
const NOT_NUMBERS = ["abc", "", "1.5x", " 1", "1 ", "+1", "007", "0x10", "1e", "nan", "inf", "-"];
const OFFSETS = ["0", "1", "2", "5", "20", "100", "-1", "-2", "-100", "1000"];
// In the year 3021 as milliseconds, and far later as seconds.
const LATE_TIMES = ["33177117420000", "33177117420001"];
// In the year 3021 as seconds, and in 1971 as milliseconds.
const SOME_TIMES = ["33177117420", "33177117421", ...LATE_TIMES];
const PAST_TIMES = ["0", "-1", "1", "1000000"];

/** Choices that grammars are made of. */
export class Draw {
  constructor(readonly random: SeededRandom) {}

  key(): string {
    return this.random.pick(KEYS);
  }

  keys(most = 4): string[] {
    return Array.from({ length: this.random.between(1, most) }, () => this.key());
  }

  value(): string | Buffer {
    switch (this.random.below(8)) {
      case 0:
      case 1:
        return this.random.pick(INTEGERS);
      case 2:
        return this.random.pick(FLOATS);
      case 3:
        return this.random.pick(NOT_NUMBERS);
      case 4:
        return this.random.bytes(this.random.below(100));
      case 5:
        return "x".repeat(this.random.pick([1, 20, 21, 44, 45, 64, 500, 5000]));
      case 6:
        return String(this.random.between(-1000, 1000));
      default:
        return this.random.pick(["a", "hello", "abcabc", "Hello World"]);
    }
  }

  integer(): string {
    if (this.random.chance(0.1)) return this.random.pick(NOT_NUMBERS);
    if (this.random.chance(0.3)) return this.random.pick(INTEGERS);
    return String(this.random.between(-100, 100));
  }

  float(): string {
    if (this.random.chance(0.1)) return this.random.pick(NOT_NUMBERS);
    return this.random.pick(this.random.chance(0.3) ? INTEGERS : FLOATS);
  }

  offset(): string {
    return this.random.chance(0.05) ? this.integer() : this.random.pick(OFFSETS);
  }

  database(): string {
    return this.random.chance(0.05)
      ? this.random.pick(["-1", "16", "x", "99"])
      : this.pickDatabase();
  }

  pickDatabase(): string {
    return this.random.pick(DATABASES);
  }

  pattern(): string {
    return this.random.pick(PATTERNS);
  }

  relativeTime(): string {
    if (this.random.chance(0.1)) return this.random.pick(["0", "-1", "x", "9223372036854775807"]);
    return String(this.random.between(1_000_000, 100_000_000));
  }

  absoluteTime(): string {
    return this.random.pick(this.random.chance(0.1) ? PAST_TIMES : SOME_TIMES);
  }

  /** An expiry option of SET and GETEX with its operand. */
  expiry(): Words {
    const name = this.caseOf(this.random.pick(["EX", "PX", "EXAT", "PXAT"]));
    // None in the past: SET then keeps a dead key until somebody looks at it or a timer comes by.
    return [name, name.length > 2 ? this.random.pick(LATE_TIMES) : this.relativeTime()];
  }

  /** Each of the options with the given probability, in their order or another. */
  some(probability: number, ...options: readonly Words[]): Words {
    const chosen = options.filter(() => this.random.chance(probability));
    if (this.random.chance(0.3)) chosen.reverse();
    return chosen.flat();
  }

  caseOf(word: string): string {
    return this.random.chance(0.2) ? word.toLowerCase() : word;
  }
}

function grammar(name: string, weight: number, args: (draw: Draw) => Words): CommandGrammar {
  return { name, weight, args };
}

const expireOptions = (draw: Draw): Words => draw.some(0.15, ["NX"], ["XX"], ["GT"], ["LT"]);
const keyAndValue = (draw: Draw): Words => [draw.key(), draw.value()];
const oneKey = (draw: Draw): Words => [draw.key()];
const someKeys = (draw: Draw): Words => draw.keys();
const nothing = (): Words => [];

function pairs(draw: Draw): Words {
  return draw.keys(3).flatMap((key) => [key, draw.value()]);
}

const STRING_GRAMMARS: readonly CommandGrammar[] = [
  grammar("SET", 20, (draw) => [
    ...keyAndValue(draw),
    ...draw.some(0.15, ["NX"], ["XX"], ["GET"], ["KEEPTTL"], draw.expiry()),
  ]),
  grammar("GET", 10, oneKey),
  grammar("GETSET", 3, keyAndValue),
  grammar("GETDEL", 3, oneKey),
  grammar("GETEX", 5, (draw) => [
    draw.key(),
    ...draw.some(0.3, draw.expiry(), draw.random.chance(0.3) ? ["PERSIST"] : []),
  ]),
  grammar("SETEX", 3, (draw) => [draw.key(), draw.relativeTime(), draw.value()]),
  grammar("PSETEX", 3, (draw) => [draw.key(), draw.relativeTime(), draw.value()]),
  grammar("SETNX", 3, keyAndValue),
  grammar("MSET", 4, pairs),
  grammar("MSETNX", 3, pairs),
  grammar("MGET", 5, someKeys),
  grammar("APPEND", 8, keyAndValue),
  grammar("STRLEN", 3, oneKey),
  grammar("SETRANGE", 6, (draw) => [draw.key(), draw.offset(), draw.value()]),
  grammar("GETRANGE", 6, (draw) => [draw.key(), draw.offset(), draw.offset()]),
  grammar("SUBSTR", 1, (draw) => [draw.key(), draw.offset(), draw.offset()]),
  grammar("INCR", 6, oneKey),
  grammar("DECR", 4, oneKey),
  grammar("INCRBY", 6, (draw) => [draw.key(), draw.integer()]),
  grammar("DECRBY", 4, (draw) => [draw.key(), draw.integer()]),
  grammar("INCRBYFLOAT", 8, (draw) => [draw.key(), draw.float()]),
  grammar("LCS", 3, (draw) => [
    draw.key(),
    draw.key(),
    ...draw.some(0.3, ["IDX"], ["LEN"], ["MINMATCHLEN", draw.integer()], ["WITHMATCHLEN"]),
  ]),
];

const KEYSPACE_GRAMMARS: readonly CommandGrammar[] = [
  grammar("DEL", 6, someKeys),
  grammar("UNLINK", 3, someKeys),
  grammar("EXISTS", 3, someKeys),
  grammar("TOUCH", 1, someKeys),
  grammar("TYPE", 2, oneKey),
  grammar("RENAME", 3, (draw) => [draw.key(), draw.key()]),
  grammar("RENAMENX", 3, (draw) => [draw.key(), draw.key()]),
  grammar("COPY", 5, (draw) => [
    draw.key(),
    draw.key(),
    ...draw.some(0.3, ["REPLACE"], ["DB", draw.database()]),
  ]),
  grammar("MOVE", 2, (draw) => [draw.key(), draw.database()]),
  grammar("SELECT", 2, (draw) => [draw.database()]),
  grammar("SWAPDB", 1, (draw) => [draw.database(), draw.database()]),
  grammar("DBSIZE", 2, nothing),
  grammar("RANDOMKEY", 1, nothing),
  grammar("KEYS", 2, (draw) => [draw.pattern()]),
  grammar("SCAN", 2, (draw) => [
    "0",
    "COUNT",
    "100000",
    ...draw.some(0.3, ["MATCH", draw.pattern()], ["TYPE", draw.random.pick(["string", "list"])]),
  ]),
  grammar("OBJECT", 6, (draw) => [
    draw.random.pick(["ENCODING", "encoding", "REFCOUNT"]),
    draw.key(),
  ]),
  grammar("FLUSHDB", 0.1, (draw) => draw.some(0.3, ["ASYNC"], ["SYNC"])),
  grammar("FLUSHALL", 0.1, (draw) => draw.some(0.3, ["ASYNC"], ["SYNC"])),
  grammar("EXPIRE", 4, (draw) => [draw.key(), draw.relativeTime(), ...expireOptions(draw)]),
  grammar("PEXPIRE", 4, (draw) => [draw.key(), draw.relativeTime(), ...expireOptions(draw)]),
  grammar("EXPIREAT", 4, (draw) => [draw.key(), draw.absoluteTime(), ...expireOptions(draw)]),
  grammar("PEXPIREAT", 4, (draw) => [draw.key(), draw.absoluteTime(), ...expireOptions(draw)]),
  grammar("TTL", 3, oneKey),
  grammar("PTTL", 2, oneKey),
  grammar("EXPIRETIME", 3, oneKey),
  grammar("PEXPIRETIME", 3, oneKey),
  grammar("PERSIST", 3, oneKey),
];

const SESSION_GRAMMARS: readonly CommandGrammar[] = [
  grammar("PING", 1, (draw) => draw.some(0.5, [draw.value()])),
  grammar("ECHO", 1, (draw) => [draw.value()]),
  grammar("HELLO", 0.5, (draw) => [draw.random.pick(["2", "3", "3", "4", "x"])]),
  grammar("CLIENT", 0.5, (draw) =>
    draw.random.pick([["GETNAME"], ["ID"], ["SETNAME", "me"], ["X"]]),
  ),
  grammar("CONFIG", 0.5, (draw) => ["GET", draw.random.pick(["hz", "maxmemory*", "no", "save"])]),
  grammar("DEBUG", 1, (draw) => ["DIGEST-VALUE", ...draw.keys()]),
  grammar("NOSUCH", 0.5, (draw) => [draw.value()]),
];

export const GRAMMARS: readonly CommandGrammar[] = [
  ...STRING_GRAMMARS,
  ...KEYSPACE_GRAMMARS,
  ...SESSION_GRAMMARS,
];

/**
 * Arguments put where they do not belong; none is a small positive number, see above.
 * SCAN is left alone: what a cursor other than 0 stands for is each server's own business.
 */
const JUNK: readonly (string | Buffer)[] = [
  ...NOT_NUMBERS,
  "0",
  "-1",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "99999999999999999999",
  "k0",
  "EX",
  "NX",
  "GET",
  "\x00\xff",
  Buffer.from([255, 0]),
];

/** Draws commands from grammars, some of them with an argument too few, too many or wrong. */
export class CommandSource {
  readonly #draw: Draw;
  readonly #totalWeight: number;

  constructor(
    private readonly random: SeededRandom,
    private readonly grammars: readonly CommandGrammar[],
  ) {
    this.#draw = new Draw(random);
    this.#totalWeight = grammars.reduce((sum, { weight }) => sum + weight, 0);
  }

  next(): Buffer[] {
    const { name, args } = this.#pick();
    const words: Words = [this.#draw.caseOf(name), ...args(this.#draw)];
    if (this.random.chance(0.05) && name !== "SCAN") this.#spoil(words);
    return words.map((word) => (typeof word === "string" ? Buffer.from(word, "latin1") : word));
  }

  #pick(): CommandGrammar {
    let left = this.random.below(this.#totalWeight * 1000) / 1000;
    for (const candidate of this.grammars) {
      left -= candidate.weight;
      if (left < 0) return candidate;
    }
    return this.random.pick(this.grammars);
  }

  #spoil(words: Words): void {
    switch (this.random.below(3)) {
      case 0:
        if (words.length > 1) words.pop();
        return;
      case 1:
        words.push(this.random.pick(JUNK));
        return;
      default:
        if (words.length > 1)
          words[this.random.between(1, words.length - 1)] = this.random.pick(JUNK);
    }
  }
}
