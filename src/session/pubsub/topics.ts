import type { Client } from "../client";
import { topicKey } from "./topic-key";

/** What clients can subscribe to: a channel, a pattern or a shard channel. */
export interface Topic {
  readonly key: string;
  readonly name: Uint8Array;
  /** In the order in which they came, which is that of deliveries. */
  readonly subscribers: Set<Client>;
}

const NONE: ReadonlySet<Topic> = new Set();

/**
 * The topics of one kind and who subscribes to which.
 *
 * It sends nothing and knows nothing of replies. What always holds: a topic is here as long as it
 * has a subscriber, and a client's topics are in the order in which it asked for them.
 */
export class Topics {
  readonly #byKey = new Map<string, Topic>();
  readonly #ofClient = new Map<Client, Set<Topic>>();

  /** Topics that have a subscriber. */
  get count(): number {
    return this.#byKey.size;
  }

  all(): IterableIterator<Topic> {
    return this.#byKey.values();
  }

  find(bytes: Uint8Array, at: number, length: number): Topic | undefined {
    return this.#byKey.size === 0 ? undefined : this.#byKey.get(topicKey(bytes, at, length));
  }

  /** The topics of a client. */
  of(client: Client): ReadonlySet<Topic> {
    return this.#ofClient.get(client) ?? NONE;
  }

  /** Subscribes a client; the topic, or undefined when it was subscribed already. */
  add(client: Client, bytes: Uint8Array, at: number, length: number): Topic | undefined {
    const key = topicKey(bytes, at, length);
    let topic = this.#byKey.get(key);
    if (topic === undefined) {
      topic = { key, name: bytes.slice(at, at + length), subscribers: new Set() };
      this.#byKey.set(key, topic);
    } else if (topic.subscribers.has(client)) {
      return undefined;
    }
    topic.subscribers.add(client);
    const own = this.#ofClient.get(client);
    if (own === undefined) this.#ofClient.set(client, new Set([topic]));
    else own.add(topic);
    return topic;
  }

  /** Ends a subscription; false when there was none. */
  remove(client: Client, topic: Topic): boolean {
    const own = this.#ofClient.get(client);
    if (own === undefined || !own.delete(topic)) return false;
    if (own.size === 0) this.#ofClient.delete(client);
    topic.subscribers.delete(client);
    if (topic.subscribers.size === 0) this.#byKey.delete(topic.key);
    return true;
  }
}
