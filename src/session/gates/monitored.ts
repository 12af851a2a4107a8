import { COMMAND_ADMIN, COMMAND_SKIP_MONITOR } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import { sourceOf } from "../monitors";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/**
 * Raised for everybody while somebody watches; stops nothing and shows what has been run. The last
 * of all gates. Administrative commands are not shown: they may hold secrets.
 */
export function monitoredGate(session: SessionContext): Gate<SessionCall> {
  return {
    name: "monitored",
    appliesTo: (command) => !command.has(COMMAND_SKIP_MONITOR | COMMAND_ADMIN),
    ran: (call) => session.monitors.feed(call, sourceOf(call.client)),
  };
}
