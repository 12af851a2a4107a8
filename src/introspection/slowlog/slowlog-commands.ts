import { errSubcommandSyntax } from "../../command/error-texts";
import { replyHelp } from "../../command/help-reply";
import type { CommandSpec } from "../../command/spec";
import type { SessionCall } from "../../session/session-call";
import type { Slowlog, SlowlogEntry } from "./slowlog";

/** SLOWLOG: GET, LEN, RESET, HELP. */

const ERR_COUNT = "ERR count should be greater than or equal to -1";
const SHOWN_BY_DEFAULT = 10;
const ENTRY_FIELDS = 6;

const HELP_LINES = [
  "GET [<count>]",
  "    The newest entries (10 of them, or <count>; -1 for all), newest first. Each has an id, the",
  "    time in seconds, the duration in microseconds, the arguments, and the client's address and",
  "    name.",
  "LEN",
  "    The number of entries.",
  "RESET",
  "    Forget all entries.",
];

export function slowlogCommands(slowlog: Slowlog): readonly CommandSpec<SessionCall>[] {
  const part = (
    name: string,
    arity: number,
    summary: string,
    complexity: string,
    handler: (call: SessionCall) => void,
    more: Partial<CommandSpec<SessionCall>>,
  ): CommandSpec<SessionCall> => ({
    name,
    arity,
    flags: ["admin", "loading", "stale"],
    group: "server",
    since: "2.2.12",
    summary,
    complexity,
    handler,
    ...more,
  });
  const get = (call: SessionCall): void => replyEntries(call, slowlog);
  const length = (call: SessionCall): void => call.reply.integer(slowlog.length);
  const help = (call: SessionCall): void => replyHelp(call, HELP_LINES);
  const reset = (call: SessionCall): void => {
    slowlog.reset();
    call.reply.ok();
  };
  return [
    {
      name: "slowlog",
      arity: -2,
      flags: [],
      group: "server",
      since: "2.2.12",
      summary: "Tells of slow commands.",
      complexity: "Depends on the subcommand.",
      subcommands: [
        part("get", -2, "Gives the newest entries.", "O(N) in the entries answered", get, {
          tips: ["request_policy:all_nodes", "nondeterministic_output"],
          arguments: [{ name: "count", type: "integer", flags: ["optional"] }],
          history: [["4.0.0", "Tells address and name of the client."]],
        }),
        part("help", 2, "Explains the subcommands.", "O(1)", help, {
          flags: ["loading", "stale"],
          since: "6.2.0",
        }),
        part("len", 2, "Gives the number of entries.", "O(1)", length, {
          tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
        }),
        part("reset", 2, "Forgets all entries.", "O(N) in the number of entries", reset, {
          tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
        }),
      ],
    },
  ];
}

function replyEntries(call: SessionCall, slowlog: Slowlog): void {
  const { args, reply } = call;
  if (args.count > 3) {
    reply.error(errSubcommandSyntax(args.shownText(1), "slowlog"));
    return;
  }
  const wanted = args.count === 3 ? args.clampedInteger(2) : SHOWN_BY_DEFAULT;
  if (!(wanted >= -1)) {
    reply.error(ERR_COUNT);
    return;
  }
  const count = wanted === -1 ? slowlog.length : Math.min(wanted, slowlog.length);
  reply.array(count);
  for (let n = 0; n < count; n++) {
    const entry = slowlog.at(n);
    if (entry !== undefined) replyEntry(call, entry);
  }
}

function replyEntry(call: SessionCall, entry: SlowlogEntry): void {
  const { reply } = call;
  reply.array(ENTRY_FIELDS);
  reply.integer(entry.id);
  reply.integer(entry.timeSeconds);
  reply.integer(entry.durationUs);
  reply.array(entry.args.length);
  for (const argument of entry.args) reply.bulk(argument, 0, argument.length);
  reply.bulkLatin1(entry.address);
  reply.bulkLatin1(entry.clientName);
}
