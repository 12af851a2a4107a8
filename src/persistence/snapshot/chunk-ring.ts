/**
 * A snapshot on its way from the thread that makes it to the sockets of replicas: chunks in a ring
 * of shared memory. One side fills, the other empties; neither copies what the other holds.
 *
 *     taken           written
 *       v                v
 *     [ chunk ][ chunk ][ being filled ][ free ]
 *
 * What always holds: a chunk is not written again before it was taken; who fills waits for that, and
 * gives up when the snapshot is cancelled.
 */
const CHUNKS = 16;
export const CHUNK_BYTES = 256 * 1024;
const WRITTEN = 0;
const TAKEN = 1;
const LENGTHS = 2;
/** How often who waits for room looks whether it is still wanted. */
const LOOK_MS = 50;

export interface SharedRing {
  readonly words: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

export class ChunkRing {
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;

  /** @param shared what `shared` of the other side's ring gave; absent on the side that begins. */
  constructor(shared?: SharedRing) {
    const words = shared?.words ?? new SharedArrayBuffer((LENGTHS + CHUNKS) * 4);
    this.#words = new Int32Array(words);
    this.bytes = new Uint8Array(shared?.bytes ?? new SharedArrayBuffer(CHUNKS * CHUNK_BYTES));
  }

  get shared(): SharedRing {
    return {
      words: this.#words.buffer as SharedArrayBuffer,
      bytes: this.bytes.buffer as SharedArrayBuffer,
    };
  }

  /** Chunks written so far, and those that may be written again. */
  get written(): number {
    return Atomics.load(this.#words, WRITTEN);
  }

  get taken(): number {
    return Atomics.load(this.#words, TAKEN);
  }

  /** Where the chunk of that number lies, counted from the beginning of the snapshot. */
  placeOf(chunk: number): number {
    return (chunk % CHUNKS) * CHUNK_BYTES;
  }

  lengthOf(chunk: number): number {
    return this.#words[LENGTHS + (chunk % CHUNKS)];
  }

  /** Chunks before this one have been taken. */
  take(chunk: number): void {
    Atomics.store(this.#words, TAKEN, chunk);
    Atomics.notify(this.#words, TAKEN);
  }

  /** The chunk being filled is complete. */
  publish(length: number): void {
    const written = this.written;
    this.#words[LENGTHS + (written % CHUNKS)] = length;
    Atomics.store(this.#words, WRITTEN, written + 1);
  }

  /** Waits for room for a chunk; false when `isCancelled` came first. */
  waitForRoom(isCancelled: () => boolean): boolean {
    for (;;) {
      const taken = this.taken;
      if (this.written - taken < CHUNKS) return true;
      if (isCancelled()) return false;
      Atomics.wait(this.#words, TAKEN, taken, LOOK_MS);
    }
  }
}
