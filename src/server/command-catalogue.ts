import type { CommandSpec } from "../command/spec";
import { keyCommands } from "../keyspace/commands/keys";
import type { DataCall } from "../keyspace/data-call";
import { connectionCommands } from "../session/commands/connection";
import { getSetCommands } from "../types/string/commands/get-set";
import type { ServerContext } from "./server-context";

/**
 * Every command of the data node, room by room. A command that is not here does not exist. Rooms
 * whose commands need more than their call take it from the context.
 */
export function commandCatalogue(_context: ServerContext): readonly CommandSpec<DataCall>[] {
  return [...connectionCommands, ...keyCommands, ...getSetCommands];
}
