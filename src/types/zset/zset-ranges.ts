import { parseDoubleLeniently } from "../../base/double";
import type { DataCall } from "../../keyspace/data-call";
import type { BlockMemory } from "../../memory/block-memory";
import { LexBound, ScoreBound } from "./zset-bounds";
import type { ZsetReader } from "./zset-reader";

/**
 * Parts of a sorted set as ranks, from `from` to before `to`, however they were asked for: by rank, by
 * score or by member. One object serves all commands; its bounds hold for one command.
 */

const ERR_SCORE_RANGE = "ERR min or max is not a float";
const ERR_LEX_RANGE = "ERR min or max not valid string range item";
const ROUND_BRACKET = 0x28;
const SQUARE_BRACKET = 0x5b;
const MINUS = 0x2d;
const PLUS = 0x2b;

export class ZsetRanges {
  from = 0;
  to = 0;
  readonly #minScore: ScoreBound;
  readonly #maxScore: ScoreBound;
  readonly #minMember: LexBound;
  readonly #maxMember: LexBound;

  constructor(memory: BlockMemory) {
    this.#minScore = new ScoreBound(memory);
    this.#maxScore = new ScoreBound(memory);
    this.#minMember = new LexBound(memory);
    this.#maxMember = new LexBound(memory);
  }

  /** How many elements the range has; 0 or less for none. */
  get size(): number {
    return this.to - this.from;
  }

  /** Reads bounds such as `1`, `(1` and `-inf`; false when one is wrong (the error is written). */
  readScores(call: DataCall, minIndex: number, maxIndex: number): boolean {
    const isRead =
      readScore(call, minIndex, this.#minScore, true) &&
      readScore(call, maxIndex, this.#maxScore, false);
    if (!isRead) call.reply.error(ERR_SCORE_RANGE);
    return isRead;
  }

  /** Reads bounds such as `[a`, `(a`, `-` and `+`; false when one is wrong (the error is written). */
  readMembers(call: DataCall, minIndex: number, maxIndex: number): boolean {
    const isRead =
      readMember(call, minIndex, this.#minMember, true) &&
      readMember(call, maxIndex, this.#maxMember, false);
    if (!isRead) call.reply.error(ERR_LEX_RANGE);
    return isRead;
  }

  /** Sets bounds of scores, both ends within the range. */
  setScores(min: number, max: number): void {
    this.#minScore.set(min, false);
    this.#maxScore.set(max, true);
  }

  /** The elements of the scores that were read last. */
  byScore(zset: ZsetReader): this {
    this.from = zset.rankOf(this.#minScore);
    this.to = zset.rankOf(this.#maxScore);
    return this;
  }

  /** The elements between the members that were read last, all scores being the same. */
  byMember(zset: ZsetReader): this {
    this.from = zset.rankOf(this.#minMember);
    this.to = zset.rankOf(this.#maxMember);
    return this;
  }

  /** The elements from one rank to another, both included, counted from the end when negative. */
  byRank(size: number, first: number, last: number, reverse: boolean): this {
    const from = Math.max(first < 0 ? first + size : first, 0);
    const to = Math.min(last < 0 ? last + size : last, size - 1) + 1;
    this.from = reverse ? size - to : from;
    this.to = reverse ? size - from : to;
    return this;
  }

  /** Leaves out what LIMIT does; a negative count lets all through, a negative offset nothing. */
  limit(offset: number, count: number, reverse: boolean): void {
    const size = Math.max(this.to - this.from, 0);
    const skipped = offset < 0 ? size : Math.min(offset, size);
    const taken = count < 0 ? size - skipped : Math.min(count, size - skipped);
    if (reverse) this.from = this.to - skipped - taken;
    else this.from += skipped;
    this.to = this.from + taken;
  }
}

function readScore(call: DataCall, index: number, bound: ScoreBound, isMin: boolean): boolean {
  const { args } = call;
  const at = args.offset(index);
  const length = args.length(index);
  const isExclusive = length > 0 && args.input[at] === ROUND_BRACKET;
  const skipped = isExclusive ? 1 : 0;
  const score = parseDoubleLeniently(args.input, at + skipped, length - skipped);
  if (score === undefined) return false;
  bound.set(score, isMin === isExclusive);
  return true;
}

function readMember(call: DataCall, index: number, bound: LexBound, isMin: boolean): boolean {
  const { args } = call;
  const at = args.offset(index);
  const length = args.length(index);
  if (length === 0) return false;
  const mark = args.input[at];
  if (mark === ROUND_BRACKET || mark === SQUARE_BRACKET) {
    bound.set(args.input, at + 1, length - 1, isMin === (mark === ROUND_BRACKET));
    return true;
  }
  // As for Redis, a NUL ends the argument.
  const isAlone = length === 1 || args.input[at + 1] === 0;
  if (!isAlone || (mark !== MINUS && mark !== PLUS)) return false;
  bound.setEnd(mark === MINUS ? -1 : 1);
  return true;
}
