import type { Arena } from "../memory/arena";

/**
 * How much memory the server uses: what INFO shows and what maxmemory is compared with.
 *
 * Data is known to the byte at any time. Buffers of clients and the JS heap are sampled by the cron,
 * because asking costs; of the heap the least of the last samples counts, which is what lives, since
 * the rest is garbage that has not been collected yet.
 */
export interface MemoryOverheads {
  /** Bytes of the JS heap in use, garbage included. */
  readonly heapBytes: () => number;
  /** Bytes that clients' requests and replies take at this moment. */
  readonly clientBytes: () => number;
}

/** The stream that is kept for replicas. */
export interface KeptStream {
  readonly usedBytes: number;
  /** repl-backlog-size; what is more is kept for replicas that are slow. */
  readonly sizeBytes: number;
}

/** Samples of the heap that are looked back on; at 10 a second, six seconds. */
const HEAP_SAMPLES = 60;

export class UsedMemory {
  /** The highest value at any sample (INFO used_memory_peak). */
  peakBytes = 0;
  /** At the last sample. */
  heapBytes = 0;
  clientBytes = 0;
  /** Absent where there is no replication. */
  keptStream: KeptStream | undefined;
  readonly #arena: Arena;
  readonly #overheads: MemoryOverheads;
  readonly #heapSamples = new Float64Array(HEAP_SAMPLES).fill(Number.POSITIVE_INFINITY);
  #nextSample = 0;

  constructor(arena: Arena, overheads: MemoryOverheads) {
    this.#arena = arena;
    this.#overheads = overheads;
    this.sample();
  }

  /** Everything in use, also what waits to be freed. */
  get bytes(): number {
    const streamBytes = this.keptStream?.usedBytes ?? 0;
    return this.#arena.usedBytes + this.heapBytes + this.clientBytes + streamBytes;
  }

  /**
   * What is compared with maxmemory: without blocks that are free but for a running snapshot, which
   * no eviction could give back any sooner, and without what slow replicas make stay: evictions are
   * told to them, too, and would only add to it.
   */
  get countedBytes(): number {
    return this.bytes - this.#arena.parkedBytes - this.slowReplicaBytes;
  }

  /** Of the stream, what is kept beyond the backlog. */
  get slowReplicaBytes(): number {
    const stream = this.keptStream;
    return stream === undefined ? 0 : Math.max(0, stream.usedBytes - stream.sizeBytes);
  }

  /** Looks at what is not known at any time. Called by the cron. */
  sample(): void {
    this.#heapSamples[this.#nextSample] = this.#overheads.heapBytes();
    this.#nextSample = (this.#nextSample + 1) % HEAP_SAMPLES;
    let least = this.#heapSamples[0];
    for (const bytes of this.#heapSamples) if (bytes < least) least = bytes;
    this.heapBytes = least;
    this.clientBytes = this.#overheads.clientBytes();
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
  }

  /** CONFIG RESETSTAT begins the peak anew. */
  resetPeak(): void {
    this.peakBytes = this.bytes;
  }
}
