import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  BUCKET_CHAIN,
  BUCKET_REFS,
  BUCKET_SLOTS,
  CHUNK_BUCKETS,
  CHUNK_GRANULES_PER_BUCKET,
  chunkIndexOf,
  DICT_CHUNKS,
  DICT_COUNT,
  DICT_DIRECTORY,
  DICT_EXPIRING,
  ENTRY_EXPIRY_BIT,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  KEY_LENGTH_MASK,
  maskFor,
  TAG_EXPIRING,
  tagOf,
} from "./dict-layout";

/**
 * Walks a dictionary, live or frozen, and checks every rule that dict.ts promises. It is the
 * specification of the layout as a program, slow and plain; nothing of it runs while serving.
 *
 * It trusts no ref: one that leads out of the memory, or to a block that was reached before, is an
 * error with the place it was found at. It changes nothing and keeps one bit per granule of memory.
 */
export interface VerifyDictOptions {
  /** Byte offset of the key in an entry without expiry (with one: 8 more), as given to Dict. */
  readonly keyAt: number;
  /** The hash that an entry with this key must carry; absent: any is right. */
  readonly hashOf?: (bytes: Uint8Array, at: number, length: number) => number;
  /** Called with every block reached: header, directory, chunks, overflow blocks, entries. */
  readonly eachBlock?: (ref: number) => void;
}

/** What was found on the way. */
export interface DictFigures {
  readonly entries: number;
  readonly expiring: number;
  readonly chunks: number;
  readonly overflowBlocks: number;
  /** Blocks of the longest bucket, its head included. */
  readonly longestChain: number;
}

/** Dict splits before an insert that would bring the average of a chunk above this. */
const MAX_CHUNK_ENTRIES = CHUNK_BUCKETS * 9;

/** @throws Error that names the first broken rule and where. */
export function verifyDict(
  memory: BlockMemory,
  header: number,
  options: VerifyDictOptions,
): DictFigures {
  return new DictVerifier(memory, options).verify(header);
}

class DictVerifier {
  readonly #memory: BlockMemory;
  readonly #options: VerifyDictOptions;
  /** By segment: one bit per granule, set where a block that was reached begins. */
  readonly #reached: Uint8Array[] = [];
  readonly #chain: number[] = [];
  #chunks = 0;
  #entries = 0;
  #expiring = 0;
  #overflowBlocks = 0;
  #longestChain = 0;

  constructor(memory: BlockMemory, options: VerifyDictOptions) {
    this.#memory = memory;
    this.#options = options;
  }

  verify(header: number): DictFigures {
    this.#reach(header, 4, "header");
    this.#chunks = this.#word(header, DICT_CHUNKS);
    const directory = this.#word(header, DICT_DIRECTORY);
    if (this.#chunks < 1) throw new Error(`${this.#chunks} chunks`);
    const capacity = maskFor(this.#chunks) + 1;
    let expiring = 0;
    this.#reach(directory, capacity * 2, "directory");
    for (let index = 0; index < this.#chunks; index++) {
      const chunk = this.#word(directory, index);
      this.#reach(chunk, CHUNK_BUCKETS * 16, `chunk ${index}`);
      for (let number = 0; number < CHUNK_BUCKETS; number++) {
        this.#verifyChain(chunk + number * CHUNK_GRANULES_PER_BUCKET, index, number);
      }
      const counted = this.#word(directory, capacity + index);
      this.#compare(`expiring entries up to chunk ${index}`, this.#expiring, expiring + counted);
      expiring += counted;
    }
    this.#compare("entries", this.#entries, this.#word(header, DICT_COUNT));
    this.#compare("expiring entries", this.#expiring, this.#word(header, DICT_EXPIRING));
    if (this.#entries > this.#chunks * MAX_CHUNK_ENTRIES) {
      throw new Error(`${this.#entries} entries in only ${this.#chunks} chunks`);
    }
    return {
      entries: this.#entries,
      expiring: this.#expiring,
      chunks: this.#chunks,
      overflowBlocks: this.#overflowBlocks,
      longestChain: this.#longestChain,
    };
  }

  #verifyChain(head: number, index: number, number: number): void {
    const place = `bucket ${index}/${number}`;
    this.#chain.length = 0;
    let length = 0;
    for (let bucket = head; bucket !== 0; length++) {
      if (bucket !== head) {
        this.#reach(bucket, 16, `overflow block ${length} of ${place}`);
        this.#overflowBlocks++;
      }
      const next = this.#word(bucket, BUCKET_CHAIN);
      const entries = this.#verifyBucket(bucket, index, number, place);
      if (entries === 0 && bucket !== head) throw new Error(`empty overflow block in ${place}`);
      if (entries < BUCKET_SLOTS && next !== 0) throw new Error(`hole before the end of ${place}`);
      bucket = next;
    }
    this.#longestChain = Math.max(this.#longestChain, length);
    this.#checkKeysDiffer(place);
  }

  /** Checks the slots of one block; returns how many are occupied. */
  #verifyBucket(bucket: number, index: number, number: number, place: string): number {
    let entries = 0;
    for (let slot = 0; slot < BUCKET_SLOTS; slot++) {
      const tag = (this.#word(bucket, slot >>> 2) >>> ((slot & 3) << 3)) & 0xff;
      if (tag === 0) continue;
      entries++;
      this.#verifyEntry(
        this.#word(bucket, BUCKET_REFS + slot),
        tag,
        index,
        number,
        `${place}, slot ${slot}`,
      );
    }
    return entries;
  }

  #verifyEntry(entry: number, tag: number, index: number, number: number, place: string): void {
    this.#reach(entry, 4, `entry of ${place}`);
    this.#entries++;
    const hash = this.#word(entry, ENTRY_HASH);
    const lengthWord = this.#word(entry, ENTRY_KEY_LENGTH);
    const expires = (lengthWord & ENTRY_EXPIRY_BIT) !== 0;
    if (expires) this.#expiring++;
    this.#compare(`tag of ${place}`, tag, tagOf(hash) | (expires ? TAG_EXPIRING : 0));
    this.#compare(`bucket number of ${place}`, hash & (CHUNK_BUCKETS - 1), number);
    const chunk = chunkIndexOf(hash, maskFor(this.#chunks), this.#chunks);
    this.#compare(`chunk index of ${place}`, chunk, index);
    const { bytes, at, length } = this.#keyOf(entry);
    if (at + length > bytes.length) throw new Error(`key of ${place} leaves its segment`);
    const wanted = this.#options.hashOf?.(bytes, at, length);
    if (wanted !== undefined) this.#compare(`hash of ${place}`, hash, wanted);
    this.#chain.push(entry);
  }

  /** Equal keys have equal hashes, so they could only be in the same bucket. */
  #checkKeysDiffer(place: string): void {
    this.#chain.sort((a, b) => this.#word(a, ENTRY_HASH) - this.#word(b, ENTRY_HASH));
    for (let i = 1; i < this.#chain.length; i++) {
      const hash = this.#word(this.#chain[i], ENTRY_HASH);
      for (let j = i - 1; j >= 0 && this.#word(this.#chain[j], ENTRY_HASH) === hash; j--) {
        if (this.#sameKey(this.#chain[i], this.#chain[j])) {
          throw new Error(`a key is twice in ${place}`);
        }
      }
    }
  }

  #sameKey(one: number, other: number): boolean {
    const a = this.#keyOf(one);
    const b = this.#keyOf(other);
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a.bytes[a.at + i] !== b.bytes[b.at + i]) return false;
    return true;
  }

  #keyOf(entry: number): { bytes: Uint8Array; at: number; length: number } {
    const lengthWord = this.#word(entry, ENTRY_KEY_LENGTH);
    const at = (entry & GRANULE_MASK) * 16 + this.#options.keyAt + ((lengthWord >>> 31) << 3);
    const bytes = this.#memory.bytes[entry >>> SEGMENT_SHIFT];
    return { bytes, at, length: lengthWord & KEY_LENGTH_MASK };
  }

  /** A block of at least `words` words is inside the memory and was not reached before. */
  #reach(ref: number, words: number, what: string): void {
    const segment = this.#memory.words[ref >>> SEGMENT_SHIFT];
    if (ref === 0 || segment === undefined || (ref & GRANULE_MASK) * 4 + words > segment.length) {
      throw new Error(`${what}: ref ${ref >>> 0} leads nowhere`);
    }
    this.#reached[ref >>> SEGMENT_SHIFT] ??= new Uint8Array((segment.length >>> 5) + 1);
    const reached = this.#reached[ref >>> SEGMENT_SHIFT];
    const granule = ref & GRANULE_MASK;
    const bit = 1 << (granule & 7);
    if ((reached[granule >>> 3] & bit) !== 0) {
      throw new Error(`${what}: block ${ref >>> 0} has two owners`);
    }
    reached[granule >>> 3] |= bit;
    this.#options.eachBlock?.(ref);
  }

  #word(ref: number, word: number): number {
    return this.#memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + word];
  }

  #compare(what: string, found: number, wanted: number): void {
    if (found !== wanted) throw new Error(`${what}: found ${found}, should be ${wanted}`);
  }
}
