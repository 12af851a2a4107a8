// A dictionary beside a plain Map with the same content, and the state at the freeze beside both.
// Every operation goes to all of them; `check` compares everything that can be seen of them.

import assert from "node:assert/strict";
import { Arena } from "../../../src/memory/arena.js";
import { type BlockMemory, SegmentView } from "../../../src/memory/block-memory.js";
import { Dict } from "../../../src/structures/dict.js";
import { verifyDict } from "../../../src/structures/dict-verify.js";
import { forEachEntry } from "../../../src/structures/dict-walk.js";
import {
  bytesOf,
  type EntryContent,
  KEY_AT,
  overwriteValue,
  readEntry,
  writeEntry,
} from "./test-entry.js";

export type Contents = Map<string, EntryContent>;

/** What a reader of a snapshot gets, and what it must find. */
export interface FrozenImage {
  readonly segments: SharedArrayBuffer[];
  readonly header: number;
  readonly contents: Contents;
}

/** The hash of the bytes of a key; must be a signed 32-bit integer. */
export type KeyHash = (key: Uint8Array, at: number, length: number) => number;

/** FNV-1a with a final mix: every bit of the hash depends on every byte. */
export const spreadHash: KeyHash = (key, at, length) => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ key[at + i], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
};

/** Three hashes for all keys: nearly all entries share their bucket and tag with many others. */
export const collidingHash: KeyHash = (key, at, length) =>
  [0, -1, 0x40000041][
    spreadHash(key, at, length) & 1 ? 0 : (spreadHash(key, at, length) >>> 1) % 3
  ];

export class DictModel {
  readonly arena: Arena;
  readonly dict: Dict;
  readonly contents: Contents = new Map();
  image: FrozenImage | undefined;
  readonly #hash: KeyHash;

  constructor(hash: KeyHash, arena = new Arena()) {
    this.#hash = hash;
    this.arena = arena;
    this.dict = new Dict(arena, KEY_AT).create();
  }

  hashOf(key: string): number {
    return this.#hash(bytesOf(key), 0, key.length);
  }

  /** The entry of a key, or 0; finds it behind some other bytes, as in an input buffer. */
  find(key: string): number {
    const hash = this.hashOf(key);
    const entry = this.dict.find(hash, bytesOf(`+${key}-`), 1, key.length);
    assert.equal(entry !== 0, this.contents.has(key), `find ${key.slice(0, 40)}`);
    if (entry !== 0) assert.deepEqual(readEntry(this.arena, entry), this.contents.get(key));
    return entry;
  }

  set(content: EntryContent): void {
    const found = this.find(content.key);
    const entry = writeEntry(this.arena, this.hashOf(content.key), content);
    this.contents.set(content.key, content);
    if (found === 0) {
      this.dict.insert(entry);
      return;
    }
    this.dict.replaceFound(entry);
    this.arena.free(found);
  }

  /** Writes over the value of a key that is there, in place when the snapshot allows it. */
  overwrite(key: string, value: string): void {
    assert.notEqual(this.find(key), 0);
    const entry = this.dict.ownFoundEntry();
    assert.ok(!this.arena.frozen(entry));
    overwriteValue(this.arena, entry, value);
    const { expiry } = this.contents.get(key) as EntryContent;
    this.contents.set(key, { key, value, expiry });
  }

  delete(key: string): boolean {
    const entry = this.find(key);
    if (entry === 0) return false;
    this.dict.removeFound();
    this.arena.free(entry);
    this.contents.delete(key);
    return true;
  }

  /** Removes a key whose position has been lost since it was found. */
  deleteLocated(key: string, other: string): void {
    const entry = this.find(key);
    this.find(other);
    this.dict.locate(entry);
    this.dict.removeFound();
    this.arena.free(entry);
    this.contents.delete(key);
  }

  freeze(): FrozenImage {
    this.arena.freeze();
    const contents = new Map(this.contents);
    this.image = { segments: this.arena.share(), header: this.dict.ref, contents };
    return this.image;
  }

  thaw(): void {
    this.checkImage();
    this.image = undefined;
    this.arena.thaw();
  }

  check(): void {
    const { arena, dict } = this;
    let reachable = 0;
    const figures = verifyDict(arena, dict.ref, {
      keyAt: KEY_AT,
      hashOf: this.#hash,
      eachBlock: (ref) => {
        reachable += arena.capacityOf(ref);
      },
    });
    assert.equal(dict.count, figures.entries);
    assert.equal(dict.expiring, figures.expiring);
    assert.equal(dict.chunks, figures.chunks);
    if (arena.parkedCount === 0) assert.equal(arena.usedBytes, reachable, "nothing has leaked");
    else assert.ok(arena.usedBytes > reachable, "parked blocks are counted");
    compareContents(arena, dict.ref, this.contents);
    const reopened = new Dict(arena, KEY_AT).open(dict.ref);
    assert.deepEqual(
      [reopened.count, reopened.expiring, reopened.chunks, reopened.chunkMask],
      [dict.count, dict.expiring, dict.chunks, dict.chunkMask],
    );
    this.checkImage();
  }

  /** The frozen image, read as a worker would, is what it was at the freeze. */
  checkImage(): void {
    if (this.image === undefined) return;
    const view = new SegmentView(this.image.segments);
    verifyDict(view, this.image.header, { keyAt: KEY_AT, hashOf: this.#hash });
    compareContents(view, this.image.header, this.image.contents);
  }
}

/** The dictionary holds exactly the wanted contents. */
export function compareContents(memory: BlockMemory, header: number, wanted: Contents): void {
  let entries = 0;
  forEachEntry(memory, header, (ref) => {
    entries++;
    const { key, value, expiry } = readEntry(memory, ref);
    const content = wanted.get(key);
    if (content === undefined) assert.fail(`${key.slice(0, 40)} should not be there`);
    if (content.value !== value) assert.fail(`the value of ${key.slice(0, 40)} differs`);
    assert.equal(content.expiry, expiry);
  });
  assert.equal(entries, wanted.size, "every key is there once");
}
