import { latin1Bytes } from "../../../base/bytes";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { EntryList } from "../../../structures/dict-walk";
import { A_HASH, type HashAccess, NO_HASH, replyShown } from "../hash-access";
import { drawDistinct, drawOne, RandomFields } from "../hash-random";
import type { HashValue } from "../hash-value";
import { KEY } from "./docs";

/** HRANDFIELD: one field, some that differ, or as many as asked for with repetitions. */

const WITHVALUES = latin1Bytes("withvalues");
const ERR_RANGE =
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
const ERR_PAIRS_RANGE = "ERR value is out of range";
const INT64_LEAST = -(2n ** 63n);
/** Redis refuses counts that pass 63 bits when every field has a value with it. */
const MOST_PAIRS = 2n ** 62n - 1n;
/**
 * Repetitions that one reply can have. Redis takes any number, and serves nobody else until its
 * memory is full.
 */
const MOST_REPEATED = 2 ** 24;

function randomField(call: DataCall, hashes: HashAccess): void {
  if (call.args.count > 2) {
    randomFields(call, hashes);
    return;
  }
  const { reply, keyspace } = call;
  const state = hashes.read(call);
  if (state === NO_HASH) reply.nil();
  if (state !== A_HASH) return;
  const value = hashes.value(call);
  const handle = drawOne(value, keyspace.random, keyspace.scratch);
  if (handle === 0) {
    reply.nil();
    return;
  }
  value.showField(handle);
  replyShown(reply, value);
}

function randomFields(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const count = readCount(call);
  if (Number.isNaN(count)) return;
  const state = hashes.read(call);
  if (state === NO_HASH) reply.array(0);
  if (state !== A_HASH) return;
  const value = hashes.value(call);
  const withValues = args.count === 4;
  if (count < 0) repeat(call, value, -count, withValues);
  else distinct(call, value, count, withValues);
}

/** The count of argument 2, NaN with the error written. */
function readCount(call: DataCall): number {
  const { args, reply } = call;
  const exact = args.int64(2);
  let error = "";
  if (exact === undefined) error = ERR_NOT_INTEGER;
  else if (exact === INT64_LEAST) error = ERR_RANGE;
  else if (args.count > 4 || (args.count === 4 && !args.is(3, WITHVALUES))) error = ERR_SYNTAX;
  else if (args.count === 4 && (exact > MOST_PAIRS || exact < -MOST_PAIRS)) error = ERR_PAIRS_RANGE;
  if (error === "") return args.clampedInteger(2);
  reply.error(error);
  return Number.NaN;
}

function repeat(call: DataCall, value: HashValue, count: number, withValues: boolean): void {
  const { reply, keyspace } = call;
  if (count > MOST_REPEATED) {
    reply.error(ERR_PAIRS_RANGE);
    return;
  }
  const fields = new RandomFields(value, keyspace.random, keyspace.scratch);
  if (fields.isEmpty) {
    reply.array(0);
    return;
  }
  replyHeader(call, count, withValues);
  for (let left = count; left > 0; left--) replyField(call, value, fields.next(), withValues);
}

function distinct(call: DataCall, value: HashValue, count: number, withValues: boolean): void {
  // Not the keyspace's scratch, which would keep its size for good.
  const drawn = new EntryList();
  drawDistinct(value, call.keyspace.random, count, drawn);
  replyHeader(call, drawn.count, withValues);
  for (let i = 0; i < drawn.count; i++) replyField(call, value, drawn.refs[i], withValues);
}

function replyHeader(call: DataCall, fields: number, withValues: boolean): void {
  const { reply } = call;
  reply.array(withValues && !reply.resp3 ? fields * 2 : fields);
}

function replyField(call: DataCall, value: HashValue, handle: number, withValues: boolean): void {
  const { reply } = call;
  if (withValues && reply.resp3) reply.array(2);
  value.showField(handle);
  replyShown(reply, value);
  if (!withValues) return;
  value.showValue(handle);
  replyShown(reply, value);
}

export function randomCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hrandfield",
      arity: -2,
      flags: ["readonly"],
      group: "hash",
      since: "6.2.0",
      summary: "Gives fields of a hash picked at random.",
      complexity: "O(N) in the number of fields answered",
      tips: ["nondeterministic_output"],
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        KEY,
        {
          name: "options",
          type: "block",
          flags: ["optional"],
          arguments: [
            { name: "count", type: "integer" },
            { name: "withvalues", type: "pure-token", token: "WITHVALUES", flags: ["optional"] },
          ],
        },
      ],
      handler: (call) => randomField(call, hashes),
    },
  ];
}
