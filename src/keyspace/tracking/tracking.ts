import type { Random } from "../../base/random";
import { KeyPositions } from "../../command/key-positions";
import type { BlockMemory } from "../../memory/block-memory";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { ReplyWriter } from "../../protocol/reply-writer";
import {
  AFTER_CACHING,
  type Client,
  TRACKING_BROADCAST,
  TRACKING_BROKEN,
  TRACKING_NO_LOOP,
  TRACKING_ON,
  TRACKING_OPT_IN,
  TRACKING_OPT_OUT,
} from "../../session/client";
import type { Clients } from "../../session/clients";
import type { Pushes } from "../../session/pushes";
import type { DataCall } from "../data-call";
import type { Database } from "../database";
import { keyLengthOf, keyStartOf } from "../entry";
import { KeyspaceListener } from "../keyspace-listener";
import { BroadcastPrefixes, type ChangedKey } from "./broadcast-prefixes";
import { BrokenRedirection, Invalidation } from "./invalidation";
import type { TrackingTable } from "./tracking-table";

/** Keys that one command or tick takes out of a table that is too large. */
const MOST_EVICTED = 100;

export interface TrackingParts {
  readonly table: TrackingTable;
  readonly memory: BlockMemory;
  readonly hashOf: (key: Uint8Array, at: number, length: number) => number;
  readonly random: Random;
  readonly clients: Clients;
  readonly pushes: Pushes;
  readonly reply: ReplyWriter;
  /** tracking-table-max-keys; 0 is without limit. */
  readonly maxKeys: () => number;
  /** Whose command is being run; nobody's outside of turns. */
  readonly runningClient: () => Client | undefined;
  /** Raises or lowers the gate `tracking` of a client. */
  readonly setGate: (client: Client, raised: boolean) => void;
  /** Adds it to or takes it from those who listen to the keyspace. */
  readonly listen: (listener: KeyspaceListener, listens: boolean) => void;
}

/**
 * Client-side caching: remembers which client has read which key, and tells it when that changes.
 *
 * Of a key that a client has read it is told once; then it is forgotten until it is read again. In
 * broadcasting mode nothing is remembered: at the end of a turn a client is told of all keys below
 * its prefixes that were changed. Names of keys count, whatever their database, as in Redis.
 *
 * It listens to the keyspace only while there are clients or keys to watch.
 */
export class Tracking extends KeyspaceListener {
  readonly prefixes = new BroadcastPrefixes();
  readonly #parts: TrackingParts;
  readonly #tracking = new Set<Client>();
  readonly #positions = new KeyPositions();
  readonly #invalidation = new Invalidation();
  readonly #broken = new BrokenRedirection();
  #isListening = false;

  constructor(parts: TrackingParts) {
    super();
    this.#parts = parts;
    parts.clients.whenGone((client) => this.disable(client));
  }

  /** Clients that track keys, in any mode. */
  get clientCount(): number {
    return this.#tracking.size;
  }

  get table(): Pick<TrackingTable, "count" | "items"> {
    return this.#parts.table;
  }

  /**
   * CLIENT TRACKING ON with options that have been checked.
   * @param modes TRACKING_* bits. @param redirectId 0 for none. @param prefixes those to be added.
   */
  enable(client: Client, modes: number, redirectId: number, prefixes: readonly Uint8Array[]): void {
    this.#tracking.add(client);
    client.tracking = TRACKING_ON | modes;
    client.redirectId = redirectId;
    const broadcasts = (modes & TRACKING_BROADCAST) !== 0;
    if (broadcasts && prefixes.length === 0) this.prefixes.add(client, new Uint8Array(0));
    for (const prefix of prefixes) this.prefixes.add(client, prefix);
    if (broadcasts) client.prefixBytes = this.prefixes.bytesOf(client);
    this.#parts.setGate(client, !broadcasts);
    this.#listen(true);
  }

  /** CLIENT TRACKING OFF, RESET, and the end of a connection. */
  disable(client: Client): void {
    if (client.tracking === 0) return;
    if ((client.tracking & TRACKING_BROADCAST) !== 0) this.prefixes.leave(client);
    this.#tracking.delete(client);
    client.tracking = 0;
    client.redirectId = 0;
    client.prefixBytes = 0;
    client.after &= ~AFTER_CACHING;
    this.#parts.setGate(client, false);
    // Keys stay in the table: who tracks again before they change is told of them, as in Redis.
    if (this.#tracking.size > 0 || this.#parts.table.count > 0) return;
    this.#parts.table.clear();
    this.#listen(false);
  }

  /** A client that tracks has run a command: remembers the keys that it has read. */
  remember(call: DataCall): void {
    const { client, command, args } = call;
    const isNamed = (client.after & AFTER_CACHING) !== 0;
    if (isNamed ? (client.tracking & TRACKING_OPT_OUT) !== 0 : optsIn(client)) return;
    const positions = this.#positions;
    if (!command.keys.find(args, positions)) return;
    const { table } = this.#parts;
    for (let n = 0; n < positions.count; n++) {
      const index = positions.indexAt(n);
      const at = args.offset(index);
      table.add(call.hash(index), args.input, at, args.length(index), client.id);
    }
    this.limit();
  }

  /** Takes keys at random out of a table that is too large; their clients are told. */
  limit(): void {
    const { table, maxKeys, random } = this.#parts;
    const most = maxKeys();
    if (most === 0) return;
    for (let left = MOST_EVICTED; left > 0 && table.count > most; left--) {
      const key = table.takeRandom(random);
      if (key === undefined) return;
      this.#tellTaken(key, 0, key.length, undefined);
    }
  }

  /** At the end of a turn: tells those who broadcast of what was changed. */
  endTurn(): void {
    this.prefixes.takeChanges((clients, keys) => {
      for (const client of clients) {
        const skipsOwn = (client.tracking & TRACKING_NO_LOOP) !== 0;
        const told: readonly ChangedKey[] = skipsOwn
          ? keys.filter(({ by }) => by !== client)
          : keys;
        if (told.length > 0) this.#send(client, this.#invalidation.ofKeys(told));
      }
    });
  }

  override changed(_database: Database, key: Uint8Array, at: number, length: number): void {
    this.#invalidate(key, at, length, this.#parts.runningClient());
  }

  override expired(_database: Database, entry: number): void {
    this.#removed(entry);
  }

  override evicted(_database: Database, entry: number): void {
    this.#removed(entry);
  }

  override emptied(): void {
    this.#parts.table.clear();
    for (const client of this.#tracking) this.#send(client, this.#invalidation.ofAll());
  }

  #removed(entry: number): void {
    const { memory } = this.#parts;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    this.#invalidate(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry), undefined);
  }

  /** @param by who changed the key; undefined when the server itself took it away. */
  #invalidate(key: Uint8Array, at: number, length: number, by: Client | undefined): void {
    if (this.prefixes.count > 0) this.prefixes.changed(key, at, length, by);
    const { table, hashOf, runningClient } = this.#parts;
    if (table.count === 0) return;
    // Who finds out by its own command that a key has expired need not be told, either.
    if (table.take(hashOf(key, at, length), key, at, length)) {
      this.#tellTaken(key, at, length, runningClient());
    }
  }

  /** Tells the clients of the key that was taken out of the table, but for `own` if it says so. */
  #tellTaken(key: Uint8Array, at: number, length: number, own: Client | undefined): void {
    const { table, clients } = this.#parts;
    const { takenIds, takenCount } = table;
    for (let n = 0; n < takenCount; n++) {
      const client = clients.byId(takenIds[n]);
      // It may have been read before the client turned to another mode.
      if (client === undefined || client.tracking === 0) continue;
      if ((client.tracking & TRACKING_BROADCAST) !== 0) continue;
      if (client === own && (client.tracking & TRACKING_NO_LOOP) !== 0) continue;
      this.#send(client, this.#invalidation.ofKey(key, at, length));
    }
  }

  #send(client: Client, message: Invalidation): void {
    const { clients, pushes, reply } = this.#parts;
    const { redirectId } = client;
    const to = redirectId === 0 ? client : clients.byId(redirectId);
    if (to === undefined) {
      client.tracking |= TRACKING_BROKEN;
      this.#broken.clientId = redirectId;
      if (client.resp3) pushes.send(reply, client, this.#broken);
    } else if (to.resp3 || (redirectId !== 0 && to.isSubscriber)) {
      // RESP2 has nothing but published messages that can come at any time.
      pushes.send(reply, to, message);
    }
  }

  #listen(listens: boolean): void {
    if (listens === this.#isListening) return;
    this.#isListening = listens;
    this.#parts.listen(this, listens);
  }
}

function optsIn(client: Client): boolean {
  return (client.tracking & TRACKING_OPT_IN) !== 0;
}
