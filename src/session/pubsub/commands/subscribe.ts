import type { KeySpec } from "../../../command/key-spec";
import type { ArgumentDoc, CommandSpec } from "../../../command/spec";
import { keysFrom } from "../../../command/spec";
import type { Client } from "../../client";
import type { SessionCall } from "../../session-call";
import type { PubSub, TopicKind } from "../pub-sub";

/**
 * SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and their opposites.
 *
 * Each topic has a confirmation of its own, which is no reply but a message: it is sent although
 * CLIENT REPLY is off, and a command with three topics has three.
 */

/** The subscriptions that a confirmation of this kind counts. */
function countOf(client: Client, kind: TopicKind): number {
  return kind === "shardChannels" ? client.shardChannels : client.channels + client.patterns;
}

function subscribe(call: SessionCall, pubSub: PubSub, kind: TopicKind): void {
  const { args, client, command } = call;
  const { input } = args;
  for (let index = 1; index < args.count; index++) {
    const at = args.offset(index);
    const length = args.length(index);
    pubSub.subscribe(client, kind, input, at, length);
    confirm(call, command.nameBytes, kind, input, at, length);
  }
}

function unsubscribe(call: SessionCall, pubSub: PubSub, kind: TopicKind): void {
  const { args, client, command } = call;
  if (args.count === 1) {
    unsubscribeAll(call, pubSub, kind);
    return;
  }
  const { input } = args;
  for (let index = 1; index < args.count; index++) {
    const at = args.offset(index);
    const length = args.length(index);
    const topic = pubSub[kind].find(input, at, length);
    if (topic !== undefined) pubSub.unsubscribe(client, kind, topic);
    confirm(call, command.nameBytes, kind, input, at, length);
  }
}

function unsubscribeAll(call: SessionCall, pubSub: PubSub, kind: TopicKind): void {
  const { client, command } = call;
  const topics = pubSub[kind].of(client);
  if (topics.size === 0) confirm(call, command.nameBytes, kind, undefined, 0, 0);
  for (const topic of topics) {
    pubSub.unsubscribe(client, kind, topic);
    confirm(call, command.nameBytes, kind, topic.name, 0, topic.name.length);
  }
}

function confirm(
  call: SessionCall,
  word: Uint8Array,
  kind: TopicKind,
  name: Uint8Array | undefined,
  at: number,
  length: number,
): void {
  const { client, reply } = call;
  const { slot } = reply;
  if (slot !== client.slot) reply.begin(client.slot);
  reply.push(3);
  reply.bulk(word, 0, word.length);
  if (name === undefined) reply.nil();
  else reply.bulk(name, at, length);
  reply.integer(countOf(client, kind));
  if (slot !== client.slot) reply.begin(slot);
}

const CHANNEL: ArgumentDoc = { name: "channel", type: "string" };
const SHARD_CHANNEL: ArgumentDoc = { name: "shardchannel", type: "string" };
const PATTERN: ArgumentDoc = { name: "pattern", type: "pattern" };
const SHARD_KEYS: readonly KeySpec[] = [keysFrom(1, 1, "not_key")];

/** What the six commands have in common. */
const COMMON = { flags: ["pubsub", "noscript", "loading", "stale"], group: "pubsub" } as const;

export function subscribeCommands(pubSub: PubSub): readonly CommandSpec<SessionCall>[] {
  return [
    {
      ...COMMON,
      name: "subscribe",
      arity: -2,
      since: "2.0.0",
      summary: "Sends the connection what is published to the channels, from now on.",
      complexity: "O(N) where N is the number of channels to subscribe to.",
      arguments: [{ ...CHANNEL, flags: ["multiple"] }],
      handler: (call) => subscribe(call, pubSub, "channels"),
    },
    {
      ...COMMON,
      name: "psubscribe",
      arity: -2,
      since: "2.0.0",
      summary: "Sends the connection what is published to channels that match the patterns.",
      complexity: "O(N) where N is the number of patterns to subscribe to.",
      arguments: [
        {
          name: "pattern",
          type: "block",
          flags: ["multiple"],
          arguments: [PATTERN],
        },
      ],
      handler: (call) => subscribe(call, pubSub, "patterns"),
    },
    {
      ...COMMON,
      name: "ssubscribe",
      arity: -2,
      since: "7.0.0",
      summary: "Sends the connection what is published to the shard channels, from now on.",
      complexity: "O(N) where N is the number of shard channels to subscribe to.",
      keys: SHARD_KEYS,
      arguments: [{ ...SHARD_CHANNEL, flags: ["multiple"] }],
      handler: (call) => subscribe(call, pubSub, "shardChannels"),
    },
    {
      ...COMMON,
      name: "unsubscribe",
      arity: -1,
      since: "2.0.0",
      summary: "Ends subscriptions to channels, or to all of them.",
      complexity: "O(N) where N is the number of channels to leave.",
      arguments: [{ ...CHANNEL, flags: ["optional", "multiple"] }],
      handler: (call) => unsubscribe(call, pubSub, "channels"),
    },
    {
      ...COMMON,
      name: "punsubscribe",
      arity: -1,
      since: "2.0.0",
      summary: "Ends subscriptions to patterns, or to all of them.",
      complexity: "O(N) where N is the number of patterns to leave.",
      arguments: [{ ...PATTERN, flags: ["optional", "multiple"] }],
      handler: (call) => unsubscribe(call, pubSub, "patterns"),
    },
    {
      ...COMMON,
      name: "sunsubscribe",
      arity: -1,
      since: "7.0.0",
      summary: "Ends subscriptions to shard channels, or to all of them.",
      complexity: "O(N) where N is the number of shard channels to leave.",
      keys: SHARD_KEYS,
      arguments: [{ ...SHARD_CHANNEL, flags: ["optional", "multiple"] }],
      handler: (call) => unsubscribe(call, pubSub, "shardChannels"),
    },
  ];
}
