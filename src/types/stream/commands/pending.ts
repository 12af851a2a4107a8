import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { wordOf } from "../../../keyspace/entry";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { NO_CONSUMER } from "../groups/consumer-group";
import type { GroupAccess } from "../groups/group-access";
import {
  CONSUMER_PENDING,
  GROUP_CONSUMERS,
  GROUP_PENDING,
  PENDING_ID,
  PENDING_TIME,
} from "../groups/group-layout";
import { replyConsumerName, replyPending } from "../groups/group-reply";
import { readRange } from "../range-arguments";
import { readCount, readInteger, syntaxError } from "../stream-access";
import { StreamId } from "../stream-id";
import { number64At } from "../stream-layout";
import { GROUP, KEY } from "./docs";

/** XPENDING: what was delivered and not acknowledged, as a summary or one by one. */

const IDLE = latin1Bytes("idle");

class Pending {
  readonly #groups: GroupAccess;
  readonly #start = new StreamId();
  readonly #end = new StreamId();
  readonly #id = new StreamId();
  #count = 0;
  #minIdleMs = 0;
  /** The argument that names a consumer, 0 for all. */
  #consumerIndex = 0;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  run(call: DataCall): void {
    const { args } = call;
    const isSummary = args.count === 3;
    if (!isSummary && !this.#readArguments(call)) return;
    if (!this.#groups.read(call, 1, 2)) return;
    if (isSummary) this.#summarize(call);
    else this.#list(call);
  }

  #readArguments(call: DataCall): boolean {
    const { args } = call;
    if (args.count < 6 || args.count > 9) {
      syntaxError(call);
      return false;
    }
    this.#minIdleMs = 0;
    let first = 3;
    if (args.is(3, IDLE)) {
      this.#minIdleMs = readInteger(call, 4);
      if (Number.isNaN(this.#minIdleMs)) return false;
      if (args.count < 8) {
        syntaxError(call);
        return false;
      }
      first = 5;
    }
    this.#count = readCount(call, first + 2);
    if (Number.isNaN(this.#count)) return false;
    this.#consumerIndex = first + 3 < args.count ? first + 3 : 0;
    return readRange(call, this.#groups.streams, first, first + 1, this.#start, this.#end);
  }

  #summarize(call: DataCall): void {
    const { reply, keyspace } = call;
    const { memory } = keyspace;
    const { text } = this.#groups.streams;
    const group = this.#groups.group(call).ref;
    const tree = new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_PENDING));
    reply.array(4);
    reply.integer(tree.weight);
    if (tree.weight === 0) {
      reply.nil();
      reply.nil();
      reply.nilArray();
      return;
    }
    text.reply(reply, this.#id.load(memory, tree.seekFirst(), PENDING_ID));
    text.reply(reply, this.#id.load(memory, tree.seekLast(), PENDING_ID));
    this.#replyConsumers(call, group);
  }

  /** How much is pending for each consumer that has anything. */
  #replyConsumers(call: DataCall, group: number): void {
    const { reply, keyspace } = call;
    const { memory } = keyspace;
    const access = this.#groups.group(call);
    const numbers = new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_CONSUMERS));
    let busy = 0;
    for (let number = numbers.seekFirst(); number !== 0; number = numbers.next()) {
      if (wordOf(memory, access.consumer(number), CONSUMER_PENDING) !== 0) busy++;
    }
    reply.array(busy);
    for (let number = numbers.seekFirst(); number !== 0; number = numbers.next()) {
      const pending = access.pendingOf(number);
      if (pending === 0) continue;
      reply.array(2);
      replyConsumerName(call, access.consumer(number));
      reply.bulkInteger(pending);
    }
  }

  #list(call: DataCall): void {
    const { reply } = call;
    const number = this.#consumerIndex === 0 ? NO_CONSUMER : this.#findConsumer(call);
    if (this.#consumerIndex !== 0 && number === NO_CONSUMER) {
      reply.array(0);
      return;
    }
    reply.array(this.#walk(call, number, false));
    this.#walk(call, number, true);
  }

  #findConsumer(call: DataCall): number {
    return this.#groups.findConsumer(call, this.#consumerIndex);
  }

  /** Goes through what is asked for, and counts it or replies it. */
  #walk(call: DataCall, number: number, replies: boolean): number {
    const { memory } = call.keyspace;
    const access = this.#groups.group(call);
    const group = access.ref;
    const root =
      number === NO_CONSUMER
        ? wordOf(memory, group, GROUP_PENDING)
        : wordOf(memory, access.consumer(number), CONSUMER_PENDING);
    const tree = new CountedTreeReader(memory).open(root);
    let count = 0;
    const start = access.placeOf(this.#start);
    for (let pending = tree.seekPlace(start); pending !== 0; pending = tree.next()) {
      if (count >= this.#count || this.#end.compareAt(memory, pending, PENDING_ID) < 0) break;
      const idleMs = call.nowMs - number64At(memory, pending, PENDING_TIME);
      if (this.#minIdleMs !== 0 && idleMs < this.#minIdleMs) continue;
      count++;
      if (replies) replyPending(call, this.#groups.streams.text, group, pending, idleMs);
    }
    return count;
  }
}

export function pendingCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const pending = new Pending(groups);
  return [
    {
      name: "xpending",
      arity: -3,
      flags: ["readonly"],
      group: "stream",
      since: "5.0.0",
      summary: "Tells what was delivered to the consumers of a group and not acknowledged.",
      complexity:
        "O(N) in the number of entries returned or passed over by IDLE; the summary in consumers",
      keys: [keyAt(1, "RO", "access")],
      tips: ["nondeterministic_output"],
      arguments: [
        KEY,
        GROUP,
        {
          name: "filters",
          type: "block",
          flags: ["optional"],
          arguments: [
            {
              name: "min-idle-time",
              type: "integer",
              token: "IDLE",
              since: "6.2.0",
              flags: ["optional"],
            },
            { name: "start", type: "string" },
            { name: "end", type: "string" },
            { name: "count", type: "integer" },
            { name: "consumer", type: "string", flags: ["optional"] },
          ],
        },
      ],
      history: [["6.2.0", "Took IDLE, and ranges that leave out their ends."]],
      handler: (call) => pending.run(call),
    },
  ];
}
