import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_SET } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_SET } from "../../../keyspace/entry";
import type { SetTools, SetWorkspace } from "../set-workspace";
import { KEY, MEMBER, MEMBERS } from "./docs";

/** SADD, SREM and SMOVE: members go in and out. */

function add(call: DataCall, { value }: SetTools): void {
  const { args, reply } = call;
  const found = call.write(1);
  const { input, count } = args;
  if (found === 0) {
    value.create(input, args.offset(2), args.length(2), count - 2);
  } else {
    if (call.isWrongType(found, TYPE_SET)) return;
    value.openEntry(found).expect(count - 2);
  }
  let added = 0;
  for (let i = 2; i < count; i++) {
    if (value.add(input, args.offset(i), args.length(i))) added++;
  }
  if (found === 0) call.addValue(1, TYPE_SET, value.encoding, value.ref);
  else if (value.isMoved) call.db.storeFound(value.encoding, value.ref);
  if (added > 0) {
    call.keyspace.stats.changes += added - 1;
    call.changed(1, EVENT_SET, "sadd");
  }
  reply.integer(added);
}

function remove(call: DataCall, { value }: SetTools): void {
  const { args, reply } = call;
  const found = call.write(1);
  if (found === 0) {
    reply.integer(0);
    return;
  }
  if (call.isWrongType(found, TYPE_SET)) return;
  value.openEntry(found);
  let removed = 0;
  for (let i = 2; i < args.count && value.size > 0; i++) {
    if (value.remove(args.input, args.offset(i), args.length(i))) removed++;
  }
  if (removed > 0) {
    const entry = value.isMoved ? call.db.storeFound(value.encoding, value.ref) : found;
    call.keyspace.stats.changes += removed - 1;
    call.changed(1, EVENT_SET, "srem");
    if (value.size === 0) call.deleteEmptied(1, entry);
  }
  reply.integer(removed);
}

function move(call: DataCall, tools: SetTools): void {
  const { args, reply } = call;
  const from = call.write(1);
  const to = call.write(2);
  if (from === 0) {
    reply.integer(0);
    return;
  }
  if (call.isWrongType(from, TYPE_SET)) return;
  if (to !== 0 && call.isWrongType(to, TYPE_SET)) return;
  const { value } = tools;
  const at = args.offset(3);
  const length = args.length(3);
  value.openEntry(from);
  if (from === to) {
    reply.integer(value.has(args.input, at, length) ? 1 : 0);
    return;
  }
  if (!value.remove(args.input, at, length)) {
    reply.integer(0);
    return;
  }
  takeMoved(call, tools);
  putMoved(call, tools, to);
  reply.integer(1);
}

/** Stores the source of a move. */
function takeMoved(call: DataCall, { value }: SetTools): void {
  const found = call.peek(1);
  const entry = value.isMoved ? call.db.storeFound(value.encoding, value.ref) : found;
  call.notify(call.db, 1, EVENT_SET, "srem");
  if (value.size === 0) call.deleteEmptied(1, entry);
}

/** Adds the member to the destination of a move. */
function putMoved(call: DataCall, { result }: SetTools, to: number): void {
  const { args } = call;
  const at = args.offset(3);
  const length = args.length(3);
  if (to === 0) result.create(args.input, at, length, 1);
  else result.openEntry(to);
  const isNew = result.add(args.input, at, length);
  if (to === 0) {
    call.addValue(2, TYPE_SET, result.encoding, result.ref);
  } else if (result.isMoved) {
    call.peek(2);
    call.db.storeFound(result.encoding, result.ref);
  }
  call.keyspace.stats.changes++;
  call.signal(call.db, 1);
  if (isNew) call.changed(2, EVENT_SET, "sadd");
}

export function memberCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "sadd",
      arity: -3,
      flags: ["write", "denyoom", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Adds members to a set, which is made if there is none.",
      complexity: "O(1) for each member",
      history: [["2.4.0", "Accepts multiple `member` arguments."]],
      keys: [keyAt(1, "RW", "insert")],
      arguments: [KEY, MEMBERS],
      handler: work.handler(add),
    },
    {
      name: "srem",
      arity: -3,
      flags: ["write", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Takes members out of a set; the key goes with the last one.",
      complexity: "O(1) for each member",
      history: [["2.4.0", "Accepts multiple `member` arguments."]],
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, MEMBERS],
      handler: work.handler(remove),
    },
    {
      name: "smove",
      arity: 4,
      flags: ["write", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Takes a member out of one set and puts it into another.",
      complexity: "O(1)",
      keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "RW", "insert")],
      arguments: [
        { name: "source", type: "key", keySpecIndex: 0 },
        { name: "destination", type: "key", keySpecIndex: 1 },
        MEMBER,
      ],
      handler: work.handler(move),
    },
  ];
}
