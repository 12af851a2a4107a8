import { compareBytes } from "../../base/bytes";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import type { TreePlace } from "../../structures/counted-tree-reader";
import { KEY_LENGTH_MASK } from "../../structures/dict-layout";
import { MEMBER_AT, memberLengthOf, memberStartOf, scoreOf } from "./zset-layout";

/**
 * Places between the members of a sorted set, against which its entries are compared. Each object is
 * set and used again for every command. A range is what lies between two such places.
 */
export interface ZsetBound extends TreePlace {
  /** As `compare`, for an element that is no entry of a tree. */
  compareElement(score: number, bytes: Uint8Array, at: number, length: number): number;
}

/** So many bytes of a member are compared word by word. */
const WORD_BYTES = 64;

/** Where an element of a score and member is, or would be. */
export class MemberBound implements ZsetBound {
  score = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #length = 0;
  /** The beginning of the member, at word boundaries as in entries. */
  readonly #words = new Int32Array(WORD_BYTES >>> 2);
  readonly #wordBytes = new Uint8Array(this.#words.buffer);
  #wholeWords = 0;
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  /** The bytes must stay as they are for as long as the bound is used. */
  set(score: number, bytes: Uint8Array, at: number, length: number): this {
    this.score = score;
    this.#bytes = bytes;
    this.#at = at;
    this.#length = length;
    const held = length < WORD_BYTES ? length & ~3 : WORD_BYTES;
    for (let i = 0; i < held; i++) this.#wordBytes[i] = bytes[at + i];
    this.#wholeWords = held >>> 2;
    return this;
  }

  compare(item: number): number {
    const memory = this.#memory;
    const segment = item >>> SEGMENT_SHIFT;
    const granule = item & GRANULE_MASK;
    const score = memory.doubles[segment][(granule << 1) + 1];
    if (score !== this.score) return score < this.score ? -1 : 1;
    const words = memory.words[segment];
    const start = granule << 2;
    const length = words[start + 1] & KEY_LENGTH_MASK;
    const shared = Math.min(length >>> 2, this.#wholeWords);
    for (let i = 0; i < shared; i++) {
      const word = words[start + (MEMBER_AT >>> 2) + i];
      if (word !== this.#words[i]) return compareWords(word, this.#words[i]);
    }
    const done = shared << 2;
    return compareBytes(
      memory.bytes[segment],
      (granule << 4) + MEMBER_AT + done,
      length - done,
      this.#bytes,
      this.#at + done,
      this.#length - done,
    );
  }

  compareElement(score: number, bytes: Uint8Array, at: number, length: number): number {
    if (score !== this.score) return score < this.score ? -1 : 1;
    return compareBytes(bytes, at, length, this.#bytes, this.#at, this.#length);
  }
}

/** Compares what differs of two words by their bytes in memory, of which the lowest is the first. */
function compareWords(a: number, b: number): number {
  const difference = a ^ b;
  const shift = (31 - Math.clz32(difference & -difference)) & ~7;
  return ((a >>> shift) & 255) - ((b >>> shift) & 255);
}

/** In front of, or behind, all elements of a score. */
export class ScoreBound implements ZsetBound {
  score = 0;
  isBehind = false;
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  set(score: number, isBehind: boolean): this {
    this.score = score;
    this.isBehind = isBehind;
    return this;
  }

  compare(item: number): number {
    return this.compareElement(scoreOf(this.#memory, item));
  }

  compareElement(score: number): number {
    return score < this.score || (this.isBehind && score === this.score) ? -1 : 1;
  }
}

/** In front of, or behind, a member where all scores are the same; or at an end of all. */
export class LexBound implements ZsetBound {
  /** Below 0: in front of all; above 0: behind all; 0: beside the member. */
  end = 0;
  isBehind = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #length = 0;
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  setEnd(end: number): void {
    this.end = end;
  }

  /** The bytes must stay as they are for as long as the bound is used. */
  set(bytes: Uint8Array, at: number, length: number, isBehind: boolean): void {
    this.end = 0;
    this.isBehind = isBehind;
    this.#bytes = bytes;
    this.#at = at;
    this.#length = length;
  }

  compare(item: number): number {
    const memory = this.#memory;
    const bytes = memory.bytes[item >>> SEGMENT_SHIFT];
    return this.compareElement(0, bytes, memberStartOf(item), memberLengthOf(memory, item));
  }

  compareElement(_score: number, bytes: Uint8Array, at: number, length: number): number {
    if (this.end !== 0) return -this.end;
    const order = compareBytes(bytes, at, length, this.#bytes, this.#at, this.#length);
    return order < 0 || (this.isBehind && order === 0) ? -1 : 1;
  }
}
