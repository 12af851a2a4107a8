import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_SET } from "../../../keyspace/entry";
import {
  readScanCursor,
  readScanOptions,
  type ScanOptions,
} from "../../../keyspace/scan-arguments";
import type { EntryList } from "../../../structures/dict-walk";
import { Places } from "../places";
import { SET_TABLE } from "../set-reader";
import { replyPlaces } from "../set-reply";
import type { SetTools, SetWorkspace } from "../set-workspace";
import { KEY } from "./docs";

/**
 * SSCAN: some members of a set and a cursor with which the next call goes on.
 *
 * A member that is in the set from the first call to the last is told at least once. A row of
 * members is told as a whole.
 */

function scan(call: DataCall, { source }: SetTools, places: Places): void {
  const { reply } = call;
  const cursor = readScanCursor(call, 2);
  if (Number.isNaN(cursor)) return;
  const found = call.read(1);
  if (found === 0) {
    reply.array(2);
    reply.bulkInteger(0);
    reply.array(0);
    return;
  }
  if (call.isWrongType(found, TYPE_SET)) return;
  const options = readScanOptions(call, 3, false);
  if (options === undefined) return;
  source.openEntry(found);
  const list = places.list(Math.min(options.count, source.size));
  let next = 0;
  if (source.encoding === SET_TABLE) {
    next = source.scan(cursor, options.count, list);
  } else {
    source.start();
    while (source.next()) list.add(source.place);
  }
  keepMatching(call, options, source, list);
  reply.array(2);
  reply.bulkInteger(next);
  reply.array(list.count);
  replyPlaces(reply, source, list, 0, list.count);
}

/** Takes out of the list what does not match the pattern. */
function keepMatching(
  call: DataCall,
  options: ScanOptions,
  source: SetTools["source"],
  list: EntryList,
): void {
  if (options.matchIndex === 0) return;
  const { count } = list;
  list.clear();
  for (let i = 0; i < count; i++) {
    const place = list.refs[i];
    source.showAt(place);
    const { valueBytes, valueAt, valueLength } = source;
    if (options.matches(call.args, valueBytes, valueAt, valueLength)) list.add(place);
  }
}

export function scanCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  const places = new Places();
  return [
    {
      name: "sscan",
      arity: -3,
      flags: ["readonly"],
      group: "set",
      since: "2.8.0",
      summary: "Lists some members of a set and a cursor with which the next call goes on.",
      complexity: "O(COUNT) for a call, O(N) for a whole iteration",
      keys: [keyAt(1, "RO", "access")],
      tips: ["nondeterministic_output"],
      arguments: [
        KEY,
        { name: "cursor", type: "integer" },
        { name: "pattern", type: "pattern", token: "MATCH", flags: ["optional"] },
        { name: "count", type: "integer", token: "COUNT", flags: ["optional"] },
      ],
      handler: work.handler((call, tools) => scan(call, tools, places)),
    },
  ];
}
