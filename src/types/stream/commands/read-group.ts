import type { CommandSpec } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STREAM, typeOf } from "../../../keyspace/entry";
import { NO_CONSUMER } from "../groups/consumer-group";
import type { GroupAccess } from "../groups/group-access";
import { GroupEffects } from "../groups/group-effects";
import { PENDING_DELIVERIES, PENDING_ID } from "../groups/group-layout";
import { type IdleEntry, IdlePending } from "../groups/idle-pending";
import { NO_CLAIM, ReadArguments } from "../read-arguments";
import { A_STREAM, isWord } from "../stream-access";
import { StreamId } from "../stream-id";
import { int64At } from "../stream-layout";
import { MAX_ID } from "../stream-reader";
import { replyEntry, replyEntryParts } from "../stream-reply";
import { BLOCK, COUNT, STREAMS, streamKeys } from "./docs";

/**
 * XREADGROUP: new entries for a consumer, or again those that it has not acknowledged.
 *
 * With CLAIM (Redis 8.4), which asking for IDs makes void, a consumer takes over what has been
 * pending in the group for long enough, before anything new and within the same COUNT. Entries are
 * replied as four then: ID, fields and values, for how many ms they were idle, and how often they
 * had been delivered; both are 0 for new ones. What is claimed stays pending, NOACK or not.
 */

const DOLLAR = 0x24;
const GREATER = 0x3e;
const ERR_DOLLAR =
  "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.";
const ERR_KEY_GONE = "UNBLOCKED the stream key no longer exists";
const ERR_GROUP_GONE = "NOGROUP the consumer group this client was blocked on no longer exists";
const WHERE = " in XREADGROUP with GROUP option";

/** What a key has for the reader. */
const NOTHING = 0;
const NEW_ENTRIES = 1;
const HISTORY = 2;

class ReadGroup {
  readonly #groups: GroupAccess;
  readonly #options = new ReadArguments(true);
  readonly #idle: IdlePending;
  /** By key: the ID behind which is read, and what there is. Kept to be used again. */
  readonly #after: StreamId[] = [];
  readonly #serves: number[] = [];
  /** By group: how many entries keys that were read before will take. For several keys only. */
  readonly #promised = new Map<number, number>();
  readonly #id = new StreamId();
  readonly #lastRead = new StreamId();
  readonly #effects: GroupEffects;
  /** Where the key and the group are among the arguments. */
  readonly #where = { keyIndex: 0, groupIndex: 0 };
  /** Who finds no entry forgets what is pending of it. */
  readonly #tellGone = (call: DataCall, id: StreamId): void => {
    if (call.effects.isOn) this.#effects.pending(call, this.#where, id);
  };
  /** In how many ms there may be something to claim although nothing else happens. */
  #retryMs = Number.POSITIVE_INFINITY;

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#effects = new GroupEffects(groups);
    this.#idle = new IdlePending(groups);
  }

  run(call: DataCall): void {
    const options = this.#options;
    if (!options.read(call)) return;
    const streams = this.#lookAtStreams(call);
    if (streams < 0) return;
    if (streams > 0) startReply(call, streams);
    if (call.effects.isOn) call.effects.none();
    for (let i = 0; i < options.keyCount; i++) {
      if (call.mayServeFrom(options.firstKey + i)) this.#serve(call, i);
    }
    if (streams > 0) return;
    if (!options.blocks) {
      call.reply.nilArray();
      return;
    }
    const { firstKey, keyCount, timeoutMs } = options;
    const wait = { firstKey, keyCount, type: TYPE_STREAM, timeoutMs, wakesWhenGone: true };
    call.blockOn(options.claimIdleMs === NO_CLAIM ? wait : { ...wait, retryMs: this.#retryMs });
  }

  /** Reads the IDs and how many streams have something to give; -1 with the error written. */
  #lookAtStreams(call: DataCall): number {
    const { firstKey, keyCount, groupIndex } = this.#options;
    let streams = 0;
    this.#retryMs = Number.POSITIVE_INFINITY;
    if (keyCount > 1) this.#promised.clear();
    for (let i = 0; i < keyCount; i++) {
      this.#after[i] ??= new StreamId();
      this.#serves[i] = NOTHING;
      if (!call.mayServeFrom(firstKey + i)) continue;
      if (call.isServing && !this.#isStillThere(call, firstKey + i)) return -1;
      if (!this.#groups.read(call, firstKey + i, groupIndex, WHERE)) return -1;
      if (!this.#readId(call, i)) return -1;
      if (this.#serves[i] !== NOTHING) streams++;
    }
    return streams;
  }

  /** Whether what the client has waited for is still there; else the error is written. */
  #isStillThere(call: DataCall, keyIndex: number): boolean {
    const entry = call.peek(keyIndex);
    const isStream = entry !== 0 && typeOf(call.keyspace.memory, entry) === TYPE_STREAM;
    if (!isStream) {
      call.reply.error(ERR_KEY_GONE);
      return false;
    }
    this.#groups.streams.open(call, entry);
    if (this.#groups.open(call, this.#options.groupIndex)) return true;
    call.reply.error(ERR_GROUP_GONE);
    return false;
  }

  #readId(call: DataCall, i: number): boolean {
    const index = this.#options.firstId + i;
    const after = this.#after[i];
    if (isWord(call, index, DOLLAR)) {
      call.reply.error(ERR_DOLLAR);
      return false;
    }
    if (isWord(call, index, GREATER)) after.setMax();
    else if (!this.#groups.streams.readId(call, index, after)) return false;
    if (!after.isMax) {
      this.#serves[i] = HISTORY;
      return true;
    }
    // Both are asked: what is promised to one key is not there for the next.
    const isNew = this.#hasNewEntries(call);
    if (this.#hasIdleEntries(call) || isNew) this.#serves[i] = NEW_ENTRIES;
    return true;
  }

  #hasIdleEntries(call: DataCall): boolean {
    const { claimIdleMs } = this.#options;
    if (claimIdleMs === NO_CLAIM) return false;
    if (this.#idle.hasAny(call, claimIdleMs)) return true;
    this.#retryMs = Math.min(this.#retryMs, this.#idle.nextInMs);
    return false;
  }

  /** Whether the open group will have something new, even if the key was given before. */
  #hasNewEntries(call: DataCall): boolean {
    const group = this.#groups.group(call);
    const stream = this.#groups.streams.stream(call);
    group.loadLastId(this.#lastRead);
    if (!stream.lastLiveId(this.#id) || this.#id.compare(this.#lastRead) <= 0) return false;
    const { keyCount, count } = this.#options;
    if (keyCount === 1) return true;
    const before = this.#promised.get(group.ref) ?? 0;
    this.#lastRead.increment();
    stream.seekRange(this.#lastRead, MAX_ID);
    if (before > 0 && stream.countNext(before + 1) <= before) return false;
    this.#promised.set(group.ref, before + count);
    return true;
  }

  /**
   * Replies what a stream has for the consumer, who comes into being with it: as in 7.0, there is
   * none while there is nothing to read.
   */
  #serve(call: DataCall, i: number): void {
    const { firstKey, groupIndex } = this.#options;
    const { args, reply } = call;
    const keyIndex = firstKey + i;
    // Looked up again, as Redis counts it.
    if (this.#groups.streams.read(call, keyIndex) !== A_STREAM) return;
    const serves = this.#serves[i];
    if (serves === NOTHING) return;
    this.#groups.open(call, groupIndex);
    this.#groups.own(call);
    const isNew = this.#groups.findConsumer(call, groupIndex + 1) === NO_CONSUMER;
    const consumer = this.#groups.seenConsumer(call, groupIndex + 1, keyIndex);
    this.#where.keyIndex = keyIndex;
    this.#where.groupIndex = groupIndex;
    // What is pending tells of its consumer.
    const isTold = serves === NEW_ENTRIES && !this.#options.noAck;
    if (isNew && !isTold && call.effects.isOn) {
      this.#effects.consumer(call, this.#where, groupIndex + 1);
    }
    if (serves === NEW_ENTRIES) this.#groups.group(call).loadLastId(this.#after[i]);
    if (!reply.resp3) reply.array(2);
    reply.bulk(args.input, args.offset(keyIndex), args.length(keyIndex));
    this.#after[i].increment();
    if (serves === HISTORY) this.#replyHistory(call, consumer, this.#after[i]);
    else this.#replyNew(call, keyIndex, consumer, this.#after[i]);
    call.keyspace.stats.changes++;
  }

  /** What is claimed and what is new. */
  #replyNew(call: DataCall, keyIndex: number, consumer: number, from: StreamId): void {
    const { streams, entriesRead } = this.#groups;
    const { count: most, noAck, claimIdleMs } = this.#options;
    const group = this.#groups.group(call);
    const stream = streams.stream(call);
    const claims =
      claimIdleMs === NO_CLAIM ? [] : this.#idle.oldest(call, claimIdleMs, most, this.#tellGone);
    stream.seekRange(from, MAX_ID);
    const count = stream.countNext(most - claims.length);
    call.reply.array(claims.length + count);
    for (const claim of claims) this.#claim(call, consumer, claim);
    group.loadLastId(this.#lastRead);
    stream.seekRange(from, MAX_ID);
    let isBehind = false;
    for (let left = count; left > 0 && stream.next(); left--) {
      const { id } = stream.node;
      if (id.compare(this.#lastRead) > 0) {
        this.#lastRead.copy(id);
        entriesRead.count(stream, group, id);
        group.storeLastId(id);
        isBehind = noAck;
      }
      if (claimIdleMs === NO_CLAIM) replyEntry(call, streams.text, stream.node, true);
      else this.#replyWithDelivery(call, 0, 0n);
      if (!noAck) this.#addPending(call, consumer, id);
    }
    if (isBehind && call.effects.isOn) this.#effects.lastId(call, this.#where);
    if (claims.length + count > 0) group.markActive(consumer, call.nowMs);
    if (count > 0 && !noAck) call.signalRetrying(keyIndex);
  }

  #claim(call: DataCall, consumer: number, { id, sinceMs }: IdleEntry): void {
    const group = this.#groups.group(call);
    const stream = this.#groups.streams.stream(call);
    stream.seekRange(id, id);
    if (!stream.next() || !group.findPending(id)) return;
    const deliveries = int64At(call.keyspace.memory, group.pending, PENDING_DELIVERIES);
    this.#replyWithDelivery(call, call.nowMs - sinceMs, deliveries);
    group.assignPending(consumer, call.nowMs);
    group.countDelivery();
    if (call.effects.isOn) this.#effects.pending(call, this.#where, id);
    call.keyspace.stats.changes++;
  }

  /** Replies the stream's entry as CLAIM does. */
  #replyWithDelivery(call: DataCall, idleMs: number, deliveries: bigint): void {
    const { streams } = this.#groups;
    const { reply } = call;
    reply.array(4);
    replyEntryParts(call, streams.text, streams.stream(call).node, true);
    reply.integer(idleMs);
    reply.bigInteger(deliveries);
  }

  #addPending(call: DataCall, consumer: number, id: StreamId): void {
    const group = this.#groups.group(call);
    const isNew = !group.findPending(id);
    if (isNew) group.addPending(id);
    group.assignPending(consumer, call.nowMs);
    if (!isNew) group.setDeliveries(1n);
    if (call.effects.isOn) this.#effects.pending(call, this.#where, id);
  }

  /** What is pending for the consumer; an entry that is gone is told by its ID alone. */
  #replyHistory(call: DataCall, consumer: number, from: StreamId): void {
    const { streams } = this.#groups;
    const { reply, keyspace } = call;
    const group = this.#groups.group(call);
    const stream = streams.stream(call);
    const id = this.#id;
    let pending = group.seekPendingOf(consumer, from);
    const count = Math.min(group.leftPendingOf, this.#options.count);
    reply.array(count);
    for (let left = count; left > 0 && pending !== 0; left--) {
      id.load(keyspace.memory, pending, PENDING_ID);
      stream.seekRange(id, id);
      if (stream.next()) {
        replyEntry(call, streams.text, stream.node, true);
        group.findPending(id);
        group.assignPending(consumer, call.nowMs);
        group.countDelivery();
      } else {
        reply.array(2);
        streams.text.reply(reply, id);
        reply.nilArray();
      }
      // Sought anew: what was found may have become another block meanwhile.
      if (!id.increment()) break;
      pending = group.seekPendingOf(consumer, id);
    }
  }
}

function startReply(call: DataCall, streams: number): void {
  if (call.reply.resp3) call.reply.map(streams);
  else call.reply.array(streams);
}

export function readGroupCommands(groups: GroupAccess): readonly CommandSpec<DataCall>[] {
  const read = new ReadGroup(groups);
  return [
    {
      name: "xreadgroup",
      arity: -7,
      flags: ["write", "blocking"],
      group: "stream",
      since: "5.0.0",
      summary:
        "Gives a consumer of a group new entries, or again what is pending for it; may wait.",
      complexity: "O(N) in the number of entries returned",
      keys: [streamKeys(4)],
      arguments: [
        {
          name: "group_consumer",
          type: "block",
          token: "GROUP",
          arguments: [
            { name: "group", type: "string" },
            { name: "consumer", type: "string" },
          ],
        },
        COUNT,
        BLOCK,
        {
          name: "min-idle-time",
          type: "integer",
          token: "CLAIM",
          since: "8.4.0",
          flags: ["optional"],
        },
        { name: "noack", type: "pure-token", token: "NOACK", flags: ["optional"] },
        STREAMS,
      ],
      history: [["8.4.0", "Took CLAIM."]],
      handler: (call) => read.run(call),
    },
  ];
}
