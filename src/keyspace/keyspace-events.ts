import type { Database } from "./database";

/**
 * Who is told when keys change: WATCH, client-side caching, keyspace notifications, replication.
 *
 * The keyspace and its commands call these at the moments at which Redis does; the server's
 * composition gives the listener. Keys are told as bytes that are valid during the call only.
 */
export interface KeyspaceEvents {
  /** A key's value, expiry or existence changed. */
  changed(database: Database, key: Uint8Array, at: number, length: number): void;
  /** A named event of a notification class (bits of config/keyspace-events), after the change. */
  notify(
    classBit: number,
    event: string,
    database: Database,
    key: Uint8Array,
    at: number,
    length: number,
  ): void;
  /** An entry came into being (class n); before the event of the command that made it. */
  added(database: Database, entry: number): void;
  /** A key was asked for and is not there (class m). */
  missed(database: Database, key: Uint8Array, at: number, length: number): void;
  /** An entry is about to be removed because its time has come. */
  expired(database: Database, entry: number): void;
  /** A field of a hash is about to be removed because its time has come. */
  fieldExpired(
    database: Database,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    field: Uint8Array,
    fieldAt: number,
    fieldLength: number,
  ): void;
  /** An entry is about to be removed to free memory. */
  evicted(database: Database, entry: number): void;
  /** A database is about to be emptied as a whole. */
  flushed(database: Database): void;
  /** A command empties one database or all of them: told once, before any is. */
  emptied(): void;
  /** Two databases are about to exchange their contents. */
  swapped(first: Database, second: Database): void;
}
