/** What an RDB file says of replication, as text, read strictly: whatever is odd means nothing. */
import { latin1Bytes } from "../../base/bytes";
import { parseSafeInteger } from "../../base/int64";
import { isReplicationId } from "../decisions/history";
import type { SavedReplication } from "../decisions/replication-state";

/** The place in a history that the file names, if it names a whole one. */
export function savedPlaceOf(
  facts: ReadonlyMap<string, string>,
  databases: number,
): SavedReplication | undefined {
  const id = facts.get("repl-id") ?? "";
  const offset = naturalIn(facts.get("repl-offset") ?? "");
  const streamDb = databaseIn(facts.get("repl-stream-db") ?? "", databases);
  if (!isReplicationId(id) || offset === undefined || streamDb === undefined) return undefined;
  return { id, offset, streamDb };
}

export function databaseIn(text: string, databases: number): number | undefined {
  const db = naturalIn(text);
  return db !== undefined && db < databases ? db : undefined;
}

function naturalIn(text: string): number | undefined {
  const value = parseSafeInteger(latin1Bytes(text), 0, text.length);
  return value >= 0 ? value : undefined;
}
