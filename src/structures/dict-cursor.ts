import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_GRANULES_PER_BUCKET,
} from "./dict-layout";
import type { DictReader } from "./dict-reader";

/**
 * A walk through all entries of a dictionary, one at a time, for loops that may not allocate.
 *
 * The dictionary must not change while it is being walked; `forEachEntry` is the same with a
 * function that is called.
 */
export class DictCursor {
  readonly #memory: BlockMemory;
  readonly #dict: DictReader;
  #index = 0;
  #number = 0;
  #bucket = 0;
  #slot = 0;

  constructor(memory: BlockMemory, dict: DictReader) {
    this.#memory = memory;
    this.#dict = dict;
  }

  /** Begins anew with the dictionary that is open now. */
  start(): void {
    this.#index = 0;
    this.#number = 0;
    this.#slot = 0;
    this.#bucket = this.#dict.chunkAt(0);
  }

  /** The next entry, 0 after the last. */
  next(): number {
    while (this.#bucket !== 0) {
      const words = this.#memory.words[this.#bucket >>> SEGMENT_SHIFT];
      const at = (this.#bucket & GRANULE_MASK) << 2;
      for (let slot = this.#slot; slot < BUCKET_SLOTS; slot++) {
        if (((words[at + (slot >>> 2)] >>> ((slot & 3) << 3)) & 0xff) === 0) continue;
        this.#slot = slot + 1;
        return words[at + BUCKET_REFS + slot];
      }
      this.#slot = 0;
      const chained = words[at + BUCKET_CHAIN];
      this.#bucket = chained === 0 ? this.#nextHead() : chained;
    }
    return 0;
  }

  /** The head of the next chain, 0 after the last. */
  #nextHead(): number {
    if (++this.#number === CHUNK_BUCKETS) {
      this.#number = 0;
      if (++this.#index >= this.#dict.chunks) return 0;
    }
    return this.#dict.chunkAt(this.#index) + this.#number * CHUNK_GRANULES_PER_BUCKET;
  }
}
