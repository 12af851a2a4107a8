import { ENCODING_INLINE } from "../../keyspace/entry";

/**
 * The forms in which a hash lies, as the encoding of its entry tells them.
 *
 *     INLINE                a FieldRow inside the entry of the key     reported `listpack`
 *     LISTPACK              field, value, field, value ...             reported `listpack`
 *     SMALL_TABLE           the same                                   reported `hashtable`
 *     DICT                  a Dict of field entries (field-entry.ts)   reported `hashtable`
 *     LISTPACK_EXPIRING     field, value, expiry, field ...            reported `listpackex`
 *     SMALL_TABLE_EXPIRING  the same                                   reported `hashtable`
 *
 * A hash begins inline, becomes a listpack when that row is full or a field gets an expiry, and may
 * become a dictionary; it never goes back. What is reported follows Redis's thresholds. A dictionary costs 4 KiB at
 * least, so what Redis would call a hashtable stays in a listpack as long as it is small. An expiry
 * in a listpack is in ms since 1970, 0 for none.
 */
export const HASH_LISTPACK = 0;
export const HASH_SMALL_TABLE = 1;
export const HASH_DICT = 2;
export const HASH_LISTPACK_EXPIRING = 3;
export const HASH_SMALL_TABLE_EXPIRING = 4;
export const HASH_INLINE = ENCODING_INLINE;

const NAMES = ["listpack", "hashtable", "hashtable", "listpackex", "hashtable"] as const;

export function hashEncodingName(encoding: number): string {
  return encoding === HASH_INLINE ? NAMES[HASH_LISTPACK] : NAMES[encoding];
}

/** Elements of a listpack per field: two, or three with the expiry. */
export function elementsPerField(encoding: number): number {
  return encoding < HASH_LISTPACK_EXPIRING ? 2 : 3;
}

/** Whether a field can have an expiry in this form. */
export function mayExpire(encoding: number): boolean {
  return encoding >= HASH_DICT && encoding !== HASH_INLINE;
}
