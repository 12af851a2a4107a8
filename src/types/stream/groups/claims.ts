import type { DataCall } from "../../../keyspace/data-call";
import { StreamId } from "../stream-id";
import { replyEntry } from "../stream-reply";
import { NO_CONSUMER } from "./consumer-group";
import type { GroupAccess } from "./group-access";
import { GroupEffects } from "./group-effects";
import { IdList } from "./id-list";

/**
 * What XCLAIM and XAUTOCLAIM share: pending entries given to another consumer one by one, and then
 * replied together, as a reply begins with how many there are.
 */

/** The retry count is not set. */
export const COUNT_DELIVERY = -1n;

const KEY_INDEX = 1;
/** Key and group, of both commands. */
const ARGUMENTS = { keyIndex: KEY_INDEX, groupIndex: 2 };
const CONSUMER_INDEX = 3;

export class Claims {
  /** Whether entries are replied as IDs alone, and not counted as delivered. */
  justId = false;
  readonly claimed = new IdList();
  /** What was pending although its entry is gone; not any more. */
  readonly deleted = new IdList();
  #consumer = NO_CONSUMER;
  readonly #groups: GroupAccess;
  readonly #effects: GroupEffects;
  readonly #id = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
    this.#effects = new GroupEffects(groups);
  }

  /** Begins anew, for another command, which is passed on as what it has claimed. */
  clear(call: DataCall): void {
    if (call.effects.isOn) call.effects.none();
    this.#consumer = NO_CONSUMER;
    this.claimed.clear();
    this.deleted.clear();
  }

  /** Whether an entry is there. If not, it is pending no more; the group is owned. */
  isThere(call: DataCall, id: StreamId): boolean {
    const stream = this.#groups.streams.stream(call);
    stream.seekRange(id, id);
    if (stream.next()) return true;
    const group = this.#groups.group(call);
    if (!group.findPending(id)) return false;
    // Who finds no entry forgets what is pending of it.
    if (call.effects.isOn) this.#effects.pending(call, ARGUMENTS, id);
    group.removePending();
    this.deleted.push(id);
    call.keyspace.stats.changes++;
    return false;
  }

  /** Gives what the group has found to the consumer, who comes into being with the first. */
  claim(call: DataCall, id: StreamId, timeMs: number, deliveries: bigint): void {
    const group = this.#groups.group(call);
    if (this.#consumer === NO_CONSUMER) {
      this.#consumer = this.#groups.seenConsumer(call, CONSUMER_INDEX, KEY_INDEX);
    }
    const consumer = this.#consumer;
    group.assignPending(consumer, timeMs);
    if (deliveries !== COUNT_DELIVERY) group.setDeliveries(deliveries);
    else if (!this.justId) group.countDelivery();
    if (call.effects.isOn) this.#effects.pending(call, ARGUMENTS, id);
    group.markActive(consumer, call.nowMs);
    this.claimed.push(id);
    call.signalRetrying(KEY_INDEX);
    call.keyspace.stats.changes++;
  }

  /** The group has got another last ID, which nothing claimed has told of. */
  tellLastId(call: DataCall): void {
    const isTold = this.claimed.count + this.deleted.count > 0;
    if (!isTold && call.effects.isOn) this.#effects.lastId(call, ARGUMENTS);
  }

  replyClaimed(call: DataCall): void {
    const { reply } = call;
    const { text } = this.#groups.streams;
    const stream = this.#groups.streams.stream(call);
    const id = this.#id;
    reply.array(this.claimed.count);
    for (let i = 0; i < this.claimed.count; i++) {
      this.claimed.load(id, i);
      if (this.justId) {
        text.reply(reply, id);
        continue;
      }
      stream.seekRange(id, id);
      if (stream.next()) replyEntry(call, text, stream.node, true);
    }
  }

  replyDeleted(call: DataCall): void {
    call.reply.array(this.deleted.count);
    for (let i = 0; i < this.deleted.count; i++) {
      this.#groups.streams.text.reply(call.reply, this.deleted.load(this.#id, i));
    }
  }
}
