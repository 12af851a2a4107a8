import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  chunkIndexOf,
  DICT_CHUNKS,
  DICT_COUNT,
  DICT_DIRECTORY,
  DICT_EXPIRING,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  KEY_LENGTH_MASK,
  MATCH_MASK,
  maskFor,
  OCCUPIED_BITS,
  tagOf,
} from "./dict-layout";

const NO_BYTES = new Uint8Array(0);

/**
 * A dictionary as readers see it: keys are looked up, and walkers find their way. See dict-layout.ts
 * for the drawing and Dict for what changes it.
 *
 * It works on any memory, a worker's sight of a frozen image too. What always holds: `count` entries
 * are reachable, and the fields are those of the header when it was opened or last changed here.
 *
 * Costs: find touches one bucket (64 bytes) and, but for false tags, only the entry looked for.
 */
export class DictReader {
  /** The header block; 0 while the dictionary is not open. */
  ref = 0;
  count = 0;
  /** Entries with an expiry. */
  expiring = 0;
  chunks = 0;
  protected mask = 0;
  protected directory = 0;
  /** The position: where the entry found last lies. */
  protected foundIndex = 0;
  protected foundBucket = 0;
  protected foundSlot = 0;
  readonly #memory: BlockMemory;
  readonly #keyAtWord: number;
  /** The bytes that the last key was in, and a view of them. */
  #viewed: Uint8Array = NO_BYTES;
  #view: DataView = new DataView(NO_BYTES.buffer);

  /** @param keyAt byte offset of the key in an entry without expiry (with one: 8 more). */
  constructor(memory: BlockMemory, keyAt: number) {
    this.#memory = memory;
    if (keyAt % 4 !== 0) throw new RangeError(`keys at ${keyAt} are not at a word`);
    this.#keyAtWord = keyAt >>> 2;
  }

  /** Works on the dictionary whose header block is `ref` from now on. */
  open(ref: number): this {
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    this.ref = ref;
    this.count = words[at + DICT_COUNT];
    this.chunks = words[at + DICT_CHUNKS];
    this.directory = words[at + DICT_DIRECTORY];
    this.expiring = words[at + DICT_EXPIRING];
    this.mask = maskFor(this.chunks);
    return this;
  }

  /** The entry of a key, or 0. A hit becomes the position. */
  find(hash: number, key: Uint8Array, keyAt: number, keyLength: number): number {
    const memory = this.#memory;
    const index = chunkIndexOf(hash, this.mask, this.chunks);
    let bucket = this.bucketOf(index, hash);
    const pattern = Math.imul(tagOf(hash), 0x01010101);
    do {
      const words = memory.words[bucket >>> SEGMENT_SHIFT];
      const at = (bucket & GRANULE_MASK) << 2;
      for (let group = 0; group < 3; group++) {
        const difference = (words[at + group] & MATCH_MASK) ^ pattern;
        let hits = (difference - 0x01010101) & ~difference & OCCUPIED_BITS;
        while (hits !== 0) {
          const slot = (group << 2) + ((31 - Math.clz32(hits & -hits)) >>> 3);
          const entry = words[at + BUCKET_REFS + slot];
          if (this.#entryHas(entry, hash, key, keyAt, keyLength)) {
            this.foundIndex = index;
            this.foundBucket = bucket;
            this.foundSlot = slot;
            return entry;
          }
          hits &= hits - 1;
        }
      }
      bucket = words[at + BUCKET_CHAIN];
    } while (bucket !== 0);
    return 0;
  }

  /** The ref of a chunk, for walkers. */
  chunkAt(index: number): number {
    const directory = this.directory;
    return this.#memory.words[directory >>> SEGMENT_SHIFT][
      ((directory & GRANULE_MASK) << 2) + index
    ];
  }

  /** How many entries of a chunk have an expiry, for walkers that look for those. */
  expiringAt(index: number): number {
    const directory = this.directory;
    return this.#memory.words[directory >>> SEGMENT_SHIFT][
      ((directory & GRANULE_MASK) << 2) + this.mask + 1 + index
    ];
  }

  /** The chunk index that a hash leads to, for walkers. */
  chunkIndex(hash: number): number {
    return chunkIndexOf(hash, this.mask, this.chunks);
  }

  /** Chunk indices are masked with this; it is 2^n - 1 and at least `chunks` - 1. */
  get chunkMask(): number {
    return this.mask;
  }

  protected entryWord(entry: number, word: number): number {
    return this.#memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word];
  }

  #entryHas(entry: number, hash: number, key: Uint8Array, keyAt: number, length: number): boolean {
    const words = this.#memory.words[entry >>> SEGMENT_SHIFT];
    const at = (entry & GRANULE_MASK) << 2;
    if (words[at + ENTRY_HASH] !== hash) return false;
    const lengthWord = words[at + ENTRY_KEY_LENGTH];
    if ((lengthWord & KEY_LENGTH_MASK) !== length) return false;
    const wordsEnd = keyAt + (length & ~3);
    const view = key === this.#viewed ? this.#view : this.#viewOf(key);
    let word = at + this.#keyAtWord + ((lengthWord >>> 31) << 1);
    for (let i = keyAt; i < wordsEnd; i += 4) {
      if (view.getInt32(i, true) !== words[word++]) return false;
    }
    const rest = length & 3;
    if (rest === 0) return true;
    const bytes = this.#memory.bytes[entry >>> SEGMENT_SHIFT];
    const restAt = word << 2;
    for (let i = 0; i < rest; i++) if (bytes[restAt + i] !== key[wordsEnd + i]) return false;
    return true;
  }

  /** A view of the bytes that keys are compared in, for reading words at any place. */
  #viewOf(key: Uint8Array): DataView {
    this.#view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#viewed = key;
    return this.#view;
  }

  protected bucketOf(index: number, hash: number): number {
    const directory = this.directory;
    const words = this.#memory.words[directory >>> SEGMENT_SHIFT];
    return words[((directory & GRANULE_MASK) << 2) + index] + ((hash & 63) << 2);
  }
}
