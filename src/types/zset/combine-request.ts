import { latin1Bytes } from "../../base/bytes";
import { parseDouble } from "../../base/double";
import { ERR_NOT_INTEGER, ERR_SYNTAX, ERR_WRONG_TYPE } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import type { CombinedKey, CombinedSource } from "./combined-source";

const WEIGHTS = latin1Bytes("weights");
const AGGREGATE = latin1Bytes("aggregate");
const WITHSCORES = latin1Bytes("withscores");
const LIMIT = latin1Bytes("limit");
const SUM = latin1Bytes("sum");
const MIN = latin1Bytes("min");
const MAX = latin1Bytes("max");

const ERR_WEIGHT = "ERR weight value is not a float";
const ERR_LIMIT = "ERR LIMIT can't be negative";

/** How the scores of one member become one. */
const AGGREGATE_SUM = 0;
const AGGREGATE_MIN = 1;
const AGGREGATE_MAX = 2;

/** Options that a command takes behind its keys. */
export interface CombineForm {
  /** The argument with the number of keys. */
  readonly keyCountAt: number;
  readonly takesWeights: boolean;
  readonly takesScores: boolean;
  readonly takesLimit: boolean;
}

/** What ZUNION, ZINTER, ZDIFF and their kin are asked: keys and options. */
export class CombineRequest {
  keys: CombinedKey[] = [];
  withScores = false;
  /** 0 for none. */
  limit = 0;
  #aggregate = AGGREGATE_SUM;

  /** Reads everything and looks the keys up; false when it is wrong (the error is written). */
  read(call: DataCall, form: CombineForm, source: CombinedSource): boolean {
    const { args, reply } = call;
    this.keys = [];
    this.withScores = false;
    this.limit = 0;
    this.#aggregate = AGGREGATE_SUM;
    const first = form.keyCountAt + 1;
    const count = args.clampedInteger(form.keyCountAt);
    let error = countError(call, count, args.count - first);
    if (error === "" && !this.#lookUp(call, first, count, source)) error = ERR_WRONG_TYPE;
    if (error === "") error = this.#readOptions(call, form, first + count);
    if (error !== "") reply.error(error);
    return error === "";
  }

  /** Puts smaller values first, in the order given where sizes are equal. */
  sortBySize(): void {
    this.keys.sort((one, other) => one.size - other.size);
  }

  /** A score with its weight. What is no number, such as infinity times 0, counts as 0. */
  static weighted(score: number, weight: number): number {
    const product = score * weight;
    return Number.isNaN(product) ? 0 : product;
  }

  /** The score of a member that has one so far and comes with another, which may be NaN. */
  aggregated(score: number, added: number): number {
    if (this.#aggregate === AGGREGATE_SUM) {
      const sum = score + added;
      return Number.isNaN(sum) ? 0 : sum;
    }
    const isTaken = this.#aggregate === AGGREGATE_MIN ? added < score : added > score;
    return isTaken ? added : score;
  }

  #lookUp(call: DataCall, first: number, count: number, source: CombinedSource): boolean {
    for (let i = first; i < first + count; i++) {
      const key = source.keyOf(call, call.read(i));
      if (key === undefined) return false;
      this.keys.push(key);
    }
    return true;
  }

  #readOptions(call: DataCall, form: CombineForm, from: number): string {
    const { args } = call;
    for (let i = from; i < args.count; ) {
      const left = args.count - i;
      let error = "";
      if (form.takesWeights && left > this.keys.length && args.is(i, WEIGHTS)) {
        error = this.#readWeights(call, i + 1);
        i += 1 + this.keys.length;
      } else if (form.takesWeights && left >= 2 && args.is(i, AGGREGATE)) {
        error = this.#readAggregate(call, i + 1);
        i += 2;
      } else if (form.takesScores && args.is(i, WITHSCORES)) {
        this.withScores = true;
        i++;
      } else if (form.takesLimit && left >= 2 && args.is(i, LIMIT)) {
        this.limit = args.clampedInteger(i + 1);
        if (!(this.limit >= 0)) error = ERR_LIMIT;
        i += 2;
      } else {
        error = ERR_SYNTAX;
      }
      if (error !== "") return error;
    }
    return "";
  }

  #readWeights(call: DataCall, first: number): string {
    const { args } = call;
    for (let i = 0; i < this.keys.length; i++) {
      const weight = parseDouble(args.input, args.offset(first + i), args.length(first + i));
      if (weight === undefined) return ERR_WEIGHT;
      this.keys[i].weight = weight;
    }
    return "";
  }

  #readAggregate({ args }: DataCall, index: number): string {
    if (args.is(index, SUM)) this.#aggregate = AGGREGATE_SUM;
    else if (args.is(index, MIN)) this.#aggregate = AGGREGATE_MIN;
    else if (args.is(index, MAX)) this.#aggregate = AGGREGATE_MAX;
    else return ERR_SYNTAX;
    return "";
  }
}

function countError(call: DataCall, count: number, arguments_: number): string {
  if (Number.isNaN(count)) return ERR_NOT_INTEGER;
  if (count < 1) return `ERR at least 1 input key is needed for '${call.command.fullName}' command`;
  return count > arguments_ ? ERR_SYNTAX : "";
}
