import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { BucketChains } from "./bucket-chains";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_BYTES,
  CHUNK_GRANULES_PER_BUCKET,
  chunkIndexOf,
  DICT_CHUNKS,
  DICT_COUNT,
  DICT_DIRECTORY,
  DICT_EXPIRING,
  DICT_HEADER_BYTES,
  ENTRY_EXPIRY_BIT,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  maskFor,
  TAG_EXPIRING,
  tagOf,
} from "./dict-layout";
import { DictReader } from "./dict-reader";

/** The average of entries per chunk above which one is split, and below which one is merged. */
const MAX_CHUNK_ENTRIES = CHUNK_BUCKETS * 9;
const MIN_CHUNK_ENTRIES = CHUNK_BUCKETS * 3;

/**
 * A hash table from byte strings to entries, all of it in linear memory.
 *
 * It finds, places and moves refs of entries; what stands behind an entry's key is its owner's
 * business (see dict-layout.ts for the drawing, the entry's first two words, and the load). It does
 * not hash: callers give the key's hash. Growth and shrinkage are linear hashing by whole chunks:
 * one insert splits at most one chunk (about 576 entries), one removal merges at most one.
 *
 * What always holds: `count` entries are reachable, each in the bucket of its hash with the tag of
 * its hash; `expiring` of them, counted for each chunk too, have their expiry bit set. Under a freeze
 * every block is owned before it changes, from the header down, so `ref` may change: the owner of
 * the dictionary stores it again after any change.
 *
 * A position (the entry found last) is valid until the next change of this dictionary.
 *
 * Costs: find touches one bucket (64 bytes) and, but for false tags, only the entry looked for. About
 * 8.5 bytes per entry beside the entry itself.
 */
export class Dict extends DictReader {
  readonly #memory: Arena;
  readonly #chains: BucketChains;
  #leastChunks = 0;

  /** @param keyAt byte offset of the key in an entry without expiry (with one: 8 more). */
  constructor(memory: Arena, keyAt: number) {
    super(memory, keyAt);
    this.#memory = memory;
    this.#chains = new BucketChains(memory);
  }

  /** Makes a new, empty dictionary and opens it. */
  create(): this {
    const memory = this.#memory;
    const header = memory.alloc(DICT_HEADER_BYTES);
    const directory = memory.alloc(8);
    const chunk = this.#newChunk();
    const words = memory.words[directory >>> SEGMENT_SHIFT];
    words[(directory & GRANULE_MASK) << 2] = chunk;
    words[((directory & GRANULE_MASK) << 2) + 1] = 0;
    const headerWords = memory.words[header >>> SEGMENT_SHIFT];
    const at = (header & GRANULE_MASK) << 2;
    headerWords[at + DICT_COUNT] = 0;
    headerWords[at + DICT_CHUNKS] = 1;
    headerWords[at + DICT_DIRECTORY] = directory;
    headerWords[at + DICT_EXPIRING] = 0;
    return this.open(header);
  }

  /** Makes the place of an entry that is in this dictionary the position. */
  locate(entry: number): void {
    if (this.locateIfThere(entry, this.entryWord(entry, ENTRY_HASH))) return;
    throw new Error(`entry ${entry >>> 0} is not in the dictionary`);
  }

  /**
   * As `locate` for a ref that was kept and may be stale: false when no entry with that hash is
   * there any more. What the ref leads to is not looked at before it is found here.
   */
  locateIfThere(entry: number, hash: number): boolean {
    this.foundIndex = chunkIndexOf(hash, this.mask, this.chunks);
    let bucket = this.bucketOf(this.foundIndex, hash);
    do {
      const words = this.#memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
        if (words[at + BUCKET_REFS + slot] === entry && this.#chains.tagAt(bucket, slot) !== 0) {
          this.foundBucket = bucket;
          this.foundSlot = slot;
          return this.entryWord(entry, ENTRY_HASH) === hash;
        }
      }
      bucket = words[at + BUCKET_CHAIN];
    } while (bucket !== 0);
    return false;
  }

  /**
   * About so many entries are going to be inserted: the next inserts split a chunk each, as long as
   * there is little to move, until there are enough. 0 ends that.
   */
  expect(entries: number): void {
    this.#leastChunks = Math.floor(entries / MAX_CHUNK_ENTRIES);
  }

  /** Adds an entry whose key is not there yet; its first two words must be written. */
  insert(entry: number): void {
    if (this.count >= this.chunks * MAX_CHUNK_ENTRIES || this.chunks < this.#leastChunks)
      this.#split();
    const hash = this.entryWord(entry, ENTRY_HASH);
    const expiring = (this.entryWord(entry, ENTRY_KEY_LENGTH) & ENTRY_EXPIRY_BIT) !== 0;
    const index = chunkIndexOf(hash, this.mask, this.chunks);
    const bucket = this.#ownChunk(index) + ((hash & 63) << 2);
    this.#chains.place(bucket, tagOf(hash) | (expiring ? TAG_EXPIRING : 0), entry);
    this.#setCount(this.count + 1);
    if (expiring) this.#addExpiring(index, 1);
  }

  /**
   * Puts `entry`, with the same key, in the place of the position's entry, which the caller frees.
   * The position stays.
   */
  replaceFound(entry: number): void {
    this.#ownFound();
    const bucket = this.foundBucket;
    const words = this.#memory.words[bucket >>> SEGMENT_SHIFT];
    const at = (bucket & GRANULE_MASK) << 2;
    words[at + BUCKET_REFS + this.foundSlot] = entry;
    const expiring = (this.entryWord(entry, ENTRY_KEY_LENGTH) & ENTRY_EXPIRY_BIT) !== 0;
    const tag = this.#chains.tagAt(bucket, this.foundSlot);
    if (expiring === ((tag & TAG_EXPIRING) !== 0)) return;
    this.#chains.setTag(bucket, this.foundSlot, tag ^ TAG_EXPIRING);
    this.#addExpiring(this.foundIndex, expiring ? 1 : -1);
  }

  /** The position's entry, copied and put in its place first when a snapshot has frozen it. */
  ownFoundEntry(): number {
    const words = this.#memory.words[this.foundBucket >>> SEGMENT_SHIFT];
    const at = (this.foundBucket & GRANULE_MASK) << 2;
    const entry = words[at + BUCKET_REFS + this.foundSlot];
    if (!this.#memory.frozenNow) return entry;
    const owned = this.#memory.own(entry);
    if (owned !== entry) this.replaceFound(owned);
    return owned;
  }

  /** Takes the position's entry out; the caller frees it. */
  removeFound(): void {
    this.#ownFound();
    const bucket = this.foundBucket;
    const tag = this.#chains.tagAt(bucket, this.foundSlot);
    const words = this.#memory.words[bucket >>> SEGMENT_SHIFT];
    const entry = words[((bucket & GRANULE_MASK) << 2) + BUCKET_REFS + this.foundSlot];
    const head = this.bucketOf(this.foundIndex, this.entryWord(entry, ENTRY_HASH));
    this.#chains.fillHole(head, bucket, this.foundSlot);
    this.#setCount(this.count - 1);
    if ((tag & TAG_EXPIRING) !== 0) this.#addExpiring(this.foundIndex, -1);
    this.shrink();
  }

  /**
   * Merges two chunks if there are too many for the entries; false if not, or if a snapshot forbids
   * it. A removal does this, so only what was removed while frozen leaves more to do.
   */
  shrink(): boolean {
    const isRight = this.count >= (this.chunks - 1) * MIN_CHUNK_ENTRIES;
    if (isRight || this.#memory.frozenNow) return false;
    this.#merge();
    return true;
  }

  /**
   * Takes the last chunk out of a dictionary that is being thrown away and calls `dispose` with each
   * of its entries. Returns false, with header and directory freed, when none is left.
   */
  disposeChunk(dispose: (entry: number) => void): boolean {
    const memory = this.#memory;
    const index = this.chunks - 1;
    if (index < 0) {
      memory.free(this.directory);
      memory.free(this.ref);
      this.ref = 0;
      return false;
    }
    const chunk = this.chunkAt(index);
    for (let number = 0; number < CHUNK_BUCKETS; number++) {
      let bucket = chunk + number * CHUNK_GRANULES_PER_BUCKET;
      for (let isHead = true; bucket !== 0; isHead = false) {
        const words = memory.words[bucket >>> SEGMENT_SHIFT];
        const at = (bucket & GRANULE_MASK) << 2;
        for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
          if (this.#chains.tagAt(bucket, slot) === 0) continue;
          // Only the field: the header may be frozen, and nobody will open it again.
          this.count--;
          dispose(words[at + BUCKET_REFS + slot]);
        }
        const next = words[at + BUCKET_CHAIN];
        if (!isHead) memory.free(bucket);
        bucket = next;
      }
    }
    memory.free(chunk);
    this.chunks = index;
    return true;
  }

  /**
   * As `disposeChunk`, for a dictionary that is opened anew for every step: what is left stands in
   * its header. Returns the header's ref, 0 when all is freed.
   */
  disposeSome(dispose: (entry: number) => void): number {
    if (!this.disposeChunk(dispose)) return 0;
    this.ref = this.#memory.own(this.ref);
    this.#setHeaderWord(DICT_COUNT, this.count);
    this.#setHeaderWord(DICT_CHUNKS, this.chunks);
    return this.ref;
  }

  #setCount(count: number): void {
    this.count = count;
    this.#setHeaderWord(DICT_COUNT, count);
  }

  /** Counts for the whole and for a chunk whose directory is owned. */
  #addExpiring(index: number, added: number): void {
    this.expiring += added;
    this.#setHeaderWord(DICT_EXPIRING, this.expiring);
    this.#setDirectoryWord(this.mask + 1 + index, this.expiringAt(index) + added);
  }

  #setHeaderWord(word: number, value: number): void {
    this.#memory.words[this.ref >>> SEGMENT_SHIFT][((this.ref & GRANULE_MASK) << 2) + word] = value;
  }

  #setDirectoryWord(word: number, value: number): void {
    const directory = this.directory;
    this.#memory.words[directory >>> SEGMENT_SHIFT][((directory & GRANULE_MASK) << 2) + word] =
      value;
  }

  #newChunk(): number {
    const chunk = this.#memory.alloc(CHUNK_BYTES);
    const at = (chunk & GRANULE_MASK) << 4;
    this.#memory.bytes[chunk >>> SEGMENT_SHIFT].fill(0, at, at + CHUNK_BYTES);
    return chunk;
  }

  /** Header and directory, copied first when frozen. */
  #ownRoot(): void {
    const memory = this.#memory;
    this.ref = memory.own(this.ref);
    this.directory = memory.own(this.directory);
    this.#setHeaderWord(DICT_DIRECTORY, this.directory);
  }

  #ownChunk(index: number): number {
    const chunk = this.chunkAt(index);
    if (!this.#memory.frozenNow) return chunk;
    this.#ownRoot();
    const owned = this.#memory.own(chunk);
    this.#setDirectoryWord(index, owned);
    return owned;
  }

  /** Makes the position's bucket writable, with every block on the way to it. */
  #ownFound(): void {
    if (!this.#memory.frozenNow) return;
    const found = this.foundBucket;
    const words = this.#memory.words[found >>> SEGMENT_SHIFT];
    const entry = words[((found & GRANULE_MASK) << 2) + BUCKET_REFS + this.foundSlot];
    const hash = this.entryWord(entry, ENTRY_HASH);
    let bucket = this.#ownChunk(this.foundIndex) + ((hash & 63) << 2);
    for (;;) {
      const ownedWords = this.#memory.words[bucket >>> SEGMENT_SHIFT];
      const at = ((bucket & GRANULE_MASK) << 2) + BUCKET_REFS + this.foundSlot;
      if (ownedWords[at] === entry && this.#chains.tagAt(bucket, this.foundSlot) !== 0) break;
      bucket = this.#chains.ownNext(bucket);
      if (bucket === 0) throw new Error("the position is no longer in the dictionary");
    }
    this.foundBucket = bucket;
  }

  /** Sets the number of chunks in an owned header, and moves the directory when the mask changes. */
  #setChunks(chunks: number): void {
    const mask = maskFor(chunks);
    if (mask !== this.mask) this.#moveDirectory(mask, Math.min(chunks, this.chunks));
    this.chunks = chunks;
    this.#setHeaderWord(DICT_CHUNKS, chunks);
  }

  /** Copies the first `kept` chunks' words into a directory of the size that goes with `mask`. */
  #moveDirectory(mask: number, kept: number): void {
    const memory = this.#memory;
    const from = this.directory;
    const to = memory.alloc((mask + 1) * 8);
    const source = memory.words[from >>> SEGMENT_SHIFT];
    const target = memory.words[to >>> SEGMENT_SHIFT];
    const fromAt = (from & GRANULE_MASK) << 2;
    const toAt = (to & GRANULE_MASK) << 2;
    const countsAt = fromAt + this.mask + 1;
    target.set(source.subarray(fromAt, fromAt + kept), toAt);
    target.set(source.subarray(countsAt, countsAt + kept), toAt + mask + 1);
    memory.free(from);
    this.mask = mask;
    this.directory = to;
    this.#setHeaderWord(DICT_DIRECTORY, to);
  }

  /** Adds one chunk and moves to it those entries of its elder whose hash has the next bit set. */
  #split(): void {
    const added = this.chunks;
    const mask = maskFor(added + 1);
    const elder = added & (mask >>> 1);
    const bit = (mask ^ (mask >>> 1)) << 6;
    this.#ownRoot();
    const source = this.#ownChunk(elder);
    const target = this.#newChunk();
    this.#setChunks(added + 1);
    this.#setDirectoryWord(added, target);
    this.#chains.gatherHashes(source);
    let moved = 0;
    for (let number = 0; number < CHUNK_BUCKETS; number++) {
      const at = number * CHUNK_GRANULES_PER_BUCKET;
      const gathered = number * BUCKET_SLOTS;
      moved += this.#chains.split(source + at, target + at, bit, gathered);
    }
    this.#setDirectoryWord(mask + 1 + added, moved);
    this.#setDirectoryWord(mask + 1 + elder, this.expiringAt(elder) - moved);
  }

  /** Takes the last chunk away and moves its entries to its elder. */
  #merge(): void {
    const removed = this.chunks - 1;
    const elder = removed & (this.mask >>> 1);
    const source = this.chunkAt(removed);
    const target = this.chunkAt(elder);
    const expiring = this.expiringAt(removed) + this.expiringAt(elder);
    this.#setChunks(removed);
    this.#setDirectoryWord(this.mask + 1 + elder, expiring);
    for (let number = 0; number < CHUNK_BUCKETS; number++) {
      const at = number * CHUNK_GRANULES_PER_BUCKET;
      this.#chains.merge(source + at, target + at);
    }
    this.#memory.free(source);
  }
}
