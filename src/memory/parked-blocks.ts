/**
 * A stack of refs that grows without bound and without copying: blocks that wait to be freed.
 *
 * It keeps numbers only and never looks at the blocks. Chunks are off the JS heap, so that a million
 * parked blocks cost the garbage collector nothing. 4 bytes per ref.
 */
const CHUNK_REFS = 65536;

export class ParkedBlocks {
  #chunks: Int32Array[] = [];
  #used = 0;

  get count(): number {
    return this.#chunks.length === 0 ? 0 : (this.#chunks.length - 1) * CHUNK_REFS + this.#used;
  }

  push(ref: number): void {
    if (this.#chunks.length === 0 || this.#used === CHUNK_REFS) {
      this.#chunks.push(new Int32Array(CHUNK_REFS));
      this.#used = 0;
    }
    this.#chunks[this.#chunks.length - 1][this.#used++] = ref;
  }

  /** The ref pushed last, or 0 when there is none. */
  pop(): number {
    const last = this.#chunks.length - 1;
    if (last < 0) return 0;
    const ref = this.#chunks[last][--this.#used];
    if (this.#used === 0) {
      this.#chunks.pop();
      this.#used = last === 0 ? 0 : CHUNK_REFS;
    }
    return ref;
  }
}
