import { EVENT_HASH } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import type { HashAccess } from "./hash-access";
import { NEVER } from "./time-words";

/**
 * What a command has done to the expiries of the fields of one hash, and how that is told at its
 * end: the hash is stored, the index learns of the expiry, events follow each other as in Redis 8,
 * `del` last when no field is left, and effects name the fields that really changed. Fields are told
 * by the index of their argument.
 */
export class FieldChanges {
  readonly #set: number[] = [];
  readonly #deleted: number[] = [];
  readonly #persisted: number[] = [];
  readonly #expiring: number[] = [];
  /** Fields that kept no expiry, although others of the command do, as their time had come. */
  readonly #renewed: number[] = [];
  #expiryMs = NEVER;

  /** A field got the value in the argument behind it. */
  set(index: number): void {
    this.#set.push(index);
  }

  /** A field was taken out, also because it got an expiry in the past. */
  delete(index: number): void {
    this.#deleted.push(index);
  }

  /** A field lost its expiry. */
  persist(index: number): void {
    this.#persisted.push(index);
  }

  /** A field that was set and keeps its expiry had none left to keep. */
  renew(index: number): void {
    this.#renewed.push(index);
  }

  /** A field got an expiry, the one that the command gives. */
  expire(index: number, timeMs: number): void {
    this.#expiring.push(index);
    this.#expiryMs = timeMs;
  }

  /** Nothing happens when nothing was changed. */
  finish(call: DataCall, hashes: HashAccess, keepsExpiry = false): void {
    const set = this.#set.length;
    const deleted = this.#deleted.length;
    const persisted = this.#persisted.length;
    const expiring = this.#expiring.length;
    const changes = set > 0 ? set : deleted + persisted + expiring;
    if (changes === 0) return;
    hashes.store(call);
    if (expiring > 0) hashes.noteExpiry(call, this.#expiryMs);
    call.keyspace.stats.changes += changes;
    call.signal(call.db, 1);
    if (set > 0) call.notify(call.db, 1, EVENT_HASH, "hset");
    if (expiring > 0) call.notify(call.db, 1, EVENT_HASH, "hexpire");
    if (persisted > 0) call.notify(call.db, 1, EVENT_HASH, "hpersist");
    if (deleted > 0) call.notify(call.db, 1, EVENT_HASH, "hdel");
    hashes.deleteIfEmpty(call);
    if (call.effects.isOn) this.#tell(call, keepsExpiry);
  }

  /** A field that was set and deleted at once is told as deleted alone. */
  #tell(call: DataCall, keepsExpiry: boolean): void {
    const deleted = this.#deleted;
    if (this.#set.length > 0 && deleted.length === 0) this.#tellSet(call, keepsExpiry);
    else if (this.#expiring.length > 0) this.#tellExpiring(call);
    if (this.#persisted.length > 0) tellFields(call, "HPERSIST", this.#persisted);
    if (deleted.length === 0) return;
    call.effects.begin(call.db, 2 + deleted.length);
    call.effects.text("HDEL");
    call.effects.argument(1);
    for (const index of deleted) call.effects.argument(index);
  }

  #tellSet(call: DataCall, keepsExpiry: boolean): void {
    const { db, effects } = call;
    const set = this.#set;
    const expires = this.#expiring.length > 0;
    if (!expires && !keepsExpiry) {
      effects.begin(db, 2 + set.length * 2);
      effects.text("HSET");
      effects.argument(1);
    } else {
      effects.begin(db, (expires ? 6 : 5) + set.length * 2);
      effects.text("HSETEX");
      effects.argument(1);
      effects.text(expires ? "PXAT" : "KEEPTTL");
      if (expires) effects.integer(this.#expiryMs);
      effects.text("FIELDS");
      effects.integer(set.length);
    }
    for (const index of set) effects.arguments(index, index + 2);
    // Who loads this knows no time, so fields have kept expiries there that had passed here.
    if (this.#renewed.length > 0) tellFields(call, "HPERSIST", this.#renewed);
  }

  #tellExpiring(call: DataCall): void {
    const { db, effects } = call;
    const expiring = this.#expiring;
    effects.begin(db, 5 + expiring.length);
    effects.text("HPEXPIREAT");
    effects.argument(1);
    effects.integer(this.#expiryMs);
    effects.text("FIELDS");
    effects.integer(expiring.length);
    for (const index of expiring) effects.argument(index);
  }
}

function tellFields({ db, effects }: DataCall, name: string, fields: readonly number[]): void {
  effects.begin(db, 4 + fields.length);
  effects.text(name);
  effects.argument(1);
  effects.text("FIELDS");
  effects.integer(fields.length);
  for (const index of fields) effects.argument(index);
}
