import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import {
  isPastTime,
  readFields,
  readTime,
  UNIT_MS,
  UNIT_MS_AT,
  UNIT_SECONDS,
  UNIT_SECONDS_AT,
} from "../field-arguments";
import { FieldChanges } from "../field-changes";
import { NO_FIELD_EXPIRY } from "../field-entry";
import { A_HASH, type HashAccess, NO_HASH, NOT_A_HASH } from "../hash-access";
import type { HashValue } from "../hash-value";
import { FIELD_BLOCK, KEY } from "./docs";

/** HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT: when fields expire. One answer for each field. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GT = latin1Bytes("gt");
const LT = latin1Bytes("lt");
const ALWAYS = 0;
const IF_NONE = 1;
const IF_SOME = 2;
const IF_LATER = 3;
const IF_EARLIER = 4;

const NO_FIELD = -2;
const REFUSED = 0;
const IS_SET = 1;
const IS_DELETED = 2;
const ERR_COUNT = "ERR Parameter `numFields` should be greater than 0";

function conditionOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, NX)) return IF_NONE;
  if (args.is(index, XX)) return IF_SOME;
  if (args.is(index, GT)) return IF_LATER;
  return args.is(index, LT) ? IF_EARLIER : ALWAYS;
}

function holds(condition: number, oldMs: number, timeMs: number): boolean {
  const isNone = oldMs === NO_FIELD_EXPIRY;
  if (condition === IF_NONE) return isNone;
  if (condition === IF_SOME) return !isNone;
  if (condition === IF_LATER) return !isNone && timeMs > oldMs;
  return condition !== IF_EARLIER || isNone || timeMs < oldMs;
}

function expire(call: DataCall, hashes: HashAccess, unit: number): void {
  const { args, reply } = call;
  const state = hashes.write(call);
  if (state === NOT_A_HASH) return;
  const timeMs = readTime(call, 2, unit);
  if (Number.isNaN(timeMs)) return;
  const condition = conditionOf(call, 3);
  const first = readFields(call, condition === ALWAYS ? 3 : 4, ERR_COUNT);
  if (first === 0) return;
  reply.array(args.count - first);
  const changes = new FieldChanges();
  for (let i = first; i < args.count; i++) {
    const isThere = state === A_HASH;
    reply.integer(
      isThere ? expireField(call, hashes.value(call), i, condition, timeMs, changes) : NO_FIELD,
    );
  }
  if (state !== NO_HASH) changes.finish(call, hashes);
}

function expireField(
  call: DataCall,
  value: HashValue,
  index: number,
  condition: number,
  timeMs: number,
  changes: FieldChanges,
): number {
  const { input } = call.args;
  const at = call.args.offset(index);
  const length = call.args.length(index);
  const handle = value.find(input, at, length);
  if (handle === 0) return NO_FIELD;
  if (!holds(condition, value.expiryOf(handle), timeMs)) return REFUSED;
  if (isPastTime(call, timeMs)) {
    value.delete(input, at, length);
    changes.delete(index);
    return IS_DELETED;
  }
  value.setExpiry(input, at, length, timeMs);
  changes.expire(index, timeMs);
  return IS_SET;
}

const CONDITION = {
  name: "condition",
  type: "oneof",
  flags: ["optional"],
  arguments: [
    { name: "nx", type: "pure-token", token: "NX" },
    { name: "xx", type: "pure-token", token: "XX" },
    { name: "gt", type: "pure-token", token: "GT" },
    { name: "lt", type: "pure-token", token: "LT" },
  ],
} as const;

export function expireCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  const spec = (
    name: string,
    summary: string,
    timeName: string,
    type: "integer" | "unix-time",
    unit: number,
  ): CommandSpec<DataCall> => ({
    name,
    arity: -6,
    flags: ["write", "denyoom", "fast"],
    group: "hash",
    since: "7.4.0",
    summary,
    complexity: "O(N) in the number of fields given",
    keys: [keyAt(1, "RW", "update")],
    arguments: [KEY, { name: timeName, type }, CONDITION, FIELD_BLOCK],
    handler: (call) => expire(call, hashes, unit),
  });
  return [
    spec("hexpire", "Gives fields a time to live, in seconds.", "seconds", "integer", UNIT_SECONDS),
    spec(
      "hpexpire",
      "Gives fields a time to live, in milliseconds.",
      "milliseconds",
      "integer",
      UNIT_MS,
    ),
    spec(
      "hexpireat",
      "Sets when fields expire, in seconds of Unix time.",
      "unix-time-seconds",
      "unix-time",
      UNIT_SECONDS_AT,
    ),
    spec(
      "hpexpireat",
      "Sets when fields expire, in milliseconds of Unix time.",
      "unix-time-milliseconds",
      "unix-time",
      UNIT_MS_AT,
    ),
  ];
}
