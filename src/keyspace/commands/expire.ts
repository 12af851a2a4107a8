import { latin1Bytes } from "../../base/bytes";
import { INT64_MAX, INT64_MIN } from "../../base/int64";
import { ERR_NOT_INTEGER, errInvalidExpire } from "../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../command/spec";
import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { DataCall } from "../data-call";
import { exactExpiryOf, isExpiryInexact, NO_EXPIRY, writeExactExpiry } from "../entry";

/**
 * EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT and PERSIST.
 *
 * A time is a number as long as it is exact; beyond 2^53 ms a bigint goes along with it, so that
 * every int64 is kept to the last digit. A time in the past removes the key at once.
 */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GT = latin1Bytes("gt");
const LT = latin1Bytes("lt");
const IF_NONE = 1;
const IF_SOME = 2;
const IF_LATER = 4;
const IF_EARLIER = 8;
const REFUSED = -1;

const ERR_NX_EXCLUDES = "ERR NX and XX, GT or LT options at the same time are not compatible";
const ERR_GT_LT = "ERR GT and LT options at the same time are not compatible";

/** The handler of a command whose argument 2 counts `unitMs`, from now or from 1970. */
function setter(unitMs: number, isRelative: boolean): (call: DataCall) => void {
  return (call) => {
    const conditions = readConditions(call);
    if (conditions === REFUSED) return;
    const baseMs = isRelative ? call.nowMs : 0;
    const timeMs = call.args.safeInteger(2) * unitMs + baseMs;
    if (Math.abs(timeMs) <= Number.MAX_SAFE_INTEGER) setExpiry(call, conditions, timeMs, undefined);
    else setFarExpiry(call, conditions, unitMs, baseMs);
  };
}

/** Bits IF_*, or REFUSED when the options are wrong (the error is written). */
function readConditions(call: DataCall): number {
  const { args, reply } = call;
  let conditions = 0;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, NX)) conditions |= IF_NONE;
    else if (args.is(i, XX)) conditions |= IF_SOME;
    else if (args.is(i, GT)) conditions |= IF_LATER;
    else if (args.is(i, LT)) conditions |= IF_EARLIER;
    else {
      reply.error(`ERR Unsupported option ${args.shownText(i)}`);
      return REFUSED;
    }
  }
  const isNxWithOthers = (conditions & IF_NONE) !== 0 && conditions !== IF_NONE;
  const isBothWays = (conditions & IF_LATER) !== 0 && (conditions & IF_EARLIER) !== 0;
  if (!isNxWithOthers && !isBothWays) return conditions;
  reply.error(isNxWithOthers ? ERR_NX_EXCLUDES : ERR_GT_LT);
  return REFUSED;
}

/** The way of times that a number does not hold exactly, and of what is no integer. */
function setFarExpiry(call: DataCall, conditions: number, unitMs: number, baseMs: number): void {
  const { args, reply } = call;
  const value = args.int64(2);
  if (value === undefined) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const fromBaseMs = value * BigInt(unitMs);
  const timeMs = fromBaseMs + BigInt(baseMs);
  if (fromBaseMs < INT64_MIN || fromBaseMs > INT64_MAX || timeMs > INT64_MAX) {
    reply.error(errInvalidExpire(call.command.fullName));
    return;
  }
  setExpiry(call, conditions, Number(timeMs), timeMs);
}

/** @param exactMs the same time, where `timeMs` may be rounded. */
function setExpiry(
  call: DataCall,
  conditions: number,
  timeMs: number,
  exactMs: bigint | undefined,
): void {
  const { db, effects, reply, keyspace } = call;
  const entry = call.write(1);
  if (entry === 0 || !conditionsHold(call, entry, conditions, timeMs, exactMs)) {
    reply.integer(0);
    return;
  }
  if (timeMs <= call.nowMs && keyspace.deletesPast) {
    db.deleteFound(entry);
    call.changed(1, EVENT_GENERIC, "del");
    if (effects.isOn) effects.deletion(db, 1, effects.unlinksExpired);
  } else {
    // A past time is kept only where keys are not removed for it (on a replica); 0 is as past as any.
    const updated = db.setExpiryFound(entry, Math.max(timeMs, 0));
    if (exactMs !== undefined && exactMs > 0n) {
      writeExactExpiry(keyspace.memory, updated, exactMs);
    }
    call.changed(1, EVENT_GENERIC, "expire");
    if (effects.isOn) tellExpiry(call, exactMs ?? timeMs);
  }
  reply.integer(1);
}

/** As a moment, with the conditions, which have held and will hold again. */
function tellExpiry({ args, db, effects }: DataCall, atMs: number | bigint): void {
  effects.begin(db, args.count);
  effects.text("PEXPIREAT");
  effects.argument(1);
  effects.moment(atMs);
  effects.arguments(3, args.count);
}

function conditionsHold(
  call: DataCall,
  entry: number,
  conditions: number,
  timeMs: number,
  exactMs: bigint | undefined,
): boolean {
  if (conditions === 0) return true;
  const { memory } = call.keyspace;
  const currentMs = call.db.expiryOf(entry);
  if (currentMs === NO_EXPIRY) return (conditions & (IF_SOME | IF_LATER)) === 0;
  if ((conditions & IF_NONE) !== 0) return false;
  const isExact = exactMs === undefined && !isExpiryInexact(memory, entry);
  const difference = isExact
    ? timeMs - currentMs
    : compare(exactMs ?? BigInt(timeMs), exactExpiryOf(memory, entry));
  if ((conditions & IF_LATER) !== 0) return difference > 0;
  return (conditions & IF_EARLIER) === 0 || difference < 0;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function persist(call: DataCall): void {
  const { db, reply } = call;
  const entry = call.write(1);
  if (entry === 0 || db.expiryOf(entry) === NO_EXPIRY) {
    reply.integer(0);
    return;
  }
  db.setExpiryFound(entry, NO_EXPIRY);
  call.changed(1, EVENT_GENERIC, "persist");
  reply.integer(1);
}

const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
const CONDITION: ArgumentDoc = {
  name: "condition",
  type: "oneof",
  since: "7.0.0",
  flags: ["optional"],
  arguments: [
    { name: "nx", type: "pure-token", token: "NX" },
    { name: "xx", type: "pure-token", token: "XX" },
    { name: "gt", type: "pure-token", token: "GT" },
    { name: "lt", type: "pure-token", token: "LT" },
  ],
};

function expireSpec(
  name: string,
  since: string,
  summary: string,
  time: ArgumentDoc,
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: -3,
    flags: ["write", "fast"],
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    history: [["7.0.0", "Added `NX`, `XX`, `GT` and `LT`."]],
    categories: ["keyspace"],
    keys: [keyAt(1, "RW", "update")],
    arguments: [KEY, time, CONDITION],
    handler,
  };
}

export const expireCommands: readonly CommandSpec<DataCall>[] = [
  expireSpec(
    "expire",
    "1.0.0",
    "Gives a key a time to live, in seconds.",
    { name: "seconds", type: "integer" },
    setter(1000, true),
  ),
  expireSpec(
    "pexpire",
    "2.6.0",
    "Gives a key a time to live, in milliseconds.",
    { name: "milliseconds", type: "integer" },
    setter(1, true),
  ),
  expireSpec(
    "expireat",
    "1.2.0",
    "Sets when a key expires, in seconds of Unix time.",
    { name: "unix-time-seconds", type: "unix-time" },
    setter(1000, false),
  ),
  expireSpec(
    "pexpireat",
    "2.6.0",
    "Sets when a key expires, in milliseconds of Unix time.",
    { name: "unix-time-milliseconds", type: "unix-time" },
    setter(1, false),
  ),
  {
    name: "persist",
    arity: 2,
    flags: ["write", "fast"],
    group: "generic",
    since: "2.2.0",
    summary: "Takes a key's expiry away.",
    complexity: "O(1)",
    categories: ["keyspace"],
    keys: [keyAt(1, "RW", "update")],
    arguments: [KEY],
    handler: persist,
  },
];
