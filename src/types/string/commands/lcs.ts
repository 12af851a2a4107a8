import { latin1Bytes } from "../../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STRING, typeOf, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import {
  type ByteRange,
  LongestCommonSubsequence,
  RUN_NUMBERS,
} from "../longest-common-subsequence";
import type { StringLimits } from "../string-limits";
import { stringLength } from "../string-value";
import { KEY } from "./docs";

/** LCS: the longest common subsequence of two strings, its length, or where it lies in both. */

const IDX = latin1Bytes("idx");
const LEN = latin1Bytes("len");
const MINMATCHLEN = latin1Bytes("minmatchlen");
const WITHMATCHLEN = latin1Bytes("withmatchlen");

const ERR_NOT_STRINGS = "ERR The specified keys must contain string values";
const ERR_BOTH_FORMS = "ERR If you want both the length and indexes, please just use IDX.";
const ERR_TABLE_TOO_LARGE =
  "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
const ERR_NO_MEMORY = "ERR Insufficient memory, failed allocating transient memory for LCS";
/** Bytes of a cell in Redis's table, by which it judges what is too large. */
const CELL_BYTES = 4;

interface LcsOptions {
  wantsRuns: boolean;
  wantsLength: boolean;
  showsLengths: boolean;
  leastLength: number;
}

function lcs(call: DataCall, limits: StringLimits): void {
  const first = call.read(1);
  const second = call.read(2);
  if (!isStringOrNone(call, first) || !isStringOrNone(call, second)) {
    call.reply.error(ERR_NOT_STRINGS);
    return;
  }
  const options = readOptions(call);
  if (options === undefined) return;
  const a = rangeOf(call, first);
  const b = rangeOf(call, second);
  if ((a.length + 1) * (b.length + 1) * CELL_BYTES > limits.maxBulkBytes) {
    call.reply.error(ERR_TABLE_TOO_LARGE);
    return;
  }
  const subsequence = compare(a, b, options);
  if (subsequence === undefined) call.reply.error(ERR_NO_MEMORY);
  else if (options.wantsRuns) replyRuns(call, subsequence, options);
  else if (options.wantsLength) call.reply.integer(subsequence.length);
  else replyBytes(call, subsequence, a);
}

function isStringOrNone(call: DataCall, entry: number): boolean {
  return entry === 0 || typeOf(call.keyspace.memory, entry) === TYPE_STRING;
}

/** Reads the options; undefined when they are wrong (the error is written). */
function readOptions(call: DataCall): LcsOptions | undefined {
  const { args, reply } = call;
  const options = { wantsRuns: false, wantsLength: false, showsLengths: false, leastLength: 0 };
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, IDX)) options.wantsRuns = true;
    else if (args.is(i, LEN)) options.wantsLength = true;
    else if (args.is(i, WITHMATCHLEN)) options.showsLengths = true;
    else if (args.is(i, MINMATCHLEN) && i + 1 < args.count) {
      options.leastLength = args.clampedInteger(++i);
      if (!Number.isNaN(options.leastLength)) continue;
      reply.error(ERR_NOT_INTEGER);
      return undefined;
    } else {
      reply.error(ERR_SYNTAX);
      return undefined;
    }
  }
  if (!options.wantsRuns || !options.wantsLength) return options;
  reply.error(ERR_BOTH_FORMS);
  return undefined;
}

function rangeOf(call: DataCall, entry: number): ByteRange {
  if (entry === 0) return { bytes: call.args.input, at: 0, length: 0 };
  const { memory } = call.keyspace;
  return {
    bytes: memory.bytes[entry >>> SEGMENT_SHIFT],
    at: valueStartOf(memory, entry),
    length: stringLength(memory, entry),
  };
}

/** Undefined when the system gives no memory for the table. */
function compare(
  a: ByteRange,
  b: ByteRange,
  options: LcsOptions,
): LongestCommonSubsequence | undefined {
  try {
    return new LongestCommonSubsequence(a, b, options.wantsRuns || !options.wantsLength);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function replyBytes(call: DataCall, subsequence: LongestCommonSubsequence, a: ByteRange): void {
  const runs = subsequence.runs();
  let length = 0;
  for (let run = 0; run < runs.length; run += RUN_NUMBERS) length += runs[run + 2];
  const bytes = new Uint8Array(length);
  let end = length;
  for (let run = 0; run < runs.length; run += RUN_NUMBERS) {
    const from = a.at + runs[run];
    end -= runs[run + 2];
    bytes.set(a.bytes.subarray(from, from + runs[run + 2]), end);
  }
  call.reply.bulk(bytes, 0, length);
}

function replyRuns(
  call: DataCall,
  subsequence: LongestCommonSubsequence,
  options: LcsOptions,
): void {
  const { reply } = call;
  const all = subsequence.runs();
  const shown: number[] = [];
  let length = 0;
  for (let run = 0; run < all.length; run += RUN_NUMBERS) {
    length += all[run + 2];
    if (all[run + 2] >= options.leastLength) shown.push(run);
  }
  reply.map(2);
  reply.bulkLatin1("matches");
  reply.array(shown.length);
  for (const run of shown) {
    reply.array(options.showsLengths ? 3 : 2);
    for (let side = 0; side < 2; side++) {
      reply.array(2);
      reply.integer(all[run + side]);
      reply.integer(all[run + side] + all[run + 2] - 1);
    }
    if (options.showsLengths) reply.integer(all[run + 2]);
  }
  reply.bulkLatin1("len");
  reply.integer(length);
}

export function lcsCommand(limits: StringLimits): CommandSpec<DataCall> {
  const keys = keyAt(1, "RO", "access");
  return {
    name: "lcs",
    arity: -3,
    flags: ["readonly"],
    group: "string",
    since: "7.0.0",
    summary: "Finds the longest common subsequence of two strings.",
    complexity: "O(N*M) in the lengths of the strings, 32 steps at a time",
    keys: [{ ...keys, find: { last: 1, step: 1, limit: 0 } }],
    arguments: [
      { ...KEY, name: "key1" },
      { ...KEY, name: "key2" },
      { name: "len", type: "pure-token", token: "LEN", flags: ["optional"] },
      { name: "idx", type: "pure-token", token: "IDX", flags: ["optional"] },
      { name: "len", type: "integer", token: "MINMATCHLEN", flags: ["optional"] },
      { name: "withmatchlen", type: "pure-token", token: "WITHMATCHLEN", flags: ["optional"] },
    ],
    handler: (call) => lcs(call, limits),
  };
}
