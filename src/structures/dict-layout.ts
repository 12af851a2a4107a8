/**
 * How a dictionary lies in memory: what Dict writes and every walker (scan, sampling, the snapshot
 * worker) reads. No behaviour beyond the arithmetic of places.
 *
 *     header (16 B)    [count][chunks][directory][expiring]
 *     directory        [chunk 0][chunk 1] ... | [expiring in 0][in 1] ...     a word each per chunk
 *     chunk (4096 B)   64 buckets
 *     bucket (64 B)    12 tags (1 B each) | 12 refs | chain         one cache line
 *     overflow (64 B)  the same, behind `chain`
 *     entry            [hash][key length | expiry bit][owner's words ...][expiry, 8 B][key][...]
 *
 * The two halves of the directory have `mask + 1` words each, of which the first `chunks` are used.
 * A tag is 0 for an empty slot, else 0x80, 0x40 when the entry expires, and the hash's top six bits.
 * A bucket's number within its chunk is the hash's low six bits; the chunk's index is taken from the
 * bits above them by linear hashing, so that the pair grows like one table of `64 * chunks` buckets.
 */

export const DICT_HEADER_BYTES = 16;
export const DICT_COUNT = 0;
export const DICT_CHUNKS = 1;
export const DICT_DIRECTORY = 2;
export const DICT_EXPIRING = 3;

export const CHUNK_BUCKETS = 64;
export const CHUNK_BYTES = 4096;
export const CHUNK_GRANULES_PER_BUCKET = 4;
export const BUCKET_SLOTS = 12;
export const BUCKET_REFS = 3;
export const BUCKET_CHAIN = 15;

export const ENTRY_HASH = 0;
export const ENTRY_KEY_LENGTH = 1;
/** Set in the key-length word of an entry that has an expiry before its key. */
export const ENTRY_EXPIRY_BIT = 0x80000000 | 0;
export const KEY_LENGTH_MASK = 0x3fffffff;

export const OCCUPIED = 0x80;
export const OCCUPIED_BITS = 0x80808080 | 0;
export const TAG_EXPIRING = 0x40;
export const EXPIRING_BITS = 0x40404040;
/** Tag bytes without their expiry bit. */
export const MATCH_MASK = 0xbfbfbfbf | 0;

/** The tag of a hash, without the expiry bit. */
export function tagOf(hash: number): number {
  return OCCUPIED | (hash >>> 26);
}

/** 2^n - 1, the least that is at least chunks - 1. */
export function maskFor(chunks: number): number {
  return chunks <= 1 ? 0 : (1 << (32 - Math.clz32(chunks - 1))) - 1;
}

/** Index of the chunk that holds a hash. */
export function chunkIndexOf(hash: number, mask: number, chunks: number): number {
  const index = (hash >>> 6) & mask;
  return index < chunks ? index : index & (mask >>> 1);
}
