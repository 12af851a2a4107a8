import { ERR_NO_SUCH_KEY } from "../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../command/spec";
import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { DataCall } from "../data-call";
import { KEEP_EXPIRY } from "../entry";

/** RENAME and RENAMENX. The value goes with its key; a string's bytes are copied once. */

function rename(call: DataCall): void {
  if (!sourceExists(call)) return;
  if (call.isSameKey(1, 2)) {
    call.reply.ok();
    return;
  }
  const target = call.write(2);
  if (target !== 0) call.db.deleteFound(target);
  moveToTarget(call);
  call.reply.ok();
}

function renameUnlessExists(call: DataCall): void {
  if (!sourceExists(call)) return;
  if (call.isSameKey(1, 2) || call.write(2) !== 0) {
    call.reply.integer(0);
    return;
  }
  moveToTarget(call);
  call.reply.integer(1);
}

function sourceExists(call: DataCall): boolean {
  if (call.write(1) !== 0) return true;
  call.reply.error(ERR_NO_SUCH_KEY);
  return false;
}

/** Gives argument 1's entry the key of argument 2, which is not there. */
function moveToTarget(call: DataCall): void {
  const { args, db, keyspace } = call;
  const old = call.peek(1);
  const renamed = db.copyEntry(
    old,
    call.hash(2),
    args.input,
    args.offset(2),
    args.length(2),
    KEEP_EXPIRY,
  );
  db.takeFound();
  keyspace.memory.free(old);
  db.add(renamed);
  keyspace.stats.changes++;
  call.signal(db, 1);
  call.signal(db, 2);
  call.notify(db, 1, EVENT_GENERIC, "rename_from");
  call.notify(db, 2, EVENT_GENERIC, "rename_to");
}

const ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "key", type: "key", keySpecIndex: 0 },
  { name: "newkey", type: "key", keySpecIndex: 1 },
];
const COMPLEXITY = "O(1), and for a string O(N) in its length";

export const renameCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "rename",
    arity: 3,
    flags: ["write"],
    group: "generic",
    since: "1.0.0",
    summary: "Gives a key another name; what had that name is removed.",
    complexity: COMPLEXITY,
    categories: ["keyspace"],
    keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "update")],
    arguments: ARGUMENTS,
    handler: rename,
  },
  {
    name: "renamenx",
    arity: 3,
    flags: ["write", "fast"],
    group: "generic",
    since: "1.0.0",
    summary: "Gives a key another name unless something has that name.",
    complexity: COMPLEXITY,
    history: [["3.2.0", "Source and destination may be the same."]],
    categories: ["keyspace"],
    keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "OW", "insert")],
    arguments: ARGUMENTS,
    handler: renameUnlessExists,
  },
];
