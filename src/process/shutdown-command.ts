import { ERR_SYNTAX } from "../command/error-texts";
import type { CommandSpec } from "../command/spec";
import {
  SHUTDOWN_FORCE,
  SHUTDOWN_NOSAVE,
  SHUTDOWN_NOW,
  SHUTDOWN_SAVE,
} from "../config/special/shutdown-words";
import type { SessionCall } from "../session/session-call";
import type { SessionContext } from "../session/session-context";
import type { Shutdown } from "./shutdown";

const WORDS: ReadonlyMap<string, number> = new Map([
  ["save", SHUTDOWN_SAVE],
  ["nosave", SHUTDOWN_NOSAVE],
  ["now", SHUTDOWN_NOW],
  ["force", SHUTDOWN_FORCE],
]);

const ERR_REFUSED = "ERR Errors trying to SHUTDOWN. Check logs.";

/** SHUTDOWN: who asks gets no answer when it works, only the end of the connection. */
export function shutdownCommands(
  shutdown: Shutdown,
  session: SessionContext,
): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "shutdown",
      arity: -1,
      flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"],
      group: "server",
      since: "1.0.0",
      summary: "Saves the data set, if it is to be saved, and ends the server.",
      complexity: "O(N) in the number of keys when it saves, else O(1)",
      history: [["7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers."]],
      arguments: [
        {
          name: "nosave_save",
          type: "oneof",
          flags: ["optional"],
          arguments: [
            { name: "nosave", type: "pure-token", token: "NOSAVE" },
            { name: "save", type: "pure-token", token: "SAVE" },
          ],
        },
        { name: "now", type: "pure-token", token: "NOW", since: "7.0.0", flags: ["optional"] },
        { name: "force", type: "pure-token", token: "FORCE", since: "7.0.0", flags: ["optional"] },
        { name: "abort", type: "pure-token", token: "ABORT", since: "7.0.0", flags: ["optional"] },
      ],
      handler: (call) => run(call, shutdown, session),
    },
  ];
}

function run(call: SessionCall, shutdown: Shutdown, session: SessionContext): void {
  const { args, reply } = call;
  let flags = 0;
  let aborts = false;
  for (let i = 1; i < args.count; i++) {
    const word = args.text(i).toLowerCase();
    const flag = WORDS.get(word);
    if (flag !== undefined) flags |= flag;
    else if (word === "abort") aborts = true;
    else {
      reply.error(ERR_SYNTAX);
      return;
    }
  }
  const savesAndNot = (flags & SHUTDOWN_SAVE) !== 0 && (flags & SHUTDOWN_NOSAVE) !== 0;
  if (savesAndNot || (aborts && flags !== 0)) {
    reply.error(ERR_SYNTAX);
    return;
  }
  if (aborts) {
    if (shutdown.abort()) reply.ok();
    else reply.error("ERR No shutdown in progress.");
  } else if (!shutdown.request(flags)) {
    reply.error(ERR_REFUSED);
  } else if (shutdown.isWaiting) {
    wait(call, shutdown, session);
  }
}

/** Who asked is held until the end, or told that there will be none. */
function wait(call: SessionCall, shutdown: Shutdown, { turns }: SessionContext): void {
  const { client } = call;
  call.hasBlocked = true;
  turns.hold(client, false);
  shutdown.whenRefused(() => {
    if (client.closing) return;
    turns.answering(client, () => call.reply.error(ERR_REFUSED));
    turns.resume(client);
  });
}
