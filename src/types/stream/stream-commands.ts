import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { appendCommands } from "./commands/append";
import { deleteCommands } from "./commands/delete";
import { rangeCommands } from "./commands/range";
import { readCommands } from "./commands/read";
import { setIdCommands } from "./commands/set-id";
import { StreamAccess } from "./stream-access";
import type { StreamLimits } from "./stream-limits";

/** All commands on streams. */
export function streamCommands(limits: StreamLimits): readonly CommandSpec<DataCall>[] {
  const streams = new StreamAccess(limits);
  return [
    ...appendCommands(streams),
    ...rangeCommands(streams),
    ...readCommands(streams),
    ...deleteCommands(streams),
    ...setIdCommands(streams),
  ];
}
