import type { Database } from "./database";
import type { KeyspaceEvents } from "./keyspace-events";

/**
 * Tells everybody who listens to the keyspace, in the order in which they were added.
 *
 * It decides nothing. A listener is called within the command that made the change, so it must be
 * quick, above all in `changed` and `notify`, and changes no key.
 */
export class KeyspaceListeners implements KeyspaceEvents {
  /** Replaced as a whole, because listeners come and go while others are being told. */
  #listeners: readonly KeyspaceEvents[] = [];

  add(listener: KeyspaceEvents): void {
    this.#listeners = [...this.#listeners, listener];
  }

  remove(listener: KeyspaceEvents): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }

  changed(database: Database, key: Uint8Array, at: number, length: number): void {
    for (const listener of this.#listeners) listener.changed(database, key, at, length);
  }

  notify(
    classBit: number,
    event: string,
    database: Database,
    key: Uint8Array,
    at: number,
    length: number,
  ): void {
    for (const listener of this.#listeners) {
      listener.notify(classBit, event, database, key, at, length);
    }
  }

  added(database: Database, entry: number): void {
    for (const listener of this.#listeners) listener.added(database, entry);
  }

  missed(database: Database, key: Uint8Array, at: number, length: number): void {
    for (const listener of this.#listeners) listener.missed(database, key, at, length);
  }

  expired(database: Database, entry: number): void {
    for (const listener of this.#listeners) listener.expired(database, entry);
  }

  fieldExpired(
    database: Database,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    field: Uint8Array,
    fieldAt: number,
    fieldLength: number,
  ): void {
    for (const listener of this.#listeners) {
      listener.fieldExpired(database, key, keyAt, keyLength, field, fieldAt, fieldLength);
    }
  }

  evicted(database: Database, entry: number): void {
    for (const listener of this.#listeners) listener.evicted(database, entry);
  }

  flushed(database: Database): void {
    for (const listener of this.#listeners) listener.flushed(database);
  }

  emptied(): void {
    for (const listener of this.#listeners) listener.emptied();
  }

  swapped(first: Database, second: Database): void {
    for (const listener of this.#listeners) listener.swapped(first, second);
  }
}
