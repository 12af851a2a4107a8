import { type CommandSpec, keyAt } from "../../../command/spec";
import type { SessionCall } from "../../session-call";
import type { PubSub } from "../pub-sub";

/** PUBLISH and SPUBLISH. The reply counts deliveries, so a client may be counted several times. */

function publish(call: SessionCall, pubSub: PubSub): void {
  const { args, reply } = call;
  const { input } = args;
  const at = args.offset(1);
  const textAt = args.offset(2);
  reply.integer(pubSub.publish(reply, input, at, args.length(1), input, textAt, args.length(2)));
}

function publishToShard(call: SessionCall, pubSub: PubSub): void {
  const { args, reply } = call;
  const { input } = args;
  const at = args.offset(1);
  const textAt = args.offset(2);
  reply.integer(
    pubSub.publishToShard(reply, input, at, args.length(1), input, textAt, args.length(2)),
  );
}

const COMMON = {
  arity: 3,
  flags: ["pubsub", "loading", "stale", "fast", "may_replicate"],
  group: "pubsub",
} as const;

export function publishCommands(pubSub: PubSub): readonly CommandSpec<SessionCall>[] {
  return [
    {
      ...COMMON,
      name: "publish",
      since: "2.0.0",
      summary: "Sends a message to all who subscribe to the channel or to a matching pattern.",
      complexity: "O(N+M) where N is the number of its subscribers and M that of all patterns.",
      arguments: [
        { name: "channel", type: "string" },
        { name: "message", type: "string" },
      ],
      handler: (call) => publish(call, pubSub),
    },
    {
      ...COMMON,
      name: "spublish",
      since: "7.0.0",
      summary: "Sends a message to all who subscribe to the shard channel.",
      complexity: "O(N) where N is the number of its subscribers.",
      keys: [keyAt(1, "not_key")],
      arguments: [
        { name: "shardchannel", type: "string" },
        { name: "message", type: "string" },
      ],
      handler: (call) => publishToShard(call, pubSub),
    },
  ];
}
