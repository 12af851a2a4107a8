import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_GENERIC } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { NO_EXPIRY } from "../../../keyspace/entry";
import { readExpiry, UNIT_MS, UNIT_SECONDS } from "../expiry-argument";
import { storeString, tellString } from "../store-string";
import { KEY, VALUE } from "./docs";

/** SETNX, SETEX and PSETEX: what later became options of SET. */

function setNx(call: DataCall): void {
  const found = call.write(1);
  if (found === 0) storeString(call, 1, 2, found, NO_EXPIRY);
  call.reply.integer(found === 0 ? 1 : 0);
}

function setEx(call: DataCall): void {
  setWithTime(call, UNIT_SECONDS);
}

function setExMs(call: DataCall): void {
  setWithTime(call, UNIT_MS);
}

function setWithTime(call: DataCall, unit: number): void {
  const expiry = readExpiry(call, 2, unit);
  if (expiry === undefined) return;
  storeString(call, 1, 3, call.write(1), expiry);
  if (call.effects.isOn) tellString(call, 1, 3, expiry);
  call.notify(call.db, 1, EVENT_GENERIC, "expire");
  call.reply.ok();
}

export const setVariantCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "setnx",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    group: "string",
    since: "1.0.0",
    summary: "Gives a key a string if it is not there; answers whether it did.",
    complexity: "O(1)",
    keys: [keyAt(1, "OW", "insert")],
    arguments: [KEY, VALUE],
    handler: setNx,
  },
  {
    name: "setex",
    arity: 4,
    flags: ["write", "denyoom"],
    group: "string",
    since: "2.0.0",
    summary: "Gives a key a string that expires after some seconds.",
    complexity: "O(1)",
    keys: [keyAt(1, "OW", "update")],
    arguments: [KEY, { name: "seconds", type: "integer" }, VALUE],
    isConstantTime: true,
    handler: setEx,
  },
  {
    name: "psetex",
    arity: 4,
    flags: ["write", "denyoom"],
    group: "string",
    since: "2.6.0",
    summary: "Gives a key a string that expires after some milliseconds.",
    complexity: "O(1)",
    keys: [keyAt(1, "OW", "update")],
    arguments: [KEY, { name: "milliseconds", type: "integer" }, VALUE],
    isConstantTime: true,
    handler: setExMs,
  },
];
