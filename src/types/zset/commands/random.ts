import { latin1Bytes } from "../../../base/bytes";
import { INT64_MAX, INT64_MIN } from "../../../base/int64";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { DistinctRanks } from "../distinct-ranks";
import { A_ZSET, NO_ZSET, type ZsetAccess } from "../zset-access";
import type { ZsetReader } from "../zset-reader";
import { KEY, WITH_SCORES } from "./docs";

/** ZRANDMEMBER: one member, some that differ, or as many as asked for with repetitions. */

const WITHSCORES = latin1Bytes("withscores");
const ERR_RANGE =
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
const ERR_PAIRS_RANGE = "ERR value is out of range";
const MOST_PAIRS = INT64_MAX / 2n;
/**
 * Repetitions that one reply can have. Redis takes any number, and serves nobody else until its
 * memory is full.
 */
const MOST_REPEATED = 2 ** 24;
/** Where more than one of so many is asked for, all are walked over. */
const WALKED_PER_DRAW = 3;

function randomMember(call: DataCall, zsets: ZsetAccess): void {
  const { args, reply, keyspace } = call;
  if (args.count > 2) {
    randomMembers(call, zsets);
    return;
  }
  const state = zsets.read(call, 1);
  if (state === NO_ZSET) reply.nil();
  if (state !== A_ZSET) return;
  const zset = zsets.value(call);
  zset.seekRank(keyspace.random.below(zset.size));
  zset.replyMember(reply);
}

function randomMembers(call: DataCall, zsets: ZsetAccess): void {
  const { args, reply } = call;
  const error = countError(call);
  if (error !== undefined) {
    reply.error(error);
    return;
  }
  const count = args.clampedInteger(2);
  const state = zsets.read(call, 1);
  if (state === NO_ZSET) reply.array(0);
  if (state !== A_ZSET) return;
  const zset = zsets.value(call);
  const withScores = args.count === 4;
  if (count < 0) replyRepeated(call, zset, -count, withScores);
  else if (count * WALKED_PER_DRAW > zset.size) replyChosen(call, zset, count, withScores);
  else replyDrawn(call, zset, count, withScores);
}

/** What is wrong with the count and what follows it, or undefined. */
function countError(call: DataCall): string | undefined {
  const { args } = call;
  const count = args.int64(2);
  if (count === undefined) return ERR_NOT_INTEGER;
  if (count === INT64_MIN) return ERR_RANGE;
  if (args.count === 3) return undefined;
  if (args.count > 4 || !args.is(3, WITHSCORES)) return ERR_SYNTAX;
  return count > MOST_PAIRS || count < -MOST_PAIRS ? ERR_PAIRS_RANGE : undefined;
}

function replyRepeated(call: DataCall, zset: ZsetReader, count: number, withScores: boolean): void {
  const { reply, keyspace } = call;
  if (count > MOST_REPEATED) {
    reply.error(ERR_PAIRS_RANGE);
    return;
  }
  replyHeader(call, count, withScores);
  for (let left = count; left > 0; left--) {
    zset.seekRank(keyspace.random.below(zset.size));
    replyElement(call, zset, withScores);
  }
}

/** Walks over all and takes each with the probability that leaves the right number in the end. */
function replyChosen(call: DataCall, zset: ZsetReader, count: number, withScores: boolean): void {
  const { random } = call.keyspace;
  let wanted = Math.min(count, zset.size);
  replyHeader(call, wanted, withScores);
  let left = zset.size;
  for (let more = zset.seekFirst(); more && wanted > 0; more = zset.next()) {
    if (random.below(left--) >= wanted) continue;
    wanted--;
    replyElement(call, zset, withScores);
  }
}

function replyDrawn(call: DataCall, zset: ZsetReader, count: number, withScores: boolean): void {
  const ranks = new DistinctRanks(call.keyspace.random, zset.size, count);
  replyHeader(call, count, withScores);
  for (let left = count; left > 0; left--) {
    zset.seekRank(ranks.draw());
    replyElement(call, zset, withScores);
  }
}

function replyHeader({ reply }: DataCall, count: number, withScores: boolean): void {
  reply.array(withScores && !reply.resp3 ? count * 2 : count);
}

function replyElement({ reply }: DataCall, zset: ZsetReader, withScores: boolean): void {
  if (withScores && reply.resp3) reply.array(2);
  zset.replyMember(reply);
  if (withScores) reply.score(zset.score);
}

export function randomCommand(zsets: ZsetAccess): CommandSpec<DataCall> {
  return {
    name: "zrandmember",
    arity: -2,
    flags: ["readonly"],
    group: "sorted-set",
    since: "6.2.0",
    summary: "Gives members of a sorted set picked at random.",
    complexity: "O(M log N), M being the members answered and N the size of the sorted set",
    tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO", "access")],
    arguments: [
      KEY,
      {
        name: "options",
        type: "block",
        flags: ["optional"],
        arguments: [{ name: "count", type: "integer" }, WITH_SCORES],
      },
    ],
    handler: (call) => randomMember(call, zsets),
  };
}
