import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_LIST } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import type { List } from "../list";
import {
  END_FIRST,
  END_LAST,
  type ListRoom,
  type ListRooms,
  openForPush,
  storeList,
} from "../list-room";
import { COUNT, COUNT_WORD, DESTINATION, endOf, readEnd, SOURCE } from "./docs";
import { ERR_COUNT } from "./pop";

/** LMOVE, RPOPLPUSH and LMOVEM: elements taken from one list and put into another. */

function move(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const from = readEnd(args, 3);
  const to = readEnd(args, 4);
  if (from < 0 || to < 0) reply.error(ERR_SYNTAX);
  else moveOrTell(call, room, from, to);
}

function moveOrTell(call: DataCall, room: ListRoom, from: number, to: number): void {
  if (moveElement(call, room, from, to) === NO_SOURCE) call.reply.nil();
}

/** What became of a move: nothing is written without a source, and an error when it is refused. */
export const NO_SOURCE = 0;
export const MOVED = 1;
const REFUSED = 2;

/** Moves an element from argument 1 to argument 2 and replies with it. */
export function moveElement(call: DataCall, room: ListRoom, from: number, to: number): number {
  const { reply } = call;
  const source = call.write(1);
  if (source === 0) return NO_SOURCE;
  if (call.isWrongType(source, TYPE_LIST)) return REFUSED;
  const target = call.write(2);
  if (target !== 0 && call.isWrongType(target, TYPE_LIST)) return REFUSED;
  room.take(room.seekEnd(source, from));
  reply.bulk(room.value, 0, room.valueLength);
  const isEmptied = shift(call, room, source, target, from, to);
  tellMoved(call, from, to, 1);
  if (isEmptied) call.deleteEmptied(1, call.peek(1));
  return MOVED;
}

/** LMOVEM: as many times an LMOVE as COUNT says, or as the source has elements. */
function moveSeveral(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const from = readEnd(args, 3);
  const to = readEnd(args, 4);
  const hasCount = args.count === 7 && args.is(5, COUNT_WORD);
  if (from < 0 || to < 0 || (args.count !== 5 && !hasCount)) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const count = hasCount ? args.clampedInteger(6) : 1;
  if (!(count >= 1)) {
    reply.error(ERR_COUNT);
    return;
  }
  const source = call.write(1);
  if (source === 0) {
    reply.nilArray();
    return;
  }
  if (call.isWrongType(source, TYPE_LIST)) return;
  const target = call.write(2);
  if (target !== 0 && call.isWrongType(target, TYPE_LIST)) return;
  const moved = Math.min(count, room.list.openEntry(source).length);
  reply.array(moved);
  let isEmptied = false;
  for (let left = moved; left > 0; left--) {
    const entry = call.peek(1);
    room.take(room.seekEnd(entry, from));
    reply.bulk(room.value, 0, room.valueLength);
    isEmptied = shift(call, room, entry, call.peek(2), from, to);
  }
  tellMoved(call, from, to, moved);
  if (isEmptied) call.deleteEmptied(1, call.peek(1));
}

/**
 * Puts the element taken from the end of a list to an end of another, or of the same. The entry
 * found last is the target's (0: there is none). Returns whether the source is to be deleted.
 */
function shift(
  call: DataCall,
  room: ListRoom,
  source: number,
  target: number,
  from: number,
  to: number,
): boolean {
  const { list } = room;
  if (source === target) {
    list.openEntry(source);
    // An only element stays where it is.
    if (list.length === 1) return false;
    removeEnd(list, from);
    pushTaken(room, to);
    list.shrink();
    list.store(call.db);
    return false;
  }
  openForPush(call, list, target);
  pushTaken(room, to);
  storeList(call, list, 2, target);
  // The source may lie elsewhere in the dictionary by now.
  list.openEntry(call.peek(1));
  if (list.length === 1) return true;
  removeEnd(list, from);
  list.shrink();
  list.store(call.db);
  return false;
}

function removeEnd(list: List, end: number): void {
  if (end === END_FIRST) list.removeFirst(1);
  else list.removeLast(1);
}

/** Puts the element taken into the opened list. */
function pushTaken(room: ListRoom, end: number): void {
  const { list, value, valueLength } = room;
  list.grow(valueLength, 1);
  if (end === END_FIRST) list.pushFirst(value, 0, valueLength);
  else list.pushLast(value, 0, valueLength);
}

/** Counts and publishes `count` elements moved. */
function tellMoved(call: DataCall, from: number, to: number, count: number): void {
  // Two events, but one change for each element.
  call.keyspace.stats.changes += count - 2;
  call.changed(2, EVENT_LIST, to === END_FIRST ? "lpush" : "rpush");
  call.changed(1, EVENT_LIST, from === END_FIRST ? "lpop" : "rpop");
}

export function moveCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  const common = {
    flags: ["write", "denyoom"],
    group: "list",
    complexity: "O(1)",
    keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "RW", "insert")],
  } as const;
  return [
    {
      ...common,
      name: "lmove",
      arity: 5,
      since: "6.2.0",
      summary: "Takes an element from an end of a list and puts it at an end of another.",
      arguments: [SOURCE, DESTINATION, endOf("wherefrom"), endOf("whereto")],
      handler: rooms.handler(move),
    },
    {
      ...common,
      name: "rpoplpush",
      arity: 3,
      since: "1.2.0",
      summary: "Takes the last element of a list and puts it in front of another.",
      arguments: [SOURCE, DESTINATION],
      deprecatedSince: "6.2.0",
      replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
      handler: rooms.handler((call, room) => moveOrTell(call, room, END_LAST, END_FIRST)),
    },
    {
      ...common,
      name: "lmovem",
      arity: -5,
      since: "8.10.0",
      summary: "Takes several elements from an end of a list and puts them at an end of another.",
      complexity: "O(N) in the elements moved",
      arguments: [SOURCE, DESTINATION, endOf("wherefrom"), endOf("whereto"), COUNT],
      handler: rooms.handler(moveSeveral),
    },
  ];
}
