import type { CommandSpec } from "../../command/spec";
import { KIND_REPLICA } from "../client";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/** MONITOR: the client is shown every command from now on. */
function monitor(call: SessionCall, session: SessionContext): void {
  const { client, reply } = call;
  if (!call.mayBlock) {
    reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
    return;
  }
  // Redis says nothing to a connection that is a stream of commands already.
  if (client.isMonitor || client.kind === KIND_REPLICA) return;
  client.gates |= session.gates.bitOf("off-keyspace");
  session.monitors.add(client);
  reply.ok();
}

export function monitorCommands(session: SessionContext): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "monitor",
      arity: 1,
      flags: ["admin", "noscript", "loading", "stale"],
      group: "server",
      since: "1.0.0",
      summary: "Shows every command that the server runs, as it runs.",
      complexity: "",
      handler: (call) => monitor(call, session),
    },
  ];
}
