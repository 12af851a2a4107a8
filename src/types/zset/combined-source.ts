import type { DataCall } from "../../keyspace/data-call";
import { TYPE_SET, TYPE_ZSET, typeOf } from "../../keyspace/entry";
import { SetReader } from "../set/set-reader";
import type { ZsetAccess } from "./zset-access";
import { ZsetReader } from "./zset-reader";

/** A key whose value is combined with others; a missing one counts as empty. */
export interface CombinedKey {
  readonly entry: number;
  /** Whether it is a set: its members then count with a score of 1. */
  readonly isSet: boolean;
  readonly size: number;
  weight: number;
}

/** The score of every member of a set. */
const SET_SCORE = 1;

/**
 * Reads the values of keys that are combined, sorted sets and sets alike: one is walked through
 * while others are asked for the member shown. One object serves all commands.
 */
export class CombinedSource {
  score = 0;
  memberBytes: Uint8Array;
  memberAt = 0;
  memberLength = 0;
  #walksSet = false;
  readonly #zset: ZsetReader;
  readonly #set: SetReader;
  readonly #askedSet: SetReader;
  readonly #zsets: ZsetAccess;

  constructor(call: DataCall, zsets: ZsetAccess) {
    const { memory, hash } = call.keyspace;
    this.#zset = new ZsetReader(memory);
    this.#set = new SetReader(memory, hash);
    this.#askedSet = new SetReader(memory, hash);
    this.#zsets = zsets;
    this.memberBytes = this.#zset.memberBytes;
  }

  /** The key of an entry, or 0; undefined when it is of another type. */
  keyOf(call: DataCall, entry: number): CombinedKey | undefined {
    if (entry === 0) return { entry, isSet: false, size: 0, weight: 1 };
    const type = typeOf(call.keyspace.memory, entry);
    if (type !== TYPE_ZSET && type !== TYPE_SET) return undefined;
    const isSet = type === TYPE_SET;
    const value = isSet ? this.#set.openEntry(entry) : this.#zset.open(entry);
    return { entry, isSet, size: value.size, weight: 1 };
  }

  /** Begins to walk through a key's value and shows its first member; false when there is none. */
  first({ entry, isSet }: CombinedKey): boolean {
    this.#walksSet = isSet;
    if (entry === 0) return false;
    if (isSet) {
      this.#set.openEntry(entry).start();
      return this.next();
    }
    return this.#show(this.#zset.open(entry).seekFirst());
  }

  /** Shows the next member; false when there is none. */
  next(): boolean {
    if (!this.#walksSet) return this.#show(this.#zset.next());
    if (!this.#set.next()) return false;
    const { valueBytes, valueAt, valueLength } = this.#set;
    this.score = SET_SCORE;
    this.memberBytes = valueBytes;
    this.memberAt = valueAt;
    this.memberLength = valueLength;
    return true;
  }

  /** The score that the member shown has in another key's value; NaN when it is not there. */
  scoreIn(call: DataCall, { entry, isSet }: CombinedKey): number {
    const { memberBytes, memberAt, memberLength } = this;
    if (entry === 0) return Number.NaN;
    if (isSet) {
      const asked = this.#askedSet.openEntry(entry);
      return asked.has(memberBytes, memberAt, memberLength) ? SET_SCORE : Number.NaN;
    }
    const zset = this.#zsets.value(call).open(entry);
    return zset.find(memberBytes, memberAt, memberLength) ? zset.score : Number.NaN;
  }

  #show(isThere: boolean): boolean {
    const zset = this.#zset;
    this.score = zset.score;
    this.memberBytes = zset.memberBytes;
    this.memberAt = zset.memberAt;
    this.memberLength = zset.memberLength;
    return isThere;
  }
}
