import { replyHelp } from "../../command/help-reply";
import { type CommandSpec, keyAt } from "../../command/spec";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { DataCall } from "../data-call";
import { ENTRY_META, ENTRY_VALUE, TYPE_STRING, typeOf, valueStartOf, wordOf } from "../entry";

/** OBJECT: what is known of a value beside its content. Looking does not count as use. */

const SWITCH_NOTE =
  "Please note that when switching between policies at runtime LRU and LFU data will take some " +
  "time to adjust.";
const ERR_NO_FREQUENCY = `ERR An LFU maxmemory policy is not selected, access frequency not tracked. ${SWITCH_NOTE}`;
const ERR_NO_IDLE_TIME = `ERR An LFU maxmemory policy is selected, idle time not tracked. ${SWITCH_NOTE}`;
/** The integers 0-9999 are one shared object each in Redis, which says so by this count. */
const SHARED_REFERENCES = 2 ** 31 - 1;
const SHARED_DIGITS = 4;
const MINUS = 0x2d;

function encoding(call: DataCall): void {
  const { keyspace, reply } = call;
  const entry = call.inspect(2);
  if (entry === 0) reply.nil();
  else reply.bulkText(keyspace.typeOf(entry).encodingName(keyspace.memory, entry));
}

function references(call: DataCall): void {
  const entry = call.inspect(2);
  if (entry === 0) call.reply.nil();
  else call.reply.integer(isSharedInteger(call, entry) ? SHARED_REFERENCES : 1);
}

/** Whether Redis would point to a shared integer; policies that keep a clock per value do not. */
export function isSharedInteger(call: DataCall, entry: number): boolean {
  const { keyspace } = call;
  const { memory } = keyspace;
  if (!keyspace.sharesIntegers || typeOf(memory, entry) !== TYPE_STRING) return false;
  if (wordOf(memory, entry, ENTRY_VALUE) > SHARED_DIGITS) return false;
  if (keyspace.typeOf(entry).encodingName(memory, entry) !== "int") return false;
  return memory.bytes[entry >>> SEGMENT_SHIFT][valueStartOf(memory, entry)] !== MINUS;
}

function idleTime(call: DataCall): void {
  const { keyspace, reply } = call;
  const entry = call.inspect(2);
  if (entry === 0) reply.nil();
  else if (keyspace.access.countsAccesses) reply.error(ERR_NO_IDLE_TIME);
  else reply.integer(keyspace.access.idleSecondsOf(wordOf(keyspace.memory, entry, ENTRY_META)));
}

function frequency(call: DataCall): void {
  const { keyspace, reply } = call;
  const entry = call.inspect(2);
  if (entry === 0) reply.nil();
  else if (!keyspace.access.countsAccesses) reply.error(ERR_NO_FREQUENCY);
  else reply.integer(keyspace.access.frequencyOf(wordOf(keyspace.memory, entry, ENTRY_META)));
}

function help(call: DataCall): void {
  replyHelp(call, [
    "ENCODING <key>",
    "    Names the form in which the key's value is kept.",
    "FREQ <key>",
    "    Answers how often the key was used of late, on a logarithmic scale. Only with an",
    "    LFU eviction policy.",
    "IDLETIME <key>",
    "    Answers the seconds since the key was used last, roughly.",
    "REFCOUNT <key>",
    "    Answers how many references the value of the key has.",
  ]);
}

function question(
  name: string,
  since: string,
  summary: string,
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: 3,
    flags: ["readonly"],
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    categories: ["keyspace"],
    keys: [keyAt(2, "RO")],
    tips: ["nondeterministic_output"],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0 }],
    handler,
  };
}

export const objectCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "object",
    arity: -2,
    flags: [],
    group: "generic",
    since: "2.2.3",
    summary: "Answers questions about the value of a key.",
    complexity: "Depends on the subcommand.",
    subcommands: [
      question("encoding", "2.2.3", "Names the form in which a value is kept.", encoding),
      question("freq", "4.0.0", "Answers how often a key is used, logarithmically.", frequency),
      question("idletime", "2.2.3", "Answers the seconds since a key was used last.", idleTime),
      question("refcount", "2.2.3", "Answers how many references a value has.", references),
      {
        name: "help",
        arity: 2,
        flags: ["loading", "stale"],
        group: "generic",
        since: "6.2.0",
        summary: "Explains the subcommands.",
        complexity: "O(1)",
        categories: ["keyspace"],
        handler: help,
      },
    ],
  },
];
