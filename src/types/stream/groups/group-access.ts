import { EVENT_STREAM } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { A_STREAM, NOT_A_STREAM, type StreamAccess } from "../stream-access";
import { StreamId } from "../stream-id";
import { ConsumerGroup, NO_CONSUMER } from "./consumer-group";
import { EntriesRead } from "./entries-read";

/** How commands come to a consumer group of a stream: one object for all of them. */
export class GroupAccess {
  readonly streams: StreamAccess;
  readonly entriesRead = new EntriesRead();
  readonly id = new StreamId();
  #group: ConsumerGroup | undefined;

  constructor(streams: StreamAccess) {
    this.streams = streams;
  }

  group(call: DataCall): ConsumerGroup {
    this.#group ??= new ConsumerGroup(call.keyspace.memory);
    return this.#group;
  }

  /** Opens the group of the open stream that an argument names; false when there is none. */
  open(call: DataCall, nameIndex: number): boolean {
    const { args } = call;
    const stream = this.streams.stream(call);
    const at = args.offset(nameIndex);
    return this.group(call).open(stream, args.input, at, args.length(nameIndex));
  }

  /**
   * Opens the stream of a key argument and a group of it, for reading; false, with the error written,
   * when one is not there. `where` is what NOGROUP says at the end.
   */
  read(call: DataCall, keyIndex: number, nameIndex: number, where = ""): boolean {
    const state = this.streams.read(call, keyIndex);
    if (state === NOT_A_STREAM) return false;
    if (state === A_STREAM && this.open(call, nameIndex)) return true;
    const key = call.args.shownText(keyIndex);
    const name = call.args.shownText(nameIndex);
    call.reply.error(`NOGROUP No such key '${key}' or consumer group '${name}'${where}`);
    return false;
  }

  /** Lets stream and group be changed. The stream's entry was looked up last. */
  own(call: DataCall): ConsumerGroup {
    this.streams.own(call);
    const group = this.group(call);
    group.own();
    return group;
  }

  /** The number of the consumer that an argument names, or NO_CONSUMER. */
  findConsumer(call: DataCall, index: number): number {
    const { args } = call;
    return this.group(call).findConsumer(args.input, args.offset(index), args.length(index));
  }

  /** As `findConsumer`; makes one when there is none, with its event. The group is owned. */
  seenConsumer(call: DataCall, index: number, keyIndex: number): number {
    const group = this.group(call);
    const found = this.findConsumer(call, index);
    if (found !== NO_CONSUMER) {
      group.markSeen(found, call.nowMs);
      return found;
    }
    return this.createConsumer(call, index, keyIndex);
  }

  /** Adds the consumer that `findConsumer` has just not found, with its event. */
  createConsumer(call: DataCall, index: number, keyIndex: number): number {
    const { args } = call;
    const at = args.offset(index);
    const number = this.group(call).createConsumer(call.nowMs, args.input, at, args.length(index));
    changedGroup(call, keyIndex, "xgroup-createconsumer");
    return number;
  }
}

/** Tells of a change of groups: it counts, but for watchers the key is as it was, as in Redis. */
export function changedGroup(call: DataCall, keyIndex: number, event: string): void {
  call.keyspace.stats.changes++;
  call.notify(call.db, keyIndex, EVENT_STREAM, event);
}
