import type { DataCall } from "../../../keyspace/data-call";
import { wordOf } from "../../../keyspace/entry";
import { StreamId } from "../stream-id";
import type { GroupAccess } from "./group-access";
import { bytesOf, CONSUMER_NAME_LENGTH, nameStartOf } from "./group-layout";

/**
 * How deliveries are passed on: as what they have done to the group, because the command that
 * delivered them depends on its time. The words are Redis's, which replicas and files know.
 *
 * What always holds: who loads the words has the same consumers, the same pending entries with their
 * times and counts, and the same last ID. That an entry was read again is told nobody, as in Redis.
 */

/** Who is who among the arguments of the command. */
export interface GroupArguments {
  readonly keyIndex: number;
  readonly groupIndex: number;
}

const CLAIM_WORDS = 14;

export class GroupEffects {
  readonly #groups: GroupAccess;
  readonly #lastId = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  /** What the open group has found belongs to whom it says. */
  pending(call: DataCall, where: GroupArguments, id: StreamId): void {
    const { effects } = call;
    const group = this.#groups.group(call);
    const { text } = this.#groups.streams;
    effects.begin(call.db, CLAIM_WORDS);
    effects.text("XCLAIM");
    effects.argument(where.keyIndex);
    effects.argument(where.groupIndex);
    this.#consumerName(call, group.pendingConsumer);
    effects.text("0");
    text.tell(effects, id);
    effects.text("TIME");
    effects.integer(group.pendingTimeMs);
    effects.text("RETRYCOUNT");
    effects.int64(group.pendingDeliveries);
    effects.text("FORCE");
    effects.text("JUSTID");
    effects.text("LASTID");
    text.tell(effects, group.loadLastId(this.#lastId));
  }

  /** How far the open group has read. */
  lastId(call: DataCall, where: GroupArguments): void {
    const { effects } = call;
    const group = this.#groups.group(call);
    effects.begin(call.db, 7);
    effects.text("XGROUP");
    effects.text("SETID");
    effects.argument(where.keyIndex);
    effects.argument(where.groupIndex);
    this.#groups.streams.text.tell(effects, group.loadLastId(this.#lastId));
    effects.text("ENTRIESREAD");
    effects.int64(group.entriesRead);
  }

  /** A consumer came into being to whom nothing is pending. */
  consumer({ db, effects }: DataCall, where: GroupArguments, nameIndex: number): void {
    effects.begin(db, 5);
    effects.text("XGROUP");
    effects.text("CREATECONSUMER");
    effects.argument(where.keyIndex);
    effects.argument(where.groupIndex);
    effects.argument(nameIndex);
  }

  #consumerName(call: DataCall, number: number): void {
    const { memory } = call.keyspace;
    const consumer = this.#groups.group(call).consumer(number);
    const length = wordOf(memory, consumer, CONSUMER_NAME_LENGTH);
    const at = nameStartOf(consumer, CONSUMER_NAME_LENGTH);
    call.effects.bytes(bytesOf(memory, consumer), at, length);
  }
}
