import type { DataCall } from "../../../keyspace/data-call";
import { wordOf } from "../../../keyspace/entry";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { StreamId } from "../stream-id";
import { int64At, number64At } from "../stream-layout";
import type { ConsumerGroup } from "./consumer-group";
import { NEVER } from "./consumer-group";
import type { GroupAccess } from "./group-access";
import {
  CONSUMER_ACTIVE,
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  GROUP_CONSUMERS,
  GROUP_PENDING,
  PENDING_DELIVERIES,
  PENDING_ID,
  PENDING_TIME,
} from "./group-layout";
import { replyConsumerName, replyGroupName, replyPending } from "./group-reply";

/**
 * What XINFO tells of groups and consumers, with the names that Redis gives them. Slow paths: readers
 * are made as they are needed.
 */
export class GroupInfo {
  readonly #groups: GroupAccess;
  readonly #id = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  /** How many groups the open stream has. */
  groupCount(call: DataCall): number {
    return this.#tree(call, this.#groups.streams.stream(call).groupsRoot).weight;
  }

  /** XINFO GROUPS. */
  replyGroups(call: DataCall): void {
    const { reply, keyspace } = call;
    this.#forEachGroup(call, (group) => {
      reply.map(6);
      this.#replyName(call, group);
      reply.bulkLatin1("consumers");
      reply.integer(this.#tree(call, wordOf(keyspace.memory, group.ref, GROUP_CONSUMERS)).weight);
      reply.bulkLatin1("pending");
      reply.integer(this.#tree(call, wordOf(keyspace.memory, group.ref, GROUP_PENDING)).weight);
      this.#replyProgress(call, group);
    });
  }

  /** XINFO CONSUMERS, of the open group. */
  replyConsumers(call: DataCall): void {
    const { reply, keyspace } = call;
    const { memory } = keyspace;
    const group = this.#groups.group(call);
    const numbers = this.#tree(call, wordOf(memory, group.ref, GROUP_CONSUMERS));
    reply.array(numbers.weight);
    for (let number = numbers.seekFirst(); number !== 0; number = numbers.next()) {
      const consumer = group.consumer(number);
      const activeMs = number64At(memory, consumer, CONSUMER_ACTIVE);
      reply.map(4);
      reply.bulkLatin1("name");
      replyConsumerName(call, consumer);
      reply.bulkLatin1("pending");
      reply.integer(group.pendingOf(number));
      reply.bulkLatin1("idle");
      reply.integer(Math.max(call.nowMs - number64At(memory, consumer, CONSUMER_SEEN), 0));
      reply.bulkLatin1("inactive");
      reply.integer(activeMs === NEVER ? NEVER : Math.max(call.nowMs - activeMs, 0));
    }
  }

  /** The groups of XINFO STREAM FULL, with up to `most` pending entries for each list. */
  replyAll(call: DataCall, most: number): void {
    const { reply, keyspace } = call;
    this.#forEachGroup(call, (group) => {
      reply.map(7);
      this.#replyName(call, group);
      this.#replyProgress(call, group);
      this.#replyGroupPending(call, group, wordOf(keyspace.memory, group.ref, GROUP_PENDING), most);
      reply.bulkLatin1("consumers");
      this.#replyFullConsumers(call, group, most);
    });
  }

  #tree(call: DataCall, root: number): CountedTreeReader {
    return new CountedTreeReader(call.keyspace.memory).open(root);
  }

  /** Opens one group after the other, after the number of them is replied. */
  #forEachGroup(call: DataCall, visit: (group: ConsumerGroup) => void): void {
    const group = this.#groups.group(call);
    const tree = this.#tree(call, this.#groups.streams.stream(call).groupsRoot);
    call.reply.array(tree.weight);
    for (let ref = tree.seekFirst(); ref !== 0; ref = tree.next()) {
      group.ref = ref;
      visit(group);
    }
  }

  #replyName(call: DataCall, group: ConsumerGroup): void {
    call.reply.bulkLatin1("name");
    replyGroupName(call, group.ref);
  }

  /** Three pairs: how far the group has come. */
  #replyProgress(call: DataCall, group: ConsumerGroup): void {
    const { reply } = call;
    const { streams, entriesRead } = this.#groups;
    const lag = entriesRead.lag(streams.stream(call), group);
    reply.bulkLatin1("last-delivered-id");
    streams.text.reply(reply, group.loadLastId(this.#id));
    reply.bulkLatin1("entries-read");
    if (group.knowsEntriesRead) reply.bigInteger(group.entriesRead);
    else reply.nil();
    reply.bulkLatin1("lag");
    if (lag === undefined) reply.nil();
    else reply.bigInteger(lag);
  }

  #replyGroupPending(call: DataCall, group: ConsumerGroup, root: number, most: number): void {
    const { reply, keyspace } = call;
    const tree = this.#tree(call, root);
    reply.bulkLatin1("pel-count");
    reply.integer(tree.weight);
    reply.bulkLatin1("pending");
    const count = Math.min(tree.weight, most);
    reply.array(count);
    for (let pending = tree.seekFirst(), left = count; left > 0; left--, pending = tree.next()) {
      const timeMs = number64At(keyspace.memory, pending, PENDING_TIME);
      replyPending(call, this.#groups.streams.text, group.ref, pending, timeMs);
    }
  }

  #replyFullConsumers(call: DataCall, group: ConsumerGroup, most: number): void {
    const { reply, keyspace } = call;
    const { memory } = keyspace;
    const numbers = this.#tree(call, wordOf(memory, group.ref, GROUP_CONSUMERS));
    reply.array(numbers.weight);
    for (let number = numbers.seekFirst(); number !== 0; number = numbers.next()) {
      const consumer = group.consumer(number);
      reply.map(5);
      reply.bulkLatin1("name");
      replyConsumerName(call, consumer);
      reply.bulkLatin1("seen-time");
      reply.integer(number64At(memory, consumer, CONSUMER_SEEN));
      reply.bulkLatin1("active-time");
      reply.integer(number64At(memory, consumer, CONSUMER_ACTIVE));
      this.#replyConsumerPending(call, wordOf(memory, consumer, CONSUMER_PENDING), most);
    }
  }

  /** As `#replyGroupPending`, in rows without the consumer. */
  #replyConsumerPending(call: DataCall, root: number, most: number): void {
    const { reply, keyspace } = call;
    const { memory } = keyspace;
    const tree = this.#tree(call, root);
    reply.bulkLatin1("pel-count");
    reply.integer(tree.weight);
    reply.bulkLatin1("pending");
    const count = Math.min(tree.weight, most);
    reply.array(count);
    for (let pending = tree.seekFirst(), left = count; left > 0; left--, pending = tree.next()) {
      reply.array(3);
      this.#groups.streams.text.reply(reply, this.#id.load(memory, pending, PENDING_ID));
      reply.integer(number64At(memory, pending, PENDING_TIME));
      reply.bigInteger(int64At(memory, pending, PENDING_DELIVERIES));
    }
  }
}
