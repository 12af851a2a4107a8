import { equalsIgnoreCase, latin1Bytes } from "../../base/bytes";
import type { CommandSpec } from "../../command/spec";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import { EntryList, forEachEntry, scanBucket } from "../../structures/dict-walk";
import type { DataCall } from "../data-call";
import { keyLengthOf, keyStartOf } from "../entry";
import { replyKeys } from "../key-reply";
import { matchesAll, readScanCursor, readScanOptions, ScanOptions } from "../scan-arguments";

/**
 * KEYS and SCAN. Both collect refs of entries before the first byte of the reply is written, because
 * an array begins with its length and the reply may be longer than the output memory.
 */

/** Empty buckets that a SCAN steps over, for each element asked for, before it answers. */
const BUCKETS_PER_COUNT = 10;
const MOST_SCRATCH = 10_000;

function keys(call: DataCall): void {
  const { keyspace, args } = call;
  const options = new ScanOptions();
  options.matchIndex = matchesAll(args, 1) ? 0 : 1;
  // Not the keyspace's scratch, which would keep its size for good.
  const found = new EntryList();
  forEachEntry(keyspace.memory, call.db.dict.ref, (entry) => {
    if (keyMatches(call, options, entry) && !keyspace.isExpired(entry)) found.add(entry);
  });
  replyKeys(call, found);
}

function scan(call: DataCall): void {
  const { keyspace, db, reply } = call;
  let cursor = readScanCursor(call, 1);
  if (Number.isNaN(cursor)) return;
  const options = readScanOptions(call, 2, true);
  if (options === undefined) return;
  // The keyspace's scratch would keep the size of the largest COUNT for good.
  const found = options.count > MOST_SCRATCH ? new EntryList() : keyspace.scratch.clear();
  let bucketsLeft = options.count * BUCKETS_PER_COUNT;
  do {
    cursor = scanBucket(keyspace.memory, db.dict, cursor, found);
  } while (cursor !== 0 && bucketsLeft-- > 0 && found.count < options.count);
  keepWanted(call, options, found);
  reply.array(2);
  reply.bulkInteger(cursor);
  replyKeys(call, found);
}

/** Takes out of the list what is not asked for or has expired; the latter is removed for good. */
function keepWanted(call: DataCall, options: ScanOptions, found: EntryList): void {
  const { keyspace, db } = call;
  const typeName = options.typeIndex === 0 ? undefined : call.args.shownText(options.typeIndex);
  const type = typeName === undefined ? undefined : latin1Bytes(typeName.toLowerCase());
  const { count } = found;
  found.clear();
  for (let i = 0; i < count; i++) {
    const entry = found.refs[i];
    if (!keyMatches(call, options, entry)) continue;
    if (keyspace.isExpired(entry)) {
      if (!keyspace.removesExpired) continue;
      db.dict.locate(entry);
      keyspace.expireFound(db, entry);
    } else if (type === undefined || hasType(call, entry, type)) {
      found.add(entry);
    }
  }
}

function hasType(call: DataCall, entry: number, lowerName: Uint8Array): boolean {
  const name = latin1Bytes(call.keyspace.typeOf(entry).name);
  return equalsIgnoreCase(name, 0, name.length, lowerName);
}

function keyMatches(call: DataCall, options: ScanOptions, entry: number): boolean {
  const { memory } = call.keyspace;
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  const start = keyStartOf(memory, entry);
  return options.matches(call.args, bytes, start, keyLengthOf(memory, entry));
}

export const iterateCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "keys",
    arity: 2,
    flags: ["readonly"],
    group: "generic",
    since: "1.0.0",
    summary: "Lists all keys that match a pattern.",
    complexity: "O(N) in the number of keys of the database; nothing else is served meanwhile",
    categories: ["keyspace", "dangerous"],
    tips: ["request_policy:all_shards", "nondeterministic_output_order"],
    arguments: [{ name: "pattern", type: "pattern" }],
    handler: keys,
  },
  {
    name: "scan",
    arity: -2,
    flags: ["readonly"],
    group: "generic",
    since: "2.8.0",
    summary: "Lists some keys and a cursor with which the next call goes on.",
    complexity: "O(COUNT) for a call, O(N) for a whole iteration",
    history: [["6.0.0", "Added `TYPE`."]],
    categories: ["keyspace"],
    tips: ["nondeterministic_output", "request_policy:special"],
    arguments: [
      { name: "cursor", type: "integer" },
      { name: "pattern", type: "pattern", token: "MATCH", flags: ["optional"] },
      { name: "count", type: "integer", token: "COUNT", flags: ["optional"] },
      { name: "type", type: "string", token: "TYPE", since: "6.0.0", flags: ["optional"] },
    ],
    handler: scan,
  },
];
