import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { acknowledgeCommands } from "./commands/acknowledge";
import { appendCommands } from "./commands/append";
import { autoClaimCommands } from "./commands/auto-claim";
import { claimCommands } from "./commands/claim";
import { deleteCommands } from "./commands/delete";
import { deleteReferencedCommands } from "./commands/delete-referenced";
import { groupCommands } from "./commands/group";
import { infoCommands } from "./commands/info";
import { pendingCommands } from "./commands/pending";
import { rangeCommands } from "./commands/range";
import { readCommands } from "./commands/read";
import { readGroupCommands } from "./commands/read-group";
import { setIdCommands } from "./commands/set-id";
import { GroupAccess } from "./groups/group-access";
import { StreamAccess } from "./stream-access";
import type { StreamLimits } from "./stream-limits";

/** All commands on streams. */
export function streamCommands(limits: StreamLimits): readonly CommandSpec<DataCall>[] {
  const streams = new StreamAccess(limits);
  const groups = new GroupAccess(streams);
  return [
    ...appendCommands(streams),
    ...rangeCommands(streams),
    ...readCommands(streams),
    ...deleteCommands(streams),
    ...setIdCommands(streams),
    ...groupCommands(groups),
    ...readGroupCommands(groups),
    ...acknowledgeCommands(groups),
    ...pendingCommands(groups),
    ...claimCommands(groups),
    ...autoClaimCommands(groups),
    ...deleteReferencedCommands(groups),
    ...infoCommands(groups),
  ];
}
