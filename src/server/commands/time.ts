import type { Clock } from "../../base/clock";
import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";

const SECOND_US = 1_000_000;

/** TIME: the server's clock, to the microsecond. */
export function timeCommands(clock: Clock): readonly CommandSpec<SessionCall>[] {
  return [
    {
      name: "time",
      arity: 1,
      flags: ["loading", "stale", "fast"],
      group: "server",
      since: "2.6.0",
      summary: "Tells the time of the server: Unix seconds, and microseconds of the second.",
      complexity: "O(1)",
      tips: ["nondeterministic_output"],
      handler: ({ reply }) => {
        const nowUs = clock.nowUs();
        reply.array(2);
        reply.bulkInteger(Math.floor(nowUs / SECOND_US));
        reply.bulkInteger(nowUs % SECOND_US);
      },
    },
  ];
}
