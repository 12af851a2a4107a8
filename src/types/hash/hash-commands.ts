import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { counterCommands } from "./commands/counters";
import { deleteCommands } from "./commands/delete";
import { expireCommands } from "./commands/expire";
import { getCommands } from "./commands/get";
import { getAllCommands } from "./commands/get-all";
import { getAndChangeCommands } from "./commands/get-and-change";
import { randomCommands } from "./commands/random";
import { scanCommands } from "./commands/scan";
import { setCommands } from "./commands/set";
import { setExpiringCommands } from "./commands/set-expiring";
import { timeToLiveCommands } from "./commands/time-to-live";
import type { FieldExpiry } from "./field-expiry";
import { HashAccess } from "./hash-access";
import type { HashLimits } from "./hash-limits";

/**
 * All commands on hashes.
 * @param expiry told of every expiry that a field is given.
 */
export function hashCommands(
  limits: HashLimits,
  expiry: Pick<FieldExpiry, "note">,
): readonly CommandSpec<DataCall>[] {
  const hashes = new HashAccess(limits, expiry);
  return [
    ...setCommands(hashes),
    ...getCommands(hashes),
    ...getAllCommands(hashes),
    ...deleteCommands(hashes),
    ...counterCommands(hashes),
    ...randomCommands(hashes),
    ...scanCommands(hashes),
    ...expireCommands(hashes),
    ...timeToLiveCommands(hashes),
    ...getAndChangeCommands(hashes),
    ...setExpiringCommands(hashes),
  ];
}
