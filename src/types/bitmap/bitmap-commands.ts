import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import type { BitOperations } from "../../native/bit-operations";
import type { StringLimits } from "../string/string-limits";
import { bitCommands } from "./commands/bits";
import { combineCommand } from "./commands/combine";
import { fieldCommands } from "./commands/field";
import { searchCommands } from "./commands/search";

/** All commands on the bits of strings. Bitmaps are no type of their own: they are strings. */
export function bitmapCommands(
  limits: StringLimits,
  bits: BitOperations,
): readonly CommandSpec<DataCall>[] {
  return [
    ...bitCommands(limits),
    ...searchCommands(bits),
    combineCommand(bits),
    ...fieldCommands(limits),
  ];
}
