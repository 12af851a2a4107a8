// Memory is asked for shortly ahead of its first use, once, and not while there is little data.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena";
import { PAGE_BYTES } from "../../../src/memory/size-classes";

const MEGABYTE = 1024 * 1024;
const BLOCK_BYTES = 4 * PAGE_BYTES;

interface Asked {
  readonly from: number;
  readonly to: number;
}

function recordingArena(): { arena: Arena; asked: Asked[] } {
  const asked: Asked[] = [];
  const arena: Arena = new Arena({
    populate: (segment, offset, length) => {
      assert.equal(segment, arena.bytes[0]);
      asked.push({ from: offset, to: offset + length });
    },
  });
  return { arena, asked };
}

test("every page is asked for once, before it is taken", () => {
  const { arena, asked } = recordingArena();
  let end = 0;
  for (let bytes = 0; bytes < 100 * MEGABYTE; bytes += BLOCK_BYTES) {
    const ref = arena.alloc(BLOCK_BYTES);
    end = (ref << 4) + BLOCK_BYTES;
    const isAsked = asked.some(({ from, to }) => from <= end - BLOCK_BYTES && end <= to);
    assert.ok(isAsked || end < 20 * MEGABYTE, `${end} was not asked for`);
  }
  for (const [index, { from, to }] of asked.entries()) {
    assert.ok(to - from <= 2 * MEGABYTE);
    assert.equal(from, asked[index - 1]?.to ?? from);
  }
  const ahead = (asked.at(-1)?.to ?? 0) - end;
  assert.ok(ahead >= 2 * MEGABYTE && ahead <= 4 * MEGABYTE, `${ahead} bytes ahead`);
});

test("little data asks for nothing, nor does memory that was used before", () => {
  const { arena, asked } = recordingArena();
  const refs = Array.from({ length: 200 }, () => arena.alloc(BLOCK_BYTES));
  assert.deepEqual(asked, []);
  refs.push(...Array.from({ length: 1000 }, () => arena.alloc(BLOCK_BYTES)));
  const times = asked.length;
  assert.ok(times > 0);
  for (const ref of refs.splice(500)) arena.free(ref);
  for (let i = 0; i < 600; i++) arena.alloc(BLOCK_BYTES);
  assert.equal(asked.length, times);
});
