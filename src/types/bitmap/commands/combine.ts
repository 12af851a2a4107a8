import { latin1Bytes } from "../../../base/bytes";
import type { Arguments } from "../../../command/arguments";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt, keysFrom } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { STRING_RAW, TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import type { BitOperations } from "../../../native/bit-operations";
import {
  COMBINATIONS,
  COMBINE_ANDOR,
  COMBINE_DIFF,
  COMBINE_NOT,
  StringCombiner,
} from "../combine-strings";

/** BITOP: a string of the combined bits of others. DIFF, DIFF1, ANDOR and ONE are Redis 8.2's. */

const WORDS = COMBINATIONS.map(latin1Bytes);
const ERR_NOT_KEYS = "ERR BITOP NOT must be called with a single source key.";
const FIRST_SOURCE = 3;

function errTwoKeys(operation: number): string {
  const name = COMBINATIONS[operation].toUpperCase();
  return `ERR BITOP ${name} must be called with at least two source keys.`;
}

/** The operation that argument 1 names, or -1. */
function operationOf(args: Arguments): number {
  for (let i = 0; i < WORDS.length; i++) if (args.is(1, WORDS[i])) return i;
  return -1;
}

/** What is wrong with the number of sources, or undefined. */
function countError(operation: number, sources: number): string | undefined {
  if (operation === COMBINE_NOT && sources !== 1) return ERR_NOT_KEYS;
  const hasFirst = operation >= COMBINE_DIFF && operation <= COMBINE_ANDOR;
  return hasFirst && sources < 2 ? errTwoKeys(operation) : undefined;
}

/** Looks all sources up; false, with the error written, where one is no string. */
function findSources(call: DataCall, combiner: StringCombiner): boolean {
  combiner.begin(call.keyspace.memory);
  for (let i = FIRST_SOURCE; i < call.args.count; i++) {
    const entry = call.read(i);
    if (entry !== 0 && call.isWrongType(entry, TYPE_STRING)) return false;
    combiner.addSource(entry);
  }
  return true;
}

function combine(call: DataCall, combiner: StringCombiner): void {
  const { args, reply } = call;
  const operation = operationOf(args);
  if (operation < 0) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const error = countError(operation, args.count - FIRST_SOURCE);
  if (error !== undefined) {
    reply.error(error);
    return;
  }
  if (!findSources(call, combiner)) return;
  const length = combiner.longest();
  if (length > 0) store(call, combiner, operation, length);
  // Where all sources are empty there is no target either.
  else call.deleteEvenExpired(2);
  reply.integer(length);
}

function store(call: DataCall, combiner: StringCombiner, operation: number, length: number): void {
  const { args, db, keyspace } = call;
  const { memory } = keyspace;
  const hash = call.hash(2);
  const keyAt = args.offset(2);
  const keyLength = args.length(2);
  // The target may be a source, so that the old value must stay until the new one is complete.
  const entry = db.newStringRoom(hash, args.input, keyAt, keyLength, STRING_RAW, length);
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  combiner.write(operation, bytes, valueStartOf(memory, entry), length);
  db.putString(call.write(2), entry);
  call.changed(2, EVENT_STRING, "set");
}

export function combineCommand(bits: BitOperations): CommandSpec<DataCall> {
  const combiner = new StringCombiner(bits);
  return {
    name: "bitop",
    arity: -4,
    flags: ["write", "denyoom"],
    group: "bitmap",
    since: "2.6.0",
    summary: "Combines the bits of strings into another string; answers its length.",
    complexity: "O(N) in the bytes of all strings",
    keys: [keyAt(2, "OW", "update"), keysFrom(3, 1, "RO", "access")],
    arguments: [
      { name: "operation", type: "string" },
      { name: "destkey", type: "key", keySpecIndex: 0 },
      { name: "key", type: "key", keySpecIndex: 1, flags: ["multiple"] },
    ],
    handler: (call) => combine(call, combiner),
  };
}
