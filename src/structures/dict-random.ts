import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_GRANULES_PER_BUCKET,
  EXPIRING_BITS,
  OCCUPIED,
  OCCUPIED_BITS,
} from "./dict-layout";
import type { DictReader } from "./dict-reader";
import { collectChain, type EntryList } from "./dict-walk";

/** Picking entries of a dictionary at random, which changes nothing. */

/** CHUNK_BUCKETS as a power of two. */
const CHUNK_SHIFT = 6;

/** What picking at random needs of a generator. */
interface Below {
  below(n: number): number;
}

const LONGEST_FAIR_CHAIN = BUCKET_SLOTS * 3;
/** After so many, looking through the directory is quicker, and expiring entries are counted in it. */
const MAX_EXPIRING_TRIES = 50;
const MAX_TRIES = 400;
/** A table of at most so many buckets is looked through as a whole when it is nearly empty. */
const FEW_BUCKETS = CHUNK_BUCKETS * 4;
/** The whole of it is looked through when at most one in so many buckets has an entry. */
const NEARLY_EMPTY = 4;
/** Where entries are far apart, one is chosen among so many that follow each other. */
const NEIGHBOURS = 16;

/**
 * An entry picked at random, 0 when there is none, each equally likely. Only where a large table is
 * nearly empty, because a snapshot keeps it from shrinking, entries that stand behind wide gaps are
 * somewhat more likely.
 */
export function randomEntry(
  memory: BlockMemory,
  dict: DictReader,
  random: Below,
  expiringOnly: boolean,
  scratch: EntryList,
): number {
  const candidates = expiringOnly ? dict.expiring : dict.count;
  if (candidates === 0) return 0;
  const mask = expiringOnly ? EXPIRING_BITS : OCCUPIED_BITS;
  const total = dict.chunks * CHUNK_BUCKETS;
  if (total <= FEW_BUCKETS && candidates * NEARLY_EMPTY < total) {
    collectFrom(memory, dict, 0, candidates, mask, scratch.clear());
    return scratch.refs[random.below(scratch.count)];
  }
  const entry = expiringOnly
    ? expiringEntry(memory, dict, random, scratch)
    : anyEntry(memory, dict, random);
  if (entry !== 0) return entry;
  collectFrom(memory, dict, random.below(total), NEIGHBOURS, mask, scratch.clear());
  return scratch.refs[random.below(scratch.count)];
}

/**
 * An entry picked at random; 0 when many tries have met none.
 *
 * Buckets are drawn by the hashes that lead to them, so that one of a chunk that is still to be
 * split is drawn twice as often as its smaller neighbours; then it is taken in proportion to its
 * entries, of which one is chosen. What makes this quick is a bound that few chains pass: the few
 * entries (one in a thousand) in chains that do are some percent less likely.
 */
function anyEntry(memory: BlockMemory, dict: DictReader, random: Below): number {
  const { chunks, chunkMask } = dict;
  const half = (chunkMask + 1) >>> 1;
  const places = (chunkMask + 1) * CHUNK_BUCKETS;
  const mean = dict.count / places;
  const bound = Math.ceil(mean + 3 * Math.sqrt(mean) + 1);
  for (let tries = MAX_TRIES; tries > 0; tries--) {
    const place = random.below(places);
    const drawn = place >>> CHUNK_SHIFT;
    // Signs instead of comparisons: the processor could foresee neither of them.
    const index = drawn - (half & ((chunks - 1 - drawn) >> 31));
    const isUnsplit = ((index - half) & (chunks - 1 - index - half)) >>> 31;
    const head = dict.chunkAt(index) + (place & (CHUNK_BUCKETS - 1)) * CHUNK_GRANULES_PER_BUCKET;
    const length = chainLength(memory, head);
    const most = bound << isUnsplit;
    const number = random.below(most);
    if (number >= length) continue;
    return entryAt(memory, head, length <= most ? number : random.below(length));
  }
  return 0;
}

/** Entries of a chain. */
function chainLength(memory: BlockMemory, head: number): number {
  let length = 0;
  for (let bucket = head; bucket !== 0; ) {
    const words = memory.words[bucket >>> SEGMENT_SHIFT];
    const at = (bucket & GRANULE_MASK) << 2;
    // Each byte of the sum counts the occupied slots of three; the product adds the bytes up.
    const occupied =
      ((words[at] & OCCUPIED_BITS) >>> 7) +
      ((words[at + 1] & OCCUPIED_BITS) >>> 7) +
      ((words[at + 2] & OCCUPIED_BITS) >>> 7);
    length += Math.imul(occupied, 0x01010101) >>> 24;
    bucket = words[at + BUCKET_CHAIN];
  }
  return length;
}

/** The entry of a number in a chain that has more than so many. */
function entryAt(memory: BlockMemory, head: number, number: number): number {
  let left = number;
  for (let bucket = head; ; ) {
    const words = memory.words[bucket >>> SEGMENT_SHIFT];
    const at = (bucket & GRANULE_MASK) << 2;
    for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
      if (((words[at + (slot >>> 2)] >>> ((slot & 3) << 3)) & OCCUPIED) === 0) continue;
      if (left-- === 0) return words[at + BUCKET_REFS + slot];
    }
    bucket = words[at + BUCKET_CHAIN];
  }
}

/** An expiring entry picked at random. */
function expiringEntry(
  memory: BlockMemory,
  dict: DictReader,
  random: Below,
  scratch: EntryList,
): number {
  const total = dict.chunks * CHUNK_BUCKETS;
  for (let tries = MAX_EXPIRING_TRIES; tries > 0; tries--) {
    const at = random.below(total);
    const chunk = dict.chunkAt(at >>> CHUNK_SHIFT);
    const head = chunk + (at & (CHUNK_BUCKETS - 1)) * CHUNK_GRANULES_PER_BUCKET;
    collectChain(memory, head, EXPIRING_BITS, scratch.clear());
    const pick = random.below(LONGEST_FAIR_CHAIN);
    if (pick < scratch.count) return scratch.refs[pick];
  }
  return expiringEntryAt(memory, dict, random.below(dict.expiring), scratch);
}

/** The expiring entry that has `rank` others before it in table order; needs one word per chunk. */
function expiringEntryAt(
  memory: BlockMemory,
  dict: DictReader,
  rank: number,
  scratch: EntryList,
): number {
  let before = 0;
  let index = 0;
  for (; before + dict.expiringAt(index) <= rank; index++) before += dict.expiringAt(index);
  const from = index * CHUNK_BUCKETS;
  collectFrom(memory, dict, from, rank - before + 1, EXPIRING_BITS, scratch.clear());
  return scratch.refs[rank - before];
}

/** Adds at least `wanted` entries (if the dictionary has them) from a random place on. */
export function sampleEntries(
  memory: BlockMemory,
  dict: DictReader,
  random: Below,
  wanted: number,
  expiringOnly: boolean,
  into: EntryList,
): void {
  const mask = expiringOnly ? EXPIRING_BITS : OCCUPIED_BITS;
  collectFrom(memory, dict, random.below(dict.chunks * CHUNK_BUCKETS), wanted, mask, into);
}

/** Walks from a bucket on, at most once around, until `wanted` more entries have been added. */
function collectFrom(
  memory: BlockMemory,
  dict: DictReader,
  start: number,
  wanted: number,
  mask: number,
  into: EntryList,
): void {
  const total = dict.chunks * CHUNK_BUCKETS;
  const enough = into.count + wanted;
  let at = start;
  for (let left = total; left > 0 && into.count < enough; ) {
    const index = Math.floor(at / CHUNK_BUCKETS);
    const number = at % CHUNK_BUCKETS;
    const isEmpty = mask === EXPIRING_BITS && dict.expiringAt(index) === 0;
    const passed = isEmpty ? Math.min(CHUNK_BUCKETS - number, left) : 1;
    if (!isEmpty) {
      const head = dict.chunkAt(index) + number * CHUNK_GRANULES_PER_BUCKET;
      collectChain(memory, head, mask, into);
    }
    left -= passed;
    at = at + passed === total ? 0 : at + passed;
  }
}
