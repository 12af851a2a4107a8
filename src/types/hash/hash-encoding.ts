/**
 * The forms in which a hash lies, as the encoding of its entry tells them.
 *
 *     LISTPACK              field, value, field, value ...             reported `listpack`
 *     SMALL_TABLE           the same                                   reported `hashtable`
 *     DICT                  a Dict of field entries (field-entry.ts)   reported `hashtable`
 *     LISTPACK_EXPIRING     field, value, expiry, field ...            reported `listpackex`
 *     SMALL_TABLE_EXPIRING  the same                                   reported `hashtable`
 *
 * What is reported follows Redis's thresholds and never goes back. A dictionary costs 4 KiB at
 * least, so what Redis would call a hashtable stays in a listpack as long as it is small. An expiry
 * in a listpack is in ms since 1970, 0 for none.
 */
export const HASH_LISTPACK = 0;
export const HASH_SMALL_TABLE = 1;
export const HASH_DICT = 2;
export const HASH_LISTPACK_EXPIRING = 3;
export const HASH_SMALL_TABLE_EXPIRING = 4;

const NAMES = ["listpack", "hashtable", "hashtable", "listpackex", "hashtable"] as const;

export function hashEncodingName(encoding: number): string {
  return NAMES[encoding];
}

/** Elements of a listpack per field: two, or three with the expiry; for all forms but HASH_DICT. */
export function elementsPerField(encoding: number): number {
  return encoding < HASH_LISTPACK_EXPIRING ? 2 : 3;
}
