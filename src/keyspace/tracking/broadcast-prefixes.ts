import { equalBytes } from "../../base/bytes";
import type { Client } from "../../session/client";
import { topicKey } from "../../session/pubsub/topic-key";

const PREFIX_BYTES = 200;

/** A key that was changed, and by whom; by nobody when it expired or was evicted. */
export interface ChangedKey {
  readonly key: Uint8Array;
  readonly by: Client | undefined;
}

/** A prefix that clients have asked for, with the keys below it that were changed in this turn. */
export interface BroadcastPrefix {
  readonly prefix: Uint8Array;
  readonly clients: Set<Client>;
  /** By their texts. */
  readonly changed: Map<string, ChangedKey>;
}

/**
 * The prefixes of clients that track in broadcasting mode.
 *
 * What always holds: a prefix is here as long as a client has it, and prefixes are in the order of
 * their bytes. A change costs one comparison per prefix, as in Redis.
 */
export class BroadcastPrefixes {
  #prefixes: BroadcastPrefix[] = [];
  #hasChanges = false;

  get count(): number {
    return this.#prefixes.length;
  }

  /** The prefixes of a client, by their bytes. */
  of(client: Client): Uint8Array[] {
    const own = this.#prefixes.filter(({ clients }) => clients.has(client));
    return own.map(({ prefix }) => prefix);
  }

  /** About what the prefixes of a client take. */
  bytesOf(client: Client): number {
    return this.of(client).reduce((sum, prefix) => sum + PREFIX_BYTES + prefix.length, 0);
  }

  add(client: Client, prefix: Uint8Array): void {
    const known = this.#prefixes.find((one) => Buffer.compare(one.prefix, prefix) === 0);
    if (known !== undefined) {
      known.clients.add(client);
      return;
    }
    this.#prefixes.push({ prefix, clients: new Set([client]), changed: new Map() });
    this.#prefixes.sort((one, other) => Buffer.compare(one.prefix, other.prefix));
  }

  /** Takes all prefixes from a client. */
  leave(client: Client): void {
    for (const { clients } of this.#prefixes) clients.delete(client);
    this.#prefixes = this.#prefixes.filter(({ clients }) => clients.size > 0);
  }

  /** Notes a change until the end of the turn; of several to one key the last is kept. */
  changed(bytes: Uint8Array, at: number, length: number, by: Client | undefined): void {
    let key: Uint8Array | undefined;
    let text = "";
    for (const { prefix, changed } of this.#prefixes) {
      if (prefix.length > length) continue;
      if (!equalBytes(prefix, 0, bytes, at, prefix.length)) continue;
      if (key === undefined) {
        key = bytes.slice(at, at + length);
        text = topicKey(bytes, at, length);
      }
      changed.set(text, { key, by });
      this.#hasChanges = true;
    }
  }

  /** Calls `tell` for each prefix with changes, the keys by their bytes, and forgets these. */
  takeChanges(tell: (clients: Set<Client>, keys: readonly ChangedKey[]) => void): void {
    if (!this.#hasChanges) return;
    this.#hasChanges = false;
    for (const { clients, changed } of this.#prefixes) {
      if (changed.size === 0) continue;
      const keys = [...changed.values()];
      changed.clear();
      keys.sort((one, other) => Buffer.compare(one.key, other.key));
      tell(clients, keys);
    }
  }
}
