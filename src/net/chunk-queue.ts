/**
 * Bytes that arrived and are not in the input memory yet, in order, as the buffers they came in.
 * It copies nothing until they are taken. What always holds: `length` is the sum of what is left.
 */

export class ChunkQueue {
  length = 0;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are taken. */
  #taken = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Puts bytes before all others: they will be taken again. */
  unshift(chunk: Uint8Array): void {
    const first = this.#chunks[0];
    if (this.#taken > 0 && first !== undefined) {
      this.#chunks[0] = first.subarray(this.#taken);
      this.#taken = 0;
    }
    this.#chunks.unshift(chunk);
    this.length += chunk.length;
  }

  /** Moves the first `sizeBytes` bytes, which must be here, to `target` at `at`. */
  take(target: Uint8Array, at: number, sizeBytes: number): void {
    let left = sizeBytes;
    let to = at;
    let used = 0;
    while (left > 0) {
      const chunk = this.#chunks[used];
      const bytes = Math.min(chunk.length - this.#taken, left);
      const isWhole = bytes === chunk.length;
      target.set(isWhole ? chunk : chunk.subarray(this.#taken, this.#taken + bytes), to);
      to += bytes;
      left -= bytes;
      this.#taken += bytes;
      if (this.#taken < chunk.length) break;
      this.#taken = 0;
      used += 1;
    }
    this.#chunks.splice(0, used);
    this.length -= sizeBytes;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#taken = 0;
    this.length = 0;
  }
}
