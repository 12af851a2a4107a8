import { BYTES_TO_COME } from "../../rdb/bytes-to-come";
import type { LiveBytes, RdbSource } from "../../rdb/rdb-reader";

/**
 * Bytes of an RDB that come from a socket: kept in the order in which they came until they are read.
 * It knows no socket; whoever has one looks at `pendingBytes` and stops reading from it in time.
 */
export class LiveSource implements RdbSource {
  readonly live: LiveBytes;
  /** Come and not yet read. */
  pendingBytes = 0;
  /** Nothing more will come. */
  isOver = false;
  readonly #chunks: Uint8Array[] = [];
  /** Of the first chunk, what has been read. */
  #at = 0;
  #left: number;

  /** @param sizeBytes what has been promised, undefined for nothing. */
  constructor(sizeBytes: number | undefined, onStretch: () => void) {
    this.live = { onStretch };
    this.#left = sizeBytes ?? Number.POSITIVE_INFINITY;
  }

  get remaining(): number {
    return this.#left;
  }

  /** @param bytes are copied. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(new Uint8Array(bytes));
    this.pendingBytes += bytes.length;
  }

  /** All that has come and was not read; nothing is read afterwards. */
  drain(): Buffer {
    const bytes = Buffer.concat(this.#chunks).subarray(this.#at);
    this.#chunks.length = 0;
    this.#at = 0;
    this.pendingBytes = 0;
    this.isOver = true;
    return bytes;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const [chunk] = this.#chunks;
    if (chunk === undefined) {
      if (this.isOver) return 0;
      throw BYTES_TO_COME;
    }
    const count = Math.min(length, chunk.length - this.#at);
    target.set(chunk.subarray(this.#at, this.#at + count), at);
    this.#at += count;
    this.pendingBytes -= count;
    this.#left -= count;
    if (this.#at === chunk.length) {
      this.#chunks.shift();
      this.#at = 0;
    }
    return count;
  }
}
