import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_GENERIC } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { hasExpiry, NO_EXPIRY } from "../../../keyspace/entry";
import { isPast, readExpiry, UNIT_SECONDS_AT, unitOf } from "../expiry-argument";
import { deleteString, expireString, storeString, tellString } from "../store-string";
import { replyOldString } from "../string-reply";
import { KEY, timeOption, VALUE } from "./docs";

/** GETSET, GETDEL and GETEX: they answer the value and change the key. */

const PERSIST = latin1Bytes("persist");
/** Stands beside the units of expiry-argument.ts. */
const CHANGE_NONE = 0;
const CHANGE_PERSIST = -1;
/** COMMAND INFO repeats this note, so it is Redis's. */
const GETEX_KEY_NOTES = "RW and UPDATE because it changes the TTL";

function getSet(call: DataCall): void {
  const found = call.read(1);
  if (!replyOldString(call, found)) return;
  storeString(call, 1, 2, found, NO_EXPIRY);
  if (call.effects.isOn) tellString(call, 1, 2, NO_EXPIRY);
}

function getDel(call: DataCall): void {
  const found = call.read(1);
  if (replyOldString(call, found) && found !== 0) deleteString(call, found);
}

/**
 * What GETEX is to do: a unit of expiry, CHANGE_PERSIST or CHANGE_NONE; NaN when the options are
 * wrong. A unit may be given twice; the last number counts and is the last argument then.
 */
function readChange(call: DataCall): number {
  const { args } = call;
  let change = CHANGE_NONE;
  for (let i = 2; i < args.count; i++) {
    const unit = unitOf(call, i);
    const given = unit === 0 && args.is(i, PERSIST) ? CHANGE_PERSIST : unit;
    if (given === CHANGE_NONE) return Number.NaN;
    if (change !== CHANGE_NONE && change !== given) return Number.NaN;
    if (unit !== 0) i++;
    if (i === args.count) return Number.NaN;
    change = given;
  }
  return change;
}

function getEx(call: DataCall): void {
  const change = readChange(call);
  if (Number.isNaN(change)) {
    call.reply.error(ERR_SYNTAX);
    return;
  }
  const found = call.read(1);
  if (found === 0) {
    call.reply.nil();
    return;
  }
  if (change > CHANGE_NONE) getAndExpire(call, found, change);
  else if (replyOldString(call, found) && change === CHANGE_PERSIST) persist(call, found);
}

function getAndExpire(call: DataCall, found: number, unit: number): void {
  if (call.isWrongType(found, 0)) return;
  const expiry = readExpiry(call, call.args.count - 1, unit);
  if (expiry === undefined) return;
  replyOldString(call, found);
  if (unit >= UNIT_SECONDS_AT && isPast(call, expiry)) {
    deleteString(call, found, true);
    return;
  }
  expireString(call, found, expiry);
}

/** Takes the expiry from the found entry of argument 1, if it has one. */
export function persist(call: DataCall, found: number): void {
  if (!hasExpiry(call.keyspace.memory, found)) return;
  call.db.setExpiryFound(found, NO_EXPIRY);
  call.changed(1, EVENT_GENERIC, "persist");
  const { db, effects } = call;
  if (!effects.isOn) return;
  effects.begin(db, 2);
  effects.text("PERSIST");
  effects.argument(1);
}

export const getAndChangeCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "getset",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    group: "string",
    since: "1.0.0",
    summary: "Gives a key a string and answers the one before.",
    complexity: "O(1)",
    keys: [keyAt(1, "RW", "access", "update")],
    arguments: [KEY, VALUE],
    deprecatedSince: "6.2.0",
    replacedBy: "`SET` with the `!GET` argument",
    handler: getSet,
  },
  {
    name: "getdel",
    arity: 2,
    flags: ["write", "fast"],
    group: "string",
    since: "6.2.0",
    summary: "Answers the string of a key and removes the key.",
    complexity: "O(1)",
    keys: [keyAt(1, "RW", "access", "delete")],
    arguments: [KEY],
    handler: getDel,
  },
  {
    name: "getex",
    arity: -2,
    flags: ["write", "fast"],
    group: "string",
    since: "6.2.0",
    summary: "Answers the string of a key and sets or removes its expiry.",
    complexity: "O(1)",
    keys: [{ ...keyAt(1, "RW", "access", "update"), notes: GETEX_KEY_NOTES }],
    arguments: [
      KEY,
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
    handler: getEx,
  },
];
