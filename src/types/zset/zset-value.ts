import { copyBytes } from "../../base/bytes";
import type { Database } from "../../keyspace/database";
import { wordOf } from "../../keyspace/entry";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { CountedTree } from "../../structures/counted-tree";
import { Dict } from "../../structures/dict";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../../structures/dict-layout";
import { type EntryList, scanBucket } from "../../structures/dict-walk";
import { Listpack } from "../../structures/listpack";
import { SCORE_TEXT_BYTES, writeScoreText } from "./score-text";
import { MemberBound } from "./zset-bounds";
import {
  MEMBER_AT,
  memberLengthOf,
  memberStartOf,
  scoreOf,
  setScore,
  ZSET_DICT,
  ZSET_LISTPACK,
  ZSET_ROOT,
  ZSET_SMALL,
  ZSET_TREE,
} from "./zset-layout";
import type { ZsetLimits } from "./zset-limits";
import { ZsetReader } from "./zset-reader";
import { disposeSomeOfTree, newZsetHeader } from "./zset-tree";

/** What is reported as `skiplist` and smaller than this stays a listpack inside. */
const MOST_SMALL_MEMBERS = 64;
const MOST_SMALL_BYTES = 1024;
/** No listpack grows beyond this, whatever the limits are. */
const MOST_LISTPACK_BYTES = 2 ** 30;

/** What a sorted set asks of the keyspace it is in. */
export interface ZsetHost {
  readonly memory: Arena;
  hashOf(bytes: Uint8Array, at: number, length: number): number;
}

/**
 * A sorted set that changes, whatever its encoding. One object serves one command after the other.
 *
 * `find` looks for a member and is followed by at most one of `insert` (not found), `setFoundScore`
 * and `removeFound` (found), with the same bytes. Changes do not touch the entry of the key: when all
 * are done, `save` stores ref and encoding there if they changed, before the entry is used again.
 *
 * What always holds: encodings only ever change from LISTPACK to SMALL to TREE; blocks that a
 * snapshot has frozen are copied before they change.
 */
export class ZsetValue extends ZsetReader {
  declare protected readonly pack: Listpack;
  declare protected readonly tree: CountedTree;
  readonly #host: ZsetHost;
  readonly #memory: Arena;
  readonly #limits: ZsetLimits;
  readonly #dict: Dict;
  readonly #bound: MemberBound;
  readonly #scoreText = new Uint8Array(SCORE_TEXT_BYTES);
  /** Of the member that `find` looked for last in a tree. */
  #hash = 0;
  /** What the key's entry holds. */
  #savedRef = 0;
  #savedEncoding = 0;

  constructor(host: ZsetHost, limits: ZsetLimits) {
    const { memory } = host;
    super(memory, new Listpack(memory), new CountedTree(memory));
    this.#host = host;
    this.#memory = memory;
    this.#limits = limits;
    this.#dict = new Dict(memory, MEMBER_AT);
    this.#bound = new MemberBound(memory);
  }

  override openValue(encoding: number, ref: number): this {
    super.openValue(encoding, ref);
    if (encoding === ZSET_TREE) this.#dict.open(wordOf(this.#memory, ref, ZSET_DICT));
    this.#savedRef = ref;
    this.#savedEncoding = encoding;
    return this;
  }

  /**
   * Makes an empty value that is in no entry and opens it.
   * @param members how many there will be at least, as far as is known.
   * @param memberLength of the first or of the longest one.
   */
  create(members: number, memberLength: number): this {
    const contentBytes = memberLength < MOST_SMALL_BYTES ? memberLength + 8 : 0;
    const ref = this.pack.create(contentBytes).ref;
    const isListpack = this.#fitsListpack(members, memberLength);
    return this.openValue(isListpack ? ZSET_LISTPACK : ZSET_SMALL, ref);
  }

  /** Makes an empty TREE that is in no entry and opens it: to be filled in any order, then `settle`. */
  createTree(): this {
    this.#dict.create();
    this.tree.open(0);
    this.#openNewTree();
    return this.openValue(ZSET_TREE, this.ref);
  }

  /** Turns a listpack into a TREE, which `settle` may turn back. */
  growTree(): void {
    const memory = this.#memory;
    const old = this.ref;
    this.#dict.create();
    this.tree.open(0);
    for (let more = this.seekFirst(); more; more = this.next()) {
      this.#extendTree(false, this.score, this.memberBytes, this.memberAt, this.memberLength);
    }
    this.#openNewTree();
    memory.free(old);
  }

  /** Gives a TREE that has been filled the form that its members and the limits ask for. */
  settle(): void {
    let longest = 0;
    let totalBytes = 0;
    for (let more = this.seekFirst(); more; more = this.next()) {
      longest = Math.max(longest, this.memberLength);
      totalBytes += this.memberLength + SCORE_TEXT_BYTES;
    }
    const isListpack = this.#fitsListpack(this.size, longest) && totalBytes < MOST_LISTPACK_BYTES;
    const isSmall = this.size <= MOST_SMALL_MEMBERS && totalBytes <= MOST_SMALL_BYTES;
    if (!isListpack && !isSmall) return;
    const old = this.ref;
    this.#packTree(isListpack ? ZSET_LISTPACK : ZSET_SMALL, totalBytes);
    disposeSomeOfTree(this.#memory, old, Number.POSITIVE_INFINITY);
  }

  /**
   * Stores what has become of the value in the entry that it was opened from, which is the database's
   * position. Returns the entry, which may be another now.
   */
  save(database: Database, entry: number): number {
    const { ref, encoding } = this;
    if (ref === this.#savedRef && encoding === this.#savedEncoding) return entry;
    this.#savedRef = ref;
    this.#savedEncoding = encoding;
    return database.storeFound(encoding, ref);
  }

  /** Whether a member is there; its `score` is shown, not the member. */
  find(bytes: Uint8Array, at: number, length: number): boolean {
    if (this.encoding !== ZSET_TREE) {
      const offset = this.pack.find(this.pack.first(), 2, bytes, at, length);
      this.at = offset;
      if (offset === 0) return false;
      this.score = this.readScore(offset);
      return true;
    }
    this.#hash = this.#host.hashOf(bytes, at, length);
    const entry = this.#dict.find(this.#hash, bytes, at, length);
    this.at = entry;
    if (entry === 0) return false;
    this.score = scoreOf(this.#memory, entry);
    return true;
  }

  /** The rank of a member, or -1. Its `score` is shown. */
  rankOfMember(bytes: Uint8Array, at: number, length: number): number {
    if (!this.find(bytes, at, length)) return -1;
    return this.rankOf(this.#bound.set(this.score, bytes, at, length));
  }

  /** Adds a member that `find` has not found. */
  insert(score: number, bytes: Uint8Array, at: number, length: number): void {
    if (this.encoding !== ZSET_TREE) this.#makeRoom(bytes, at, length);
    if (this.encoding !== ZSET_TREE) {
      this.#insertInPack(score, bytes, at, length);
      return;
    }
    this.size++;
    const entry = this.#newEntry(this.#hash, score, bytes, at, length);
    this.#dict.insert(entry);
    this.tree.insert(this.#bound.set(score, bytes, at, length), entry);
    this.#storeTree();
  }

  /**
   * Adds a member that is not there and comes in front of all others or behind them: for values that
   * are built in order, either way round.
   */
  extend(toFront: boolean, score: number, bytes: Uint8Array, at: number, length: number): void {
    if (this.encoding !== ZSET_TREE) this.#makeRoom(bytes, at, length);
    this.size++;
    if (this.encoding === ZSET_TREE) {
      this.#extendTree(toFront, score, bytes, at, length);
      this.#storeTree();
      return;
    }
    const { pack } = this;
    const before = toFront ? pack.first() : 0;
    const member = pack.insert(before, bytes, at, length);
    pack.insert(toFront ? pack.next(member) : 0, this.#scoreText, 0, this.#writeScore(score));
    this.ref = pack.ref;
  }

  /** Gives the found member another score. */
  setFoundScore(score: number, bytes: Uint8Array, at: number, length: number): void {
    if (this.encoding !== ZSET_TREE) {
      this.#removeFromPack(this.at, 1);
      this.#insertInPack(score, bytes, at, length);
      return;
    }
    const { tree } = this;
    const bound = this.#bound.set(this.score, bytes, at, length);
    tree.seekPlace(bound);
    bound.score = score;
    const staysInOrder = this.#isBetweenNeighbours(bound);
    if (!staysInOrder) tree.removeHere();
    const entry = this.#dict.ownFoundEntry();
    setScore(this.#memory, entry, score);
    if (!staysInOrder) tree.insert(bound, entry);
    else if (entry !== this.at) tree.replaceHere(entry);
    this.#storeTree();
  }

  /** Takes out the found member. */
  removeFound(bytes: Uint8Array, at: number, length: number): void {
    if (this.encoding === ZSET_TREE) {
      this.tree.seekPlace(this.#bound.set(this.score, bytes, at, length));
      this.#removeItem();
    } else {
      this.#removeFromPack(this.at, 1);
    }
  }

  /** Takes out the element at the position. */
  removeHere(): void {
    if (this.encoding !== ZSET_TREE) {
      this.#removeFromPack(this.at, 1);
      return;
    }
    this.#dict.locate(this.at);
    this.#removeItem();
  }

  /** Takes out the elements from one rank to before another. */
  removeRanks(from: number, to: number): void {
    if (from >= to) return;
    if (this.encoding !== ZSET_TREE) {
      this.#removeFromPack(this.pack.seek(from * 2), to - from);
      return;
    }
    for (let left = to - from; left > 0; left--) {
      this.seekRank(from);
      this.removeHere();
    }
  }

  /**
   * One step of a scan: adds entries of a TREE to a list and returns the next cursor, 0 at the end;
   * see `showEntry`. Other encodings are listed by walking.
   */
  scan(cursor: number, into: EntryList): number {
    return scanBucket(this.#memory, this.#dict, cursor, into);
  }

  /** Shows an entry that `scan` has given. There is no position. */
  showEntry(entry: number): void {
    const memory = this.#memory;
    this.memberSegment = entry >>> SEGMENT_SHIFT;
    this.memberBytes = memory.bytes[this.memberSegment];
    this.memberAt = memberStartOf(entry);
    this.memberLength = memberLengthOf(memory, entry);
    this.score = scoreOf(memory, entry);
  }

  #fitsListpack(members: number, memberLength: number): boolean {
    const { listpackEntries, listpackValueBytes } = this.#limits;
    return members <= listpackEntries && memberLength <= listpackValueBytes;
  }

  /** Changes the encoding where one more member would be too much for a listpack. */
  #makeRoom(bytes: Uint8Array, at: number, length: number): void {
    const { pack } = this;
    const members = this.size + 1;
    const packBytes = pack.listpackBytes + length + SCORE_TEXT_BYTES;
    if (this.encoding === ZSET_LISTPACK) {
      if (this.#fitsListpack(members, length) && packBytes < MOST_LISTPACK_BYTES) return;
      this.encoding = ZSET_SMALL;
    }
    if (members <= MOST_SMALL_MEMBERS && packBytes <= MOST_SMALL_BYTES) return;
    this.growTree();
    this.#hash = this.#host.hashOf(bytes, at, length);
  }

  /** Makes the header of a new dictionary and tree. */
  #openNewTree(): void {
    this.encoding = ZSET_TREE;
    this.ref = newZsetHeader(this.#memory, this.#dict.ref, this.tree.root);
  }

  /** Copies the elements of a TREE into a new listpack and goes on with that. */
  #packTree(encoding: number, contentBytes: number): void {
    const { pack } = this;
    pack.create(contentBytes);
    for (let more = this.seekFirst(); more; more = this.next()) {
      pack.append(this.memberBytes, this.memberAt, this.memberLength);
      const length = writeScoreText(this.score, encoding === ZSET_SMALL, this.#scoreText);
      pack.append(this.#scoreText, 0, length);
    }
    pack.trim();
    this.encoding = encoding;
    this.ref = pack.ref;
    this.at = 0;
  }

  #extendTree(
    toFront: boolean,
    score: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): void {
    const hash = this.#host.hashOf(bytes, at, length);
    const entry = this.#newEntry(hash, score, bytes, at, length);
    this.#dict.insert(entry);
    if (toFront) this.tree.prepend(entry);
    else this.tree.append(entry);
  }

  #newEntry(hash: number, score: number, bytes: Uint8Array, at: number, length: number): number {
    const memory = this.#memory;
    const entry = memory.alloc(MEMBER_AT + length);
    const segment = entry >>> SEGMENT_SHIFT;
    const words = memory.words[segment];
    const start = (entry & GRANULE_MASK) << 2;
    words[start + ENTRY_HASH] = hash;
    words[start + ENTRY_KEY_LENGTH] = length;
    setScore(memory, entry, score);
    copyBytes(memory.bytes[segment], (start << 2) + MEMBER_AT, bytes, at, length);
    return entry;
  }

  #insertInPack(score: number, bytes: Uint8Array, at: number, length: number): void {
    const { pack } = this;
    const before = this.offsetOf(this.#bound.set(score, bytes, at, length));
    const member = pack.insert(before, bytes, at, length);
    pack.insert(pack.next(member), this.#scoreText, 0, this.#writeScore(score));
    this.size++;
    this.ref = pack.ref;
  }

  #writeScore(score: number): number {
    return writeScoreText(score, this.encoding === ZSET_SMALL, this.#scoreText);
  }

  #removeFromPack(offset: number, members: number): void {
    this.pack.remove(offset, members * 2);
    this.size -= members;
    this.ref = this.pack.ref;
    this.at = 0;
  }

  /** Takes out the position's entry, which is the dictionary's position, too. */
  #removeItem(): void {
    this.tree.removeHere();
    this.#dict.removeFound();
    this.#memory.free(this.at);
    this.size--;
    this.at = 0;
    this.#storeTree();
  }

  /** Whether the tree's position is where a bound is, the item there left out. It is kept. */
  #isBetweenNeighbours(bound: MemberBound): boolean {
    const { tree } = this;
    const next = tree.next();
    const isBeforeNext = next === 0 || bound.compare(next) > 0;
    tree.previous();
    if (!isBeforeNext) return false;
    const previous = tree.previous();
    if (previous === 0) tree.seekFirst();
    else tree.next();
    return previous === 0 || bound.compare(previous) < 0;
  }

  /** Writes what has changed of dictionary and tree into the header. */
  #storeTree(): void {
    const memory = this.#memory;
    const dict = this.#dict.ref;
    const { root } = this.tree;
    const words = memory.words[this.ref >>> SEGMENT_SHIFT];
    const header = (this.ref & GRANULE_MASK) << 2;
    if (words[header + ZSET_DICT] === dict && words[header + ZSET_ROOT] === root) return;
    const owned = memory.own(this.ref);
    const ownedWords = memory.words[owned >>> SEGMENT_SHIFT];
    const ownedHeader = (owned & GRANULE_MASK) << 2;
    ownedWords[ownedHeader + ZSET_DICT] = dict;
    ownedWords[ownedHeader + ZSET_ROOT] = root;
    this.ref = owned;
  }
}
