import { latin1Bytes } from "../../../base/bytes";
import type { Arguments } from "../../../command/arguments";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { type Expiry, isPast, readExpiry, UNIT_SECONDS_AT, unitOf } from "../expiry-argument";
import { deleteString, expireString } from "../store-string";
import { add, addArgument } from "./counters";
import { KEY, timeOption } from "./docs";
import { persist } from "./get-and-change";
import { addFloatArgument } from "./increment-by-float";

/**
 * INCREX: counts and sets or removes the expiry in one command.
 *
 * Redis 8.8 has a command of this name, of which no description was at hand when this was written.
 * So this is the plainest form: `INCREX key [BYINT n | BYFLOAT f] [EX s | PX ms | EXAT s | PXAT ms |
 * PERSIST]`. It adds 1 where no amount is given, answers as INCRBY or INCRBYFLOAT, and leaves the
 * expiry alone where none is asked for. An expiry in the past removes the key, as for GETEX.
 */

const BYINT = latin1Bytes("byint");
const BYFLOAT = latin1Bytes("byfloat");
const PERSIST = latin1Bytes("persist");

/** What the options of a request ask for: indices of arguments, 0 where one is not there. */
interface IncrementOptions {
  readonly integerIndex: number;
  readonly floatIndex: number;
  /** The number behind a unit of expiry. */
  readonly timeIndex: number;
  readonly persists: boolean;
}

/** The options, each kind at most once; undefined when they are wrong. */
function readOptions(args: Arguments, call: DataCall): IncrementOptions | undefined {
  let integerIndex = 0;
  let floatIndex = 0;
  let timeIndex = 0;
  let persists = false;
  for (let i = 2; i < args.count; i++) {
    const isInteger = args.is(i, BYINT);
    const isAmount = isInteger || args.is(i, BYFLOAT);
    const isPersist = args.is(i, PERSIST);
    if (!isAmount && !isPersist && unitOf(call, i) === 0) return undefined;
    const isTaken = isAmount ? integerIndex + floatIndex > 0 : timeIndex > 0 || persists;
    if (isTaken) return undefined;
    persists ||= isPersist;
    if (isPersist) continue;
    if (++i === args.count) return undefined;
    if (!isAmount) timeIndex = i;
    else if (isInteger) integerIndex = i;
    else floatIndex = i;
  }
  return { integerIndex, floatIndex, timeIndex, persists };
}

function incrementAndExpire(call: DataCall): void {
  const options = readOptions(call.args, call);
  if (options === undefined) {
    call.reply.error(ERR_SYNTAX);
    return;
  }
  const { timeIndex } = options;
  const unit = timeIndex === 0 ? 0 : unitOf(call, timeIndex - 1);
  const expiry = unit === 0 ? 0 : readExpiry(call, timeIndex, unit);
  if (expiry === undefined || !addAmount(call, options)) return;
  if (options.persists) persist(call, call.peek(1));
  else if (unit !== 0) expire(call, expiry, unit >= UNIT_SECONDS_AT);
}

/** Adds and replies; false with the error written. */
function addAmount(call: DataCall, { integerIndex, floatIndex }: IncrementOptions): boolean {
  if (floatIndex > 0) return addFloatArgument(call, floatIndex);
  const isAdded = integerIndex > 0 ? addArgument(call, integerIndex) : add(call, 1);
  if (isAdded && call.effects.isOn) tellIncrement(call, integerIndex);
  return isAdded;
}

/** Adding is passed on as such; the expiry follows as another effect. */
function tellIncrement({ db, effects }: DataCall, integerIndex: number): void {
  effects.begin(db, 3);
  effects.text("INCRBY");
  effects.argument(1);
  if (integerIndex > 0) effects.argument(integerIndex);
  else effects.integer(1);
}

function expire(call: DataCall, expiry: Expiry, isMoment: boolean): void {
  const found = call.peek(1);
  if (isMoment && isPast(call, expiry)) {
    deleteString(call, found, true);
    return;
  }
  expireString(call, found, expiry);
}

export const incrementAndExpireCommand: CommandSpec<DataCall> = {
  name: "increx",
  arity: -2,
  flags: ["write", "denyoom", "fast"],
  group: "string",
  since: "8.8.0",
  summary: "Adds to the number that a key holds, and sets or removes its expiry.",
  complexity: "O(1)",
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [
    KEY,
    {
      name: "increment",
      type: "oneof",
      flags: ["optional"],
      arguments: [
        { name: "integer", type: "integer", token: "BYINT" },
        { name: "float", type: "double", token: "BYFLOAT" },
      ],
    },
    {
      name: "expiration",
      type: "oneof",
      flags: ["optional"],
      arguments: [
        timeOption("EX"),
        timeOption("PX"),
        timeOption("EXAT"),
        timeOption("PXAT"),
        { name: "persist", type: "pure-token", token: "PERSIST" },
      ],
    },
  ],
  handler: incrementAndExpire,
};
