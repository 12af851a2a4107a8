import { formatDouble17 } from "../../../base/double";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import {
  readScanCursor,
  readScanOptions,
  type ScanOptions,
} from "../../../keyspace/scan-arguments";
import { EntryList } from "../../../structures/dict-walk";
import { SCORE_TEXT_BYTES, writeScoreText } from "../score-text";
import { A_ZSET, NO_ZSET, type ZsetAccess } from "../zset-access";
import { ZSET_LISTPACK, ZSET_TREE } from "../zset-layout";
import type { ZsetValue } from "../zset-value";
import { KEY } from "./docs";

/** ZSCAN: a listpack at once, a dictionary bucket by bucket. */

/** Empty buckets that are stepped over, for each member asked for, before there is an answer. */
const BUCKETS_PER_COUNT = 10;

function scan(call: DataCall, zsets: ZsetAccess): void {
  const { reply } = call;
  const cursor = readScanCursor(call, 2);
  if (Number.isNaN(cursor)) return;
  const state = zsets.read(call, 1);
  if (state === NO_ZSET) {
    reply.array(2);
    reply.bulkInteger(0);
    reply.array(0);
  }
  if (state !== A_ZSET) return;
  const options = readScanOptions(call, 3, false);
  if (options === undefined) return;
  const zset = zsets.value(call);
  if (zset.encoding === ZSET_TREE) scanTree(call, zset, cursor, options);
  else replyAll(call, zset, options);
}

/** Counts first what matches, because an array begins with its length. */
function replyAll(call: DataCall, zset: ZsetValue, options: ScanOptions): void {
  let count = 0;
  for (let more = zset.seekFirst(); more; more = zset.next()) {
    if (matches(call, zset, options)) count++;
  }
  replyHeader(call, 0, count);
  for (let more = zset.seekFirst(); more; more = zset.next()) {
    if (matches(call, zset, options)) replyShown(call, zset);
  }
}

function scanTree(call: DataCall, zset: ZsetValue, from: number, options: ScanOptions): void {
  const found = new EntryList();
  let cursor = from;
  let bucketsLeft = options.count * BUCKETS_PER_COUNT;
  do {
    cursor = zset.scan(cursor, found);
  } while (cursor !== 0 && bucketsLeft-- > 0 && found.count < options.count);
  const { count, refs } = found;
  found.clear();
  for (let i = 0; i < count; i++) {
    const entry = refs[i];
    zset.showEntry(entry);
    if (matches(call, zset, options)) found.add(entry);
  }
  replyHeader(call, cursor, found.count);
  for (let i = 0; i < found.count; i++) {
    zset.showEntry(found.refs[i]);
    replyShown(call, zset);
  }
}

function matches(call: DataCall, zset: ZsetValue, options: ScanOptions): boolean {
  return options.matches(call.args, zset.memberBytes, zset.memberAt, zset.memberLength);
}

function replyHeader({ reply }: DataCall, cursor: number, count: number): void {
  reply.array(2);
  reply.bulkInteger(cursor);
  reply.array(count * 2);
}

/** Scores are texts here in RESP3, too; of a listpack those that it keeps. */
function replyShown({ reply }: DataCall, zset: ZsetValue): void {
  zset.replyMember(reply);
  if (zset.encoding !== ZSET_LISTPACK) {
    reply.bulkLatin1(formatDouble17(zset.score));
    return;
  }
  const text = new Uint8Array(SCORE_TEXT_BYTES);
  reply.bulk(text, 0, writeScoreText(zset.score, false, text));
}

export function scanCommand(zsets: ZsetAccess): CommandSpec<DataCall> {
  return {
    name: "zscan",
    arity: -3,
    flags: ["readonly"],
    group: "sorted-set",
    since: "2.8.0",
    summary: "Lists some members of a sorted set and a cursor with which the next call goes on.",
    complexity: "O(COUNT) for a call, O(N) for a whole iteration",
    tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO", "access")],
    arguments: [
      KEY,
      { name: "cursor", type: "integer" },
      { name: "pattern", type: "pattern", token: "MATCH", flags: ["optional"] },
      { name: "count", type: "integer", token: "COUNT", flags: ["optional"] },
    ],
    handler: (call) => scan(call, zsets),
  };
}
