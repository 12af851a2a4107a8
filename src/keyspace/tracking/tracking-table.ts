import { copyBytes } from "../../base/bytes";
import type { Random } from "../../base/random";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../../structures/dict-layout";
import { randomEntry } from "../../structures/dict-random";
import { EntryList } from "../../structures/dict-walk";
import type { LazyFree } from "../lazy-free";

/**
 * Which clients have read which keys: a dictionary of its own, in linear memory.
 *
 *     entry   [hash][key length][clients][ref of the others][id low][id high][key]
 *     others  [id low][id high] ...        the clients but the first, ids ascending
 *
 * It knows clients by their ids, which are never used again, so one that is gone need not be looked
 * for. What always holds: a key has at least one client, `items` is the sum of all keys' clients.
 *
 * Costs: 24 bytes beside the key, 8 for every further client; finding a client among n is O(log n).
 */
const CLIENT_COUNT = 2;
const OTHERS = 3;
const FIRST_ID = 4;
const KEY_AT = 24;
const ID_BYTES = 8;
const ID_WORDS = 2;
const LEAST_OTHERS = 2;
const TWO_32 = 4294967296;

export class TrackingTable {
  /** Pairs of key and client. */
  items = 0;
  /** What `take` took out: the clients of the key. */
  takenIds = new Float64Array(16);
  takenCount = 0;
  readonly #memory: Arena;
  readonly #lazyFree: LazyFree;
  readonly #scratch = new EntryList();
  readonly #dispose = (entry: number): void => this.#free(entry);
  /** Made for the first key. */
  #dict: Dict | undefined;

  constructor(memory: Arena, lazyFree: LazyFree) {
    this.#memory = memory;
    this.#lazyFree = lazyFree;
  }

  /** Keys. */
  get count(): number {
    return this.#dict === undefined ? 0 : this.#dict.count;
  }

  /** Notes that a client has read a key. */
  add(hash: number, key: Uint8Array, at: number, length: number, clientId: number): void {
    this.#dict ??= new Dict(this.#memory, KEY_AT).create();
    const found = this.#dict.find(hash, key, at, length);
    if (found === 0) {
      this.#dict.insert(this.#newEntry(hash, key, at, length, clientId));
      this.items++;
    } else if (this.#idAt(found, FIRST_ID) !== clientId) {
      this.#addOther(found, clientId);
    }
  }

  /** Takes a key out, its clients into `takenIds`; false when nobody has read it. */
  take(hash: number, key: Uint8Array, at: number, length: number): boolean {
    const dict = this.#dict;
    if (dict === undefined) return false;
    const entry = dict.find(hash, key, at, length);
    if (entry === 0) return false;
    this.#takeFound(dict, entry);
    return true;
  }

  /** As `take`, of a key picked at random, which is returned; undefined when there is none. */
  takeRandom(random: Random): Uint8Array | undefined {
    const dict = this.#dict;
    if (dict === undefined || dict.count === 0) return undefined;
    const entry = randomEntry(this.#memory, dict, random, false, this.#scratch);
    const bytes = this.#memory.bytes[entry >>> SEGMENT_SHIFT];
    const start = ((entry & GRANULE_MASK) << 4) + KEY_AT;
    const key = bytes.slice(start, start + this.#word(entry, ENTRY_KEY_LENGTH));
    dict.locate(entry);
    this.#takeFound(dict, entry);
    return key;
  }

  /** Forgets all keys; their memory is given back between turns. */
  clear(): void {
    if (this.#dict === undefined) return;
    this.#lazyFree.dict(this.#dict, this.#dispose);
    this.#dict = undefined;
    this.items = 0;
  }

  #takeFound(dict: Dict, entry: number): void {
    const count = this.#word(entry, CLIENT_COUNT);
    if (count > this.takenIds.length) this.takenIds = new Float64Array(count * 2);
    this.takenIds[0] = this.#idAt(entry, FIRST_ID);
    const others = this.#word(entry, OTHERS);
    for (let i = 0; i < count - 1; i++) this.takenIds[i + 1] = this.#idAt(others, i * ID_WORDS);
    this.takenCount = count;
    this.items -= count;
    dict.removeFound();
    this.#free(entry);
  }

  #newEntry(hash: number, key: Uint8Array, at: number, length: number, clientId: number): number {
    const memory = this.#memory;
    const entry = memory.alloc(KEY_AT + length);
    const words = memory.words[entry >>> SEGMENT_SHIFT];
    const word = (entry & GRANULE_MASK) << 2;
    words[word + ENTRY_HASH] = hash;
    words[word + ENTRY_KEY_LENGTH] = length;
    words[word + CLIENT_COUNT] = 1;
    words[word + OTHERS] = 0;
    writeId(words, word + FIRST_ID, clientId);
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], (word << 2) + KEY_AT, key, at, length);
    return entry;
  }

  #addOther(found: number, clientId: number): void {
    const memory = this.#memory;
    const count = this.#word(found, CLIENT_COUNT) - 1;
    const old = this.#word(found, OTHERS);
    const place = this.#placeOf(old, count, clientId);
    if (place < count && this.#idAt(old, place * ID_WORDS) === clientId) return;
    const others = this.#roomFor(old, count);
    const words = memory.words[others >>> SEGMENT_SHIFT];
    const first = (others & GRANULE_MASK) << 2;
    const at = first + place * ID_WORDS;
    words.copyWithin(at + ID_WORDS, at, first + count * ID_WORDS);
    writeId(words, at, clientId);
    const entry = this.#dict?.ownFoundEntry() ?? 0;
    const entryWords = memory.words[entry >>> SEGMENT_SHIFT];
    const entryAt = (entry & GRANULE_MASK) << 2;
    entryWords[entryAt + CLIENT_COUNT] = count + 2;
    entryWords[entryAt + OTHERS] = others;
    this.items++;
  }

  /** Where in the ascending ids of a block one is or would be. */
  #placeOf(others: number, count: number, clientId: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#idAt(others, middle * ID_WORDS) < clientId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A block that may be changed, with the ids of `others` and room for one more. */
  #roomFor(others: number, count: number): number {
    const memory = this.#memory;
    if (others === 0) return memory.alloc(LEAST_OTHERS * ID_BYTES);
    if ((count + 1) * ID_BYTES <= memory.capacityOf(others)) return memory.own(others);
    return memory.resize(others, count * 2 * ID_BYTES, count * ID_BYTES);
  }

  #free(entry: number): void {
    const others = this.#word(entry, OTHERS);
    if (others !== 0) this.#memory.free(others);
    this.#memory.free(entry);
  }

  #word(ref: number, word: number): number {
    return this.#memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + word];
  }

  #idAt(ref: number, word: number): number {
    return this.#word(ref, word + 1) * TWO_32 + (this.#word(ref, word) >>> 0);
  }
}

function writeId(words: Int32Array, at: number, id: number): void {
  words[at] = id | 0;
  words[at + 1] = Math.floor(id / TWO_32);
}
