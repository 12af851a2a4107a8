import { globMatch } from "../../../base/glob";
import { errSubcommandSyntax } from "../../../command/error-texts";
import { replyHelp } from "../../../command/help-reply";
import type { ArgumentDoc, CommandSpec } from "../../../command/spec";
import type { SessionCall } from "../../session-call";
import type { PubSub } from "../pub-sub";
import type { Topic, Topics } from "../topics";

/** PUBSUB: what is subscribed to, and by how many. */

const HELP_LINES: readonly string[] = [
  "CHANNELS [<pattern>]",
  "    The channels that have subscribers, of those that match <pattern>.",
  "NUMPAT",
  "    How many patterns have subscribers.",
  "NUMSUB [<channel> ...]",
  "    Of each channel given, how many subscribe to it; patterns do not count.",
  "SHARDCHANNELS [<pattern>]",
  "    The shard channels that have subscribers, of those that match <pattern>.",
  "SHARDNUMSUB [<shardchannel> ...]",
  "    Of each shard channel given, how many subscribe to it.",
];

function listTopics(call: SessionCall, topics: Topics): void {
  const { args, reply } = call;
  if (args.count > 3) {
    reply.error(errSubcommandSyntax(args.shownText(1), "pubsub"));
    return;
  }
  const found: Topic[] = [];
  for (const topic of topics.all()) {
    if (args.count === 2 || matchesPattern(call, topic)) found.push(topic);
  }
  reply.array(found.length);
  for (const { name } of found) reply.bulk(name, 0, name.length);
}

function matchesPattern({ args }: SessionCall, { name }: Topic): boolean {
  return globMatch(args.input, args.offset(2), args.length(2), name, 0, name.length, false);
}

function countSubscribers(call: SessionCall, topics: Topics): void {
  const { args, reply } = call;
  reply.array((args.count - 2) * 2);
  for (let index = 2; index < args.count; index++) {
    const at = args.offset(index);
    const length = args.length(index);
    reply.bulk(args.input, at, length);
    reply.integer(topics.find(args.input, at, length)?.subscribers.size ?? 0);
  }
}

const COMMON = {
  arity: -2,
  flags: ["pubsub", "loading", "stale"],
  group: "pubsub",
} as const;
const PATTERN: ArgumentDoc = { name: "pattern", type: "pattern", flags: ["optional"] };

function subcommands(pubSub: PubSub): readonly CommandSpec<SessionCall>[] {
  return [
    {
      ...COMMON,
      name: "channels",
      since: "2.8.0",
      summary: "Lists channels that have subscribers.",
      complexity: "O(N) where N is the number of channels that have subscribers.",
      arguments: [PATTERN],
      handler: (call) => listTopics(call, pubSub.channels),
    },
    {
      ...COMMON,
      name: "numpat",
      arity: 2,
      since: "2.8.0",
      summary: "Counts the patterns that have subscribers.",
      complexity: "O(1)",
      handler: (call) => call.reply.integer(pubSub.patterns.count),
    },
    {
      ...COMMON,
      name: "numsub",
      since: "2.8.0",
      summary: "Counts the subscribers of channels.",
      complexity: "O(N) where N is the number of channels asked about.",
      arguments: [{ name: "channel", type: "string", flags: ["optional", "multiple"] }],
      handler: (call) => countSubscribers(call, pubSub.channels),
    },
    {
      ...COMMON,
      name: "shardchannels",
      since: "7.0.0",
      summary: "Lists shard channels that have subscribers.",
      complexity: "O(N) where N is the number of shard channels that have subscribers.",
      arguments: [PATTERN],
      handler: (call) => listTopics(call, pubSub.shardChannels),
    },
    {
      ...COMMON,
      name: "shardnumsub",
      since: "7.0.0",
      summary: "Counts the subscribers of shard channels.",
      complexity: "O(N) where N is the number of shard channels asked about.",
      arguments: [{ name: "shardchannel", type: "string", flags: ["optional", "multiple"] }],
      handler: (call) => countSubscribers(call, pubSub.shardChannels),
    },
    {
      name: "help",
      arity: 2,
      flags: ["loading", "stale"],
      group: "pubsub",
      since: "6.2.0",
      summary: "Explains the subcommands.",
      complexity: "O(1)",
      handler: (call) => replyHelp(call, HELP_LINES),
    },
  ];
}

export function pubSubCommand(pubSub: PubSub): CommandSpec<SessionCall> {
  return {
    name: "pubsub",
    arity: -2,
    flags: [],
    group: "pubsub",
    since: "2.8.0",
    summary: "Holds the commands that look at subscriptions.",
    complexity: "Depends on subcommand.",
    subcommands: subcommands(pubSub),
  };
}
