import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { counterCommands } from "./commands/counters";
import { getAndChangeCommands } from "./commands/get-and-change";
import { getSetCommands } from "./commands/get-set";
import { incrementByFloatCommand } from "./commands/increment-by-float";
import { lcsCommand } from "./commands/lcs";
import { rangeCommands } from "./commands/ranges";
import { setVariantCommands } from "./commands/set-variants";
import { severalCommands } from "./commands/several";
import type { StringLimits } from "./string-limits";

/** All commands on strings. */
export function stringCommands(limits: StringLimits): readonly CommandSpec<DataCall>[] {
  return [
    ...getSetCommands(),
    ...setVariantCommands,
    ...getAndChangeCommands,
    ...severalCommands,
    ...rangeCommands(limits),
    ...counterCommands,
    incrementByFloatCommand,
    lcsCommand(limits),
  ];
}
