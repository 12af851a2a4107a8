import type { Database } from "./database";
import type { KeyspaceEvents } from "./keyspace-events";

/** Hears nothing: what listeners extend by what they want to be told. */
export class KeyspaceListener implements KeyspaceEvents {
  changed(_database: Database, _key: Uint8Array, _at: number, _length: number): void {}

  notify(
    _classBit: number,
    _event: string,
    _database: Database,
    _key: Uint8Array,
    _at: number,
    _length: number,
  ): void {}

  added(_database: Database, _entry: number): void {}

  missed(_database: Database, _key: Uint8Array, _at: number, _length: number): void {}

  expired(_database: Database, _entry: number): void {}

  fieldExpired(
    _database: Database,
    _key: Uint8Array,
    _keyAt: number,
    _keyLength: number,
    _field: Uint8Array,
    _fieldAt: number,
    _fieldLength: number,
  ): void {}

  evicted(_database: Database, _entry: number): void {}

  flushed(_database: Database): void {}

  emptied(): void {}

  swapped(_first: Database, _second: Database): void {}
}
