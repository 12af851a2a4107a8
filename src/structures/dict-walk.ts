import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_GRANULES_PER_BUCKET,
  DICT_CHUNKS,
  DICT_DIRECTORY,
  EXPIRING_BITS,
  OCCUPIED_BITS,
} from "./dict-layout";
import type { DictReader } from "./dict-reader";

/**
 * Ways through a dictionary that change nothing: everything in it (also from a worker thread), the
 * cursor of SCAN, and the sweep for expiring entries.
 *
 * Entries are collected into an Int32Array that the caller owns, because what is done with an entry
 * may change the dictionary. An entry stays in it until the caller takes it out.
 */

/** Calls `visit` with every entry of the dictionary behind a header. For frozen images and tests. */
export function forEachEntry(
  memory: BlockMemory,
  header: number,
  visit: (entry: number) => void,
): void {
  const headerWords = memory.words[header >>> SEGMENT_SHIFT];
  const headerAt = (header & GRANULE_MASK) << 2;
  const chunks = headerWords[headerAt + DICT_CHUNKS];
  const directory = headerWords[headerAt + DICT_DIRECTORY];
  const directoryAt = (directory & GRANULE_MASK) << 2;
  for (let index = 0; index < chunks; index++) {
    const chunk = memory.words[directory >>> SEGMENT_SHIFT][directoryAt + index];
    for (let number = 0; number < CHUNK_BUCKETS; number++) {
      let bucket = chunk + number * CHUNK_GRANULES_PER_BUCKET;
      while (bucket !== 0) {
        const words = memory.words[bucket >>> SEGMENT_SHIFT];
        const at = (bucket & GRANULE_MASK) << 2;
        for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
          if (((words[at + (slot >>> 2)] >>> ((slot & 3) << 3)) & 0xff) !== 0) {
            visit(words[at + BUCKET_REFS + slot]);
          }
        }
        bucket = words[at + BUCKET_CHAIN];
      }
    }
  }
}

/** A list of refs that grows; the scratch of everything that collects entries. */
export class EntryList {
  refs = new Int32Array(64);
  count = 0;

  clear(): this {
    this.count = 0;
    return this;
  }

  add(ref: number): void {
    if (this.count === this.refs.length) {
      const grown = new Int32Array(this.count * 2);
      grown.set(this.refs);
      this.refs = grown;
    }
    this.refs[this.count++] = ref;
  }
}

/** Adds a bucket chain's entries to a list; with `mask` EXPIRING_BITS only those that expire. */
export function collectChain(
  memory: BlockMemory,
  head: number,
  mask: number,
  into: EntryList,
): void {
  for (let bucket = head; bucket !== 0; ) {
    const words = memory.words[bucket >>> SEGMENT_SHIFT];
    const at = (bucket & GRANULE_MASK) << 2;
    for (let group = 0; group < 3; group++) {
      let hits = words[at + group] & mask;
      while (hits !== 0) {
        const slot = (group << 2) + ((31 - Math.clz32(hits & -hits)) >>> 3);
        into.add(words[at + BUCKET_REFS + slot]);
        hits &= hits - 1;
      }
    }
    bucket = words[at + BUCKET_CHAIN];
  }
}

function reverse32(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return ((v >>> 16) | (v << 16)) >>> 0;
}

/**
 * One step of SCAN: adds the entries of the cursor's bucket and returns the next cursor, 0 at the end.
 *
 * A cursor is a hash suffix; buckets are visited in the order of their reversed suffixes, which
 * neither growth nor shrinkage changes. A bucket that has been split since lies wholly before or
 * wholly after the cursor; one that has been merged may be visited again. So whatever is in the
 * dictionary from the first step to the last is returned at least once.
 */
export function scanBucket(
  memory: BlockMemory,
  dict: DictReader,
  cursor: number,
  into: EntryList,
): number {
  const mask = dict.chunkMask;
  const index = dict.chunkIndex(cursor | 0);
  const isLong = index > mask >>> 1 || (index | (mask ^ (mask >>> 1))) < dict.chunks;
  const suffixMask = (((isLong ? mask : mask >>> 1) << 6) | 63) >>> 0;
  const head = dict.chunkAt(index) + (cursor & 63) * CHUNK_GRANULES_PER_BUCKET;
  collectChain(memory, head, OCCUPIED_BITS, into);
  const reversed = reverse32((cursor | ~suffixMask) >>> 0);
  return reverse32((reversed + 1) >>> 0);
}

/**
 * Collects expiring entries from `buckets` buckets in table order, beginning at `position` (a bucket
 * number; any number is taken modulo the table). Returns the position to go on from. Chunks without
 * such entries cost next to nothing.
 */
export function sweepExpiring(
  memory: BlockMemory,
  dict: DictReader,
  position: number,
  buckets: number,
  into: EntryList,
): number {
  const total = dict.chunks * CHUNK_BUCKETS;
  let at = position % total;
  for (let left = Math.min(buckets, total); left > 0; ) {
    const index = Math.floor(at / CHUNK_BUCKETS);
    const first = at % CHUNK_BUCKETS;
    const count = Math.min(CHUNK_BUCKETS - first, left);
    if (dict.expiringAt(index) > 0) {
      const chunk = dict.chunkAt(index);
      for (let number = first; number < first + count; number++) {
        collectChain(memory, chunk + number * CHUNK_GRANULES_PER_BUCKET, EXPIRING_BITS, into);
      }
    }
    left -= count;
    at = at + count === total ? 0 : at + count;
  }
  return at;
}
