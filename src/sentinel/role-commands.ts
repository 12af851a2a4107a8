import { latin1Text } from "../base/bytes";
import { commandCommands } from "../command/command-info/command-commands";
import type { CommandSpec } from "../command/spec";
import type { TableHolder } from "../command/table-holder";
import { infoCommands } from "../process/info/info-command";
import type { InfoSection } from "../process/info/info-section";
import { ROLE_SPEC } from "../process/role-spec";
import type { Shutdown } from "../process/shutdown";
import { shutdownCommands } from "../process/shutdown-command";
import type { SessionCall } from "../session/session-call";
import { sessionCommands } from "../session/session-commands";
import type { SessionContext } from "../session/session-context";
import type { SentinelEvent } from "./model/sentinel-event";
import type { SentinelModel } from "./model/sentinel-model";

export interface RoleCommandParts {
  readonly tableHolder: TableHolder;
  readonly session: SessionContext;
  readonly sections: readonly InfoSection[];
  readonly shutdown: Shutdown;
  readonly model: SentinelModel;
  readonly handle: (event: SentinelEvent) => void;
  /** SENTINEL with its subcommands. */
  readonly sentinel: readonly CommandSpec<SessionCall>[];
}

const HELLO_CHANNEL = "__sentinel__:hello";
const ERR_HELLO_ONLY = "ERR Only HELLO messages are accepted by Sentinel instances.";
/** A hello has about 150 bytes; what is much longer is none. */
const MAX_HELLO_BYTES = 64 * 1024;

/** What a Sentinel answers of what every process of this program can; as Redis 7.0. */
const SESSION_COMMANDS: ReadonlySet<string> = new Set([
  "auth",
  "client",
  "hello",
  "ping",
  "psubscribe",
  "publish",
  "punsubscribe",
  "subscribe",
  "unsubscribe",
]);

/** Every command of a Sentinel. A command that is not here does not exist. */
export function roleCommands(parts: RoleCommandParts): readonly CommandSpec<SessionCall>[] {
  const { tableHolder, session, sections, shutdown, model } = parts;
  return [
    ...commandCommands(tableHolder),
    ...sessionCommands(session)
      .filter(({ name }) => SESSION_COMMANDS.has(name))
      .map((spec) => (spec.name === "publish" ? { ...spec, handler: publishTo(parts) } : spec)),
    ...infoCommands(sections, "string"),
    ...shutdownCommands(shutdown, session),
    roleCommand(model),
    ...parts.sentinel,
  ];
}

/** PUBLISH is how another Sentinel says hello to this one: nobody gets the message. */
function publishTo({ handle }: RoleCommandParts): (call: SessionCall) => void {
  return ({ args, reply }) => {
    const { input } = args;
    if (latin1Text(input, args.offset(1), args.length(1)) !== HELLO_CHANNEL) {
      reply.error(ERR_HELLO_ONLY);
      return;
    }
    if (args.length(2) <= MAX_HELLO_BYTES) {
      const text = latin1Text(input, args.offset(2), args.length(2));
      handle({ kind: "hello", link: undefined, text });
    }
    reply.integer(1);
  };
}

function roleCommand(model: SentinelModel): CommandSpec<SessionCall> {
  return {
    ...ROLE_SPEC,
    summary: "Tells the role of this process, and the masters that it watches.",
    handler: ({ reply }) => {
      reply.array(2);
      reply.bulkText("sentinel");
      reply.array(model.masters.size);
      for (const name of model.masters.keys()) reply.bulkLatin1(name);
    },
  };
}
