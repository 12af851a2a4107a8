// A dictionary that is thrown away step by step, opened anew for each, frozen or not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { Dict } from "../../../src/structures/dict.js";
import { forEachEntry } from "../../../src/structures/dict-walk.js";
import { spreadHash } from "./dict-model.js";
import { bytesOf, KEY_AT, writeEntry } from "./test-entry.js";

function filled(arena: Arena, count: number): Dict {
  const dict = new Dict(arena, KEY_AT).create();
  for (let i = 0; i < count; i++) {
    const key = `key:${i}`;
    dict.insert(
      writeEntry(arena, spreadHash(bytesOf(key), 0, key.length), { key, value: "", expiry: null }),
    );
  }
  return dict;
}

function disposeAll(arena: Arena, header: number): number {
  let freed = 0;
  const dispose = (entry: number): void => {
    arena.free(entry);
    freed++;
  };
  for (let ref = header; ref !== 0; ) ref = new Dict(arena, KEY_AT).open(ref).disposeSome(dispose);
  return freed;
}

test("steps free every entry once and leave nothing behind", () => {
  for (const count of [0, 1, 576, 5000]) {
    const arena = new Arena({ poison: true });
    assert.equal(disposeAll(arena, filled(arena, count).ref), count);
    assert.equal(arena.usedBytes, 0);
  }
});

test("a frozen dictionary that is thrown away stays readable until the snapshot ends", () => {
  const arena = new Arena({ poison: true });
  const { ref } = filled(arena, 3000);
  arena.freeze();
  assert.equal(disposeAll(arena, ref), 3000);
  let read = 0;
  forEachEntry(arena, ref, () => read++);
  assert.equal(read, 3000);
  arena.thaw();
  arena.releaseParked(1 << 20);
  assert.equal(arena.usedBytes, 0);
});
