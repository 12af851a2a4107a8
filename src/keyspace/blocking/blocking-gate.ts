import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../data-call";
import { BLOCKING_GATE, type Blocking } from "./blocking";

/**
 * Raised for everybody while somebody waits for a key; stops nothing, and serves those whose key a
 * command has made ready. The last of all gates: the others are done with the command's arguments.
 */
export function blockingGate(blocking: Blocking): Gate<DataCall> {
  return {
    name: BLOCKING_GATE,
    appliesTo: () => true,
    ran: () => blocking.serve(),
  };
}
