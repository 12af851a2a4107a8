// Random commands of one type's families that all go to one key, for a value of which nobody knows
// whether it is sound.

import { type CommandGrammar, Draw } from "../parity/draw";
import { BIT_GRAMMARS } from "../parity/grammars/bits";
import { GEO_GRAMMARS } from "../parity/grammars/geo";
import { HASH_GRAMMARS } from "../parity/grammars/hashes";
import { HYPERLOGLOG_GRAMMARS } from "../parity/grammars/hyperloglog";
import { KEYSPACE_GRAMMARS } from "../parity/grammars/keyspace";
import { LIST_GRAMMARS } from "../parity/grammars/lists";
import { SET_GRAMMARS } from "../parity/grammars/sets";
import { SORT_GRAMMARS } from "../parity/grammars/sort";
import { STREAM_GRAMMARS } from "../parity/grammars/streams";
import { STRING_GRAMMARS } from "../parity/grammars/strings";
import { ZSET_GRAMMARS } from "../parity/grammars/zsets";
import type { SeededRandom } from "../support/seeds";

/** They take the key or its database away, which ends the traffic. */
const LEFT_OUT = new Set(["DEL", "UNLINK", "FLUSHALL", "FLUSHDB", "SWAPDB", "MOVE", "SELECT"]);

const FAMILIES: ReadonlyMap<string, readonly CommandGrammar[]> = new Map([
  ["string", [...STRING_GRAMMARS, ...BIT_GRAMMARS, ...HYPERLOGLOG_GRAMMARS]],
  ["list", [...LIST_GRAMMARS, ...SORT_GRAMMARS]],
  ["set", [...SET_GRAMMARS, ...SORT_GRAMMARS]],
  ["zset", [...ZSET_GRAMMARS, ...GEO_GRAMMARS]],
  ["hash", HASH_GRAMMARS],
  ["stream", STREAM_GRAMMARS],
]);
const ANY = KEYSPACE_GRAMMARS.filter(({ name }) => !LEFT_OUT.has(name));

/** Takes the one key for a key of any family. */
class OneKeyDraw extends Draw {
  constructor(
    random: SeededRandom,
    private readonly theKey: string,
  ) {
    super(random);
  }

  override keyOf(): string {
    return this.random.chance(0.9) ? this.theKey : super.key();
  }

  override key(): string {
    return this.keyOf();
  }
}

export class KeyTraffic {
  readonly #random: SeededRandom;
  readonly #draw: OneKeyDraw;

  constructor(random: SeededRandom, key: string) {
    this.#random = random;
    this.#draw = new OneKeyDraw(random, key);
  }

  /** A command for a value of the type. */
  next(type: string): Buffer[] {
    const families = this.#random.chance(0.1) ? ANY : (FAMILIES.get(type) ?? ANY);
    const { name, args } = this.#random.pick(families);
    return [name, ...args(this.#draw)].map((word) =>
      typeof word === "string" ? Buffer.from(word, "latin1") : word,
    );
  }
}
