import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_LIST } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import {
  END_FIRST,
  END_LAST,
  type ListRoom,
  type ListRooms,
  openForPush,
  storeList,
} from "../list-room";
import { ELEMENTS, KEY } from "./docs";

/** LPUSH, RPUSH, LPUSHX and RPUSHX: elements put in at the ends. */

function push(call: DataCall, room: ListRoom, end: number, mustExist: boolean): void {
  const { args, reply } = call;
  const { list } = room;
  const { count, input } = args;
  const entry = call.write(1);
  if (entry === 0 && mustExist) {
    reply.integer(0);
    return;
  }
  if (!openForPush(call, list, entry)) return;
  let bytes = 0;
  for (let i = 2; i < count; i++) bytes += args.length(i);
  list.grow(bytes, count - 2);
  if (end === END_FIRST) {
    for (let i = 2; i < count; i++) list.pushFirst(input, args.offset(i), args.length(i));
  } else {
    for (let i = 2; i < count; i++) list.pushLast(input, args.offset(i), args.length(i));
  }
  storeList(call, list, 1, entry);
  call.keyspace.stats.changes += count - 3;
  call.changed(1, EVENT_LIST, end === END_FIRST ? "lpush" : "rpush");
  reply.integer(list.length);
}

export function pushCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  const common = {
    arity: -3,
    flags: ["write", "denyoom", "fast"],
    group: "list",
    complexity: "O(N) in the elements added",
    keys: [keyAt(1, "RW", "insert")],
    arguments: [KEY, ELEMENTS],
  } as const;
  return [
    {
      ...common,
      name: "lpush",
      since: "1.0.0",
      summary: "Puts elements in front of a list, one after the other; answers its length.",
      history: [["2.4.0", "Took several elements."]],
      handler: rooms.handler((call, room) => push(call, room, END_FIRST, false)),
    },
    {
      ...common,
      name: "rpush",
      since: "1.0.0",
      summary: "Puts elements behind the last of a list; answers its length.",
      history: [["2.4.0", "Took several elements."]],
      handler: rooms.handler((call, room) => push(call, room, END_LAST, false)),
    },
    {
      ...common,
      name: "lpushx",
      since: "2.2.0",
      summary: "Puts elements in front of a list if there is one.",
      history: [["4.0.0", "Took several elements."]],
      handler: rooms.handler((call, room) => push(call, room, END_FIRST, true)),
    },
    {
      ...common,
      name: "rpushx",
      since: "2.2.0",
      summary: "Puts elements behind the last of a list if there is one.",
      history: [["4.0.0", "Took several elements."]],
      handler: rooms.handler((call, room) => push(call, room, END_LAST, true)),
    },
  ];
}
