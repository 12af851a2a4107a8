import {
  formatInt64,
  formatInteger,
  INT64_MAX,
  INT64_MIN,
  integerDigits,
  parseInt64,
  parseSafeInteger,
} from "../../../base/int64";
import { ERR_NOT_INTEGER } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { STRING_AUTO, TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import { roomForString } from "../store-string";
import { stringLength } from "../string-value";
import { KEY } from "./docs";

/**
 * INCR, DECR, INCRBY and DECRBY: strings that are 64-bit integers.
 *
 * Up to 2^53 they are counted as numbers, which allocates nothing; beyond, as bigints.
 */

const ERR_OVERFLOW = "ERR increment or decrement would overflow";
const ERR_DECREMENT_OVERFLOW = "ERR decrement would overflow";

function increment(call: DataCall): void {
  add(call, 1);
}

function decrement(call: DataCall): void {
  add(call, -1);
}

function incrementBy(call: DataCall): void {
  addArgument(call, 2);
}

/** Adds the number of an argument to the key; false, with the error written, when it cannot be. */
export function addArgument(call: DataCall, index: number): boolean {
  const amount = call.args.safeInteger(index);
  if (!Number.isNaN(amount)) return add(call, amount);
  const exact = call.args.int64(index);
  if (exact !== undefined) return addExact(call, call.write(1), exact);
  call.reply.error(ERR_NOT_INTEGER);
  return false;
}

function decrementBy(call: DataCall): void {
  const amount = call.args.safeInteger(2);
  if (!Number.isNaN(amount)) {
    add(call, -amount);
    return;
  }
  const exact = call.args.int64(2);
  if (exact === undefined) call.reply.error(ERR_NOT_INTEGER);
  else if (exact === INT64_MIN) call.reply.error(ERR_DECREMENT_OVERFLOW);
  else addExact(call, call.write(1), -exact);
}

/** Adds a safe integer to the key and replies the sum; false with the error written. */
export function add(call: DataCall, amount: number): boolean {
  const { memory } = call.keyspace;
  const found = call.write(1);
  let sum = amount;
  if (found !== 0) {
    if (call.isWrongType(found, TYPE_STRING)) return false;
    const bytes = memory.bytes[found >>> SEGMENT_SHIFT];
    sum += parseSafeInteger(bytes, valueStartOf(memory, found), stringLength(memory, found));
  }
  // NaN, too, goes the exact way: there it is told whether it is a larger integer or none.
  if (sum <= Number.MAX_SAFE_INTEGER && sum >= Number.MIN_SAFE_INTEGER) {
    store(call, found, sum);
    return true;
  }
  return addExact(call, found, BigInt(amount));
}

function store(call: DataCall, found: number, value: number): void {
  const { memory } = call.keyspace;
  const entry = roomForString(call, found, integerDigits(value), STRING_AUTO);
  formatInteger(value, memory.bytes[entry >>> SEGMENT_SHIFT], valueStartOf(memory, entry));
  call.changed(1, EVENT_STRING, "incrby");
  call.reply.integer(value);
}

function addExact(call: DataCall, found: number, amount: bigint): boolean {
  const { memory } = call.keyspace;
  let sum = amount;
  if (found !== 0) {
    if (call.isWrongType(found, TYPE_STRING)) return false;
    const bytes = memory.bytes[found >>> SEGMENT_SHIFT];
    const old = parseInt64(bytes, valueStartOf(memory, found), stringLength(memory, found));
    if (old === undefined) {
      call.reply.error(ERR_NOT_INTEGER);
      return false;
    }
    sum += old;
  }
  if (sum > INT64_MAX || sum < INT64_MIN) {
    call.reply.error(ERR_OVERFLOW);
    return false;
  }
  const entry = roomForString(call, found, String(sum).length, STRING_AUTO);
  formatInt64(sum, memory.bytes[entry >>> SEGMENT_SHIFT], valueStartOf(memory, entry));
  call.changed(1, EVENT_STRING, "incrby");
  call.reply.bigInteger(sum);
  return true;
}

function counter(
  name: string,
  summary: string,
  amountName: string,
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: amountName === "" ? 2 : 3,
    flags: ["write", "denyoom", "fast"],
    group: "string",
    since: "1.0.0",
    summary,
    complexity: "O(1)",
    keys: [keyAt(1, "RW", "access", "update")],
    arguments: amountName === "" ? [KEY] : [KEY, { name: amountName, type: "integer" }],
    handler,
  };
}

export const counterCommands: readonly CommandSpec<DataCall>[] = [
  counter("incr", "Adds one to the integer that a key holds.", "", increment),
  counter("decr", "Takes one from the integer that a key holds.", "", decrement),
  counter("incrby", "Adds to the integer that a key holds.", "increment", incrementBy),
  counter("decrby", "Takes from the integer that a key holds.", "decrement", decrementBy),
];
