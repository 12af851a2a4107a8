import { parseDouble } from "../../base/double";
import { ERR_NOT_FLOAT } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import { findMember, insertMember, rescoreMember } from "./member-argument";
import { NO_ZSET, NOT_A_ZSET, type ZsetAccess } from "./zset-access";
import type { ZsetValue } from "./zset-value";

/**
 * Members with scores put under a key by the rules of ZADD. ZADD, ZINCRBY and, for its places,
 * GEOADD; their arguments and replies are their own.
 */

/** Bits of the rules. */
export const ADD_NX = 1;
export const ADD_XX = 2;
export const ADD_GT = 4;
export const ADD_LT = 8;
/** The number is added to the score there is. */
export const ADD_INCR = 16;

/** What became of one member. */
const MEMBER_KEPT = 0;
const MEMBER_ADDED = 1;
const MEMBER_CHANGED = 2;
const MEMBER_LEFT_OUT = 3;
const SCORE_IS_NAN = 4;

export const ERR_SCORE_IS_NAN = "ERR resulting score is not a number (NaN)";

/** Adds members, and says how many; one object serves all commands. */
export class MemberAdder {
  added = 0;
  changed = 0;
  /** Whether the last member was neither added nor looked at, because a rule forbade it. */
  isLeftOut = false;
  /** The score that the last member has now, unless it was left out. */
  score = 0;
  #scores = new Float64Array(16);
  #count = 0;
  readonly #zsets: ZsetAccess;

  constructor(zsets: ZsetAccess) {
    this.#zsets = zsets;
  }

  /** Forgets the scores that were set. */
  begin(): void {
    this.#count = 0;
  }

  /** Notes the score of the next member. */
  pushScore(score: number): void {
    if (this.#count === this.#scores.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#scores);
      this.#scores = grown;
    }
    this.#scores[this.#count++] = score;
  }

  /** The score noted for the member at an index from 0 on. */
  scoreAt(index: number): number {
    return this.#scores[index];
  }

  /** As `pushScore` with the number at an argument; false when it is none (the error is written). */
  readScore(call: DataCall, index: number): boolean {
    const { args } = call;
    const score = parseDouble(args.input, args.offset(index), args.length(index));
    if (score === undefined) {
      call.reply.error(ERR_NOT_FLOAT);
      return false;
    }
    this.pushScore(score);
    return true;
  }

  /**
   * Puts a member under argument 1 for each score noted: the first is at argument `first`, the others
   * follow at every `step`-th. False when the error is written.
   */
  run(call: DataCall, rules: number, first: number, step: number): boolean {
    this.added = 0;
    this.changed = 0;
    this.isLeftOut = true;
    const state = this.#zsets.write(call, 1);
    if (state === NOT_A_ZSET) return false;
    if (state === NO_ZSET && (rules & ADD_XX) !== 0) return true;
    const zset = this.#zsets.value(call);
    if (state === NO_ZSET) zset.create(1, call.args.length(first));
    const isDone = this.#addAll(call, zset, rules, first, step);
    if (this.added + this.changed > 0) {
      const event = (rules & ADD_INCR) !== 0 ? "zincr" : "zadd";
      this.#zsets.store(call, 1, this.added + this.changed, event);
    }
    return isDone;
  }

  #addAll(call: DataCall, zset: ZsetValue, rules: number, first: number, step: number): boolean {
    for (let i = 0; i < this.#count; i++) {
      const outcome = this.#add(call, zset, rules, first + i * step, this.#scores[i]);
      if (outcome === SCORE_IS_NAN) {
        call.reply.error(ERR_SCORE_IS_NAN);
        return false;
      }
      if (outcome === MEMBER_ADDED) this.added++;
      else if (outcome === MEMBER_CHANGED) this.changed++;
      this.isLeftOut = outcome === MEMBER_LEFT_OUT;
    }
    return true;
  }

  #add(call: DataCall, zset: ZsetValue, rules: number, index: number, number: number): number {
    this.score = number;
    if (!findMember(call, zset, index)) {
      if ((rules & ADD_XX) !== 0) return MEMBER_LEFT_OUT;
      insertMember(call, zset, index, number);
      return MEMBER_ADDED;
    }
    if ((rules & ADD_NX) !== 0) return MEMBER_LEFT_OUT;
    const old = zset.score;
    const score = (rules & ADD_INCR) !== 0 ? number + old : number;
    if (Number.isNaN(score)) return SCORE_IS_NAN;
    const isForbidden =
      ((rules & ADD_LT) !== 0 && score >= old) || ((rules & ADD_GT) !== 0 && score <= old);
    if (isForbidden) return MEMBER_LEFT_OUT;
    this.score = score;
    if (score === old) return MEMBER_KEPT;
    rescoreMember(call, zset, index, score);
    return MEMBER_CHANGED;
  }
}
