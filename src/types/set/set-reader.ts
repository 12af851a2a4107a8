import type { HalfSipHash } from "../../base/half-sip-hash";
import type { Random } from "../../base/random";
import { ENTRY_VALUE, encodingOf, wordOf } from "../../keyspace/entry";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { DictCursor } from "../../structures/dict-cursor";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../../structures/dict-layout";
import { randomEntry } from "../../structures/dict-random";
import { DictReader } from "../../structures/dict-reader";
import { EntryList, scanBucket } from "../../structures/dict-walk";
import { IntsetReader } from "../../structures/intset-reader";
import { ListpackReader } from "../../structures/listpack-reader";

/**
 * A set as readers see it: its members one by one, at random, and whether something is one of them.
 *
 * It hides how the value lies in memory, which is what the entry's encoding says, and works on any
 * memory, a worker's sight of a frozen image too. SetValue is the same and changes it.
 *
 *     intset         sorted integers (structures/intset-reader.ts)
 *     listpack       members in the order in which they came
 *     packed table   the same bytes, but Redis would have a hash table
 *     table          a dictionary of member blocks: [hash][length][member]
 *
 * A member is named by its place (an index, an offset, a ref), valid until the next change of the
 * set. The member shown last is in `valueBytes`, `valueAt` and `valueLength`, until the next is.
 */
export const SET_INTSET = 0;
export const SET_LISTPACK = 1;
export const SET_PACKED_TABLE = 2;
export const SET_TABLE = 3;

/** Byte offset of the member in the block of a member of a table. */
export const MEMBER_AT = 8;
const DIGITS_BYTES = 24;
/** Empty buckets that a scan steps over, for each member asked for, before it answers. */
const BUCKETS_PER_COUNT = 10;
const NO_BYTES = new Uint8Array(0);

export class SetReader {
  encoding = SET_INTSET;
  ref = 0;
  valueBytes: Uint8Array = NO_BYTES;
  valueAt = 0;
  valueLength = 0;
  /** The segment whose bytes `valueBytes` are, or -1 when the member is in a scratch. */
  valueSegment = -1;
  /** Of the member that `next` showed. */
  place = 0;
  protected readonly intset: IntsetReader;
  protected readonly pack: ListpackReader;
  protected readonly dict: DictReader;
  readonly #memory: BlockMemory;
  readonly #hash: HalfSipHash;
  readonly #cursor: DictCursor;
  readonly #digits = new Uint8Array(DIGITS_BYTES);
  readonly #scratch = new EntryList();
  #isStarted = false;

  /** @param hash of the keyspace; tables are built with it. */
  constructor(
    memory: BlockMemory,
    hash: HalfSipHash,
    intset = new IntsetReader(memory),
    pack = new ListpackReader(memory),
    dict = new DictReader(memory, MEMBER_AT),
  ) {
    this.#memory = memory;
    this.#hash = hash;
    this.intset = intset;
    this.pack = pack;
    this.dict = dict;
    this.#cursor = new DictCursor(memory, dict);
  }

  /** Looks at the set of an entry from now on. */
  openEntry(entry: number): this {
    const memory = this.#memory;
    return this.open(encodingOf(memory, entry), wordOf(memory, entry, ENTRY_VALUE));
  }

  /** Looks at the set whose value is `ref`. */
  open(encoding: number, ref: number): this {
    this.encoding = encoding;
    this.ref = ref;
    if (encoding === SET_TABLE) this.dict.open(ref);
    else if (encoding === SET_INTSET) this.intset.open(ref);
    else this.pack.open(ref);
    return this;
  }

  get size(): number {
    if (this.encoding === SET_TABLE) return this.dict.count;
    return this.encoding === SET_INTSET ? this.intset.count : this.pack.count;
  }

  /** Whether finding a member needs its hash; anything will do for `has` if not. */
  get needsHash(): boolean {
    return this.encoding === SET_TABLE;
  }

  /** Whether picking a member at random, or showing it, takes no walk. */
  get picksQuickly(): boolean {
    return this.encoding === SET_TABLE || this.encoding === SET_INTSET;
  }

  /** Whether the bytes are a member. */
  has(value: Uint8Array, at: number, length: number): boolean {
    return this.hasHashed(
      this.encoding === SET_TABLE ? this.hashOf(value, at, length) : 0,
      value,
      at,
      length,
    );
  }

  /** As `has`, for bytes whose hash is known. */
  hasHashed(hash: number, value: Uint8Array, at: number, length: number): boolean {
    if (this.encoding === SET_TABLE) return this.dict.find(hash, value, at, length) !== 0;
    if (this.encoding !== SET_INTSET) {
      return this.pack.find(this.pack.first(), 1, value, at, length) !== 0;
    }
    return this.intset.want(value, at, length) && this.intset.find() >= 0;
  }

  hashOf(value: Uint8Array, at: number, length: number): number {
    return this.#hash.hash(value, at, length);
  }

  /** The hash of the member that `next` or `showAt` showed last, at its place. */
  hashOfShown(place: number): number {
    if (this.encoding !== SET_TABLE) {
      return this.hashOf(this.valueBytes, this.valueAt, this.valueLength);
    }
    return wordOf(this.#memory, place, ENTRY_HASH);
  }

  /** Goes back before the first member. The set must not change until the walk is over. */
  start(): this {
    this.#isStarted = false;
    this.place = 0;
    if (this.encoding === SET_TABLE) this.#cursor.start();
    return this;
  }

  /** Shows the next member; false after the last. */
  next(): boolean {
    if (this.encoding === SET_TABLE) {
      this.place = this.#cursor.next();
      if (this.place === 0) return false;
    } else if (this.encoding === SET_INTSET) {
      if (this.#isStarted) this.place++;
      if (this.place >= this.intset.count) return false;
    } else {
      if (!this.#isStarted) this.place = this.pack.first();
      else if (this.place !== 0) this.place = this.pack.next(this.place);
      this.#isStarted = true;
      if (this.place === 0) return false;
    }
    this.#isStarted = true;
    this.showAt(this.place);
    return true;
  }

  /** The place of a member picked at random, each equally likely. The set must not be empty. */
  randomPlace(random: Random): number {
    if (this.encoding === SET_TABLE) {
      return randomEntry(this.#memory, this.dict, random, false, this.#scratch);
    }
    if (this.encoding === SET_INTSET) return random.below(this.intset.count);
    return this.pack.seek(random.below(this.pack.count));
  }

  /**
   * One step through a table: adds the places of about `count` members to a list and returns the
   * cursor for the next step, 0 at the end.
   */
  scan(cursor: number, count: number, into: EntryList): number {
    let next = cursor;
    let bucketsLeft = count * BUCKETS_PER_COUNT;
    do {
      next = scanBucket(this.#memory, this.dict, next, into);
    } while (next !== 0 && bucketsLeft-- > 0 && into.count < count);
    return next;
  }

  /** Shows the member at a place. */
  showAt(place: number): void {
    if (this.encoding === SET_TABLE) {
      const words = this.#memory.words[place >>> SEGMENT_SHIFT];
      const at = (place & GRANULE_MASK) << 2;
      this.valueSegment = place >>> SEGMENT_SHIFT;
      this.valueBytes = this.#memory.bytes[place >>> SEGMENT_SHIFT];
      this.valueAt = (at << 2) + MEMBER_AT;
      this.valueLength = words[at + ENTRY_KEY_LENGTH];
    } else if (this.encoding === SET_INTSET) {
      this.valueSegment = -1;
      this.valueBytes = this.#digits;
      this.valueAt = 0;
      this.valueLength = this.intset.formatAt(place, this.#digits);
    } else {
      const { pack } = this;
      pack.read(place);
      this.valueSegment = pack.isInPlace ? pack.segment : -1;
      this.valueBytes = pack.valueBytes;
      this.valueAt = pack.valueAt;
      this.valueLength = pack.valueLength;
    }
  }
}
