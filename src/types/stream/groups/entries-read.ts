import type { Stream } from "../stream";
import { StreamId } from "../stream-id";
import { STREAM_FIRST_ID, STREAM_LAST_ID, STREAM_MAX_DELETED_ID } from "../stream-layout";
import type { ConsumerGroup } from "./consumer-group";

/**
 * How many entries of all that a stream ever had a group has read, and how many are left to it:
 * counted while nothing is deleted in between, else estimated where that can be told, as Redis does.
 */

/** What cannot be told. */
export const UNKNOWN = -1n;

export class EntriesRead {
  readonly #last = new StreamId();
  readonly #first = new StreamId();
  readonly #maxDeleted = new StreamId();

  /** Whether an entry was deleted, by its ID, from `start` on and behind the first there is. */
  hasGapFrom(stream: Stream, start: StreamId): boolean {
    if (stream.length === 0) return false;
    stream.loadId(this.#maxDeleted, STREAM_MAX_DELETED_ID);
    stream.loadId(this.#first, STREAM_FIRST_ID);
    if (this.#maxDeleted.isZero || this.#first.compare(this.#maxDeleted) > 0) return false;
    return start.compare(this.#maxDeleted) <= 0;
  }

  /** How many entries were ever added up to an ID, or UNKNOWN. */
  estimate(stream: Stream, id: StreamId): bigint {
    const added = stream.entriesAdded;
    if (added === 0n) return 0n;
    stream.loadId(this.#last, STREAM_LAST_ID);
    const toLast = id.compare(this.#last);
    if (toLast === 0 || (toLast < 0 && stream.length === 0)) return added;
    if (toLast > 0) return UNKNOWN;
    stream.loadId(this.#first, STREAM_FIRST_ID);
    stream.loadId(this.#maxDeleted, STREAM_MAX_DELETED_ID);
    const hasGap = !this.#maxDeleted.isZero && this.#maxDeleted.compare(this.#first) >= 0;
    const toFirst = id.compare(this.#first);
    if (hasGap || toFirst > 0) return UNKNOWN;
    const before = added - BigInt(stream.length);
    return toFirst < 0 ? before : before + 1n;
  }

  /** How many entries a group has not read yet, or undefined. */
  lag(stream: Stream, group: ConsumerGroup): bigint | undefined {
    const added = stream.entriesAdded;
    if (added === 0n) return 0n;
    const id = group.loadLastId(new StreamId());
    if (group.knowsEntriesRead && !this.hasGapFrom(stream, id)) return added - group.entriesRead;
    const read = this.estimate(stream, id);
    return read === UNKNOWN ? undefined : added - read;
  }

  /** Lets a group count an entry that is behind all it has read. */
  count(stream: Stream, group: ConsumerGroup, id: StreamId): void {
    if (group.knowsEntriesRead && !this.hasGapFrom(stream, id)) group.countEntryRead();
    else if (stream.entriesAdded !== 0n) group.entriesRead = this.estimate(stream, id);
  }
}
