import { COMMAND_MAY_REPLICATE, COMMAND_WRITE } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import { KIND_REPLICA } from "../client";
import { PAUSE_NONE, PAUSE_WRITE } from "../pauses";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/**
 * Raised for everybody during a pause; puts commands off until it ends. Stands behind every gate
 * that refuses, so that an error comes at once. Replicas are never paused.
 */
export function pausedGate(session: SessionContext): Gate<SessionCall> {
  const { pauses } = session;
  return {
    name: "paused",
    appliesTo: () => true,
    stops: (call) => {
      const { client } = call;
      pauses.tick(call.nowMs);
      if (pauses.kind === PAUSE_NONE || client.kind === KIND_REPLICA || client.isMonitor) {
        return false;
      }
      const mayWrite = (call.effectiveFlags & (COMMAND_WRITE | COMMAND_MAY_REPLICATE)) !== 0;
      if (pauses.kind === PAUSE_WRITE && !mayWrite) return false;
      pauses.hold(client);
      return true;
    },
  };
}
