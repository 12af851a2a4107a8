import { latin1Bytes } from "../../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_LIST } from "../../../keyspace/entry";
import type { List } from "../list";
import type { ListRoom, ListRooms } from "../list-room";
import { ELEMENT, KEY } from "./docs";

/** LPOS: where in a list a value is. */

const RANK = latin1Bytes("rank");
const COUNT = latin1Bytes("count");
const MAXLEN = latin1Bytes("maxlen");
const ERR_RANK =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use " +
  "negative to start from the end of the list";
const ERR_COUNT = "ERR COUNT can't be negative";
const ERR_MAXLEN = "ERR MAXLEN can't be negative";

/** The options of one LPOS; no COUNT is -1. */
class PositionOptions {
  rank = 1;
  count = -1;
  mostCompared = 0;

  /** Reads the options; false when they are wrong (the error is written). */
  read(call: DataCall): boolean {
    const { args } = call;
    this.rank = 1;
    this.count = -1;
    this.mostCompared = 0;
    for (let i = 3; i < args.count; i += 2) {
      const error = this.#readOption(call, i);
      if (error === undefined) continue;
      call.reply.error(error);
      return false;
    }
    return true;
  }

  #readOption({ args }: DataCall, index: number): string | undefined {
    if (index + 1 === args.count) return ERR_SYNTAX;
    const value = args.clampedInteger(index + 1);
    if (args.is(index, RANK)) {
      if (Number.isNaN(value)) return ERR_NOT_INTEGER;
      this.rank = value;
      return value === 0 ? ERR_RANK : undefined;
    }
    if (args.is(index, COUNT)) {
      this.count = value;
      return value >= 0 ? undefined : ERR_COUNT;
    }
    if (!args.is(index, MAXLEN)) return ERR_SYNTAX;
    this.mostCompared = value;
    return value >= 0 ? undefined : ERR_MAXLEN;
  }
}

function position(call: DataCall, room: ListRoom): void {
  const { reply } = call;
  const options = new PositionOptions();
  if (!options.read(call)) return;
  const entry = call.read(1);
  const answersMany = options.count >= 0;
  if (entry === 0) {
    if (answersMany) reply.array(0);
    else reply.nil();
    return;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return;
  const list = room.list.openEntry(entry);
  const found = options.rank > 0 ? findForward(call, list, options) : findBack(call, list, options);
  if (!answersMany) {
    if (found.length === 0) reply.nil();
    else reply.integer(found[0]);
    return;
  }
  reply.array(found.length);
  for (const index of found) reply.integer(index);
}

/** How many matches are answered. */
function wanted({ count }: PositionOptions): number {
  if (count < 0) return 1;
  return count === 0 ? Number.MAX_SAFE_INTEGER : count;
}

function findForward(call: DataCall, list: List, options: PositionOptions): number[] {
  const { args } = call;
  const { pack } = list;
  const at = args.offset(2);
  const length = args.length(2);
  const most = wanted(options);
  const end = options.mostCompared === 0 ? list.length : options.mostCompared;
  const found: number[] = [];
  let skipped = options.rank - 1;
  for (let more = list.firstNode(); more && list.nodeStart < end; more = list.nextNode()) {
    let index = list.nodeStart;
    let walked = pack.first();
    for (let offset = walked; ; offset = pack.next(offset)) {
      offset = pack.find(offset, 1, args.input, at, length);
      if (offset === 0) break;
      for (; walked !== offset; index++) walked = pack.next(walked);
      if (index >= end) return found;
      if (skipped-- > 0) continue;
      found.push(index);
      if (found.length === most) return found;
    }
  }
  return found;
}

function findBack(call: DataCall, list: List, options: PositionOptions): number[] {
  const { args } = call;
  const { pack } = list;
  const at = args.offset(2);
  const length = args.length(2);
  const most = wanted(options);
  const start = options.mostCompared === 0 ? 0 : list.length - options.mostCompared;
  const found: number[] = [];
  let skipped = -options.rank - 1;
  for (let more = list.lastNode(); more; more = list.previousNode()) {
    let index = list.nodeStart + pack.count - 1;
    for (let offset = pack.last(); offset !== 0; offset = pack.previous(offset), index--) {
      if (index < start) return found;
      if (!pack.equals(offset, args.input, at, length) || skipped-- > 0) continue;
      found.push(index);
      if (found.length === most) return found;
    }
  }
  return found;
}

function option(name: string, token: string): ArgumentDoc {
  return { name, type: "integer", token, flags: ["optional"] };
}

export function positionCommand(rooms: ListRooms): CommandSpec<DataCall> {
  return {
    name: "lpos",
    arity: -3,
    flags: ["readonly"],
    group: "list",
    since: "6.0.6",
    summary: "Tells at which indices of a list a value is.",
    complexity: "O(N) in the elements compared",
    keys: [keyAt(1, "RO", "access")],
    arguments: [
      KEY,
      ELEMENT,
      option("rank", "RANK"),
      option("num-matches", "COUNT"),
      option("len", "MAXLEN"),
    ],
    handler: rooms.handler(position),
  };
}
