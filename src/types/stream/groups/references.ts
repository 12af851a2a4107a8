import type { DataCall } from "../../../keyspace/data-call";
import { StreamId } from "../stream-id";
import type { GroupAccess } from "./group-access";

/**
 * Who still needs an entry: a group that has not come so far yet, or a consumer for which it is
 * pending. Afterwards another group may be open than before.
 */
export class References {
  readonly #groups: GroupAccess;
  readonly #last = new StreamId();

  constructor(groups: GroupAccess) {
    this.#groups = groups;
  }

  /** Whether a group of the open stream has not read and acknowledged an entry. */
  has(call: DataCall, id: StreamId): boolean {
    const group = this.#groups.group(call);
    const stream = this.#groups.streams.stream(call);
    for (let isOpen = group.openFirst(stream); isOpen; isOpen = group.openNext()) {
      if (group.loadLastId(this.#last).compare(id) < 0 || group.findPending(id)) return true;
    }
    return false;
  }

  /** Takes an entry from all for whom it is pending; the stream is owned. */
  remove(call: DataCall, id: StreamId): void {
    const group = this.#groups.group(call);
    const stream = this.#groups.streams.stream(call);
    for (let isOpen = group.openFirst(stream); isOpen; isOpen = group.openNext()) {
      if (!group.findPending(id)) continue;
      group.own();
      group.removePending();
      call.keyspace.stats.changes++;
    }
  }
}
