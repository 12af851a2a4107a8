import { copyBytes } from "../../base/bytes";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import {
  CHUNK_BUCKETS,
  ENTRY_EXPIRY_BIT,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  KEY_LENGTH_MASK,
} from "../../structures/dict-layout";
import { type EntryList, sweepExpiring } from "../../structures/dict-walk";
import { NEVER, readTimeMs, writeTimeMs } from "./time-words";

/**
 * The keys of one database whose hashes have fields with expiries, with the time before which none
 * of these expires. A dictionary of its own in linear memory.
 *
 *     word 0  hash of the key
 *     word 1  length of the key | expiry bit (always)
 *     word 2  bucket of the hash's dictionary up to which the running round has come, 0 for none
 *     word 3  chunks that the dictionary had when the round began
 *     [8 B]   the least expiry that the round has seen
 *     [8 B]   the time: no field expires before it
 *     key bytes
 *
 * It knows no hashes: what it says may be too early, and its key may be gone. Both are found out by
 * FieldExpiry, which visits.
 */
const POSITION = 2;
const ROUND_CHUNKS = 3;
const ROUND_LEAST = 4;
const DUE = 6;
const KEY_AT = 24;
const DUE_BYTES = 8;

export class ExpiryIndex {
  /** Where the search for hashes that are due goes on. */
  duePosition = 0;
  /** Where the search for keys that are gone goes on. */
  stalePosition = 0;
  readonly #memory: Arena;
  readonly dict: Dict;

  constructor(memory: Arena) {
    this.#memory = memory;
    this.dict = new Dict(memory, KEY_AT).create();
  }

  /** Notes that a hash has a field that expires at a time. */
  note(hash: number, key: Uint8Array, keyAt: number, keyLength: number, expiryMs: number): void {
    const { dict } = this;
    const memory = this.#memory;
    const found = dict.find(hash, key, keyAt, keyLength);
    if (found !== 0) {
      // The field may lie where a round that runs has been already.
      const isMissed = this.position(found) > 0 && expiryMs < this.roundLeastMs(found);
      if (isMissed) this.#write(dict.ownFoundEntry(), ROUND_LEAST, expiryMs);
      if (expiryMs < this.dueMs(found)) this.#write(dict.ownFoundEntry(), DUE, expiryMs);
      return;
    }
    const entry = memory.alloc(KEY_AT + DUE_BYTES + keyLength);
    const words = memory.words[entry >>> SEGMENT_SHIFT];
    const at = (entry & GRANULE_MASK) << 2;
    words[at + ENTRY_HASH] = hash;
    words[at + ENTRY_KEY_LENGTH] = keyLength | ENTRY_EXPIRY_BIT;
    words[at + POSITION] = 0;
    words[at + ROUND_CHUNKS] = 0;
    writeTimeMs(words, at + ROUND_LEAST, NEVER);
    writeTimeMs(words, at + DUE, expiryMs);
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], this.keyStart(entry), key, keyAt, keyLength);
    dict.insert(entry);
  }

  /** No field of the hash expires before this. */
  dueMs(entry: number): number {
    return this.#read(entry, DUE);
  }

  hash(entry: number): number {
    return this.#word(entry, ENTRY_HASH);
  }

  keyLength(entry: number): number {
    return this.#word(entry, ENTRY_KEY_LENGTH) & KEY_LENGTH_MASK;
  }

  /** Byte offset of the key in its segment. */
  keyStart(entry: number): number {
    return ((entry & GRANULE_MASK) << 4) + KEY_AT + DUE_BYTES;
  }

  keyBytes(entry: number): Uint8Array {
    return this.#memory.bytes[entry >>> SEGMENT_SHIFT];
  }

  /** Where the round through a large hash goes on, 0 when none runs. */
  position(entry: number): number {
    return this.#word(entry, POSITION);
  }

  /** The chunks that the dictionary had when the round began. */
  roundChunks(entry: number): number {
    return this.#word(entry, ROUND_CHUNKS);
  }

  /** The least expiry that the round has seen. */
  roundLeastMs(entry: number): number {
    return this.#read(entry, ROUND_LEAST);
  }

  /** A round has not come to its end: what it has seen is kept with the entry. */
  pauseRound(entry: number, position: number, chunks: number, leastMs: number): void {
    this.dict.locate(entry);
    const owned = this.dict.ownFoundEntry();
    this.#setWord(owned, POSITION, position);
    this.#setWord(owned, ROUND_CHUNKS, chunks);
    this.#write(owned, ROUND_LEAST, leastMs);
  }

  /** All fields have been seen, and none that is left expires before `leastMs`. */
  endRound(entry: number, leastMs: number): void {
    this.dict.locate(entry);
    const owned = this.dict.ownFoundEntry();
    this.#setWord(owned, POSITION, 0);
    this.#write(owned, ROUND_LEAST, NEVER);
    this.#write(owned, DUE, leastMs);
  }

  /** Forgets a key. */
  drop(entry: number): void {
    this.dict.locate(entry);
    this.dict.removeFound();
    this.#memory.free(entry);
  }

  /** Adds the entries of a chunk's worth of buckets; returns the position to go on from, 0 at the end. */
  collect(position: number, into: EntryList): number {
    const { dict } = this;
    // Backwards, because a table that shrinks moves its last entries forward.
    const total = dict.chunks * CHUNK_BUCKETS;
    const end = position > 0 ? Math.min(position, total) : total;
    const from = Math.max(0, end - CHUNK_BUCKETS);
    sweepExpiring(this.#memory, dict, from, end - from, into);
    return from;
  }

  #word(entry: number, word: number): number {
    return this.#memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word];
  }

  #setWord(entry: number, word: number, value: number): void {
    this.#memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word] = value;
  }

  #read(entry: number, word: number): number {
    const words = this.#memory.words[entry >>> SEGMENT_SHIFT];
    return readTimeMs(words, ((entry & GRANULE_MASK) << 2) + word);
  }

  #write(entry: number, word: number, timeMs: number): void {
    const words = this.#memory.words[entry >>> SEGMENT_SHIFT];
    writeTimeMs(words, ((entry & GRANULE_MASK) << 2) + word, timeMs);
  }
}
