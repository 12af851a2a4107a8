import { globMatch } from "../../base/glob";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { Client } from "../client";
import type { Clients } from "../clients";
import type { OutputLimits } from "../output-limits";
import type { Pushes } from "../pushes";
import { MESSAGE, PATTERN_MESSAGE, PublishedMessage, SHARD_MESSAGE } from "./published-message";
import { type Topic, Topics } from "./topics";

/** What a subscription takes beside its name. */
const SUBSCRIPTION_BYTES = 200;

/** The three things that a client can subscribe to. */
export type TopicKind = "channels" | "patterns" | "shardChannels";

/**
 * Publishing and subscribing: who gets which message, in which order.
 *
 * Subscribers of the channel come first, then patterns, each kind by age of the subscription; a
 * client that a message reaches in several ways gets it as often. What always holds: the counts of
 * a client, its class of output limits and its gate follow its subscriptions.
 */
export class PubSub {
  readonly channels = new Topics();
  readonly patterns = new Topics();
  readonly shardChannels = new Topics();
  readonly #pushes: Pushes;
  readonly #outputLimits: OutputLimits;
  readonly #message = new PublishedMessage();
  #gate = 0;

  constructor(pushes: Pushes, outputLimits: OutputLimits, clients: Clients) {
    this.#pushes = pushes;
    this.#outputLimits = outputLimits;
    clients.whenGone((client) => this.leave(client));
  }

  /** Called once, with the bit of the gate `subscriber`. */
  attach(gate: number): void {
    this.#gate = gate;
  }

  /** Whether anybody could get a message that is published now. */
  get hasListeners(): boolean {
    return this.channels.count + this.patterns.count > 0;
  }

  subscribe(client: Client, kind: TopicKind, bytes: Uint8Array, at: number, length: number): void {
    if (this[kind].add(client, bytes, at, length) === undefined) return;
    client[kind]++;
    client.subscriptionBytes += SUBSCRIPTION_BYTES + length;
    if (!this.#isFirst(client)) return;
    client.gates |= this.#gate;
    this.#outputLimits.apply(client);
  }

  unsubscribe(client: Client, kind: TopicKind, topic: Topic): void {
    if (!this[kind].remove(client, topic)) return;
    client[kind]--;
    client.subscriptionBytes -= SUBSCRIPTION_BYTES + topic.name.length;
    if (client.isSubscriber) return;
    client.gates &= ~this.#gate;
    // One that is closing may still have messages waiting and keeps the limit for those.
    if (!client.closing) this.#outputLimits.apply(client);
  }

  /** Ends all subscriptions of a client without telling it. */
  leave(client: Client): void {
    if (!client.isSubscriber) return;
    for (const kind of ["channels", "patterns", "shardChannels"] as const) {
      for (const topic of this[kind].of(client)) this.unsubscribe(client, kind, topic);
    }
  }

  /** Sends a message to everybody who listens to a channel; returns how many got one. */
  publish(
    reply: ReplyWriter,
    channel: Uint8Array,
    channelAt: number,
    channelLength: number,
    text: Uint8Array,
    textAt: number,
    textLength: number,
  ): number {
    if (!this.hasListeners) return 0;
    this.#address(channel, channelAt, channelLength, text, textAt, textLength);
    const topic = this.channels.find(channel, channelAt, channelLength);
    let receivers = topic === undefined ? 0 : this.#send(reply, topic, MESSAGE, undefined);
    for (const pattern of this.patterns.all()) {
      const { name } = pattern;
      if (!globMatch(name, 0, name.length, channel, channelAt, channelLength, false)) continue;
      receivers += this.#send(reply, pattern, PATTERN_MESSAGE, name);
    }
    return receivers;
  }

  /** The same to a shard channel, which no pattern listens to. */
  publishToShard(
    reply: ReplyWriter,
    channel: Uint8Array,
    channelAt: number,
    channelLength: number,
    text: Uint8Array,
    textAt: number,
    textLength: number,
  ): number {
    const topic = this.shardChannels.find(channel, channelAt, channelLength);
    if (topic === undefined) return 0;
    this.#address(channel, channelAt, channelLength, text, textAt, textLength);
    return this.#send(reply, topic, SHARD_MESSAGE, undefined);
  }

  #address(
    channel: Uint8Array,
    channelAt: number,
    channelLength: number,
    text: Uint8Array,
    textAt: number,
    textLength: number,
  ): void {
    const message = this.#message;
    message.channel = channel;
    message.channelAt = channelAt;
    message.channelLength = channelLength;
    message.text = text;
    message.textAt = textAt;
    message.textLength = textLength;
  }

  #send(
    reply: ReplyWriter,
    topic: Topic,
    word: Uint8Array,
    pattern: Uint8Array | undefined,
  ): number {
    this.#message.word = word;
    this.#message.pattern = pattern;
    let receivers = 0;
    for (const client of topic.subscribers) {
      this.#pushes.send(reply, client, this.#message);
      receivers++;
    }
    return receivers;
  }

  #isFirst(client: Client): boolean {
    return client.channels + client.patterns + client.shardChannels === 1;
  }
}
