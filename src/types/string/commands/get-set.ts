import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX, ERR_WRONG_TYPE } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_GENERIC, EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { NO_EXPIRY } from "../../../keyspace/database";
import { TYPE_STRING, typeOf } from "../../../keyspace/entry";
import { readExpiry } from "../expiry-argument";
import { replyString, stringEquals } from "../string-reply";

/** GET and SET: the two commands that everything is measured by. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GET = latin1Bytes("get");
const KEEPTTL = latin1Bytes("keepttl");
const EX = latin1Bytes("ex");
const PX = latin1Bytes("px");
const EXAT = latin1Bytes("exat");
const PXAT = latin1Bytes("pxat");
const IFEQ = latin1Bytes("ifeq");
const IFNE = latin1Bytes("ifne");

const SET_NX = 1;
const SET_XX = 2;
const SET_GET = 4;
const SET_KEEPTTL = 8;
const SET_EXPIRY = 16;
const SET_IFEQ = 32;
const SET_IFNE = 64;
const CONDITIONS = SET_NX | SET_XX | SET_IFEQ | SET_IFNE;
/** COMMAND INFO repeats this note, so it is Redis's. */
const SET_KEY_NOTES = "RW and ACCESS due to the optional `GET` argument";

function get(call: DataCall): void {
  const entry = call.read(1);
  if (entry === 0) call.reply.nil();
  else if (typeOf(call.keyspace.memory, entry) !== TYPE_STRING) call.reply.error(ERR_WRONG_TYPE);
  else replyString(call, entry);
}

function set(call: DataCall): void {
  const { args } = call;
  if (args.count === 3) {
    const found = call.write(1);
    store(call, found, NO_EXPIRY);
    call.reply.ok();
    return;
  }
  setWithOptions(call);
}

/** Writes argument 2 to the key of argument 1, whose live entry or 0 is `found`. */
function store(call: DataCall, found: number, expiryMs: number): void {
  const { args } = call;
  const input = args.input;
  call.db.setString(
    found,
    call.hash(1),
    input,
    args.offset(1),
    args.length(1),
    input,
    args.offset(2),
    args.length(2),
    expiryMs,
  );
  call.changed(1, EVENT_STRING, "set");
}

interface SetOptions {
  flags: number;
  expiryMs: number;
  compareIndex: number;
}

/** Reads the options behind the value; undefined when they are wrong (the error is written). */
function readOptions(call: DataCall): SetOptions | undefined {
  const { args, reply } = call;
  const options: SetOptions = { flags: 0, expiryMs: NO_EXPIRY, compareIndex: 0 };
  let expiryIndex = 0;
  const syntaxError = (): undefined => {
    reply.error(ERR_SYNTAX);
    return undefined;
  };
  for (let i = 3; i < args.count; i++) {
    const flag = flagOf(call, i);
    if (flag === 0 || (options.flags & excludedBy(flag)) !== 0) return syntaxError();
    options.flags |= flag;
    if (flag === SET_EXPIRY || flag === SET_IFEQ || flag === SET_IFNE) {
      i++;
      if (i >= args.count) return syntaxError();
      if (flag === SET_EXPIRY) expiryIndex = i;
      else options.compareIndex = i;
    }
  }
  if (expiryIndex > 0) {
    const expiryMs = readExpiry(call, expiryIndex - 1, expiryIndex);
    if (expiryMs === undefined) return undefined;
    options.expiryMs = expiryMs;
  }
  return options;
}

/** Options that may not stand beside an option. */
function excludedBy(flag: number): number {
  if ((flag & CONDITIONS) !== 0) return CONDITIONS & ~(flag & (SET_NX | SET_XX));
  if (flag === SET_EXPIRY) return SET_EXPIRY | SET_KEEPTTL;
  return flag === SET_KEEPTTL ? SET_EXPIRY : 0;
}

function flagOf(call: DataCall, i: number): number {
  const { args } = call;
  if (args.is(i, NX)) return SET_NX;
  if (args.is(i, XX)) return SET_XX;
  if (args.is(i, GET)) return SET_GET;
  if (args.is(i, KEEPTTL)) return SET_KEEPTTL;
  if (args.is(i, EX) || args.is(i, PX) || args.is(i, EXAT) || args.is(i, PXAT)) return SET_EXPIRY;
  if (args.is(i, IFEQ)) return SET_IFEQ;
  return args.is(i, IFNE) ? SET_IFNE : 0;
}

/** Whether the conditions among the options let the value be written. */
function conditionHolds(call: DataCall, found: number, options: SetOptions): boolean {
  if ((options.flags & SET_NX) !== 0) return found === 0;
  if ((options.flags & SET_XX) !== 0) return found !== 0;
  if ((options.flags & SET_IFEQ) !== 0) {
    return found !== 0 && stringEquals(call, found, options.compareIndex);
  }
  if ((options.flags & SET_IFNE) !== 0) {
    return found === 0 || !stringEquals(call, found, options.compareIndex);
  }
  return true;
}

function setWithOptions(call: DataCall): void {
  const options = readOptions(call);
  if (options === undefined) return;
  const { reply } = call;
  const asksOld = (options.flags & SET_GET) !== 0;
  const compares = (options.flags & (SET_IFEQ | SET_IFNE)) !== 0;
  const found = asksOld ? call.read(1) : call.write(1);
  if (found !== 0 && (asksOld || compares) && call.isWrongType(found, TYPE_STRING)) return;
  const holds = conditionHolds(call, found, options);
  if (asksOld) {
    if (found === 0) reply.nil();
    else replyString(call, found);
  }
  if (!holds) {
    if (!asksOld) reply.nil();
    return;
  }
  const keeps = (options.flags & SET_KEEPTTL) !== 0 && found !== 0;
  store(call, found, keeps ? call.db.expiryOf(found) : options.expiryMs);
  if (options.expiryMs >= 0) notifyExpire(call);
  if (!asksOld) reply.ok();
}

function notifyExpire(call: DataCall): void {
  const { args, keyspace, db } = call;
  keyspace.events.notify(EVENT_GENERIC, "expire", db, args.input, args.offset(1), args.length(1));
}

export const getSetCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "get",
    arity: 2,
    flags: ["readonly", "fast"],
    group: "string",
    since: "1.0.0",
    summary: "Gives the string that a key holds.",
    complexity: "O(1)",
    keys: [keyAt(1, "RO", "access")],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0 }],
    handler: get,
  },
  {
    name: "set",
    arity: -3,
    flags: ["write", "denyoom"],
    group: "string",
    since: "1.0.0",
    summary: "Gives a key a string, whatever it held; options add an expiry or a condition.",
    complexity: "O(1)",
    keys: [{ ...keyAt(1, "RW", "access", "update", "variable_flags"), notes: SET_KEY_NOTES }],
    handler: set,
  },
];
