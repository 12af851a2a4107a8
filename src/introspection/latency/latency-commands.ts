import type { Clock } from "../../base/clock";
import type { Call } from "../../command/call";
import type { Command } from "../../command/command";
import { replyHelp } from "../../command/help-reply";
import type { ArgumentDoc, CommandFlag, CommandSpec } from "../../command/spec";
import type { TableHolder } from "../../command/table-holder";
import { latencyDoctorReport } from "./latency-doctor";
import { latencyGraph } from "./latency-graph";
import { replyHistograms } from "./latency-histograms";
import type { LatencyMonitor } from "./latency-monitor";

/** LATENCY: DOCTOR, GRAPH, HELP, HISTOGRAM, HISTORY, LATEST, RESET. */

const HELP_LINES = [
  "DOCTOR",
  "    What the spikes of latency say, in figures and advice.",
  "GRAPH <event>",
  "    The spikes of an event as a drawing.",
  "HISTORY <event>",
  "    Time and duration of the spikes of an event.",
  "LATEST",
  "    The last and the worst spike of every event.",
  "RESET [<event> ...]",
  "    Forget the spikes of events (all of them when none is named).",
  "HISTOGRAM [COMMAND ...]",
  "    How many calls of each command took up to how many microseconds.",
];

const LATEST_FIELDS = 4;
const FLAGS: readonly CommandFlag[] = ["admin", "noscript", "loading", "stale"];
const TIPS = ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];
const EVENT: readonly ArgumentDoc[] = [{ name: "event", type: "string" }];
const EVENTS: readonly ArgumentDoc[] = [
  { name: "event", type: "string", flags: ["optional", "multiple"] },
];
const COMMANDS: readonly ArgumentDoc[] = [
  { name: "command", type: "string", flags: ["optional", "multiple"] },
];

export interface LatencyParts {
  readonly monitor: LatencyMonitor;
  readonly clock: Clock;
  readonly tableHolder: TableHolder;
}

export function latencyCommands(parts: LatencyParts): readonly CommandSpec<Call>[] {
  const { monitor, clock, tableHolder } = parts;
  const nowSeconds = (): number => Math.floor(clock.nowMs() / 1000);
  const part = (
    name: string,
    arity: number,
    summary: string,
    handler: (call: Call) => void,
    more: Partial<CommandSpec<Call>> = {},
  ): CommandSpec<Call> => ({
    name,
    arity,
    flags: FLAGS,
    group: "server",
    since: "2.8.13",
    summary,
    complexity: "O(1)",
    tips: TIPS,
    handler,
    ...more,
  });
  const doctor = ({ reply }: Call): void => {
    const { histories, thresholdMs } = monitor;
    reply.verbatim("txt", latencyDoctorReport(histories, thresholdMs, nowSeconds()));
  };
  const graph = (call: Call): void => replyGraph(call, monitor, nowSeconds());
  const history = (call: Call): void => replyHistory(call, monitor);
  const latest = (call: Call): void => replyLatest(call, monitor);
  const reset = (call: Call): void => resetEvents(call, monitor);
  const histogram = (call: Call): void => replyHistograms(call, namedCommands(call, tableHolder));
  const help = (call: Call): void => replyHelp(call, HELP_LINES);
  return [
    {
      name: "latency",
      arity: -2,
      flags: [],
      group: "server",
      since: "2.8.13",
      summary: "Tells of latency: spikes, and how long commands take.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        part("doctor", 2, "Explains the spikes there were.", doctor),
        part("graph", 3, "Draws the spikes of an event.", graph, { arguments: EVENT }),
        part("help", 2, "Explains the subcommands.", help, {
          flags: ["loading", "stale"],
          tips: [],
        }),
        part("histogram", -2, "Tells how long calls of commands took.", histogram, {
          since: "7.0.0",
          complexity: "O(N) in the number of commands answered",
          arguments: COMMANDS,
        }),
        part("history", 3, "Gives the spikes of an event.", history, { arguments: EVENT }),
        part("latest", 2, "Gives the last spike of every event.", latest),
        part("reset", -2, "Forgets the spikes of events.", reset, {
          tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
          arguments: EVENTS,
        }),
      ],
    },
  ];
}

function replyGraph(call: Call, monitor: LatencyMonitor, nowSeconds: number): void {
  const { args, reply } = call;
  const history = monitor.historyOf(args.text(2));
  if (history === undefined) {
    reply.error(`ERR No samples available for event '${args.shownText(2)}'`);
  } else {
    reply.verbatim("txt", latencyGraph(history, nowSeconds));
  }
}

function replyHistory({ args, reply }: Call, monitor: LatencyMonitor): void {
  const spikes = monitor.historyOf(args.text(2))?.spikes ?? [];
  reply.array(spikes.length);
  for (const { timeSeconds, durationMs } of spikes) {
    reply.array(2);
    reply.integer(timeSeconds);
    reply.integer(durationMs);
  }
}

function replyLatest({ reply }: Call, monitor: LatencyMonitor): void {
  const { histories } = monitor;
  reply.array(histories.length);
  for (const { event, spikes, worstMs } of histories) {
    const last = spikes[spikes.length - 1];
    reply.array(LATEST_FIELDS);
    reply.bulkLatin1(event);
    reply.integer(last.timeSeconds);
    reply.integer(last.durationMs);
    reply.integer(worstMs);
  }
}

function resetEvents({ args, reply }: Call, monitor: LatencyMonitor): void {
  const named = Array.from({ length: args.count - 2 }, (_, i) => args.text(i + 2));
  const events = named.length === 0 ? monitor.histories.map(({ event }) => event) : named;
  reply.integer(events.filter((event) => monitor.reset(event)).length);
}

/** The commands that are named, each with its subcommands; all when none is. */
function namedCommands({ args }: Call, { table }: TableHolder): Command<never>[] {
  if (args.count === 2) return [...table.all()];
  const commands: Command<never>[] = [];
  for (let i = 2; i < args.count; i++) {
    const command = table.findFull(args.text(i));
    if (command !== undefined) commands.push(command, ...(command.subcommands?.all() ?? []));
  }
  return commands;
}
