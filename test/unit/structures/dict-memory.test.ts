// What a dictionary is said to take, against what it has taken from its arena.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { Dict } from "../../../src/structures/dict.js";
import { dictBytes, dictBytesPerEntry } from "../../../src/structures/dict-memory.js";
import { collidingHash, type KeyHash, spreadHash } from "./dict-model.js";
import { bytesOf, KEY_AT, writeEntry } from "./test-entry.js";

const MOST_EXACT_CHUNKS = 32;

class Filled {
  readonly arena = new Arena();
  readonly dict = new Dict(this.arena, KEY_AT).create();
  readonly #hash: KeyHash;
  #entryBytes = 0;

  constructor(hash: KeyHash) {
    this.#hash = hash;
  }

  addUpTo(count: number): void {
    while (this.dict.count < count) {
      const key = `key:${this.dict.count}`;
      const hash = this.#hash(bytesOf(key), 0, key.length);
      const entry = writeEntry(this.arena, hash, { key, value: "", expiry: null });
      this.#entryBytes += this.arena.capacityOf(entry);
      this.dict.find(hash, bytesOf(key), 0, key.length);
      this.dict.insert(entry);
    }
  }

  get tableBytes(): number {
    return this.arena.usedBytes - this.#entryBytes;
  }
}

test("a small dictionary's memory is told to the byte", () => {
  for (const hash of [spreadHash, collidingHash]) {
    const filled = new Filled(hash);
    for (const count of [0, 1, 12, 13, 500, 576, 577, 1000, 5000]) {
      filled.addUpTo(count);
      assert.ok(filled.dict.chunks <= MOST_EXACT_CHUNKS);
      assert.equal(dictBytes(filled.arena, filled.dict), filled.tableBytes, `${count} entries`);
    }
  }
});

test("a large one's is estimated to a hundredth", () => {
  const filled = new Filled(spreadHash);
  for (const count of [50_000, 120_000, 200_000]) {
    filled.addUpTo(count);
    assert.ok(filled.dict.chunks > MOST_EXACT_CHUNKS);
    const ratio = dictBytes(filled.arena, filled.dict) / filled.tableBytes;
    assert.ok(Math.abs(ratio - 1) < 0.01, `${count} entries: ${ratio}`);
  }
});

test("an entry's share is fair, also in a table that is nearly empty", () => {
  const filled = new Filled(spreadHash);
  filled.addUpTo(1);
  assert.ok(dictBytesPerEntry(filled.arena, filled.dict) < 24);
  filled.addUpTo(20_000);
  const share = dictBytesPerEntry(filled.arena, filled.dict);
  assert.ok(share > 7 && share < 12, String(share));
});
