import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import {
  readScanCursor,
  readScanOptions,
  type ScanOptions,
} from "../../../keyspace/scan-arguments";
import { EntryList, scanBucket } from "../../../structures/dict-walk";
import { A_HASH, type HashAccess, NO_HASH, replyShown } from "../hash-access";
import { HASH_DICT } from "../hash-encoding";
import type { HashValue } from "../hash-value";
import { KEY } from "./docs";

/** HSCAN: a listpack at once, a dictionary bucket by bucket. */

/** Empty buckets that are stepped over, for each field asked for, before there is an answer. */
const BUCKETS_PER_COUNT = 10;

function scan(call: DataCall, hashes: HashAccess): void {
  const { reply } = call;
  const cursor = readScanCursor(call, 2);
  if (Number.isNaN(cursor)) return;
  const state = hashes.read(call);
  if (state === NO_HASH) {
    reply.array(2);
    reply.bulkInteger(0);
    reply.array(0);
  }
  if (state !== A_HASH) return;
  const options = readScanOptions(call, 3, false, true);
  if (options === undefined) return;
  const value = hashes.value(call);
  const found = new EntryList();
  const next = collect(value, cursor, options.count, found);
  keepWanted(call, value, options, found);
  reply.array(2);
  reply.bulkInteger(next);
  reply.array(options.withoutValues ? found.count : found.count * 2);
  for (let i = 0; i < found.count; i++) {
    value.showField(found.refs[i]);
    replyShown(reply, value);
    if (options.withoutValues) continue;
    value.showValue(found.refs[i]);
    replyShown(reply, value);
  }
}

/** Adds the fields of a step; returns the cursor to go on with. */
function collect(value: HashValue, from: number, count: number, into: EntryList): number {
  if (value.encoding !== HASH_DICT) {
    value.forEach((handle) => {
      into.add(handle);
    });
    return 0;
  }
  let cursor = from;
  let bucketsLeft = count * BUCKETS_PER_COUNT;
  do {
    cursor = scanBucket(value.arena, value.dict, cursor, into);
  } while (cursor !== 0 && bucketsLeft-- > 0 && into.count < count);
  return cursor;
}

/** Takes out of the list what does not match or is not there any more. */
function keepWanted(
  call: DataCall,
  value: HashValue,
  options: ScanOptions,
  found: EntryList,
): void {
  const { count, refs } = found;
  found.clear();
  for (let i = 0; i < count; i++) {
    const handle = refs[i];
    if (value.mayExpire && value.isExpired(handle)) continue;
    value.showField(handle);
    if (options.matches(call.args, value.bytes, value.at, value.length)) found.add(handle);
  }
}

export function scanCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hscan",
      arity: -3,
      flags: ["readonly"],
      group: "hash",
      since: "2.8.0",
      summary: "Lists some fields of a hash and a cursor with which the next call goes on.",
      complexity: "O(COUNT) for a call, O(N) for a whole iteration",
      tips: ["nondeterministic_output"],
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        KEY,
        { name: "cursor", type: "integer" },
        { name: "pattern", type: "pattern", token: "MATCH", flags: ["optional"] },
        { name: "count", type: "integer", token: "COUNT", flags: ["optional"] },
        {
          name: "novalues",
          type: "pure-token",
          token: "NOVALUES",
          since: "7.4.0",
          flags: ["optional"],
        },
      ],
      handler: (call) => scan(call, hashes),
    },
  ];
}
