import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";
import { helpCommand } from "./client/help";
import { identityCommands } from "./client/identity";
import { killCommands } from "./client/kill";
import { listCommands } from "./client/list";
import { switchCommands } from "./client/switches";
import { trafficCommands } from "./client/traffic";

/**
 * CLIENT: a container; the work is done by its subcommands, in files by what they are about.
 * @param more subcommands that the role adds.
 */
export function clientCommand(
  session: SessionContext,
  more: readonly CommandSpec<SessionCall>[],
): CommandSpec<SessionCall> {
  return {
    name: "client",
    arity: -2,
    flags: [],
    group: "connection",
    since: "2.4.0",
    summary: "Holds the commands about connections.",
    complexity: "Depends on subcommand.",
    subcommands: [
      ...identityCommands,
      ...listCommands(session),
      ...killCommands(session),
      ...trafficCommands(session),
      ...switchCommands,
      ...more,
      helpCommand,
    ],
  };
}
