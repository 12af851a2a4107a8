import { ERR_NOT_INTEGER } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import { replyElement } from "../../../keyspace/listpack-reply";
import { replyRange } from "../list-reply";
import type { ListRoom, ListRooms } from "../list-room";
import { KEY } from "./docs";

/** LLEN, LINDEX and LRANGE: lists by their length and their parts. */

function length(call: DataCall, room: ListRoom): void {
  const entry = call.read(1);
  if (entry === 0) call.reply.integer(0);
  else if (!call.isWrongType(entry, TYPE_LIST)) {
    call.reply.integer(room.list.openEntry(entry).length);
  }
}

function element(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const entry = call.read(1);
  if (entry === 0) {
    reply.nil();
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  let index = args.clampedInteger(2);
  if (Number.isNaN(index)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const list = room.list.openEntry(entry);
  if (index < 0) index += list.length;
  if (index < 0 || index >= list.length) reply.nil();
  else replyElement(reply, list.pack, list.seek(index));
}

function range(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  let start = args.clampedInteger(2);
  let stop = args.clampedInteger(3);
  if (Number.isNaN(start) || Number.isNaN(stop)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const entry = call.read(1);
  if (entry === 0) {
    reply.array(0);
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const list = room.list.openEntry(entry);
  if (start < 0) start = Math.max(0, start + list.length);
  if (stop < 0) stop += list.length;
  stop = Math.min(stop, list.length - 1);
  replyRange(reply, list, start, start > stop ? 0 : stop - start + 1);
}

export function readCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "llen",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "list",
      since: "1.0.0",
      summary: "Gives the number of elements of a list.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: rooms.handler(length),
    },
    {
      name: "lindex",
      arity: 3,
      flags: ["readonly"],
      group: "list",
      since: "1.0.0",
      summary: "Gives the element at an index, counted from the end when negative.",
      complexity: "O(log N) in the length of the list",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, { name: "index", type: "integer" }],
      handler: rooms.handler(element),
    },
    {
      name: "lrange",
      arity: 4,
      flags: ["readonly"],
      group: "list",
      since: "1.0.0",
      summary: "Gives the elements between two indices, both included.",
      complexity: "O(log N + M) in the length of the list and the elements answered",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, { name: "start", type: "integer" }, { name: "stop", type: "integer" }],
      handler: rooms.handler(range),
    },
  ];
}
