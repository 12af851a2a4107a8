import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { compareCommands } from "./commands/compare";
import { counterCommands } from "./commands/counters";
import { getAndChangeCommands } from "./commands/get-and-change";
import { getSetCommands } from "./commands/get-set";
import { incrementAndExpireCommand } from "./commands/increment-and-expire";
import { incrementByFloatCommand } from "./commands/increment-by-float";
import { lcsCommand } from "./commands/lcs";
import { rangeCommands } from "./commands/ranges";
import { setSeveralWithOptionsCommand } from "./commands/set-several-with-options";
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
    setSeveralWithOptionsCommand(),
    ...rangeCommands(limits),
    ...counterCommands,
    incrementByFloatCommand,
    incrementAndExpireCommand,
    ...compareCommands,
    lcsCommand(limits),
  ];
}
