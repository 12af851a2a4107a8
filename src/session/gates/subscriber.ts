import type { Gate } from "../../command/pipeline";
import type { SessionCall } from "../session-call";

/** What a subscriber may say in RESP2, where all that it is sent must look like a message. */
const ALLOWED: ReadonlySet<string> = new Set([
  "subscribe",
  "psubscribe",
  "ssubscribe",
  "unsubscribe",
  "punsubscribe",
  "sunsubscribe",
  "ping",
  "quit",
  "reset",
]);

/** Raised on each client with a subscription. In RESP3 messages are told apart: all is allowed. */
export function subscriberGate(): Gate<SessionCall> {
  return {
    name: "subscriber",
    appliesTo: (command) => !ALLOWED.has(command.fullName),
    stops: (call) => {
      const { client, command, reply } = call;
      if (client.resp3) return false;
      reply.error(
        `ERR Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / ` +
          "PING / QUIT / RESET are allowed in this context",
      );
      return true;
    },
  };
}
