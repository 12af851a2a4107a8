import { latin1Bytes } from "../../base/bytes";
import { ERR_DB_INDEX, ERR_SYNTAX } from "../../command/error-texts";
import { type CommandSpec, keyAt } from "../../command/spec";
import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { DataCall } from "../data-call";
import type { Database } from "../database";
import { readDatabase } from "../database-argument";

/** COPY, MOVE and SWAPDB: commands that reach over the borders of databases. */

const REPLACE = latin1Bytes("replace");
const DB = latin1Bytes("db");
const ERR_SAME_OBJECT = "ERR source and destination objects are the same";
const ERR_FIRST_DB = "ERR invalid first DB index";
const ERR_SECOND_DB = "ERR invalid second DB index";
const INT32_LIMIT = 2 ** 31;

function copy(call: DataCall): void {
  const { args, reply, keyspace } = call;
  let target = call.db;
  let replaces = false;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, REPLACE)) {
      replaces = true;
    } else if (args.is(i, DB) && i + 1 < args.count) {
      const named = readDatabase(call, ++i);
      if (named === undefined) return;
      target = named;
    } else {
      reply.error(ERR_SYNTAX);
      return;
    }
  }
  if (target === call.db && call.isSameKey(1, 2)) {
    reply.error(ERR_SAME_OBJECT);
    return;
  }
  const source = call.read(1);
  const old = source === 0 ? 0 : call.writeIn(target, 2);
  if (source === 0 || (old !== 0 && !replaces)) {
    reply.integer(0);
    return;
  }
  if (old !== 0) target.deleteFound(old);
  const { input } = args;
  target.add(keyspace.copyOf(source, call.hash(2), input, args.offset(2), args.length(2)));
  keyspace.stats.changes++;
  call.signal(target, 2);
  call.notify(target, 2, EVENT_GENERIC, "copy_to");
  reply.integer(1);
}

/** The entry itself goes over: its key and hash are the same there. */
function move(call: DataCall): void {
  const { db, reply, keyspace } = call;
  const target = readDatabase(call, 2);
  if (target === undefined) return;
  if (target === db) {
    reply.error(ERR_SAME_OBJECT);
    return;
  }
  const entry = call.write(1);
  if (entry === 0 || call.writeIn(target, 1) !== 0) {
    reply.integer(0);
    return;
  }
  db.takeFound();
  target.add(entry);
  keyspace.stats.changes++;
  call.signal(db, 1);
  call.signal(target, 1);
  call.notify(db, 1, EVENT_GENERIC, "move_from");
  call.notify(target, 1, EVENT_GENERIC, "move_to");
  reply.integer(1);
}

function swapDatabases(call: DataCall): void {
  const { reply, keyspace } = call;
  const first = readSwapped(call, 1, ERR_FIRST_DB);
  if (Number.isNaN(first)) return;
  const second = readSwapped(call, 2, ERR_SECOND_DB);
  if (Number.isNaN(second)) return;
  const one: Database | undefined = keyspace.databases[first];
  const other: Database | undefined = keyspace.databases[second];
  if (one === undefined || other === undefined) {
    reply.error(ERR_DB_INDEX);
    return;
  }
  keyspace.swap(one, other);
  reply.ok();
}

/** A number of int's range, or NaN (the error is written). */
function readSwapped(call: DataCall, index: number, errorText: string): number {
  const number = call.args.safeInteger(index);
  if (number >= -INT32_LIMIT && number < INT32_LIMIT) return number;
  call.reply.error(errorText);
  return Number.NaN;
}

export const copyMoveCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "copy",
    arity: -3,
    flags: ["write", "denyoom"],
    group: "generic",
    since: "6.2.0",
    summary: "Copies a key's value and expiry to another key, also in another database.",
    complexity: "O(N) in the size of the value",
    categories: ["keyspace"],
    keys: [keyAt(1, "RO", "access"), keyAt(2, "OW", "update")],
    arguments: [
      { name: "source", type: "key", keySpecIndex: 0 },
      { name: "destination", type: "key", keySpecIndex: 1 },
      { name: "destination-db", type: "integer", token: "DB", flags: ["optional"] },
      { name: "replace", type: "pure-token", token: "REPLACE", flags: ["optional"] },
    ],
    handler: copy,
  },
  {
    name: "move",
    arity: 3,
    flags: ["write", "fast"],
    group: "generic",
    since: "1.0.0",
    summary: "Moves a key to another database unless it is there already.",
    complexity: "O(1)",
    categories: ["keyspace"],
    keys: [keyAt(1, "RW", "access", "update")],
    arguments: [
      { name: "key", type: "key", keySpecIndex: 0 },
      { name: "db", type: "integer" },
    ],
    handler: move,
  },
  {
    name: "swapdb",
    arity: 3,
    flags: ["write", "fast"],
    group: "server",
    since: "4.0.0",
    summary: "Exchanges two databases under the eyes of the clients that use them.",
    complexity: "O(N) in the number of clients that watch or wait for keys in either",
    categories: ["keyspace", "dangerous"],
    arguments: [
      { name: "index1", type: "integer" },
      { name: "index2", type: "integer" },
    ],
    handler: swapDatabases,
  },
];
