import {
  STATS_PENDING_OUTPUT,
  STATS_QUERY_BYTES,
  STATS_WORDS,
  type TransportMemory,
} from "../net/transport";
import type { Client } from "./client";

/** What a client takes without any buffer: its object, its place in the transport, its socket. */
const CLIENT_BYTES = 1200;

/** The bytes that a client takes: what it has sent and what waits for it, as far as it is known. */
export class ClientMemory {
  readonly #stats: Float64Array;

  constructor(memory: TransportMemory) {
    this.#stats = memory.stats;
  }

  /** Of a request that is not complete or held. */
  queryBytes(client: Client): number {
    return this.#figure(client, STATS_QUERY_BYTES);
  }

  /** Of replies that the socket has not taken, and of the stream that is kept for a replica. */
  outputBytes(client: Client): number {
    return this.#figure(client, STATS_PENDING_OUTPUT) + client.streamBytes;
  }

  totalBytes(client: Client): number {
    const { name, libraryName, libraryVersion } = client;
    const names = name.length + libraryName.length + libraryVersion.length;
    const requests = client.queuedBytes + client.waitingBytes + this.queryBytes(client);
    const told = client.subscriptionBytes + client.prefixBytes + client.watchedBytes;
    return CLIENT_BYTES + names + told + requests + this.outputBytes(client);
  }

  /** 0 for the master, of which the transport knows nothing. */
  #figure({ slot }: Client, word: number): number {
    return slot < 0 ? 0 : this.#stats[slot * STATS_WORDS + word];
  }
}
