// What random commands look like: for each command, how its arguments are chosen. A family of commands
// has a file in grammars/ and a line in GRAMMARS.

import type { SeededRandom } from "../support/seeds";
import { type CommandGrammar, Draw, NOT_NUMBERS, type Words } from "./draw";
import { BIT_GRAMMARS } from "./grammars/bits";
import { GEO_GRAMMARS } from "./grammars/geo";
import { HASH_GRAMMARS } from "./grammars/hashes";
import { HYPERLOGLOG_GRAMMARS } from "./grammars/hyperloglog";
import { KEYSPACE_GRAMMARS } from "./grammars/keyspace";
import { LIST_GRAMMARS } from "./grammars/lists";
import { SESSION_GRAMMARS } from "./grammars/session";
import { SET_GRAMMARS } from "./grammars/sets";
import { SORT_GRAMMARS } from "./grammars/sort";
import { STREAM_GRAMMARS } from "./grammars/streams";
import { STRING_GRAMMARS } from "./grammars/strings";
import { ZSET_GRAMMARS } from "./grammars/zsets";

export const GRAMMARS: readonly CommandGrammar[] = [
  ...STRING_GRAMMARS,
  ...BIT_GRAMMARS,
  ...HASH_GRAMMARS,
  ...SET_GRAMMARS,
  ...GEO_GRAMMARS,
  ...SORT_GRAMMARS,
  ...HYPERLOGLOG_GRAMMARS,
  ...LIST_GRAMMARS,
  ...ZSET_GRAMMARS,
  ...KEYSPACE_GRAMMARS,
  ...SESSION_GRAMMARS,
  ...STREAM_GRAMMARS,
];

/**
 * Arguments put where they do not belong; none is a small positive number, see above.
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

/** What a cursor other than 0 stands for is each server's own business, and so is what chance takes. */
const UNSPOILED: ReadonlySet<string> = new Set(["SCAN", "SSCAN", "ZSCAN", "SPOP"]);

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
    const { name, staysWhole, args } = this.#pick();
    const words: Words = [this.#draw.caseOf(name), ...args(this.#draw)];
    const spoils = this.random.chance(0.05) && !UNSPOILED.has(name);
    if (spoils && staysWhole !== true) this.#spoil(words);
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
