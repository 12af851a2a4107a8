import { latin1Bytes } from "../../../base/bytes";
import {
  formatInt64,
  formatInteger,
  INT64_MAX,
  INT64_MIN,
  parseInt64,
  parseSafeInteger,
} from "../../../base/int64";
import {
  addLongDouble,
  formatLongDoubleHuman,
  isFiniteLongDouble,
  type LongDouble,
  parseLongDouble,
} from "../../../base/long-double";
import { ERR_NOT_FLOAT, ERR_NOT_INTEGER } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_HASH } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { NO_FIELD_EXPIRY } from "../field-entry";
import type { HashAccess } from "../hash-access";
import type { HashValue } from "../hash-value";
import { FIELD, KEY } from "./docs";

/**
 * HINCRBY and HINCRBYFLOAT: values that are numbers. The field keeps its expiry.
 *
 * Up to 2^53 integers are counted as numbers, which allocates nothing; beyond, as bigints.
 */

const ERR_OVERFLOW = "ERR increment or decrement would overflow";
const ERR_VALUE_NOT_INTEGER = "ERR hash value is not an integer";
const ERR_VALUE_NOT_FLOAT = "ERR hash value is not a float";
const ERR_INFINITE = "ERR value is NaN or Infinity";
const ERR_SUM_INFINITE = "ERR increment would produce NaN or Infinity";
/** What an absent field counts as. */
const ZERO = latin1Bytes("0");
/** The longest int64 and its sign. */
const DIGITS_BYTES = 24;
/** Room that a new hash is given beside the field. */
const NUMBER_BYTES = 16;

/** Opens the hash of argument 1, a new one where there is none, and shows the field's value or 0. */
function showNumber(call: DataCall, hashes: HashAccess): boolean {
  const { args } = call;
  if (!hashes.writeOrCreate(call, args.length(2) + NUMBER_BYTES)) return false;
  const value = hashes.value(call);
  const handle = value.find(args.input, args.offset(2), args.length(2));
  if (handle === 0) value.show(ZERO, 0, ZERO.length);
  else value.showValue(handle);
  return true;
}

/** Whether the field keeps its expiry, has none, or had one that is over. */
const HAS_NO_EXPIRY = 0;
const KEEPS_EXPIRY = 1;
const HAS_EXPIRED = 2;

function storeNumber(
  call: DataCall,
  hashes: HashAccess,
  bytes: Uint8Array,
  length: number,
  event: string,
): void {
  const { args, effects } = call;
  const value = hashes.value(call);
  const expiry = effects.isOn ? expiryState(call, value) : HAS_NO_EXPIRY;
  value.set(args.input, args.offset(2), args.length(2), bytes, 0, length, true);
  hashes.store(call);
  call.changed(1, EVENT_HASH, event);
  if (!effects.isOn) return;
  const isFloat = event !== "hincrby";
  if (isFloat && expiry === KEEPS_EXPIRY) tellValueAlone(call, bytes, length);
  else if (isFloat || expiry === HAS_EXPIRED) tellValue(call, bytes, length);
}

function expiryState({ args }: DataCall, value: HashValue): number {
  const { input } = args;
  const at = args.offset(2);
  const length = args.length(2);
  if (value.hides(input, at, length)) return HAS_EXPIRED;
  const handle = value.mayExpire ? value.find(input, at, length) : 0;
  const expires = handle !== 0 && value.expiryOf(handle) !== NO_FIELD_EXPIRY;
  return expires ? KEEPS_EXPIRY : HAS_NO_EXPIRY;
}

/**
 * Another machine may add otherwise, so a sum with a fraction is passed on; and so is what is added
 * to a field that has expired, as who loads it knows no time.
 */
function tellValue({ db, effects }: DataCall, bytes: Uint8Array, length: number): void {
  effects.begin(db, 4);
  effects.text("HSET");
  effects.arguments(1, 3);
  effects.bytes(bytes, 0, length);
}

/** As `tellValue`, where HSET would take the expiry away. */
function tellValueAlone({ db, effects }: DataCall, bytes: Uint8Array, length: number): void {
  effects.begin(db, 7);
  effects.text("HSETEX");
  effects.argument(1);
  effects.text("KEEPTTL");
  effects.text("FIELDS");
  effects.text("1");
  effects.argument(2);
  effects.bytes(bytes, 0, length);
}

function incrementBy(call: DataCall, hashes: HashAccess, digits: Uint8Array): void {
  const { args, reply } = call;
  const amount = args.safeInteger(3);
  if (Number.isNaN(amount) && args.int64(3) === undefined) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  if (!showNumber(call, hashes)) return;
  const shown = hashes.value(call);
  const sum = amount + parseSafeInteger(shown.bytes, shown.at, shown.length);
  // NaN, too, goes the exact way: there it is told whether it is a larger integer or none.
  if (!(Math.abs(sum) <= Number.MAX_SAFE_INTEGER)) {
    incrementExactly(call, hashes, digits);
    return;
  }
  storeNumber(call, hashes, digits, formatInteger(sum, digits, 0), "hincrby");
  reply.integer(sum);
}

function incrementExactly(call: DataCall, hashes: HashAccess, digits: Uint8Array): void {
  const { args, reply } = call;
  const shown = hashes.value(call);
  const old = parseInt64(shown.bytes, shown.at, shown.length);
  const amount = args.int64(3);
  if (old === undefined || amount === undefined) {
    reply.error(ERR_VALUE_NOT_INTEGER);
    return;
  }
  const sum = old + amount;
  if (sum > INT64_MAX || sum < INT64_MIN) {
    reply.error(ERR_OVERFLOW);
    return;
  }
  storeNumber(call, hashes, digits, formatInt64(sum, digits, 0), "hincrby");
  reply.bigInteger(sum);
}

function incrementByFloat(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const amount = parseLongDouble(args.input, args.offset(3), args.length(3));
  if (amount === undefined || !isFiniteLongDouble(amount)) {
    reply.error(amount === undefined ? ERR_NOT_FLOAT : ERR_INFINITE);
    return;
  }
  if (!showNumber(call, hashes)) return;
  const sum = addTo(call, hashes, amount);
  if (sum === undefined) return;
  const text = latin1Bytes(formatLongDoubleHuman(sum));
  storeNumber(call, hashes, text, text.length, "hincrbyfloat");
  reply.bulk(text, 0, text.length);
}

/** The shown value with the amount added; undefined, with the error written, when it is no number. */
function addTo(call: DataCall, hashes: HashAccess, amount: LongDouble): LongDouble | undefined {
  const shown = hashes.value(call);
  const old = parseLongDouble(shown.bytes, shown.at, shown.length);
  if (old === undefined) {
    call.reply.error(ERR_VALUE_NOT_FLOAT);
    return undefined;
  }
  const sum = addLongDouble(old, amount);
  if (isFiniteLongDouble(sum)) return sum;
  call.reply.error(ERR_SUM_INFINITE);
  return undefined;
}

export function counterCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  const digits = new Uint8Array(DIGITS_BYTES);
  return [
    {
      name: "hincrby",
      arity: 4,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Adds to the integer that a field of a hash holds.",
      complexity: "O(1)",
      keys: [keyAt(1, "RW", "access", "update")],
      arguments: [KEY, FIELD, { name: "increment", type: "integer" }],
      handler: (call) => incrementBy(call, hashes, digits),
    },
    {
      name: "hincrbyfloat",
      arity: 4,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "2.6.0",
      summary: "Adds to the number with fraction that a field of a hash holds.",
      complexity: "O(1)",
      keys: [keyAt(1, "RW", "access", "update")],
      arguments: [KEY, FIELD, { name: "increment", type: "double" }],
      handler: (call) => incrementByFloat(call, hashes),
    },
  ];
}
