import { randomEntry } from "../../structures/dict-random";
import { EntryList } from "../../structures/dict-walk";
import { HASH_DICT } from "./hash-encoding";
import type { HashValue } from "./hash-value";

/**
 * Fields of an open hash picked at random, each equally likely; those whose time has come never.
 *
 * A dictionary is asked for one entry after the other as long as that is cheaper than collecting all
 * fields. Handles are given; they hold until the hash changes.
 */
interface Below {
  below(n: number): number;
}

/** After so many picks whose time has come, the fields that are there are collected. */
const MOST_TRIES = 64;
/** Up to so many distinct fields are drawn one by one, when the hash has this many times as many. */
const MOST_DRAWN = 10_000;
const SPARSE = 3;

/** A live field, or 0 when there is none. */
export function drawOne(value: HashValue, random: Below, scratch: EntryList): number {
  for (let tries = MOST_TRIES; tries > 0; tries--) {
    const handle = drawAny(value, random, scratch);
    if (!value.mayExpire || !value.isExpired(handle)) return handle;
  }
  const live = collectLive(value, new EntryList());
  return live.count === 0 ? 0 : live.refs[random.below(live.count)];
}

/** A field, whether its time has come or not. */
function drawAny(value: HashValue, random: Below, scratch: EntryList): number {
  if (value.encoding !== HASH_DICT) return value.handleAt(random.below(value.count));
  return randomEntry(value.arena, value.dict, random, false, scratch);
}

function collectLive(value: HashValue, into: EntryList): EntryList {
  value.forEachLive((handle) => into.add(handle));
  return into;
}

/** Fields one after the other, with repetitions, for as long as anybody asks. */
export class RandomFields {
  readonly #value: HashValue;
  readonly #random: Below;
  readonly #scratch: EntryList;
  /** All live fields; undefined where a dictionary is asked for each. */
  readonly #live: EntryList | undefined;

  constructor(value: HashValue, random: Below, scratch: EntryList) {
    this.#value = value;
    this.#random = random;
    this.#scratch = scratch;
    const isAsked = value.encoding === HASH_DICT && value.dict.expiring === 0;
    if (!isAsked) this.#live = collectLive(value, new EntryList());
  }

  get isEmpty(): boolean {
    return this.#live?.count === 0;
  }

  next(): number {
    const live = this.#live;
    if (live !== undefined) return live.refs[this.#random.below(live.count)];
    return drawAny(this.#value, this.#random, this.#scratch);
  }
}

/** Adds `count` live fields that differ to an empty list; all of them when there are no more. */
export function drawDistinct(
  value: HashValue,
  random: Below,
  count: number,
  into: EntryList,
): void {
  const isSparse = count <= MOST_DRAWN && count * SPARSE <= value.count;
  if (isSparse && value.encoding === HASH_DICT && value.dict.expiring === 0) {
    const scratch = new EntryList();
    const seen = new Set<number>();
    while (seen.size < count) seen.add(drawAny(value, random, scratch));
    for (const handle of seen) into.add(handle);
    return;
  }
  collectLive(value, into);
  if (count >= into.count) return;
  const { refs } = into;
  for (let i = 0; i < count; i++) {
    const chosen = i + random.below(into.count - i);
    const handle = refs[chosen];
    refs[chosen] = refs[i];
    refs[i] = handle;
  }
  into.count = count;
}
