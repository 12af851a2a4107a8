import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_REFS,
  CHUNK_GRANULES_PER_BUCKET,
  MATCH_MASK,
  OCCUPIED_BITS,
  tagOf,
} from "./dict-layout";
import type { DictReader } from "./dict-reader";

/**
 * Brings the buckets and entries of keys that are about to be looked up into the processor's cache.
 *
 * It changes nothing and its result means nothing. A lookup in a large dictionary waits for memory
 * twice, for the bucket and for the entry; a batch of loads that do not depend on each other waits
 * about once for all. Measured at 1 M keys, pipeline of 16: 10 to 30% less user time per GET or SET.
 */
export class DictWarmer {
  readonly hashes: Int32Array;
  /** Keeps the compiler from dropping the loads. */
  sink = 0;
  readonly #buckets: Int32Array;

  /** @param batch most keys of one batch; their lines should fit into the first-level cache. */
  constructor(batch: number) {
    this.hashes = new Int32Array(batch);
    this.#buckets = new Int32Array(batch);
  }

  /** Loads what a find of the first `count` of `hashes` will need. */
  warm(memory: BlockMemory, dict: DictReader, count: number): void {
    let sink = 0;
    for (let i = 0; i < count; i++) {
      const hash = this.hashes[i];
      const chunk = dict.chunkAt(dict.chunkIndex(hash));
      const bucket = chunk + (hash & 63) * CHUNK_GRANULES_PER_BUCKET;
      this.#buckets[i] = bucket;
      sink ^= memory.words[bucket >>> SEGMENT_SHIFT][(bucket & GRANULE_MASK) << 2];
    }
    for (let i = 0; i < count; i++) {
      const bucket = this.#buckets[i];
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      const pattern = Math.imul(tagOf(this.hashes[i]), 0x01010101);
      for (let group = 0; group < 3; group++) {
        const difference = (words[at + group] & MATCH_MASK) ^ pattern;
        const hits = (difference - 0x01010101) & ~difference & OCCUPIED_BITS;
        if (hits === 0) continue;
        const slot = (group << 2) + ((31 - Math.clz32(hits & -hits)) >>> 3);
        const entry = words[at + BUCKET_REFS + slot];
        sink ^= memory.words[entry >>> SEGMENT_SHIFT][(entry & GRANULE_MASK) << 2];
        break;
      }
    }
    this.sink = sink;
  }
}
