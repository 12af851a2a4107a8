import type { CommandSpec } from "../command/spec";
import { authenticateCommands } from "./commands/authenticate";
import { clientCommand } from "./commands/client";
import { connectionCommands } from "./commands/connection";
import { monitorCommands } from "./commands/monitor";
import { publishCommands } from "./pubsub/commands/publish";
import { pubSubCommand } from "./pubsub/commands/pubsub";
import { subscribeCommands } from "./pubsub/commands/subscribe";
import type { SessionCall } from "./session-call";
import type { SessionContext } from "./session-context";

/**
 * Every command of the session: what both roles answer.
 * @param ofClient subcommands of CLIENT that the role adds.
 */
export function sessionCommands(
  session: SessionContext,
  ofClient: readonly CommandSpec<SessionCall>[] = [],
): readonly CommandSpec<SessionCall>[] {
  return [
    ...connectionCommands(session),
    ...authenticateCommands(session),
    clientCommand(session, ofClient),
    ...monitorCommands(session),
    ...subscribeCommands(session.pubSub),
    ...publishCommands(session.pubSub),
    pubSubCommand(session.pubSub),
  ];
}
