import type { Database } from "./database";
import { NO_EXPIRY } from "./entry";
import type { LoadedValue } from "./value-codec";

/**
 * Makes an entry, in no dictionary yet, of a value that was loaded; 0 when there are no elements.
 * @param expires leaves room for an expiry, which the caller writes.
 */
export function newLoadedEntry(
  database: Database,
  hash: number,
  key: Uint8Array,
  keyAt: number,
  keyLength: number,
  code: number,
  value: LoadedValue,
  expires: boolean,
): number {
  const expiry = expires ? 0 : NO_EXPIRY;
  const { encoding, ref, inline } = value;
  if (inline !== undefined) {
    const { bytes, start, length } = inline;
    return database.newInline(hash, key, keyAt, keyLength, code, bytes, start, length, expiry);
  }
  if (ref === 0) return 0;
  return database.newValue(hash, key, keyAt, keyLength, code, encoding, ref, expiry);
}
