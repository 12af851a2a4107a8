import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { blockingCommands } from "./commands/blocking";
import { changeCommands } from "./commands/change";
import { moveCommands } from "./commands/move";
import { popCommands } from "./commands/pop";
import { positionCommand } from "./commands/position";
import { pushCommands } from "./commands/push";
import { readCommands } from "./commands/read";
import type { ListLimits } from "./list-limits";
import { ListRooms } from "./list-room";

/** All commands on lists. */
export function listCommands(limits: ListLimits): readonly CommandSpec<DataCall>[] {
  const rooms = new ListRooms(limits);
  return [
    ...pushCommands(rooms),
    ...popCommands(rooms),
    ...readCommands(rooms),
    ...changeCommands(rooms),
    ...moveCommands(rooms),
    positionCommand(rooms),
    ...blockingCommands(rooms),
  ];
}
