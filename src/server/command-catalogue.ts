import type { CommandSpec } from "../command/spec";
import { keyCommands } from "../keyspace/commands/keys";
import type { DataCall } from "../keyspace/data-call";
import { connectionCommands } from "../session/commands/connection";
import { getSetCommands } from "../types/string/commands/get-set";

/** Every command of the data node, room by room. A command that is not here does not exist. */
export const commandCatalogue: readonly CommandSpec<DataCall>[] = [
  ...connectionCommands,
  ...keyCommands,
  ...getSetCommands,
];
