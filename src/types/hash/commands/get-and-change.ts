import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { isPastTime, readFields, readTime, timeUnitOf, UNIT_NONE } from "../field-arguments";
import { FieldChanges } from "../field-changes";
import { NO_FIELD_EXPIRY } from "../field-entry";
import { A_HASH, type HashAccess, NO_HASH, NOT_A_HASH } from "../hash-access";
import type { HashValue } from "../hash-value";
import { EXPIRATION_TIMES, FIELD_BLOCK, KEY } from "./docs";

/** HGETDEL and HGETEX: values are read, and their fields removed or given another expiry. */

const PERSIST = latin1Bytes("persist");
/** The field's expiry stays as it is. */
const KEEP = -2;

/** Replies a field's value, or nil and false: a copy, as the field is changed next. */
function replyValue(call: DataCall, value: HashValue, index: number): boolean {
  const { args, reply } = call;
  const handle = value.find(args.input, args.offset(index), args.length(index));
  if (handle === 0) {
    reply.nil();
    return false;
  }
  value.showValue(handle);
  reply.bulk(value.bytes, value.at, value.length);
  return true;
}

function replyNothing(call: DataCall, count: number): void {
  call.reply.array(count);
  for (let left = count; left > 0; left--) call.reply.nil();
}

function getAndDelete(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const first = readFields(call, 2);
  if (first === 0) return;
  const state = hashes.write(call);
  if (state === NO_HASH) replyNothing(call, args.count - first);
  if (state !== A_HASH) return;
  const value = hashes.value(call);
  const changes = new FieldChanges();
  reply.array(args.count - first);
  for (let i = first; i < args.count; i++) {
    if (!replyValue(call, value, i)) continue;
    value.delete(args.input, args.offset(i), args.length(i));
    changes.delete(i);
  }
  changes.finish(call, hashes);
}

function getAndExpire(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const unit = timeUnitOf(call, 2);
  const persists = unit === UNIT_NONE && args.is(2, PERSIST);
  let fieldsAt = persists ? 3 : 2;
  if (unit !== UNIT_NONE) fieldsAt = 4;
  const first = readFields(call, fieldsAt);
  if (first === 0) return;
  let timeMs = persists ? NO_FIELD_EXPIRY : KEEP;
  if (unit !== UNIT_NONE) timeMs = readTime(call, 3, unit);
  if (Number.isNaN(timeMs)) return;
  const state = hashes.write(call);
  if (state === NO_HASH) replyNothing(call, args.count - first);
  if (state === NO_HASH || state === NOT_A_HASH) return;
  const value = hashes.value(call);
  const changes = new FieldChanges();
  reply.array(args.count - first);
  for (let i = first; i < args.count; i++) {
    if (replyValue(call, value, i)) changeExpiry(call, value, i, timeMs, changes);
  }
  changes.finish(call, hashes);
}

/** Gives a field that is there its new expiry; NO_FIELD_EXPIRY takes it away, KEEP does nothing. */
function changeExpiry(
  call: DataCall,
  value: HashValue,
  index: number,
  timeMs: number,
  changes: FieldChanges,
): void {
  const { input } = call.args;
  const at = call.args.offset(index);
  const length = call.args.length(index);
  if (timeMs === KEEP) return;
  if (timeMs === NO_FIELD_EXPIRY) {
    if (value.expiryOf(value.find(input, at, length)) === NO_FIELD_EXPIRY) return;
    value.setExpiry(input, at, length, NO_FIELD_EXPIRY);
    changes.persist(index);
  } else if (isPastTime(call, timeMs)) {
    value.delete(input, at, length);
    changes.delete(index);
  } else {
    value.setExpiry(input, at, length, timeMs);
    changes.expire(index, timeMs);
  }
}

export function getAndChangeCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hgetdel",
      arity: -5,
      flags: ["write", "fast"],
      group: "hash",
      since: "8.0.0",
      summary: "Gives the values of fields and removes the fields.",
      complexity: "O(N) in the number of fields given",
      keys: [keyAt(1, "RW", "access", "delete")],
      arguments: [KEY, FIELD_BLOCK],
      handler: (call) => getAndDelete(call, hashes),
    },
    {
      name: "hgetex",
      arity: -5,
      flags: ["write", "fast"],
      group: "hash",
      since: "8.0.0",
      summary: "Gives the values of fields and sets or removes their expiries.",
      complexity: "O(N) in the number of fields given",
      keys: [keyAt(1, "RW", "access", "update")],
      arguments: [
        KEY,
        {
          name: "expiration",
          type: "oneof",
          flags: ["optional"],
          arguments: [
            ...EXPIRATION_TIMES,
            { name: "persist", type: "pure-token", token: "PERSIST" },
          ],
        },
        FIELD_BLOCK,
      ],
      handler: (call) => getAndExpire(call, hashes),
    },
  ];
}
