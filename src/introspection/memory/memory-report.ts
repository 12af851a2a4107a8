import type { Keyspace } from "../../keyspace/keyspace";
import type { UsedMemory } from "../../keyspace/used-memory";
import type { ClientMemory } from "../../session/client-memory";
import { type ClientType, clientTypeOf } from "../../session/client-type";
import type { Clients } from "../../session/clients";
import { dictBytes } from "../../structures/dict-memory";

/**
 * Where the memory is: the one source of INFO memory, MEMORY STATS and MEMORY DOCTOR.
 *
 * It measures nothing that costs: the JS heap and the buffers are as the cron sampled them last, the
 * rest is counted anyway. What always holds: overhead and data set add up to what is used.
 */
export interface DatabaseMemory {
  readonly index: number;
  readonly keys: number;
  /** The dictionary without its entries. */
  readonly tableBytes: number;
}

export interface MemoryFigures {
  readonly usedBytes: number;
  readonly peakBytes: number;
  /** As the system sees the process. */
  readonly rssBytes: number;
  /** What was used when the server began to serve. */
  readonly startupBytes: number;
  readonly heapBytes: number;
  readonly clientBufferBytes: number;
  /** All that belongs to clients that are neither replicas nor masters, their objects included. */
  readonly normalClientBytes: number;
  readonly replicaClientBytes: number;
  /** Effects of commands that the append only file has yet to take. */
  readonly aofBufferBytes: number;
  /** The backlog, and the whole stream that is kept for replicas. */
  readonly backlogBytes: number;
  readonly streamBytes: number;
  readonly clientCount: number;
  /** Those that hold keys. */
  readonly databases: readonly DatabaseMemory[];
  readonly keys: number;
  readonly datasetBytes: number;
  readonly overheadBytes: number;
  /** Of what has been added since the start, per cent. */
  readonly datasetPercent: number;
  readonly bytesPerKey: number;
  readonly allocatedBytes: number;
  /** Of pages that hold at least one block. */
  readonly activeBytes: number;
  /** Active pages and free ones that the system has not been given back. */
  readonly residentBytes: number;
  /** Freed, and kept for a running snapshot. */
  readonly parkedBytes: number;
  /** What the JS heap may grow to. */
  readonly heapLimitBytes: number;
}

export interface MemorySources {
  readonly keyspace: Keyspace;
  readonly usedMemory: UsedMemory;
  readonly clients: Clients;
  readonly clientMemory: ClientMemory;
  readonly rssBytes: () => number;
  readonly aofBufferBytes: () => number;
  readonly heapLimitBytes: number;
}

export class MemoryReport {
  readonly #sources: MemorySources;
  /** What is used without data; the least seen, because a start leaves garbage in the JS heap. */
  #startupBytes: number;

  constructor(sources: MemorySources) {
    this.#sources = sources;
    this.#startupBytes = sources.usedMemory.bytes;
  }

  figures(): MemoryFigures {
    const { keyspace, usedMemory } = this.#sources;
    const { memory } = keyspace;
    const databases = this.#databases();
    const allocatedBytes = memory.usedBytes;
    const usedBytes = usedMemory.bytes;
    const datasetBytes = Math.max(allocatedBytes - this.#tableBytes(), 0);
    this.#startupBytes = Math.min(this.#startupBytes, usedBytes - datasetBytes);
    const addedBytes = Math.max(usedBytes - this.#startupBytes, datasetBytes, 1);
    const keys = databases.reduce((sum, database) => sum + database.keys, 0);
    const dataBytes = databases.reduce((sum, { tableBytes }) => sum + tableBytes, datasetBytes);
    const rssBytes = this.#sources.rssBytes();
    return {
      ...this.#clientFigures(),
      usedBytes,
      peakBytes: Math.max(usedMemory.peakBytes, usedBytes),
      rssBytes,
      startupBytes: this.#startupBytes,
      heapBytes: usedMemory.heapBytes,
      clientBufferBytes: usedMemory.clientBytes,
      databases,
      keys,
      datasetBytes,
      overheadBytes: usedBytes - datasetBytes,
      datasetPercent: (datasetBytes * 100) / addedBytes,
      bytesPerKey: keys === 0 ? 0 : Math.round(dataBytes / keys),
      allocatedBytes,
      activeBytes: memory.reservedBytes,
      // The arena does not know what of a freed range was ever touched; the system does.
      residentBytes: Math.max(memory.reservedBytes, Math.min(memory.residentBytes, rssBytes)),
      parkedBytes: memory.parkedBytes,
      aofBufferBytes: this.#sources.aofBufferBytes(),
      ...this.#streamFigures(),
      heapLimitBytes: this.#sources.heapLimitBytes,
    };
  }

  #streamFigures() {
    const { keptStream, slowReplicaBytes } = this.#sources.usedMemory;
    const streamBytes = keptStream?.usedBytes ?? 0;
    return { streamBytes, backlogBytes: streamBytes - slowReplicaBytes };
  }

  #databases(): DatabaseMemory[] {
    const { databases, memory } = this.#sources.keyspace;
    return databases
      .filter((database) => database.size > 0)
      .map(({ index, size, dict }) => ({
        index,
        keys: size,
        tableBytes: dictBytes(memory, dict),
      }));
  }

  #tableBytes(): number {
    const { databases, memory } = this.#sources.keyspace;
    return databases.reduce((sum, { dict }) => sum + dictBytes(memory, dict), 0);
  }

  #clientFigures() {
    const { clients, clientMemory } = this.#sources;
    const bytes: Record<ClientType, number> = { normal: 0, pubsub: 0, replica: 0, master: 0 };
    // What is kept of the stream for replicas is kept once for all of them.
    for (const client of clients.all())
      bytes[clientTypeOf(client)] += clientMemory.totalBytes(client) - client.streamBytes;
    return {
      normalClientBytes: bytes.normal + bytes.pubsub,
      replicaClientBytes: bytes.replica + this.#sources.usedMemory.slowReplicaBytes,
      clientCount: clients.count,
    };
  }
}
