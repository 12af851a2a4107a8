import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  CHUNK_BUCKETS,
  CHUNK_BYTES,
  CHUNK_GRANULES_PER_BUCKET,
  DICT_DIRECTORY,
  DICT_HEADER_BYTES,
} from "./dict-layout";
import type { DictReader } from "./dict-reader";

/**
 * How much memory a dictionary takes beside its entries: header, directory, chunks and overflow
 * blocks. For reports: overflow blocks of a large table are counted in some of its chunks and
 * estimated for the rest, so that asking costs the same at any size (about 50 us).
 */

const OVERFLOW_BYTES = 64;
/** Chunks whose chains are walked; a table of at most so many is counted exactly. */
const WALKED_CHUNKS = 32;
/** A table is not emptier than this by its own doing: it shrinks below (see dict.ts). */
const FEWEST_CHUNK_ENTRIES = CHUNK_BUCKETS * 3;

interface SizedMemory extends BlockMemory {
  capacityOf(ref: number): number;
}

export function dictBytes(memory: SizedMemory, dict: DictReader): number {
  const headerWords = memory.words[dict.ref >>> SEGMENT_SHIFT];
  const directory = headerWords[((dict.ref & GRANULE_MASK) << 2) + DICT_DIRECTORY];
  const root = DICT_HEADER_BYTES + memory.capacityOf(directory);
  const overflows = Math.round(averageOverflows(memory, dict) * dict.chunks);
  return root + dict.chunks * CHUNK_BYTES + overflows * OVERFLOW_BYTES;
}

/**
 * An entry's share of its dictionary. A table that is nearly empty for its size is not charged to
 * the few entries that are in it.
 */
export function dictBytesPerEntry(memory: SizedMemory, dict: DictReader): number {
  return dictBytes(memory, dict) / Math.max(dict.count, dict.chunks * FEWEST_CHUNK_ENTRIES);
}

/** Overflow blocks per chunk, from chunks that lie evenly in the table. */
function averageOverflows(memory: BlockMemory, dict: DictReader): number {
  const walked = Math.min(dict.chunks, WALKED_CHUNKS);
  let overflows = 0;
  for (let step = 0; step < walked; step++) {
    overflows += overflowsOf(memory, dict.chunkAt(Math.floor((step * dict.chunks) / walked)));
  }
  return overflows / walked;
}

function overflowsOf(memory: BlockMemory, chunk: number): number {
  let overflows = 0;
  for (let number = 0; number < CHUNK_BUCKETS; number++) {
    let bucket = chunk + number * CHUNK_GRANULES_PER_BUCKET;
    for (;;) {
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      bucket = words[((bucket & GRANULE_MASK) << 2) + BUCKET_CHAIN];
      if (bucket === 0) break;
      overflows++;
    }
  }
  return overflows;
}
