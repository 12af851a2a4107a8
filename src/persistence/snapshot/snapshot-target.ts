import { copyBytes } from "../../base/bytes";
import { CHUNK_BYTES, type ChunkRing } from "./chunk-ring";

/** Where the bytes of a snapshot go: a file, or the sockets of replicas. */
export interface SnapshotTarget {
  readonly sizeBytes: number;
  /** @throws when it cannot be kept. */
  write(bytes: Uint8Array, length: number): void;
  /** All is written. */
  finish(): void;
  /** It counts from now on. Returns the descriptor of a file that stays open for who sends it on. */
  commit(): number | undefined;
  /** Leaves nothing behind. */
  abandon(): void;
}

/** Thrown where a snapshot has been cancelled while it was written. */
export class SnapshotCancelled extends Error {}

/** Chunks for the main thread, which sends them. */
export class SnapshotStream implements SnapshotTarget {
  sizeBytes = 0;
  readonly #ring: ChunkRing;
  readonly #isCancelled: () => boolean;
  readonly #published: () => void;
  #used = 0;

  constructor(ring: ChunkRing, isCancelled: () => boolean, published: () => void) {
    this.#ring = ring;
    this.#isCancelled = isCancelled;
    this.#published = published;
  }

  write(bytes: Uint8Array, length: number): void {
    const ring = this.#ring;
    for (let at = 0; at < length; ) {
      if (this.#used === 0 && !ring.waitForRoom(this.#isCancelled)) throw new SnapshotCancelled();
      const piece = Math.min(length - at, CHUNK_BYTES - this.#used);
      copyBytes(ring.bytes, ring.placeOf(ring.written) + this.#used, bytes, at, piece);
      this.#used += piece;
      at += piece;
      if (this.#used === CHUNK_BYTES) this.#publish();
    }
    this.sizeBytes += length;
  }

  finish(): void {
    if (this.#used > 0) this.#publish();
  }

  commit(): undefined {
    return undefined;
  }

  abandon(): void {
    this.#used = 0;
  }

  #publish(): void {
    this.#ring.publish(this.#used);
    this.#used = 0;
    this.#published();
  }
}
