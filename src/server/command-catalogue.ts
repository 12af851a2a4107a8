import { commandCommands } from "../command/command-info/command-commands";
import type { CommandSpec } from "../command/spec";
import type { Config } from "../config/config";
import { memoryCommands } from "../introspection/memory/memory-commands";
import { keyspaceCommands } from "../keyspace/commands/keyspace-commands";
import { selectCommands } from "../keyspace/commands/select";
import type { DataCall } from "../keyspace/data-call";
import { sessionCommands } from "../session/session-commands";
import { stringCommands } from "../types/string/string-commands";
import { StringLimits } from "../types/string/string-limits";
import { infoCommands } from "./info/info-command";
import type { ServerContext } from "./server-context";

/**
 * Every command of the data node, room by room. A command that is not here does not exist. Rooms
 * whose commands need more than their call take it from the context.
 */
export function commandCatalogue(context: ServerContext): readonly CommandSpec<DataCall>[] {
  return [
    ...commandCommands(context.tableHolder),
    ...sessionCommands(context.session),
    ...selectCommands,
    ...keyspaceCommands,
    ...stringCommands(stringLimits(context.session.config)),
    ...infoCommands(context.infoSections),
    ...memoryCommands(context.memoryReport),
  ];
}

/** The longest string, following CONFIG SET proto-max-bulk-len. */
function stringLimits(config: Config): StringLimits {
  const limits = new StringLimits(config.number("proto-max-bulk-len"));
  config.onChange("proto-max-bulk-len", () => {
    limits.maxBulkBytes = config.number("proto-max-bulk-len");
    return undefined;
  });
  return limits;
}
