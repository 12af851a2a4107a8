import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { Database } from "../../keyspace/database";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import { exactExpiryOf, hasExpiry, TYPE_STREAM, typeOf } from "../../keyspace/entry";
import { KeyTable } from "../../keyspace/key-table";
import type { Keyspace } from "../../keyspace/keyspace";
import { KeyspaceListener } from "../../keyspace/keyspace-listener";
import type { DumpPayload } from "../rdb/dump-payload";

export interface MovingParts {
  readonly keyspace: Keyspace;
  readonly effects: EffectStream;
  /** Adds it to or takes it from those who listen to the keyspace. */
  readonly listen: (listener: KeyspaceListener, isListening: boolean) => void;
  readonly payload: DumpPayload;
}

/** A key whose value is on its way to another server. */
export interface MovingKey {
  readonly database: number;
  readonly hash: number;
  readonly key: Uint8Array;
  /** Whoever moves it; a request may name a key twice. */
  readonly owner: object;
  /** What it held is not what is there now. */
  isChanged: boolean;
  /** Its time came, or its owner has deleted it already: it is rightly gone. */
  isGone: boolean;
  /** Of streams, whose groups change without anybody being told: the sum over what was sent. */
  readonly checksum: bigint;
}

/** The checksum is the end of a payload. */
const CHECKSUM_BYTES = 8;
const NO_CHECKSUM = 0n;

/**
 * The keys that are being migrated, from the moment when their values are read until the other
 * server has answered: so that no key is deleted that was changed in between.
 *
 * What always holds: a key that `begin` was called for is in the table until `end`; the keyspace is
 * listened to exactly while there is one.
 */
export class MovingKeys extends KeyspaceListener {
  readonly #parts: MovingParts;
  readonly #keys = new KeyTable<Set<MovingKey>>();

  constructor(parts: MovingParts) {
    super();
    this.#parts = parts;
  }

  /**
   * Reads a key: calls `send` with its payload, valid during the call, and the ms left to it ("0" for
   * ever). Undefined when it is not there.
   */
  begin(
    owner: object,
    database: number,
    key: Uint8Array,
    send: (payload: Uint8Array, ttlMs: string) => void,
  ): MovingKey | undefined {
    const { keyspace, payload } = this.#parts;
    const { memory } = keyspace;
    const hash = keyspace.hashOf(key, 0, key.length);
    const entry = keyspace.peek(keyspace.databases[database], hash, key, 0, key.length);
    if (entry === 0) return undefined;
    const expires = hasExpiry(memory, entry);
    const ttlMs = expires ? exactExpiryOf(memory, entry) - BigInt(keyspace.nowMs) : 0n;
    const { bytes, length } = payload.write(entry);
    const isStream = typeOf(memory, entry) === TYPE_STREAM;
    const checksum = isStream ? checksumOf(bytes, length) : NO_CHECKSUM;
    send(bytes.subarray(0, length), String(ttlMs));
    const moving = { database, hash, key, owner, isChanged: false, isGone: false, checksum };
    const node = this.#keys.find(database, hash, key, 0, key.length);
    if (node !== undefined) {
      node.value.add(moving);
    } else {
      if (this.#keys.size === 0) this.#parts.listen(this, true);
      this.#keys.add(database, hash, key, new Set([moving]));
    }
    return moving;
  }

  end(moving: MovingKey): void {
    const { database, hash, key } = moving;
    const node = this.#keys.find(database, hash, key, 0, key.length);
    if (node?.value.delete(moving) !== true || node.value.size > 0) return;
    this.#keys.remove(node);
    if (this.#keys.size === 0) this.#parts.listen(this, false);
  }

  /** Deletes a key that the other server has now, and ends it; false when it was changed and stays. */
  deleteMoved(moving: MovingKey): boolean {
    const { keyspace, effects } = this.#parts;
    const { database: index, hash, key } = moving;
    const database = keyspace.databases[index];
    const entry = keyspace.peek(database, hash, key, 0, key.length);
    this.end(moving);
    if (moving.isChanged) return false;
    if (entry === 0) return moving.isGone;
    // What a replica has is its master's.
    if (!keyspace.expiresKeys || this.#differs(moving, entry)) return false;
    if (effects.isOn) {
      effects.begin(database, 2);
      effects.text("DEL");
      effects.bytes(key, 0, key.length);
    }
    database.deleteFound(entry);
    keyspace.stats.changes++;
    keyspace.events.changed(database, key, 0, key.length);
    keyspace.events.notify(EVENT_GENERIC, "del", database, key, 0, key.length);
    if (effects.isOn) effects.settle();
    this.#tellOwner(moving);
    return true;
  }

  override changed(database: Database, key: Uint8Array, at: number, length: number): void {
    const hash = this.#parts.keyspace.hashOf(key, at, length);
    const node = this.#keys.find(database.index, hash, key, at, length);
    for (const moving of node?.value ?? []) moving.isChanged = true;
  }

  override expired(database: Database, entry: number): void {
    for (const moving of this.#movingAt(database, entry)) moving.isGone = true;
  }

  override evicted(database: Database, entry: number): void {
    for (const moving of this.#movingAt(database, entry)) moving.isChanged = true;
  }

  override flushed(database: Database): void {
    for (const node of this.#keys.of(database.index)) {
      for (const moving of node.value) moving.isChanged = true;
    }
  }

  override swapped(first: Database, second: Database): void {
    this.flushed(first);
    this.flushed(second);
  }

  /** Its owner moves the same key once more, and is not to wonder where it is. */
  #tellOwner({ database, hash, key, owner }: MovingKey): void {
    const node = this.#keys.find(database, hash, key, 0, key.length);
    for (const other of node?.value ?? []) {
      if (other.owner !== owner) continue;
      other.isChanged = false;
      other.isGone = true;
    }
  }

  #movingAt(database: Database, entry: number): Iterable<MovingKey> {
    const { keyspace } = this.#parts;
    const key = keyspace.keyOf(entry);
    const hash = keyspace.hashOfEntry(entry);
    return this.#keys.find(database.index, hash, key, 0, key.length)?.value ?? [];
  }

  /** Whether a stream is not what was sent. The entry is looked up last again. */
  #differs({ checksum }: MovingKey, entry: number): boolean {
    if (checksum === NO_CHECKSUM) return false;
    const { bytes, length } = this.#parts.payload.write(entry);
    return checksumOf(bytes, length) !== checksum;
  }
}

function checksumOf(bytes: Uint8Array, length: number): bigint {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).readBigUInt64LE(
    length - CHECKSUM_BYTES,
  );
}
