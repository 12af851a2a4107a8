import { copyBytes } from "../../base/bytes";
import type { HalfSipHash } from "../../base/half-sip-hash";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { Dict } from "../../structures/dict";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../../structures/dict-layout";
import { Intset } from "../../structures/intset";
import { INTSET_HEADER_BYTES } from "../../structures/intset-reader";
import { Listpack } from "../../structures/listpack";
import type { SetLimits } from "./set-limits";
import {
  MEMBER_AT,
  SET_INTSET,
  SET_LISTPACK,
  SET_PACKED_TABLE,
  SET_TABLE,
  SetReader,
} from "./set-reader";

/** A dictionary costs 4 KiB at least; what Redis has as a small hash table is a listpack up to here. */
const MAX_PACKED_MEMBERS = 64;
const MAX_PACKED_BYTES = 1024;
/** A dictionary that falls below this becomes a listpack, if that has no more than so many bytes. */
const FEW_MEMBERS = 16;
const FEW_BYTES = 512;
/** Most bytes of a listpack, whatever the limits say. */
const MAX_LISTPACK_BYTES = 1 << 30;
/** Redis takes no more values into an intset, whatever set-max-intset-entries says. */
const MAX_INTSET_ENTRIES = 1 << 30;
/** What a member in a listpack takes beside its bytes, about. */
const ELEMENT_BYTES = 3;

/**
 * A set that changes: members put in and taken out, with Redis's rules for the encoding.
 *
 * See SetReader for how the value lies. One object serves one command after another: it is opened on
 * a value, changed, and then the caller stores `encoding` and `ref`, which `isMoved` says to have
 * changed. A set that becomes empty stays a value; its owner deletes it.
 *
 * What always holds: the encoding only ever goes intset, listpack, table as far as OBJECT ENCODING
 * tells; a table of few members lies packed, and a frozen block is left alone.
 */
export class SetValue extends SetReader {
  declare protected readonly intset: Intset;
  declare protected readonly pack: Listpack;
  declare protected readonly dict: Dict;
  readonly #memory: Arena;
  readonly #limits: SetLimits;
  #openedEncoding = 0;
  #openedRef = 0;
  readonly #freeMember = (member: number): void => this.#memory.free(member);

  constructor(memory: Arena, hash: HalfSipHash, limits: SetLimits) {
    super(memory, hash, new Intset(memory), new Listpack(memory), new Dict(memory, MEMBER_AT));
    this.#memory = memory;
    this.#limits = limits;
  }

  override open(encoding: number, ref: number): this {
    this.#openedEncoding = encoding;
    this.#openedRef = ref;
    return super.open(encoding, ref);
  }

  /** Whether encoding or ref are no longer what was opened. */
  get isMoved(): boolean {
    return this.ref !== this.#openedRef || this.encoding !== this.#openedEncoding;
  }

  /**
   * Makes an empty set that is right for a first member and about `expected` in all.
   * @param value the first member's bytes; it is not added.
   */
  create(value: Uint8Array, at: number, length: number, expected: number): this {
    const limits = this.#limits;
    if (expected <= limits.maxIntsetEntries && this.intset.want(value, at, length)) {
      this.#become(SET_INTSET, this.intset.create().ref);
    } else if (expected <= limits.maxListpackEntries) {
      this.#become(SET_LISTPACK, this.pack.create(length + ELEMENT_BYTES).ref);
    } else {
      this.#createTable(expected, length + ELEMENT_BYTES);
    }
    return this;
  }

  /** Makes an empty set of an encoding. */
  createAs(encoding: number): this {
    if (encoding === SET_TABLE) this.#become(encoding, this.dict.create().ref);
    else if (encoding === SET_INTSET) this.#become(encoding, this.intset.create().ref);
    else this.#become(encoding, this.pack.create(0).ref);
    return this;
  }

  /**
   * Makes an empty set as Redis does for `expected` members that are about to be read from a file:
   * an intset, whatever they are, or a table when they are too many for that.
   */
  createForLoading(expected: number): this {
    if (expected > Math.min(this.#limits.maxIntsetEntries, MAX_INTSET_ENTRIES)) {
      this.#createTable(expected, 0);
    } else {
      this.createAs(SET_INTSET);
    }
    return this;
  }

  /** Makes an intset of bytes as a file has them and the caller has checked them. */
  adoptIntset(bytes: Uint8Array, at: number, length: number): this {
    this.#become(SET_INTSET, this.intset.adopt(bytes, at, length).ref);
    const { maxIntsetEntries } = this.#limits;
    if (this.size > Math.min(maxIntsetEntries, MAX_INTSET_ENTRIES)) this.#toTable(0);
    return this;
  }

  /**
   * Makes a listpack of `count` elements as a file has them, which the caller knows to differ; a
   * table when they are too many for that.
   */
  adoptListpack(bytes: Uint8Array, at: number, length: number, count: number): this {
    const { pack } = this;
    pack.create(length).appendElements(bytes, at, length, count);
    this.#become(SET_LISTPACK, pack.ref);
    if (count > this.#limits.maxListpackEntries) this.#toTable(0);
    return this;
  }

  /** Makes room for `added` members that are about to come, as Redis does before it looks at them. */
  expect(added: number): void {
    const limits = this.#limits;
    const { encoding } = this;
    if (encoding === SET_INTSET && added > limits.maxIntsetEntries) this.#toTable(0);
    else if (encoding === SET_LISTPACK && added > limits.maxListpackEntries) this.#toTable(0);
  }

  /** Adds a member, whose bytes may lie anywhere but in this set; false when it was there. */
  add(value: Uint8Array, at: number, length: number): boolean {
    if (this.encoding === SET_TABLE) {
      return this.#addToTable(this.hashOf(value, at, length), value, at, length);
    }
    if (this.encoding === SET_INTSET) return this.#addToIntset(value, at, length);
    return this.#addToPack(value, at, length);
  }

  /** As `add`, for what is known not to be a member: nothing is looked up. */
  addNew(value: Uint8Array, at: number, length: number): void {
    if (this.encoding === SET_TABLE) {
      this.#insert(this.hashOf(value, at, length), value, at, length);
    } else if (this.encoding === SET_INTSET) {
      this.#addToIntset(value, at, length);
    } else {
      this.#append(value, at, length);
    }
  }

  /** Adds what fits the row of an intset or listpack and is no member, whatever the limits say. */
  appendToRow(value: Uint8Array, at: number, length: number): void {
    if (this.encoding === SET_INTSET) {
      this.intset.want(value, at, length);
      this.intset.add();
      this.ref = this.intset.ref;
    } else {
      this.pack.append(value, at, length);
      this.ref = this.pack.ref;
    }
  }

  /** Takes a member out; false when it is not there. */
  remove(value: Uint8Array, at: number, length: number): boolean {
    if (this.encoding === SET_TABLE) {
      const member = this.dict.find(this.hashOf(value, at, length), value, at, length);
      if (member === 0) return false;
      this.#removeFromTable(member);
    } else if (this.encoding === SET_INTSET) {
      if (!this.intset.want(value, at, length) || !this.intset.remove()) return false;
      this.ref = this.intset.ref;
    } else {
      const place = this.pack.find(this.pack.first(), 1, value, at, length);
      if (place === 0) return false;
      this.pack.remove(place, 1);
      this.ref = this.pack.ref;
    }
    return true;
  }

  /** Takes the member at a place out. */
  removeAt(place: number): void {
    if (this.encoding === SET_TABLE) {
      this.dict.locate(place);
      this.#removeFromTable(place);
    } else if (this.encoding === SET_INTSET) {
      this.intset.removeAt(place);
      this.ref = this.intset.ref;
    } else {
      this.pack.remove(place, 1);
      this.ref = this.pack.ref;
    }
  }

  /** Gives back the room that a row has left for growth. */
  trim(): void {
    if (this.encoding === SET_INTSET || this.encoding === SET_TABLE) return;
    this.pack.trim();
    this.ref = this.pack.ref;
  }

  /** Makes an intset of a set whose members are all integers, if there are not too many. */
  toIntset(): void {
    const { intset } = this;
    const most = Math.min(this.#limits.maxIntsetEntries, MAX_INTSET_ENTRIES);
    if (this.encoding === SET_INTSET || this.size > most) return;
    this.start();
    while (this.next()) {
      if (!intset.want(this.valueBytes, this.valueAt, this.valueLength)) return;
    }
    intset.create();
    this.start();
    while (this.next()) {
      intset.want(this.valueBytes, this.valueAt, this.valueLength);
      intset.add();
    }
    this.dispose();
    this.#become(SET_INTSET, intset.ref);
  }

  /** A copy of the value with the same encoding, which is not opened; returns its ref. */
  copy(): number {
    if (this.encoding === SET_INTSET) return this.intset.copy();
    if (this.encoding !== SET_TABLE) return this.pack.copy();
    const memory = this.#memory;
    const copy = new Dict(memory, MEMBER_AT).create();
    this.start();
    while (this.next()) {
      copy.insert(
        this.#newMember(
          this.hashOfShown(this.place),
          this.valueBytes,
          this.valueAt,
          this.valueLength,
        ),
      );
    }
    return copy.ref;
  }

  /** Frees the value. */
  dispose(): void {
    if (this.encoding !== SET_TABLE) this.#memory.free(this.ref);
    else while (this.dict.disposeSome(this.#freeMember) !== 0);
  }

  #become(encoding: number, ref: number): void {
    this.encoding = encoding;
    this.ref = ref;
  }

  #addToIntset(value: Uint8Array, at: number, length: number): boolean {
    const { intset } = this;
    if (!intset.want(value, at, length)) {
      this.#leaveIntset(length);
      return this.add(value, at, length);
    }
    if (!intset.add()) return false;
    this.ref = intset.ref;
    const { maxIntsetEntries } = this.#limits;
    if (intset.count > maxIntsetEntries || intset.count > MAX_INTSET_ENTRIES) this.#toTable(0);
    return true;
  }

  /** Makes an intset what can take a text of `length` bytes, which is no integer. */
  #leaveIntset(length: number): void {
    const { intset } = this;
    const { maxListpackEntries, maxListpackValueBytes } = this.#limits;
    const fits = Math.max(length, this.#longestDecimal()) <= maxListpackValueBytes;
    if (fits && intset.count < maxListpackEntries) this.#packIntset(SET_LISTPACK, length);
    else this.#toTable(length);
  }

  /** Of an intset: the first or the last has most digits. */
  #longestDecimal(): number {
    const { count } = this.intset;
    if (count === 0) return 0;
    this.showAt(0);
    const first = this.valueLength;
    this.showAt(count - 1);
    return Math.max(first, this.valueLength);
  }

  #addToPack(value: Uint8Array, at: number, length: number): boolean {
    const { pack } = this;
    if (pack.find(pack.first(), 1, value, at, length) !== 0) return false;
    this.#append(value, at, length);
    return true;
  }

  /** Adds a new member to a listpack, or to the table that it becomes. */
  #append(value: Uint8Array, at: number, length: number): void {
    if (!this.#fitsPack(length)) {
      this.#toTable(length);
      if (this.encoding === SET_TABLE) {
        this.#insert(this.hashOf(value, at, length), value, at, length);
        return;
      }
    }
    this.pack.append(value, at, length);
    this.ref = this.pack.ref;
  }

  /** Whether a listpack, of either kind, takes one more member. */
  #fitsPack(length: number): boolean {
    const { count, listpackBytes } = this.pack;
    if (this.encoding === SET_PACKED_TABLE) return fitsPacked(count + 1, listpackBytes + length);
    const { maxListpackEntries, maxListpackValueBytes } = this.#limits;
    if (count >= maxListpackEntries || length > maxListpackValueBytes) return false;
    return listpackBytes + length < MAX_LISTPACK_BYTES;
  }

  #addToTable(hash: number, value: Uint8Array, at: number, length: number): boolean {
    if (this.dict.find(hash, value, at, length) !== 0) return false;
    this.#insert(hash, value, at, length);
    return true;
  }

  #insert(hash: number, value: Uint8Array, at: number, length: number): void {
    this.dict.insert(this.#newMember(hash, value, at, length));
    this.ref = this.dict.ref;
  }

  #newMember(hash: number, value: Uint8Array, at: number, length: number): number {
    const memory = this.#memory;
    const member = memory.alloc(MEMBER_AT + length);
    const words = memory.words[member >>> SEGMENT_SHIFT];
    const word = (member & GRANULE_MASK) << 2;
    words[word + ENTRY_HASH] = hash;
    words[word + ENTRY_KEY_LENGTH] = length;
    const target = memory.bytes[member >>> SEGMENT_SHIFT];
    copyBytes(target, (word << 2) + MEMBER_AT, value, at, length);
    return member;
  }

  /** Takes out the member at the dictionary's position. */
  #removeFromTable(member: number): void {
    const { dict } = this;
    dict.removeFound();
    this.#memory.free(member);
    this.ref = dict.ref;
    if (dict.count < FEW_MEMBERS && this.#contentBytes() <= FEW_BYTES) this.#packTable();
  }

  #contentBytes(): number {
    let bytes = 0;
    this.start();
    while (this.next()) bytes += this.valueLength + ELEMENT_BYTES;
    return bytes;
  }

  /** Makes a table, packed if it will be small: `added` is the length of a member that comes now. */
  #toTable(added: number): void {
    const { size, encoding } = this;
    if (encoding === SET_INTSET) {
      const bytes = size * this.intset.width + added;
      if (fitsPacked(size + 1, bytes)) {
        this.#packIntset(SET_PACKED_TABLE, added);
        return;
      }
    } else if (encoding === SET_LISTPACK && fitsPacked(size + 1, this.pack.listpackBytes + added)) {
      this.encoding = SET_PACKED_TABLE;
      return;
    }
    const { dict } = this;
    const old = this.ref;
    dict.create();
    this.start();
    while (this.next()) {
      const { valueBytes, valueAt, valueLength } = this;
      const hash = this.hashOf(valueBytes, valueAt, valueLength);
      dict.insert(this.#newMember(hash, valueBytes, valueAt, valueLength));
    }
    this.#memory.free(old);
    this.#become(SET_TABLE, dict.ref);
  }

  #createTable(expected: number, contentBytes: number): void {
    if (expected <= MAX_PACKED_MEMBERS) {
      this.#become(SET_PACKED_TABLE, this.pack.create(contentBytes).ref);
    } else {
      this.#become(SET_TABLE, this.dict.create().ref);
    }
  }

  /** Turns an intset into a listpack with room for one more member. */
  #packIntset(encoding: number, added: number): void {
    const { pack, intset } = this;
    const old = this.ref;
    pack.create(intset.sizeBytes - INTSET_HEADER_BYTES + 2 * intset.count + added + ELEMENT_BYTES);
    this.start();
    while (this.next()) pack.append(this.valueBytes, this.valueAt, this.valueLength);
    this.#memory.free(old);
    this.#become(encoding, pack.ref);
  }

  /** Turns a dictionary into the packed form of a table. */
  #packTable(): void {
    const { pack, dict } = this;
    pack.create(this.#contentBytes());
    this.start();
    while (this.next()) pack.append(this.valueBytes, this.valueAt, this.valueLength);
    while (dict.disposeSome(this.#freeMember) !== 0);
    this.#become(SET_PACKED_TABLE, pack.ref);
  }
}

function fitsPacked(members: number, bytes: number): boolean {
  return members <= MAX_PACKED_MEMBERS && bytes <= MAX_PACKED_BYTES;
}
