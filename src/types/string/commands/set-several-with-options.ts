import type { CommandSpec } from "../../../command/spec";
import { EVENT_GENERIC } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import type { Expiry } from "../expiry-argument";
import { SET_EXPIRIES, SET_NX, SET_XX, SetOptions } from "../set-options";
import { storeString, tellString } from "../store-string";
import { KEY, timeOption, VALUE } from "./docs";

/** MSETEX of Redis 8.4: several keys, all or none, with one expiry. */

const ERR_KEY_COUNT = "ERR invalid numkeys value";
const ERR_PAIRS = "ERR wrong number of key-value pairs";
const FIRST_KEY = 2;
const INT_MAX = 0x7fffffff;
const OPTIONS = SET_NX | SET_XX | SET_EXPIRIES;

function setSeveral(call: DataCall, options: SetOptions): void {
  const { args, reply } = call;
  const keys = args.clampedInteger(1);
  if (!(keys >= 1 && keys <= INT_MAX)) {
    reply.error(ERR_KEY_COUNT);
    return;
  }
  const end = FIRST_KEY + keys * 2;
  if (end > args.count) {
    reply.error(ERR_PAIRS);
    return;
  }
  if (!options.read(call, end, OPTIONS)) return;
  const expiry = options.expiry(call);
  if (expiry === undefined) return;
  const isAllowed = allows(call, options.flags, end);
  if (isAllowed) storePairs(call, end, expiry, options.timeIndex !== 0);
  reply.integer(isAllowed ? 1 : 0);
}

/** Whether all keys are there (XX), or none is (NX). */
function allows(call: DataCall, flags: number, end: number): boolean {
  if ((flags & (SET_NX | SET_XX)) === 0) return true;
  const wantsThere = (flags & SET_XX) !== 0;
  for (let i = FIRST_KEY; i < end; i += 2) {
    if ((call.write(i) !== 0) !== wantsThere) return false;
  }
  return true;
}

function storePairs(call: DataCall, end: number, expiry: Expiry, tellsExpiry: boolean): void {
  for (let i = FIRST_KEY; i < end; i += 2) {
    storeString(call, i, i + 1, call.write(i), expiry);
    if (call.effects.isOn) tellString(call, i, i + 1, expiry);
    if (tellsExpiry) call.notify(call.db, i, EVENT_GENERIC, "expire");
  }
}

export function setSeveralWithOptionsCommand(): CommandSpec<DataCall> {
  const options = new SetOptions();
  return {
    name: "msetex",
    arity: -4,
    flags: ["write", "denyoom"],
    group: "string",
    since: "8.4.0",
    summary: "Gives each of several keys its string, with a condition on all and one expiry.",
    complexity: "O(N) in the number of keys",
    keys: [
      {
        flags: ["OW", "update"],
        begin: { index: 1 },
        find: { keynumAt: 0, firstKey: 1, step: 2 },
      },
    ],
    arguments: [
      { name: "numkeys", type: "integer" },
      { name: "data", type: "block", flags: ["multiple"], arguments: [KEY, VALUE] },
      {
        name: "condition",
        type: "oneof",
        flags: ["optional"],
        arguments: [
          { name: "nx", type: "pure-token", token: "NX" },
          { name: "xx", type: "pure-token", token: "XX" },
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
          { name: "keepttl", type: "pure-token", token: "KEEPTTL" },
        ],
      },
    ],
    handler: (call) => setSeveral(call, options),
  };
}
