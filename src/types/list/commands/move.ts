import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_LIST } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import { type ListRoom, type ListRooms, openForPush, storeList } from "../list-room";
import { DESTINATION, END_FIRST, END_LAST, endOf, readEnd, SOURCE } from "./docs";
import { removePopped } from "./pop";

/** LMOVE and RPOPLPUSH: an element taken from one list and put into another. */

function move(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const from = readEnd(args, 3);
  const to = readEnd(args, 4);
  if (from < 0 || to < 0) reply.error(ERR_SYNTAX);
  else moveOrTell(call, room, from, to);
}

function moveOrTell(call: DataCall, room: ListRoom, from: number, to: number): void {
  if (!moveElement(call, room, from, to)) call.reply.nil();
}

/**
 * Moves an element from argument 1 to argument 2 and replies with it, or with an error where a key
 * is no list. False, with nothing written, when there is no source.
 */
export function moveElement(call: DataCall, room: ListRoom, from: number, to: number): boolean {
  const { reply } = call;
  const source = call.write(1);
  if (source === 0) return false;
  if (call.isWrongType(source, TYPE_LIST)) return true;
  const target = call.write(2);
  if (target !== 0 && call.isWrongType(target, TYPE_LIST)) return true;
  takeEnd(room, source, from);
  reply.bulk(room.value, 0, room.valueLength);
  if (call.isSameKey(1, 2)) rotate(call, room, source, from, to);
  else {
    openForPush(call, room.list, target);
    pushTaken(call, room, to, target);
    const left = call.peek(1);
    room.list.openEntry(left);
    removePopped(call, room, 1, left, from, 1);
  }
  return true;
}

/** Copies the element at an end of a list. */
function takeEnd(room: ListRoom, entry: number, end: number): void {
  const list = room.list.openEntry(entry);
  if (end === END_FIRST) list.firstNode();
  else list.lastNode();
  room.take(end === END_FIRST ? list.pack.first() : list.pack.last());
}

/** Puts the element taken into the opened list, that of the found entry of argument 2 (0: new). */
function pushTaken(call: DataCall, room: ListRoom, to: number, target: number): void {
  const { list, value, valueLength } = room;
  list.grow(valueLength, 1);
  if (to === END_FIRST) list.pushFirst(value, 0, valueLength);
  else list.pushLast(value, 0, valueLength);
  storeList(call, list, 2, target);
  call.keyspace.stats.dirty--;
  call.changed(2, EVENT_LIST, to === END_FIRST ? "lpush" : "rpush");
}

/** Within one list, which has the element on its way for a moment. */
function rotate(call: DataCall, room: ListRoom, entry: number, from: number, to: number): void {
  const { list } = room;
  list.openEntry(entry);
  if (list.length > 1) {
    if (from === END_FIRST) list.removeFirst(1);
    else list.removeLast(1);
    pushTaken(call, room, to, entry);
    list.shrink();
    list.store(call.db);
  } else {
    call.keyspace.stats.dirty--;
    call.changed(2, EVENT_LIST, to === END_FIRST ? "lpush" : "rpush");
  }
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
  ];
}
