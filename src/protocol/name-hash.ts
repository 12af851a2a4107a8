/**
 * Hash of a command's name as it stands in the third word of a record, so that the command table
 * finds a command without making a string. Not keyed: it is for the fixed set of command names, and
 * whoever looks up with it compares the bytes too.
 */

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Makes upper and lower case letters equal; folds a few other bytes too, which costs nothing. */
const LOWER_CASE_BIT = 0x20;
const MAX_HASHED_BYTES = 32;

/** FNV-1a over at most the first 32 bytes, each with the lower-case bit set; unsigned 32 bits. */
export function nameHash(bytes: Uint8Array, offset: number, length: number): number {
  const end = offset + Math.min(length, MAX_HASHED_BYTES);
  let hash = FNV_OFFSET_BASIS;
  for (let at = offset; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] | LOWER_CASE_BIT), FNV_PRIME);
  }
  return hash >>> 0;
}
