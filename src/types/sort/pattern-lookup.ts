import { copyBytes } from "../../base/bytes";
import type { DataCall } from "../../keyspace/data-call";
import { TYPE_HASH, TYPE_STRING, typeOf, valueStartOf } from "../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { HashLimits } from "../hash/hash-limits";
import { HashValue } from "../hash/hash-value";
import { stringLength } from "../string/string-value";

const HASH_SIGN = 0x23;
const STAR = 0x2a;
const MINUS = 0x2d;
const GREATER = 0x3e;
const IN_NO_SEGMENT = -1;

/**
 * What patterns such as `weight_*` and `user_*->name` lead to for an element: the string of the key
 * in which the element stands for the star, or a field of the hash there; `#` is the element itself.
 *
 * What was found is shown in `bytes`, `at` and `length` until the next call.
 */
export class PatternLookup {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  length = 0;
  /** Whether a field was passed over that is still there but has expired. */
  hasMetExpired = false;
  /** The segment that `bytes` are, or -1. */
  #segment = IN_NO_SEGMENT;
  #key = new Uint8Array(256);
  readonly #call: DataCall;
  readonly #hash: HashValue;

  constructor(call: DataCall, limits: HashLimits) {
    this.#call = call;
    this.#hash = new HashValue(call.keyspace.memory, call.keyspace.hash, limits);
  }

  /** Whether the pattern at an argument leads to anything but the same for all. */
  hasStar(index: number): boolean {
    return this.#starOf(index) >= 0;
  }

  /** Looks up what the pattern at an argument stands for; false when there is nothing. */
  find(index: number, element: Uint8Array, elementAt: number, elementLength: number): boolean {
    const { args } = this.#call;
    if (args.length(index) === 1 && args.input[args.offset(index)] === HASH_SIGN) {
      return this.#show(IN_NO_SEGMENT, element, elementAt, elementLength);
    }
    const star = this.#starOf(index);
    if (star < 0) return false;
    const { input } = args;
    const at = args.offset(index);
    const end = at + args.length(index);
    const field = this.#fieldOf(star + 1, end);
    const tail = field === 0 ? end : field - 2;
    const entry = this.#read(at, star, element, elementAt, elementLength, tail);
    if (entry === 0) return false;
    const { memory } = this.#call.keyspace;
    if (field > 0) {
      if (typeOf(memory, entry) !== TYPE_HASH) return false;
      return this.#showField(entry, input, field, end - field);
    }
    if (typeOf(memory, entry) !== TYPE_STRING) return false;
    const segment = entry >>> SEGMENT_SHIFT;
    const length = stringLength(memory, entry);
    return this.#show(segment, memory.bytes[segment], valueStartOf(memory, entry), length);
  }

  /** Replies what was found. */
  reply(reply: ReplyWriter): void {
    if (this.#segment === IN_NO_SEGMENT) reply.bulk(this.bytes, this.at, this.length);
    else reply.bulkBlock(this.#segment, this.bytes, this.at, this.length);
  }

  #show(segment: number, bytes: Uint8Array, at: number, length: number): boolean {
    this.#segment = segment;
    this.bytes = bytes;
    this.at = at;
    this.length = length;
    return true;
  }

  #showField(entry: number, field: Uint8Array, at: number, length: number): boolean {
    const hash = this.#hash.open(entry, this.#call.keyspace.dueMs);
    const handle = hash.find(field, at, length);
    if (handle === 0) {
      this.hasMetExpired ||= hash.hides(field, at, length);
      return false;
    }
    hash.showValue(handle);
    return this.#show(hash.segment, hash.bytes, hash.at, hash.length);
  }

  /** Where the first star of a pattern is in the input, or -1. A NUL ends a pattern, as in Redis. */
  #starOf(index: number): number {
    const { args } = this.#call;
    const at = args.offset(index);
    const end = at + args.length(index);
    for (let star = at; star < end && args.input[star] !== 0; star++) {
      if (args.input[star] === STAR) return star;
    }
    return -1;
  }

  /** Where the name of a field behind `->` begins, or 0; an arrow at the very end is none. */
  #fieldOf(from: number, end: number): number {
    const { input } = this.#call.args;
    for (let at = from; at + 2 < end && input[at] !== 0; at++) {
      if (input[at] === MINUS && input[at + 1] === GREATER) return at + 2;
    }
    return 0;
  }

  /** The live entry of the key: the pattern up to its star, the element, the pattern behind it. */
  #read(
    at: number,
    star: number,
    element: Uint8Array,
    elementAt: number,
    elementLength: number,
    tail: number,
  ): number {
    const { keyspace, db, args, client } = this.#call;
    const before = star - at;
    const behind = tail - star - 1;
    const length = before + elementLength + behind;
    if (this.#key.length < length) this.#key = new Uint8Array(length * 2);
    const key = this.#key;
    copyBytes(key, 0, args.input, at, before);
    copyBytes(key, before, element, elementAt, elementLength);
    copyBytes(key, before + elementLength, args.input, star + 1, behind);
    const hash = keyspace.hashOf(key, 0, length);
    return keyspace.read(db, hash, key, 0, length, !client.noTouch);
  }
}
