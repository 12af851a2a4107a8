import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { readTimeoutSeconds } from "../../../keyspace/blocking/timeout-argument";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import { replyElement } from "../../../keyspace/listpack-reply";
import { END_FIRST, END_LAST, type ListRoom, type ListRooms } from "../list-room";
import { COUNT, DESTINATION, endOf, KEYS, readEnd, SOURCE, TIMEOUT } from "./docs";
import { MOVED, moveElement, NO_SOURCE } from "./move";
import { MultiPop, removePopped, tellPopped } from "./pop";

/** BLPOP, BRPOP, BLMOVE, BRPOPLPUSH and BLMPOP: commands that wait for a list with elements. */

function pop(call: DataCall, room: ListRoom, end: number): void {
  const { args, reply } = call;
  const timeoutMs = readTimeoutSeconds(call, args.count - 1);
  if (Number.isNaN(timeoutMs)) return;
  for (let index = 1; index < args.count - 1; index++) {
    if (!call.mayServeFrom(index)) continue;
    const entry = call.write(index);
    if (entry === 0) continue;
    if (call.isWrongType(entry, TYPE_LIST)) return;
    reply.array(2);
    reply.bulk(args.input, args.offset(index), args.length(index));
    replyElement(reply, room.list.pack, room.seekEnd(entry, end));
    removePopped(call, room, index, entry, end, 1);
    if (call.effects.isOn) tellPopped(call, index, end);
    return;
  }
  call.blockOn({ firstKey: 1, keyCount: args.count - 2, type: TYPE_LIST, timeoutMs });
}

function move(call: DataCall, room: ListRoom): void {
  const { args, reply } = call;
  const from = readEnd(args, 3);
  const to = readEnd(args, 4);
  if (from < 0 || to < 0) reply.error(ERR_SYNTAX);
  else moveOrWait(call, room, from, to, 5);
}

function moveOrWait(
  call: DataCall,
  room: ListRoom,
  from: number,
  to: number,
  timeoutIndex: number,
): void {
  const timeoutMs = readTimeoutSeconds(call, timeoutIndex);
  if (Number.isNaN(timeoutMs)) return;
  const outcome = moveElement(call, room, from, to);
  if (outcome === MOVED && call.effects.isOn) tellMove(call, from, to, timeoutIndex);
  if (outcome !== NO_SOURCE) return;
  call.blockOn({ firstKey: 1, keyCount: 1, type: TYPE_LIST, timeoutMs, nilWhenDenied: true });
}

/** A move that waits no more is LMOVE or RPOPLPUSH. */
function tellMove(call: DataCall, from: number, to: number, timeoutIndex: number): void {
  const { db, effects } = call;
  const hasEnds = timeoutIndex > 3;
  effects.begin(db, timeoutIndex);
  effects.text(hasEnds ? "LMOVE" : "RPOPLPUSH");
  effects.arguments(1, 3);
  if (!hasEnds) return;
  // Redis writes the ends anew only for a client that has waited.
  if (!call.isServing) {
    effects.arguments(3, 5);
    return;
  }
  effects.text(from === END_FIRST ? "left" : "right");
  effects.text(to === END_FIRST ? "left" : "right");
}

function multiPop(call: DataCall, room: ListRoom, options: MultiPop): void {
  const timeoutMs = readTimeoutSeconds(call, 1);
  if (Number.isNaN(timeoutMs) || !options.read(call, 2) || options.popFirst(call, room)) return;
  const { firstKey, keyCount } = options;
  call.blockOn({ firstKey, keyCount, type: TYPE_LIST, timeoutMs });
}

function popCommand(rooms: ListRooms, name: string, end: number): CommandSpec<DataCall> {
  const which = end === END_FIRST ? "first" : "last";
  return {
    name,
    arity: -3,
    flags: ["write", "noscript", "blocking"],
    group: "list",
    since: "2.0.0",
    summary: `Takes the ${which} element out of the first of several lists that has any, or waits.`,
    complexity: "O(N) in the keys given",
    keys: [
      {
        flags: ["RW", "access", "delete"],
        begin: { index: 1 },
        find: { last: -2, step: 1, limit: 0 },
      },
    ],
    arguments: [KEYS, TIMEOUT],
    history: [["6.0.0", "Took a timeout with a fraction."]],
    handler: rooms.handler((call, room) => pop(call, room, end)),
  };
}

function moveCommandsThatWait(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  const common = {
    flags: ["write", "denyoom", "noscript", "blocking"],
    group: "list",
    complexity: "O(1)",
    keys: [keyAt(1, "RW", "access", "delete"), keyAt(2, "RW", "insert")],
  } as const;
  return [
    {
      ...common,
      name: "blmove",
      arity: 6,
      since: "6.2.0",
      summary: "Moves an element from an end of a list to an end of another, or waits for one.",
      arguments: [SOURCE, DESTINATION, endOf("wherefrom"), endOf("whereto"), TIMEOUT],
      handler: rooms.handler(move),
    },
    {
      ...common,
      name: "brpoplpush",
      arity: 4,
      since: "2.2.0",
      summary: "Moves the last element of a list to the front of another, or waits for one.",
      arguments: [SOURCE, DESTINATION, TIMEOUT],
      history: [["6.0.0", "Took a timeout with a fraction."]],
      deprecatedSince: "6.2.0",
      replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
      handler: rooms.handler((call, room) => moveOrWait(call, room, END_LAST, END_FIRST, 3)),
    },
  ];
}

export function blockingCommands(rooms: ListRooms): readonly CommandSpec<DataCall>[] {
  const options = new MultiPop();
  return [
    popCommand(rooms, "blpop", END_FIRST),
    popCommand(rooms, "brpop", END_LAST),
    ...moveCommandsThatWait(rooms),
    {
      name: "blmpop",
      arity: -5,
      flags: ["write", "blocking"],
      group: "list",
      since: "7.0.0",
      summary: "Takes elements out of the first of several lists that has any, or waits.",
      complexity: "O(N + M) in the keys given and the elements answered",
      keys: [
        {
          flags: ["RW", "access", "delete"],
          begin: { index: 2 },
          find: { keynumAt: 0, firstKey: 1, step: 1 },
        },
      ],
      arguments: [TIMEOUT, { name: "numkeys", type: "integer" }, KEYS, endOf("where"), COUNT],
      handler: rooms.handler((call, room) => multiPop(call, room, options)),
    },
  ];
}
