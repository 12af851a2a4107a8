import { parseDoubleLeniently } from "../../base/double";
import { ERR_WRONG_TYPE } from "../../command/error-texts";
import { EVENT_LIST } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import { TYPE_LIST } from "../../keyspace/entry";
import type { HashLimits } from "../hash/hash-limits";
import { List } from "../list/list";
import type { ListLimits } from "../list/list-limits";
import { ByteRows } from "./byte-rows";
import { PatternLookup } from "./pattern-lookup";
import { SortArguments } from "./sort-arguments";
import { SortedSource } from "./sorted-source";

const LETTER_N = 0x6e;
/** As many elements as one request names at most when the result is passed on. */
const MOST_TOLD = 1024;
const ERR_NO_NUMBER = "ERR One or more scores can't be converted into double";

/**
 * SORT: the elements of a list, set or sorted set, sorted by themselves or by what patterns lead to,
 * and for each what other patterns lead to.
 *
 * What is sorted is copied first, numbers and bytes, into typed arrays; so looking keys up, which may
 * expire some, changes nothing of it.
 */
export class Sort {
  readonly #hashLimits: HashLimits;
  readonly #listLimits: ListLimits;

  constructor(hashLimits: HashLimits, listLimits: ListLimits) {
    this.#hashLimits = hashLimits;
    this.#listLimits = listLimits;
  }

  run(call: DataCall, mayStore: boolean): void {
    const asked = new SortArguments();
    if (!asked.read(call, mayStore)) return;
    const entry = call.read(1);
    if (entry !== 0 && !SortedSource.isSortable(call, entry)) {
      call.reply.error(ERR_WRONG_TYPE);
      return;
    }
    new SortRun(call, asked, new SortedSource(call, entry), this.#hashLimits).run(this.#listLimits);
  }
}

/** One SORT. */
class SortRun {
  readonly #call: DataCall;
  readonly #asked: SortArguments;
  readonly #source: SortedSource;
  readonly #lookup: PatternLookup;
  /** No order but the elements' own. */
  readonly #isUnsorted: boolean;
  readonly #isAlpha: boolean;
  readonly #byIndex: number;

  constructor(call: DataCall, asked: SortArguments, source: SortedSource, limits: HashLimits) {
    this.#call = call;
    this.#asked = asked;
    this.#source = source;
    this.#lookup = new PatternLookup(call, limits);
    const asksNoOrder = asked.byIndex > 0 && !this.#lookup.hasStar(asked.byIndex);
    // A set has no order of its own, so what is stored of it has one that is always the same.
    const isStoredSet = asksNoOrder && source.isSet && asked.storeIndex > 0;
    this.#isUnsorted = asksNoOrder && !isStoredSet;
    this.#isAlpha = asked.isAlpha || isStoredSet;
    this.#byIndex = asksNoOrder ? 0 : asked.byIndex;
  }

  run(listLimits: ListLimits): void {
    const { reply } = this.#call;
    const source = this.#source;
    source.convert();
    let { from, to } = this.#range();
    let rows: ByteRows;
    if (this.#isUnsorted && !source.isSet) {
      rows = source.copy(from, to - from, this.#asked.isDescending);
      to -= from;
      from = 0;
    } else {
      rows = source.copy(0, source.length, false);
    }
    const order = this.#order(rows);
    if (order === undefined) {
      reply.error(ERR_NO_NUMBER);
      return;
    }
    const wanted = order.subarray(from, to);
    if (this.#asked.storeIndex > 0) this.#store(rows, wanted, listLimits);
    else this.#tell(rows, wanted);
  }

  /** The part of the elements that LIMIT asks for. */
  #range(): { from: number; to: number } {
    const { length } = this.#source;
    const { start, count } = this.#asked;
    const from = Math.min(Math.max(start, 0), length);
    const to = count < 0 ? length : Math.min(from + count, length);
    return { from, to };
  }

  /** The numbers of the rows in order; undefined when what should be a number is none. */
  #order(rows: ByteRows): Uint32Array | undefined {
    const order = new Uint32Array(rows.count);
    for (let row = 0; row < order.length; row++) order[row] = row;
    if (this.#isUnsorted) return order;
    const sign = this.#asked.isDescending ? -1 : 1;
    if (this.#isAlpha) {
      const keys = this.#byIndex === 0 ? rows : this.#keysOf(rows);
      if (this.#asked.storeIndex > 0) {
        // A set is not walked in the same order everywhere, so what is stored must not depend on it.
        const isOrdered = !this.#source.isSet;
        return order.sort((a, b) => {
          const difference = keys.compare(a, b);
          return (difference === 0 && !isOrdered ? rows.compare(a, b) : difference) * sign;
        });
      }
      return order.sort((a, b) => keys.compareTexts(a, b) * sign);
    }
    const scores = this.#scoresOf(rows);
    if (scores === undefined) return undefined;
    // Equal ones by their bytes, so that the order is always the same.
    return order.sort((a, b) => {
      const difference = scores[a] === scores[b] ? 0 : scores[a] - scores[b];
      return (difference === 0 ? rows.compare(a, b) : difference) * sign;
    });
  }

  /** What BY leads to for each row. */
  #keysOf(rows: ByteRows): ByteRows {
    const lookup = this.#lookup;
    const keys = new ByteRows();
    for (let row = 0; row < rows.count; row++) {
      if (lookup.find(this.#byIndex, rows.bytes, rows.at(row), rows.lengthOf(row))) {
        keys.add(lookup.bytes, lookup.at, lookup.length);
      } else {
        keys.addMissing();
      }
    }
    return keys;
  }

  #scoresOf(rows: ByteRows): Float64Array | undefined {
    const lookup = this.#lookup;
    const scores = new Float64Array(rows.count);
    let areNumbers = true;
    for (let row = 0; row < rows.count; row++) {
      const at = rows.at(row);
      const length = rows.lengthOf(row);
      let score: number | undefined;
      if (this.#byIndex === 0) score = numberOf(rows.bytes, at, length);
      else if (!lookup.find(this.#byIndex, rows.bytes, at, length)) score = 0;
      else score = numberOf(lookup.bytes, lookup.at, lookup.length);
      if (score === undefined) areNumbers = false;
      else scores[row] = score;
    }
    return areNumbers ? scores : undefined;
  }

  #tell(rows: ByteRows, wanted: Uint32Array): void {
    const { reply } = this.#call;
    const { getIndices } = this.#asked;
    reply.array(wanted.length * Math.max(getIndices.length, 1));
    for (const row of wanted) {
      const at = rows.at(row);
      const length = rows.lengthOf(row);
      if (getIndices.length === 0) reply.bulk(rows.bytes, at, length);
      for (const index of getIndices) {
        if (this.#lookup.find(index, rows.bytes, at, length)) this.#lookup.reply(reply);
        else reply.nil();
      }
    }
  }

  #store(rows: ByteRows, wanted: Uint32Array, limits: ListLimits): void {
    const call = this.#call;
    const { getIndices, storeIndex } = this.#asked;
    const lookup = this.#lookup;
    const list = new List(call.keyspace.memory, limits).openNew();
    const push = (bytes: Uint8Array, at: number, length: number): void => {
      list.grow(length, 1);
      list.pushLast(bytes, at, length);
    };
    for (const row of wanted) {
      const at = rows.at(row);
      const length = rows.lengthOf(row);
      if (getIndices.length === 0) push(rows.bytes, at, length);
      for (const index of getIndices) {
        if (lookup.find(index, rows.bytes, at, length)) {
          push(lookup.bytes, lookup.at, lookup.length);
        } else {
          push(rows.bytes, 0, 0);
        }
      }
    }
    call.reply.integer(list.length);
    if (list.length > 0) {
      call.replaceValue(storeIndex, TYPE_LIST, list.encoding, list.ref);
      call.keyspace.stats.changes += list.length - 1;
      call.changed(storeIndex, EVENT_LIST, "sortstore");
      if (call.effects.isOn && lookup.hasMetExpired) tellStored(call, storeIndex, list);
      return;
    }
    const isDeleted = call.deleteEvenExpired(storeIndex);
    if (isDeleted && call.effects.isOn && lookup.hasMetExpired) {
      call.effects.deletion(call.db, storeIndex);
    }
  }
}

/** Who loads this knows no time and would meet fields that have expired here. */
function tellStored({ db, effects }: DataCall, storeIndex: number, list: List): void {
  const { pack } = list;
  effects.deletion(db, storeIndex);
  let left = list.length;
  let inRequest = 0;
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    for (let offset = pack.first(); offset !== 0; offset = pack.next(offset)) {
      if (inRequest === 0) {
        inRequest = Math.min(left, MOST_TOLD);
        effects.begin(db, 2 + inRequest);
        effects.text("RPUSH");
        effects.argument(storeIndex);
      }
      pack.read(offset);
      effects.bytes(pack.valueBytes, pack.valueAt, pack.valueLength);
      inRequest--;
      left--;
    }
  }
}

/** As strtod reads it; what overflows, and what is no number, is none. */
function numberOf(bytes: Uint8Array, at: number, length: number): number | undefined {
  const value = parseDoubleLeniently(bytes, at, length);
  if (value === undefined || Number.isNaN(value)) return undefined;
  return Number.isFinite(value) || isInfinity(bytes, at, length) ? value : undefined;
}

/** Whether infinity is what the text says, and not what is left of a number that is too large. */
function isInfinity(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if ((bytes[i] | 0x20) === LETTER_N) return true;
  return false;
}
