import { latin1Bytes } from "../../../base/bytes";
import { ERR_NO_SUCH_KEY, ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_LIST } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import type { List } from "../list";
import type { ListRoom, ListRooms } from "../list-room";
import { ELEMENT, KEY } from "./docs";

/** LSET, LINSERT, LREM and LTRIM: changes anywhere in a list. */

const BEFORE = latin1Bytes("before");
const AFTER = latin1Bytes("after");
const ERR_INDEX = "ERR index out of range";

function setElement(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const entry = call.write(1);
  if (entry === 0) {
    reply.error(ERR_NO_SUCH_KEY);
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const asked = args.clampedInteger(2);
  if (Number.isNaN(asked)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const list = room.list.openEntry(entry);
  const index = asked < 0 ? asked + list.length : asked;
  if (index < 0 || index >= list.length) {
    reply.error(ERR_INDEX);
    return;
  }
  const length = args.length(3);
  list.grow(length, 1);
  list.replaceHere(list.seek(index), args.input, args.offset(3), length);
  list.shrink();
  list.store(call.db);
  call.changed(1, EVENT_LIST, "lset");
  reply.ok();
}

function insert(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const isBefore = args.is(2, BEFORE);
  if (!isBefore && !args.is(2, AFTER)) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const entry = call.write(1);
  if (entry === 0) {
    reply.integer(0);
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const list = room.list.openEntry(entry);
  const { pack } = list;
  const pivot = findElement(call, list, 3);
  if (pivot === 0) {
    reply.integer(-1);
    return;
  }
  const length = args.length(4);
  const index = list.nodeStart;
  list.grow(length, 1);
  // The node is the same one, but the list may have become a quicklist around it.
  list.seekNode(index);
  const offset = isBefore ? pivot : pack.next(pivot);
  list.insertHere(offset, args.input, args.offset(4), length);
  list.store(call.db);
  call.changed(1, EVENT_LIST, "linsert");
  reply.integer(list.length);
}

/** Goes to the first element that equals an argument; its offset in the node, or 0 for none. */
function findElement({ args }: DataCall, list: List, index: number): number {
  const { pack } = list;
  const at = args.offset(index);
  const length = args.length(index);
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    const found = pack.find(pack.first(), 1, args.input, at, length);
    if (found !== 0) return found;
  }
  return 0;
}

function remove(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const count = args.clampedInteger(2);
  if (Number.isNaN(count)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const entry = call.write(1);
  if (entry === 0) {
    reply.integer(0);
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const list = room.list.openEntry(entry);
  const most = count === 0 ? list.length : Math.abs(count);
  const removed = count < 0 ? removeFromLast(call, list, most) : removeFromFirst(call, list, most);
  if (removed > 0) {
    if (list.length > 0) list.shrink();
    list.store(call.db);
    call.keyspace.stats.changes += removed - 1;
    call.changed(1, EVENT_LIST, "lrem");
    if (list.length === 0) call.deleteEmptied(1, call.peek(1));
  }
  reply.integer(removed);
}

function removeFromFirst({ args }: DataCall, list: List, most: number): number {
  const at = args.offset(3);
  const length = args.length(3);
  let removed = 0;
  for (let index = 0; removed < most && index < list.length; ) {
    list.seekNode(index);
    const nodeEnd = list.nodeStart + list.pack.count;
    const gone = list.removeEqual(args.input, at, length, most - removed, false);
    index = nodeEnd - gone;
    removed += gone;
  }
  return removed;
}

function removeFromLast({ args }: DataCall, list: List, most: number): number {
  const at = args.offset(3);
  const length = args.length(3);
  let removed = 0;
  for (let index = list.length - 1; removed < most && index >= 0; ) {
    list.seekNode(index);
    index = list.nodeStart - 1;
    removed += list.removeEqual(args.input, at, length, most - removed, true);
  }
  return removed;
}

function trim(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  let start = args.clampedInteger(2);
  let stop = args.clampedInteger(3);
  if (Number.isNaN(start) || Number.isNaN(stop)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const entry = call.write(1);
  if (entry === 0) {
    reply.ok();
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const list = room.list.openEntry(entry);
  const { length } = list;
  if (start < 0) start = Math.max(0, start + length);
  if (stop < 0) stop += length;
  stop = Math.min(stop, length - 1);
  const kept = Math.max(0, stop - start + 1);
  if (kept > 0) {
    if (start > 0) list.removeFirst(start);
    if (stop < length - 1) list.removeLast(length - 1 - stop);
    list.shrink();
    list.store(call.db);
  }
  call.keyspace.stats.changes += length - kept - 1;
  call.changed(1, EVENT_LIST, "ltrim");
  if (kept === 0) call.deleteEmptied(1, entry);
  reply.ok();
}

export function changeCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "linsert",
      arity: 5,
      flags: ["write", "denyoom"],
      group: "list",
      since: "2.2.0",
      summary: "Puts an element before or behind the first that equals another.",
      complexity: "O(N) in the elements before the one that is looked for",
      keys: [keyAt(1, "RW", "insert")],
      arguments: [
        KEY,
        {
          name: "where",
          type: "oneof",
          arguments: [
            { name: "before", type: "pure-token", token: "BEFORE" },
            { name: "after", type: "pure-token", token: "AFTER" },
          ],
        },
        { name: "pivot", type: "string" },
        ELEMENT,
      ],
      handler: rooms.handler(insert),
    },
    {
      name: "lset",
      arity: 4,
      flags: ["write", "denyoom"],
      group: "list",
      since: "1.0.0",
      summary: "Gives the element at an index another value.",
      complexity: "O(log N) in the length of the list",
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, { name: "index", type: "integer" }, ELEMENT],
      handler: rooms.handler(setElement),
    },
    {
      name: "lrem",
      arity: 4,
      flags: ["write"],
      group: "list",
      since: "1.0.0",
      summary: "Takes elements that equal a value out of a list, from either end on.",
      complexity: "O(N) in the length of the list",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, { name: "count", type: "integer" }, ELEMENT],
      handler: rooms.handler(remove),
    },
    {
      name: "ltrim",
      arity: 4,
      flags: ["write"],
      group: "list",
      since: "1.0.0",
      summary: "Keeps the elements between two indices and takes away all others.",
      complexity: "O(N) in the elements taken away",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, { name: "start", type: "integer" }, { name: "stop", type: "integer" }],
      handler: rooms.handler(trim),
    },
  ];
}
