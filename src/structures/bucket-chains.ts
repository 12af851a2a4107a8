import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_GRANULES_PER_BUCKET,
  ENTRY_HASH,
  OCCUPIED,
  OCCUPIED_BITS,
  TAG_EXPIRING,
} from "./dict-layout";

/**
 * Changes of bucket chains: what Dict does with one bucket and the overflow blocks behind it.
 *
 * It knows neither directory nor counts; Dict chooses the bucket and has owned its chunk. Overflow
 * blocks are owned here, on the way along a chain.
 *
 * What always holds: only the last block of a chain has free slots, and no overflow block is empty.
 */
export class BucketChains {
  readonly #memory: Arena;
  /** While a chunk is split: hashes of the entries in its buckets, by bucket and slot. */
  readonly #hashes = new Int32Array(CHUNK_BUCKETS * BUCKET_SLOTS);

  constructor(memory: Arena) {
    this.#memory = memory;
  }

  tagAt(bucket: number, slot: number): number {
    return this.#memory.bytes[bucket >>> SEGMENT_SHIFT][((bucket & GRANULE_MASK) << 4) + slot];
  }

  setTag(bucket: number, slot: number, tag: number): void {
    this.#memory.bytes[bucket >>> SEGMENT_SHIFT][((bucket & GRANULE_MASK) << 4) + slot] = tag;
  }

  /** The overflow block behind an owned bucket, owned; 0 at the chain's end. */
  ownNext(bucket: number): number {
    const words = this.#memory.words[bucket >>> SEGMENT_SHIFT];
    const at = ((bucket & GRANULE_MASK) << 2) + BUCKET_CHAIN;
    const next = words[at];
    if (next === 0 || !this.#memory.frozenNow) return next;
    const owned = this.#memory.own(next);
    words[at] = owned;
    return owned;
  }

  /** Writes tag and ref into the first free slot of an owned bucket's chain. */
  place(head: number, tag: number, entry: number): void {
    const memory = this.#memory;
    for (let bucket = head; ; ) {
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      for (let group = 0; group < 3; group++) {
        const free = ~words[at + group] & OCCUPIED_BITS;
        if (free === 0) continue;
        const slot = (group << 2) + ((31 - Math.clz32(free & -free)) >>> 3);
        this.setTag(bucket, slot, tag);
        words[at + BUCKET_REFS + slot] = entry;
        return;
      }
      let next = this.ownNext(bucket);
      if (next === 0) {
        next = memory.alloc(64);
        const start = (next & GRANULE_MASK) << 2;
        memory.words[next >>> SEGMENT_SHIFT].fill(0, start, start + 16);
        words[at + BUCKET_CHAIN] = next;
      }
      bucket = next;
    }
  }

  /**
   * Empties a slot: the chain's last entry moves into it, so that only the last block has holes, and
   * an overflow block goes when it is empty. All blocks from `head` to the hole are owned.
   */
  fillHole(head: number, holeBucket: number, holeSlot: number): void {
    const memory = this.#memory;
    let before = 0;
    let last = head;
    for (let next = this.ownNext(last); next !== 0; next = this.ownNext(last)) {
      before = last;
      last = next;
    }
    const lastWords = memory.words[last >>> SEGMENT_SHIFT];
    const lastAt = (last & GRANULE_MASK) << 2;
    this.setTag(holeBucket, holeSlot, 0);
    if (last !== holeBucket) {
      let slot = BUCKET_SLOTS - 1;
      while (this.tagAt(last, slot) === 0) slot--;
      this.setTag(holeBucket, holeSlot, this.tagAt(last, slot));
      this.setTag(last, slot, 0);
      const holeAt = ((holeBucket & GRANULE_MASK) << 2) + BUCKET_REFS + holeSlot;
      memory.words[holeBucket >>> SEGMENT_SHIFT][holeAt] = lastWords[lastAt + BUCKET_REFS + slot];
    }
    if (before === 0 || !isEmptyBucket(lastWords, lastAt)) return;
    const chainAt = ((before & GRANULE_MASK) << 2) + BUCKET_CHAIN;
    memory.words[before >>> SEGMENT_SHIFT][chainAt] = 0;
    memory.free(last);
  }

  /**
   * Reads the hash of each entry in a chunk's buckets, not of those in overflow blocks. Entries are
   * anywhere in memory; a loop that does nothing else lets the processor wait for many of them at
   * once, so that a split takes half the time.
   */
  gatherHashes(chunk: number): void {
    const allWords = this.#memory.words;
    const words = allWords[chunk >>> SEGMENT_SHIFT];
    const hashes = this.#hashes;
    let at = (chunk & GRANULE_MASK) << 2;
    for (let first = 0; first < hashes.length; first += BUCKET_SLOTS) {
      for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
        if (((words[at + (slot >>> 2)] >>> ((slot & 3) << 3)) & OCCUPIED) === 0) continue;
        const entry = words[at + BUCKET_REFS + slot];
        const entryAt = (entry & GRANULE_MASK) << 2;
        hashes[first + slot] = allWords[entry >>> SEGMENT_SHIFT][entryAt + ENTRY_HASH];
      }
      at += CHUNK_GRANULES_PER_BUCKET * 4;
    }
  }

  /**
   * Divides a chain of an owned chunk by one bit of the hashes: entries that have it go to the empty
   * bucket `target`, the others move together. `gathered` is where the hashes of the first block's
   * entries stand. Returns how many entries with an expiry went.
   */
  split(head: number, target: number, bit: number, gathered: number): number {
    const memory = this.#memory;
    let kept = 0;
    let left = 0;
    let expiring = 0;
    for (let bucket = head; bucket !== 0; ) {
      const isHead = bucket === head;
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      const next = words[at + BUCKET_CHAIN];
      if (isHead) words[at + BUCKET_CHAIN] = 0;
      for (let group = 0; group < BUCKET_REFS; group++) {
        let tags = words[at + group];
        // What stays in the first block moves down within it, so nothing unread is written over.
        if (isHead) words[at + group] = 0;
        for (let slot = group << 2; tags !== 0; slot++, tags >>>= 8) {
          const tag = tags & 0xff;
          if (tag === 0) continue;
          const entry = words[at + BUCKET_REFS + slot];
          const hash = isHead ? this.#hashes[gathered + slot] : this.#hashOf(entry);
          if ((hash & bit) === 0) {
            this.#placeNext(head, kept++, tag, entry);
          } else {
            if ((tag & TAG_EXPIRING) !== 0) expiring++;
            this.#placeNext(target, left++, tag, entry);
          }
        }
      }
      if (!isHead) memory.free(bucket);
      bucket = next;
    }
    return expiring;
  }

  /** Moves a chain's entries behind those of an owned bucket. Its overflow blocks are freed. */
  merge(head: number, target: number): void {
    const memory = this.#memory;
    for (let bucket = head; bucket !== 0; ) {
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
        const tag = this.tagAt(bucket, slot);
        if (tag !== 0) this.place(target, tag, words[at + BUCKET_REFS + slot]);
      }
      const next = words[at + BUCKET_CHAIN];
      if (bucket !== head) memory.free(bucket);
      bucket = next;
    }
  }

  /** Places an entry behind the `before` others of a chain whose blocks are filled in order. */
  #placeNext(head: number, before: number, tag: number, entry: number): void {
    if (before >= BUCKET_SLOTS) {
      this.place(head, tag, entry);
      return;
    }
    this.setTag(head, before, tag);
    const at = ((head & GRANULE_MASK) << 2) + BUCKET_REFS + before;
    this.#memory.words[head >>> SEGMENT_SHIFT][at] = entry;
  }

  #hashOf(entry: number): number {
    return this.#memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + ENTRY_HASH];
  }
}

function isEmptyBucket(words: Int32Array, at: number): boolean {
  return (words[at] | words[at + 1] | words[at + 2]) === 0;
}
