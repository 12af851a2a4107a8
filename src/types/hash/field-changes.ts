import { EVENT_HASH } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import type { HashAccess } from "./hash-access";
import { NEVER } from "./time-words";

/**
 * What a command has done to the expiries of the fields of one hash, and how that is told at its
 * end: the hash is stored, the index learns of the earliest expiry, and events follow each other as
 * in Redis 8, `del` last when no field is left.
 */
export class FieldChanges {
  /** Fields that got a value. */
  set = 0;
  /** Fields that were taken out, also because they got an expiry in the past. */
  deleted = 0;
  /** Fields that lost their expiry. */
  persisted = 0;
  #expiring = 0;
  #leastMs = NEVER;

  /** A field got an expiry. */
  expire(timeMs: number): void {
    this.#expiring++;
    if (timeMs < this.#leastMs) this.#leastMs = timeMs;
  }

  /** Nothing happens when nothing was changed. */
  finish(call: DataCall, hashes: HashAccess): void {
    const { set, deleted, persisted } = this;
    const expiring = this.#expiring;
    const changes = set > 0 ? set : deleted + persisted + expiring;
    if (changes === 0) return;
    hashes.store(call);
    if (expiring > 0) hashes.noteExpiry(call, this.#leastMs);
    call.keyspace.stats.changes += changes;
    call.signal(call.db, 1);
    if (set > 0) call.notify(call.db, 1, EVENT_HASH, "hset");
    if (expiring > 0) call.notify(call.db, 1, EVENT_HASH, "hexpire");
    if (persisted > 0) call.notify(call.db, 1, EVENT_HASH, "hpersist");
    if (deleted > 0) call.notify(call.db, 1, EVENT_HASH, "hdel");
    hashes.deleteIfEmpty(call);
  }
}
