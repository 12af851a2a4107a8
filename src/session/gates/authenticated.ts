import { COMMAND_NO_AUTH } from "../../command/command";
import { ERR_NO_AUTH } from "../../command/error-texts";
import type { Gate } from "../../command/pipeline";
import type { SessionCall } from "../session-call";
import type { SessionContext } from "../session-context";

/** Raised on each client that has not proved who it is. The first of all gates. */
export function authenticatedGate(session: SessionContext): Gate<SessionCall> {
  return {
    name: "authenticated",
    appliesTo: (command) => !command.has(COMMAND_NO_AUTH),
    stops: (call) => {
      if (!session.authentication.isRequiredOf(call.client)) return false;
      call.reply.error(ERR_NO_AUTH);
      return true;
    },
  };
}
