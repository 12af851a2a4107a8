/** SENTINEL DEBUG: the times of a Sentinel, shown and changed, for tests. */
import type { SessionCall } from "../../session/session-call";
import type { SentinelTimes } from "../model/sentinel-model";
import type { SentinelControl } from "./sentinel-control";
import { type SentinelSpec, subcommands } from "./subcommand";

type TimeField = keyof SentinelTimes;

/** In the order in which they are shown. */
const TIMES: readonly (readonly [name: string, field: TimeField])[] = [
  ["INFO-PERIOD", "infoPeriodMs"],
  ["PING-PERIOD", "pingPeriodMs"],
  ["ASK-PERIOD", "askPeriodMs"],
  ["PUBLISH-PERIOD", "publishPeriodMs"],
  ["DEFAULT-DOWN-AFTER", "defaultDownAfterMs"],
  ["DEFAULT-FAILOVER-TIMEOUT", "defaultFailoverTimeoutMs"],
  ["TILT-TRIGGER", "tiltTriggerMs"],
  ["TILT-PERIOD", "tiltPeriodMs"],
  ["SLAVE-RECONF-TIMEOUT", "replicaReconfTimeoutMs"],
  ["MIN-LINK-RECONNECT-PERIOD", "minLinkReconnectPeriodMs"],
  ["ELECTION-TIMEOUT", "electionTimeoutMs"],
  ["SCRIPT-MAX-RUNTIME", "scriptMaxRuntimeMs"],
  ["SCRIPT-RETRY-DELAY", "scriptRetryDelayMs"],
];

export function timeCommands(control: SentinelControl): SentinelSpec[] {
  return subcommands(control, [
    {
      name: "debug",
      arity: -2,
      since: "7.0.0",
      summary: "Shows or changes the times that a Sentinel goes by.",
      complexity: "O(N) in the number of times",
      arguments: [
        {
          name: "parameter_value",
          type: "block",
          flags: ["multiple"],
          arguments: [
            { name: "parameter", type: "string" },
            { name: "value", type: "string" },
          ],
        },
      ],
      run: (call, { model }) => {
        if (call.args.count === 2) show(call, model.times);
        else change(call, model.times);
      },
    },
  ]);
}

function show({ reply }: SessionCall, times: SentinelTimes): void {
  reply.map(TIMES.length);
  for (const [name, field] of TIMES) {
    reply.bulkLatin1(name);
    reply.bulkInteger(times[field]);
  }
}

/** As in Redis those in front of a wrong one stay changed. */
function change({ args, reply }: SessionCall, times: SentinelTimes): void {
  for (let at = 2; at < args.count; at += 2) {
    const name = args.shownText(at);
    const found = TIMES.find(([known]) => known === name.toUpperCase());
    if (found === undefined || at + 1 === args.count) {
      reply.error(`ERR Unknown option or number of arguments for SENTINEL DEBUG '${name}'`);
      return;
    }
    const value = args.clampedInteger(at + 1);
    if (!(value > 0)) {
      const given = args.shownText(at + 1);
      reply.error(`ERR Invalid argument '${given}' for SENTINEL DEBUG '${name}'`);
      return;
    }
    times[found[1]] = value;
  }
  reply.ok();
}
