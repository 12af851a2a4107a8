// Choices that grammars of random commands are made of; see grammar.ts.
// Everything drawn here gives the same answer on two correct servers however fast each one is: no
// time to live ends within a run (relative times are at least 10^6 of any unit), and no value grows
// beyond the limit of the run.

import type { SeededRandom } from "../support/seeds";

export type Words = (string | Buffer)[];

export interface CommandGrammar {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Set where a wrong argument could make data on which two servers need not agree. */
  readonly staysWhole?: boolean;
  args(draw: Draw): Words;
}

const KEYS = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "", "key with spaces", "\x00"];
// The letters that families of types take for their own keys, so that commands meet their type. Those
// of HyperLogLogs are left to their family: one that SETRANGE has spoiled is refused by us as a whole,
// while Redis adds what it can before it notices.
const FAMILIES = ["k", "l", "h", "s", "z", "x", "b", "g"];
const FAMILY_KEYS = 5;
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
export const NOT_NUMBERS = [
  "abc",
  "",
  "1.5x",
  " 1",
  "1 ",
  "+1",
  "007",
  "0x10",
  "1e",
  "nan",
  "inf",
  "-",
];
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
    if (this.random.chance(0.4)) return this.familyKey(this.random.pick(FAMILIES));
    return this.random.pick(KEYS);
  }

  /** Mostly a key that the family's commands use: `l0`, `l1`, ... */
  keyOf(family: string): string {
    return this.random.chance(0.03) ? this.key() : this.familyKey(family);
  }

  keysOf(family: string, most = 4): string[] {
    return Array.from({ length: this.random.between(1, most) }, () => this.keyOf(family));
  }

  familyKey(family: string): string {
    return `${family}${this.random.below(FAMILY_KEYS)}`;
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

export function grammar(name: string, weight: number, args: (draw: Draw) => Words): CommandGrammar {
  return { name, weight, args };
}
