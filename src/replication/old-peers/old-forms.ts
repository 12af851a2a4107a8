/**
 * What the stream of effects says to a server as old as Redis 3.2.1, command by command: the table of
 * all that needs other words than this server's own.
 *
 * A command that is not in the table and was there in 3.2.1 is passed on as it is. One that is newer
 * is told as what it has made of the keys that it writes (`state`), which is always right but as long
 * as the values; so what is used often, or changes little of much, has a row here. What a key holds
 * and no such server can hold has no old form: the row returns why.
 *
 * What always holds: rows are asked right after their command, so that the data set has what they
 * tell of. Who has the data of before the request has, after its old form, the data of after it.
 */
import { latin1Bytes } from "../../base/bytes";
import type { Arguments } from "../../command/arguments";
import { OLD_RDB_VERSION, type Retelling } from "./retelling";

export interface OldForm {
  /** Whether a request needs the old form; absent: every one does. */
  readonly isNewer?: (words: Arguments) => boolean;
  /** An old server knows the words, too, but may make something else of them. */
  readonly isKnown?: true;
  /** Tells it in old words; or returns why there are none, having told nothing. */
  readonly retell: (retelling: Retelling) => string | undefined;
}

const [KEEPTTL, PXAT, GT, LT, LEFT, RIGHT, DB, AGGREGATE, COUNT, REPLACE] = [
  "keepttl",
  "pxat",
  "gt",
  "lt",
  "left",
  "right",
  "db",
  "aggregate",
  "count",
  "replace",
].map(latin1Bytes);
const FIRST_SET_OPTION = 3;
const OLD_BIT_OPERATIONS = ["and", "or", "xor", "not"].map(latin1Bytes);
const ZADD_OPTIONS = ["nx", "xx", "ch", "incr", "gt", "lt"].map(latin1Bytes);
/** No list and no sorted set has as many elements. */
const MOST_ELEMENTS = 2 ** 52;
/** Behind a payload: its version, 2 bytes, and its checksum. */
const PAYLOAD_FOOTER_BYTES = 10;
const MOST_SHOWN = 128;

export const OLD_FORMS: ReadonlyMap<string, OldForm> = new Map<string, OldForm>([
  // The condition has held; PXAT is of 6.2, KEEPTTL of 6.0.
  ["set", { isNewer: hasNewSetOption, retell: setAndExpiry }],
  // GT and LT are of 6.2.
  ["zadd", { isNewer: comparesScores, retell: scoresNow }],
  // Several fields: since 4.0.
  ["hset", { isNewer: ({ count }) => count > 4, retell: as("HMSET") }],
  // Several elements: since 4.0. There is a list, or it would not have had an effect.
  ["lpushx", { isNewer: ({ count }) => count > 3, retell: as("LPUSH") }],
  ["rpushx", { isNewer: ({ count }) => count > 3, retell: as("RPUSH") }],
  // A count: since 6.2.
  ["lpop", { isNewer: ({ count }) => count > 2, retell: trimmed(false) }],
  ["rpop", { isNewer: ({ count }) => count > 2, retell: trimmed(true) }],
  // 5.0
  ["zpopmin", { retell: withoutRanks(false) }],
  ["zpopmax", { retell: withoutRanks(true) }],
  // 6.2
  ["lmove", { retell: moved }],
  ["copy", { retell: copied }],
  // NX, XX, GT and LT are of 7.0, and have held.
  ["pexpireat", { isNewer: ({ count }) => count > 3, retell: as("PEXPIREAT", 3) }],
  // ASYNC is of 4.0, SYNC of 6.2.
  ["flushdb", { isNewer: ({ count }) => count > 1, retell: as("FLUSHDB", 1) }],
  ["flushall", { isNewer: ({ count }) => count > 1, retell: as("FLUSHALL", 1) }],
  // 4.0
  ["unlink", { retell: as("DEL") }],
  ["swapdb", { retell: () => "SWAPDB can only be told by a new copy" }],
  // DIFF, DIFF1, ANDOR and ONE are of 8.2.
  ["bitop", { isNewer: isNewBitOperation, retell: (one) => state(one, 2) }],
  // AGGREGATE COUNT is of 8.8.
  ["zunionstore", { isNewer: aggregatesCount, retell: (one) => state(one, 1) }],
  ["zinterstore", { isNewer: aggregatesCount, retell: (one) => state(one, 1) }],
  // Payloads are of a newer version, and ABSTTL, IDLETIME and FREQ of 5.0.
  ["restore", { isNewer: isNewPayload, retell: (one) => state(one, 1) }],
  // Merged registers are always dense in 3.2, those of this server need not be.
  ["pfmerge", { isKnown: true, retell: (one) => state(one, 1) }],
  ["pfdebug", { isKnown: true, retell: (one) => state(one, 2) }],
]);

/** Rows that only know which keys they write, which the spec of the command tells. */
export const OLD_FORMS_BY_STATE: ReadonlySet<string> = new Set([
  // What is near was found otherwise in 3.2, and ANY and units in capitals are newer.
  "georadius",
  "georadiusbymember",
  // The order of words, and of members of a set that is not sorted, is each server's own.
  "sort",
]);

/** What a key has become, or why that cannot be told. */
export function state(retelling: Retelling, ...indices: readonly number[]): string | undefined {
  for (const index of indices) {
    const type = retelling.heldType(index);
    if (type !== undefined) return refusal(retelling, index, type);
  }
  for (const index of indices) retelling.state(index);
  return undefined;
}

function refusal({ words }: Retelling, index: number, type: string): string {
  const name = words.shownText(0).toUpperCase();
  return `${name} has made '${shownKey(words, index)}' a ${type} that Redis 3.2 cannot hold`;
}

/** For the log: no line ends, and not too long. */
function shownKey(words: Arguments, index: number): string {
  return words
    .shownText(index)
    .slice(0, MOST_SHOWN)
    .replace(/[^\x20-\x7e]/g, "?");
}

function as(name: string, end?: number): OldForm["retell"] {
  return (retelling) => {
    retelling.renamed(name, 1, end);
    return undefined;
  };
}

function hasNewSetOption(words: Arguments): boolean {
  for (let i = FIRST_SET_OPTION; i < words.count; i++) {
    if (words.is(i, PXAT) || words.is(i, KEEPTTL)) return true;
  }
  return false;
}

function setAndExpiry(retelling: Retelling): undefined {
  retelling.renamed("SET", 1, FIRST_SET_OPTION);
  retelling.expiry(1);
}

function firstScore(words: Arguments): number {
  let first = 2;
  while (first < words.count && ZADD_OPTIONS.some((option) => words.is(first, option))) first++;
  return first;
}

function comparesScores(words: Arguments): boolean {
  for (let i = firstScore(words) - 1; i > 1; i--) {
    if (words.is(i, GT) || words.is(i, LT)) return true;
  }
  return false;
}

function scoresNow(retelling: Retelling): undefined {
  const { words } = retelling;
  for (let i = firstScore(words) + 1; i < words.count; i += 2) {
    const score = retelling.scoreText(1, i);
    if (score === undefined) continue;
    retelling.begin("ZADD", 4);
    retelling.arguments(1, 2);
    retelling.text(score);
    retelling.arguments(i, i + 1);
  }
}

function trimmed(isLast: boolean): OldForm["retell"] {
  return (retelling) => {
    const count = Math.min(retelling.words.clampedInteger(2), MOST_ELEMENTS);
    retelling.begin("LTRIM", 4);
    retelling.arguments(1, 2);
    retelling.integer(isLast ? 0 : count);
    retelling.integer(isLast ? -count - 1 : -1);
    return undefined;
  };
}

function withoutRanks(fromMax: boolean): OldForm["retell"] {
  return (retelling) => {
    const { words } = retelling;
    const count = words.count > 2 ? Math.min(words.clampedInteger(2), MOST_ELEMENTS) : 1;
    retelling.begin("ZREMRANGEBYRANK", 4);
    retelling.arguments(1, 2);
    retelling.integer(fromMax ? -count : 0);
    retelling.integer(fromMax ? -1 : count - 1);
    return undefined;
  };
}

/** First put there, then taken away: a list that is both is never empty in between. */
function moved(retelling: Retelling): undefined {
  const { words } = retelling;
  const fromLast = words.is(3, RIGHT);
  const toLast = !words.is(4, LEFT);
  if (fromLast && !toLast) {
    retelling.renamed("RPOPLPUSH", 1, 3);
    return;
  }
  retelling.begin(toLast ? "RPUSH" : "LPUSH", 3);
  retelling.arguments(2, 3);
  retelling.listEnd(2, toLast);
  retelling.renamed(fromLast ? "RPOP" : "LPOP", 1, 2);
}

function copied(retelling: Retelling): string | undefined {
  const { words } = retelling;
  let { database } = retelling;
  for (let i = 3; i + 1 < words.count; i++) {
    if (words.is(i, DB)) database = retelling.databaseAt(i + 1) ?? database;
  }
  const type = retelling.heldType(2, database);
  if (type !== undefined) return refusal(retelling, 2, type);
  retelling.state(2, database);
  return undefined;
}

function isNewPayload(words: Arguments): boolean {
  const versionAt = words.offset(3) + words.length(3) - PAYLOAD_FOOTER_BYTES;
  const version = words.input[versionAt] | (words.input[versionAt + 1] << 8);
  // A time from now would be another time there.
  if (version > OLD_RDB_VERSION || words.safeInteger(2) !== 0) return true;
  for (let i = 4; i < words.count; i++) if (!words.is(i, REPLACE)) return true;
  return false;
}

function isNewBitOperation(words: Arguments): boolean {
  return !OLD_BIT_OPERATIONS.some((operation) => words.is(1, operation));
}

function aggregatesCount(words: Arguments): boolean {
  // Behind the keys, whose names may be anything.
  for (let i = 3 + words.clampedInteger(2); i + 1 < words.count; i++) {
    if (words.is(i, AGGREGATE) && words.is(i + 1, COUNT)) return true;
  }
  return false;
}
