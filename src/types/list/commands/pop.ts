import { ERR_SYNTAX, errWrongArity } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_LIST } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import { replyElement } from "../../../keyspace/listpack-reply";
import { replyFromLast, replyRange } from "../list-reply";
import { END_FIRST, END_LAST, type ListRoom, type ListRooms } from "../list-room";
import { COUNT, COUNT_WORD, endOf, KEY, KEYS, readEnd } from "./docs";

/** LPOP, RPOP and LMPOP: elements taken from the ends. */

const ERR_NOT_POSITIVE = "ERR value is out of range, must be positive";
const ERR_NUMKEYS = "ERR numkeys should be greater than 0";
export const ERR_COUNT = "ERR count should be greater than 0";

function pop(call: DataCall, room: ListRoom, end: number): void {
  const { args, reply } = call;
  if (args.count > 2) {
    popSeveral(call, room, end);
    return;
  }
  const entry = call.write(1);
  if (entry === 0) {
    reply.nil();
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  replyElement(reply, room.list.pack, room.seekEnd(entry, end));
  removePopped(call, room, 1, entry, end, 1);
}

function popSeveral(call: DataCall, room: ListRoom, end: number): void {
  const { args, reply } = call;
  if (args.count > 3) {
    reply.error(errWrongArity(call.command.fullName));
    return;
  }
  const count = args.clampedInteger(2);
  if (!(count >= 0)) {
    reply.error(ERR_NOT_POSITIVE);
    return;
  }
  const entry = call.write(1);
  if (entry === 0) {
    reply.nilArray();
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  if (count === 0) {
    reply.array(0);
    return;
  }
  replyPopped(call, room, 1, entry, end, count);
}

/**
 * Replies with up to `count` elements as an array and takes them out of the found list. Returns how
 * many they were.
 */
function replyPopped(
  call: DataCall,
  room: ListRoom,
  index: number,
  entry: number,
  end: number,
  count: number,
): number {
  const list = room.list.openEntry(entry);
  const popped = Math.min(count, list.length);
  if (end === END_FIRST) replyRange(call.reply, list, 0, popped);
  else replyFromLast(call.reply, list, popped);
  removePopped(call, room, index, entry, end, popped);
  return popped;
}

/**
 * Takes elements out of the opened list, which is that of the found entry of a key argument, and
 * tells of it. A list without elements is no more.
 */
export function removePopped(
  call: DataCall,
  room: ListRoom,
  index: number,
  entry: number,
  end: number,
  count: number,
): void {
  const { list } = room;
  const isEmptied = count === list.length;
  if (!isEmptied) {
    if (end === END_FIRST) list.removeFirst(count);
    else list.removeLast(count);
    list.shrink();
    list.store(call.db);
  }
  call.keyspace.stats.changes += count - 1;
  call.changed(index, EVENT_LIST, end === END_FIRST ? "lpop" : "rpop");
  if (isEmptied) call.deleteEmptied(index, entry);
}

/** Passes on that one element was popped by a command which names several keys, or waits. */
export function tellPopped({ db, effects }: DataCall, index: number, end: number): void {
  effects.begin(db, 2);
  effects.text(end === END_FIRST ? "LPOP" : "RPOP");
  effects.argument(index);
}

/** As `tellPopped`, of several at once. */
function tellSeveralPopped(
  { db, effects }: DataCall,
  index: number,
  end: number,
  count: number,
): void {
  effects.begin(db, 3);
  effects.text(end === END_FIRST ? "LPOP" : "RPOP");
  effects.argument(index);
  effects.integer(count);
}

/** What LMPOP and BLMPOP are asked for, read from the number of keys on. */
export class MultiPop {
  firstKey = 0;
  keyCount = 0;
  end = END_FIRST;
  count = 1;

  /** Reads the arguments from `index` on; false when they are wrong (the error is written). */
  read(call: DataCall, index: number): boolean {
    const { args, reply } = call;
    const keyCount = args.clampedInteger(index);
    if (!(keyCount >= 1)) {
      reply.error(ERR_NUMKEYS);
      return false;
    }
    const endAt = index + 1 + keyCount;
    this.end = endAt < args.count ? readEnd(args, endAt) : -1;
    const hasCount = args.count === endAt + 3 && args.is(endAt + 1, COUNT_WORD);
    if (this.end < 0 || (args.count !== endAt + 1 && !hasCount)) {
      // A count is read before what follows it is looked at.
      const isCount = this.end >= 0 && endAt + 2 < args.count && args.is(endAt + 1, COUNT_WORD);
      const isWrongCount = isCount && !(args.clampedInteger(endAt + 2) >= 1);
      reply.error(isWrongCount ? ERR_COUNT : ERR_SYNTAX);
      return false;
    }
    this.count = hasCount ? args.clampedInteger(endAt + 2) : 1;
    if (!(this.count >= 1)) {
      reply.error(ERR_COUNT);
      return false;
    }
    this.firstKey = index + 1;
    this.keyCount = keyCount;
    return true;
  }

  /**
   * Pops from the first of the keys that has a list. Returns whether a reply was written: also where
   * a key is of another type.
   */
  popFirst(call: DataCall, room: ListRoom): boolean {
    const { reply, args } = call;
    for (let index = this.firstKey; index < this.firstKey + this.keyCount; index++) {
      if (!call.mayServeFrom(index)) continue;
      const entry = call.write(index);
      if (entry === 0) continue;
      if (call.isWrongType(entry, TYPE_LIST)) return true;
      reply.array(2);
      reply.bulk(args.input, args.offset(index), args.length(index));
      const popped = replyPopped(call, room, index, entry, this.end, this.count);
      if (call.effects.isOn) tellSeveralPopped(call, index, this.end, popped);
      return true;
    }
    return false;
  }
}

function multiPop(call: DataCall, room: ListRoom, options: MultiPop): void {
  if (!options.read(call, 1)) return;
  if (!options.popFirst(call, room)) call.reply.nilArray();
}

export function popCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  const options = new MultiPop();
  const common = {
    arity: -2,
    flags: ["write", "fast"],
    group: "list",
    since: "1.0.0",
    complexity: "O(N) in the elements answered",
    keys: [keyAt(1, "RW", "access", "delete")],
    arguments: [KEY, { name: "count", type: "integer", since: "6.2.0", flags: ["optional"] }],
    history: [["6.2.0", "Took a count."]],
  } as const;
  return [
    {
      ...common,
      name: "lpop",
      summary: "Takes the first elements out of a list and answers them.",
      handler: rooms.handler((call, room) => pop(call, room, END_FIRST)),
    },
    {
      ...common,
      name: "rpop",
      summary: "Takes the last elements out of a list and answers them.",
      handler: rooms.handler((call, room) => pop(call, room, END_LAST)),
    },
    {
      name: "lmpop",
      arity: -4,
      flags: ["write"],
      group: "list",
      since: "7.0.0",
      summary: "Takes elements out of the first of several lists that has any.",
      complexity: "O(N + M) in the keys given and the elements answered",
      keys: [
        {
          flags: ["RW", "access", "delete"],
          begin: { index: 1 },
          find: { keynumAt: 0, firstKey: 1, step: 1 },
        },
      ],
      arguments: [{ name: "numkeys", type: "integer" }, KEYS, endOf("where"), COUNT],
      handler: rooms.handler((call, room) => multiPop(call, room, options)),
    },
  ];
}
