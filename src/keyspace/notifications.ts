import { copyBytes, latin1Bytes } from "../base/bytes";
import {
  EVENT_EVICTED,
  EVENT_EXPIRED,
  EVENT_KEY_MISS,
  EVENT_KEYEVENT,
  EVENT_KEYSPACE,
  EVENT_NEW,
} from "../config/keyspace-events";
import type { BlockMemory } from "../memory/block-memory";
import { SEGMENT_SHIFT } from "../memory/block-memory";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { PubSub } from "../session/pubsub/pub-sub";
import type { Database } from "./database";
import { keyLengthOf, keyStartOf } from "./entry";
import { KeyspaceListener } from "./keyspace-listener";

/** Longer channel names are put together in memory of their own. */
const SCRATCH_BYTES = 4096;

/**
 * Keyspace notifications: publishes what happens to keys, the event on the key's channel
 * (`__keyspace@0__:key`) first, then the key on the event's (`__keyevent@0__:event`).
 *
 * It listens only to what `notify-keyspace-events` names, and is to be no listener at all while that
 * is nothing.
 */
export class Notifications extends KeyspaceListener {
  /** Bits of config/keyspace-events. */
  classes = 0;
  readonly #pubSub: PubSub;
  readonly #reply: ReplyWriter;
  readonly #memory: BlockMemory;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  /** By database. */
  readonly #keyspacePrefixes: Uint8Array[] = [];
  readonly #keyeventPrefixes: Uint8Array[] = [];
  /** The names of events as bytes; as many as the commands have. */
  readonly #names = new Map<string, Uint8Array>();

  constructor(pubSub: PubSub, reply: ReplyWriter, memory: BlockMemory) {
    super();
    this.#pubSub = pubSub;
    this.#reply = reply;
    this.#memory = memory;
  }

  /** Whether anything is to be published at all. */
  get isOn(): boolean {
    return (this.classes & (EVENT_KEYSPACE | EVENT_KEYEVENT)) !== 0;
  }

  override notify(
    classBit: number,
    event: string,
    database: Database,
    key: Uint8Array,
    at: number,
    length: number,
  ): void {
    if ((this.classes & classBit) === 0 || !this.#pubSub.hasListeners) return;
    const name = this.#nameOf(event);
    if ((this.classes & EVENT_KEYSPACE) !== 0) {
      const prefix = prefixOf(this.#keyspacePrefixes, "keyspace", database);
      this.#publish(prefix, key, at, length, name, 0, name.length);
    }
    if ((this.classes & EVENT_KEYEVENT) !== 0) {
      const prefix = prefixOf(this.#keyeventPrefixes, "keyevent", database);
      this.#publish(prefix, name, 0, name.length, key, at, length);
    }
  }

  override added(database: Database, entry: number): void {
    if ((this.classes & EVENT_NEW) !== 0) this.#notifyEntry(EVENT_NEW, "new", database, entry);
  }

  override missed(database: Database, key: Uint8Array, at: number, length: number): void {
    this.notify(EVENT_KEY_MISS, "keymiss", database, key, at, length);
  }

  override expired(database: Database, entry: number): void {
    this.#notifyEntry(EVENT_EXPIRED, "expired", database, entry);
  }

  override evicted(database: Database, entry: number): void {
    this.#notifyEntry(EVENT_EVICTED, "evicted", database, entry);
  }

  #notifyEntry(classBit: number, event: string, database: Database, entry: number): void {
    const bytes = this.#memory.bytes[entry >>> SEGMENT_SHIFT];
    const at = keyStartOf(this.#memory, entry);
    this.notify(classBit, event, database, bytes, at, keyLengthOf(this.#memory, entry));
  }

  /** Publishes on the channel whose name is `prefix` and the bytes behind it. */
  #publish(
    prefix: Uint8Array,
    rest: Uint8Array,
    restAt: number,
    restLength: number,
    text: Uint8Array,
    textAt: number,
    textLength: number,
  ): void {
    const length = prefix.length + restLength;
    const channel = length <= SCRATCH_BYTES ? this.#scratch : new Uint8Array(length);
    copyBytes(channel, 0, prefix, 0, prefix.length);
    copyBytes(channel, prefix.length, rest, restAt, restLength);
    this.#pubSub.publish(this.#reply, channel, 0, length, text, textAt, textLength);
  }

  #nameOf(event: string): Uint8Array {
    let name = this.#names.get(event);
    if (name === undefined) {
      name = latin1Bytes(event);
      this.#names.set(event, name);
    }
    return name;
  }
}

/** `__keyspace@<number>__:` or `__keyevent@<number>__:`, kept for the next time. */
function prefixOf(kept: Uint8Array[], kind: string, { index }: Database): Uint8Array {
  kept[index] ??= latin1Bytes(`__${kind}@${index}__:`);
  return kept[index];
}
