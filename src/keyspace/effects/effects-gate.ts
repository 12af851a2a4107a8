import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../data-call";

export const EFFECTS_GATE = "effects";

/**
 * Raised while somebody takes the effects of commands; stops nothing, and passes on what has been
 * done. Also told of commands that only read: keys may expire under them.
 */
export function effectsGate(): Gate<DataCall> {
  return {
    name: EFFECTS_GATE,
    appliesTo: () => true,
    ran: (call) => call.effects.ran(call.command, call.db, true),
    // A client that has waited is served by itself; what EXEC and scripts run belongs together.
    ranWithin: (call) => call.effects.ran(call.command, call.db, call.mayBlock),
  };
}
