import { COMMAND_PUBSUB, COMMAND_READONLY } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../data-call";
import type { Tracking } from "./tracking";

export const TRACKING_GATE = "tracking";

/** Commands that read what they do not name: what a script reads is remembered call by call. */
const SCRIPTS: ReadonlySet<string> = new Set(["eval_ro", "evalsha_ro", "fcall_ro"]);

/** Raised on each client that tracks what it reads; stops nothing, and remembers what it has read. */
export function trackingGate(tracking: Tracking): Gate<DataCall> {
  return {
    name: TRACKING_GATE,
    appliesTo: (command) =>
      command.has(COMMAND_READONLY) &&
      !command.has(COMMAND_PUBSUB) &&
      command.keys.exist &&
      !SCRIPTS.has(command.fullName),
    ran: (call) => tracking.remember(call),
    ranWithin: (call) => tracking.remember(call),
  };
}
