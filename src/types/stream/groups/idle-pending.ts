import type { DataCall } from "../../../keyspace/data-call";
import { wordOf } from "../../../keyspace/entry";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { StreamId } from "../stream-id";
import { number64At } from "../stream-layout";
import type { GroupAccess } from "./group-access";
import { GROUP_PENDING, PENDING_ID, PENDING_TIME } from "./group-layout";

/**
 * What has been pending in a group for at least so long, the longest first: what XREADGROUP's CLAIM
 * takes. Looks and finds; who claims it is the command's.
 *
 * Costs: pending entries are ordered by ID, so each look goes through all of a group's until it has
 * what it wants. What is kept meanwhile is a small multiple of what is wanted.
 */

/** Something pending: which entry, and since when. */
export interface IdleEntry {
  readonly id: StreamId;
  readonly sinceMs: number;
}

/** Found ones are sorted, and the youngest dropped, each time there are so many more than wanted. */
const SPARE_FOUND = 64;

export class IdlePending {
  /** After a look that found nothing: in how many ms something will be old enough, or Infinity. */
  nextInMs = Number.POSITIVE_INFINITY;
  readonly #groups: GroupAccess;
  readonly #id = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  /** Whether the open group has an entry that is still there and idle for so long. */
  hasAny(call: DataCall, minIdleMs: number): boolean {
    const { memory } = call.keyspace;
    const id = this.#id;
    const pendings = this.#open(call);
    let nextInMs = Number.POSITIVE_INFINITY;
    for (let pending = pendings.seekFirst(); pending !== 0; pending = pendings.next()) {
      const leftMs = minIdleMs - (call.nowMs - number64At(memory, pending, PENDING_TIME));
      if (leftMs > 0) {
        nextInMs = Math.min(nextInMs, leftMs);
      } else if (this.#isThere(call, id.load(memory, pending, PENDING_ID))) {
        return true;
      }
    }
    this.nextInMs = nextInMs;
    return false;
  }

  /**
   * The `most` that are idle for the longest. What is pending although its entry is gone is pending
   * no more when it is met here, as with XAUTOCLAIM, and told before; the group is owned.
   */
  oldest(
    call: DataCall,
    minIdleMs: number,
    most: number,
    tellGone: (call: DataCall, id: StreamId) => void,
  ): IdleEntry[] {
    // Looked for again where some were gone, for more each time, lest it goes on and on.
    for (let wanted = most; ; wanted *= 2) {
      const found = this.#find(call, minIdleMs, wanted);
      const isAll = found.length < wanted;
      const there: IdleEntry[] = [];
      for (const entry of found) {
        if (this.#isThere(call, entry.id)) there.push(entry);
        else this.#drop(call, entry.id, tellGone);
      }
      if (there.length >= most || isAll) return there.slice(0, most);
    }
  }

  #find(call: DataCall, minIdleMs: number, most: number): IdleEntry[] {
    const { memory } = call.keyspace;
    const pendings = this.#open(call);
    const found: IdleEntry[] = [];
    for (let pending = pendings.seekFirst(); pending !== 0; pending = pendings.next()) {
      const sinceMs = number64At(memory, pending, PENDING_TIME);
      if (call.nowMs - sinceMs < minIdleMs) continue;
      found.push({ id: new StreamId().load(memory, pending, PENDING_ID), sinceMs });
      if (found.length >= most * 2 + SPARE_FOUND) keepOldest(found, most);
    }
    keepOldest(found, most);
    return found;
  }

  #open(call: DataCall): CountedTreeReader {
    const { memory } = call.keyspace;
    const group = this.#groups.group(call).ref;
    return new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_PENDING));
  }

  #isThere(call: DataCall, id: StreamId): boolean {
    const stream = this.#groups.streams.stream(call);
    stream.seekRange(id, id);
    return stream.next();
  }

  /** Forgets that something is pending. */
  #drop(call: DataCall, id: StreamId, tellGone: (call: DataCall, id: StreamId) => void): void {
    const group = this.#groups.group(call);
    if (!group.findPending(id)) return;
    tellGone(call, id);
    group.removePending();
    call.keyspace.stats.changes++;
  }
}

function keepOldest(found: IdleEntry[], most: number): void {
  found.sort((one, other) => one.sinceMs - other.sinceMs || one.id.compare(other.id));
  if (found.length > most) found.length = most;
}
