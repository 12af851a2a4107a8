import { ERR_NOT_INTEGER } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { STRING_AUTO, TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import { isBackward } from "../backward-range";
import { roomForString, writeArgument, zeroString } from "../store-string";
import type { StringLimits } from "../string-limits";
import { stringLength } from "../string-value";
import { KEY, VALUE } from "./docs";

/** APPEND, STRLEN, SETRANGE, GETRANGE and SUBSTR: strings by their length and their parts. */

const ERR_OFFSET = "ERR offset is out of range";

function stringSize(call: DataCall): void {
  const entry = call.read(1);
  if (entry === 0) call.reply.integer(0);
  else if (!call.isWrongType(entry, TYPE_STRING)) {
    call.reply.integer(stringLength(call.keyspace.memory, entry));
  }
}

function getRange(call: DataCall): void {
  const { args, reply, keyspace } = call;
  let start = args.clampedInteger(2);
  let end = args.clampedInteger(3);
  if (Number.isNaN(start) || Number.isNaN(end)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const entry = call.read(1);
  if (entry !== 0 && call.isWrongType(entry, TYPE_STRING)) return;
  const { memory } = keyspace;
  const length = entry === 0 ? 0 : stringLength(memory, entry);
  const isEmpty = isBackward(args, 2, start, end);
  start = Math.max(0, start < 0 ? start + length : start);
  end = Math.min(length - 1, Math.max(0, end < 0 ? end + length : end));
  const segment = entry >>> SEGMENT_SHIFT;
  if (isEmpty || start > end) reply.bulk(args.input, 0, 0);
  else {
    const from = valueStartOf(memory, entry) + start;
    reply.bulkBlock(segment, memory.bytes[segment], from, end - start + 1);
  }
}

function append(call: DataCall, limits: StringLimits): void {
  const { args, reply, keyspace } = call;
  const added = args.length(2);
  const found = call.write(1);
  let length = added;
  if (found === 0) {
    writeArgument(call, roomForString(call, 0, added, STRING_AUTO), 0, 2);
  } else {
    if (call.isWrongType(found, TYPE_STRING)) return;
    length += stringLength(keyspace.memory, found);
    if (!limits.allows(call, length)) return;
    call.db.appendFound(found, args.input, args.offset(2), added);
  }
  call.changed(1, EVENT_STRING, "append");
  reply.integer(length);
}

function setRange(call: DataCall, limits: StringLimits): void {
  const { args, reply, keyspace } = call;
  const offset = args.clampedInteger(2);
  if (Number.isNaN(offset) || offset < 0) {
    reply.error(Number.isNaN(offset) ? ERR_NOT_INTEGER : ERR_OFFSET);
    return;
  }
  const found = call.write(1);
  if (found !== 0 && call.isWrongType(found, TYPE_STRING)) return;
  const oldLength = found === 0 ? 0 : stringLength(keyspace.memory, found);
  const added = args.length(3);
  if (added === 0) {
    reply.integer(oldLength);
    return;
  }
  if (!limits.allows(call, offset + added)) return;
  const length = Math.max(oldLength, offset + added);
  const entry = found === 0 ? zeroString(call, length) : call.db.growFound(found, length);
  writeArgument(call, entry, offset, 3);
  call.changed(1, EVENT_STRING, "setrange");
  reply.integer(length);
}

const START_AND_END: readonly ArgumentDoc[] = [
  { name: "start", type: "integer" },
  { name: "end", type: "integer" },
];

export function rangeCommands(limits: StringLimits): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "append",
      arity: 3,
      flags: ["write", "denyoom", "fast"],
      group: "string",
      since: "2.0.0",
      summary: "Adds bytes to the end of a string; answers its length.",
      complexity: "O(1) on average in the length of the string: it grows with room to spare",
      keys: [keyAt(1, "RW", "insert")],
      arguments: [KEY, VALUE],
      handler: (call) => append(call, limits),
    },
    {
      name: "strlen",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "string",
      since: "2.2.0",
      summary: "Gives the length of a string in bytes.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: stringSize,
    },
    {
      name: "setrange",
      arity: 4,
      flags: ["write", "denyoom"],
      group: "string",
      since: "2.2.0",
      summary: "Overwrites a string from an offset on; fills a gap before it with zeros.",
      complexity: "O(N) in the bytes written, and in those of the string when it must be moved",
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, { name: "offset", type: "integer" }, VALUE],
      handler: (call) => setRange(call, limits),
    },
    {
      name: "getrange",
      arity: 4,
      flags: ["readonly"],
      group: "string",
      since: "2.4.0",
      summary: "Gives the part of a string between two offsets.",
      complexity: "O(N) in the bytes answered",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, ...START_AND_END],
      handler: getRange,
    },
    {
      name: "substr",
      arity: 4,
      flags: ["readonly"],
      group: "string",
      since: "1.0.0",
      summary: "Gives the part of a string between two offsets.",
      complexity: "O(N) in the bytes answered",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, ...START_AND_END],
      deprecatedSince: "2.0.0",
      replacedBy: "`GETRANGE`",
      handler: getRange,
    },
  ];
}
