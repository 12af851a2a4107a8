import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { counterCommands } from "./commands/counters";
import { deleteCommands } from "./commands/delete";
import { getCommands } from "./commands/get";
import { getAllCommands } from "./commands/get-all";
import { randomCommands } from "./commands/random";
import { scanCommands } from "./commands/scan";
import { setCommands } from "./commands/set";
import { HashAccess } from "./hash-access";
import type { HashLimits } from "./hash-limits";

/** All commands on hashes. */
export function hashCommands(limits: HashLimits): readonly CommandSpec<DataCall>[] {
  const hashes = new HashAccess(limits);
  return [
    ...setCommands(hashes),
    ...getCommands(hashes),
    ...getAllCommands(hashes),
    ...deleteCommands(hashes),
    ...counterCommands(hashes),
    ...randomCommands(hashes),
    ...scanCommands(hashes),
  ];
}
