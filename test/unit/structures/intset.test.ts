// Intsets beside plain sets of bigints, with freezes in between, and their bytes beside those that
// redis-server writes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena";
import { type BlockMemory, GRANULE_MASK, SegmentView } from "../../../src/memory/block-memory";
import { Intset } from "../../../src/structures/intset";
import { IntsetReader } from "../../../src/structures/intset-reader";
import { verifyIntset } from "../../../src/structures/intset-verify";
import { type SeededRandom, withSeed } from "../../support/seeds";
import { canRun, REAL_SERVER, ServerProcess } from "../../support/server-process";

const EDGES = [0n, 1n, 127n, 32767n, 32768n, 2147483647n, 2147483648n, 4294967295n, 4294967296n]
  .concat([2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n])
  .flatMap((value) => [value, -value, -value - 1n]);
const NO_INTEGERS = ["", "-", "-0", "01", "+1", "1.0", " 1", "1 ", "9223372036854775808", "abc"];

function drawn(random: SeededRandom, bits: number): bigint {
  if (random.chance(0.1)) return BigInt.asIntN(bits, random.pick(EDGES));
  if (random.chance(0.5)) return BigInt(random.below(400) - 200);
  return BigInt.asIntN(bits, (BigInt(random.word()) << 32n) | BigInt(random.word()));
}

function contents(set: IntsetReader): bigint[] {
  const digits = new Uint8Array(24);
  return Array.from({ length: set.count }, (_, index) => {
    const length = set.formatAt(index, digits);
    return BigInt(Buffer.from(digits.subarray(0, length)).toString());
  });
}

function want(set: IntsetReader, text: string): boolean {
  const bytes = Buffer.from(`+${text}-`);
  return set.want(bytes, 1, bytes.length - 2);
}

class Model {
  readonly arena = new Arena({ poison: true });
  readonly emptyBytes = this.arena.usedBytes;
  readonly set = new Intset(this.arena).create();
  readonly values = new Set<bigint>();

  step(random: SeededRandom, bits: number, growing: number): void {
    const { set, values } = this;
    const value = drawn(random, bits);
    assert.ok(want(set, String(value)));
    if (random.chance(growing)) {
      assert.equal(set.add(), !values.has(value), `add ${value}`);
      values.add(value);
    } else if (random.chance(0.5) && values.size > 0) {
      const index = random.below(values.size);
      values.delete(contents(set)[index] as bigint);
      set.removeAt(index);
    } else {
      assert.equal(set.remove(), values.delete(value), `remove ${value}`);
    }
    assert.equal(set.find() >= 0, values.has(value));
    set.open(set.ref);
    verifyIntset(this.arena, set.ref, this.arena.capacityOf(set.ref));
  }

  sorted(): bigint[] {
    return [...this.values].sort((a, b) => (a < b ? -1 : 1));
  }
}

test("an intset holds what a plain set holds, under freezes too", async () => {
  await withSeed((random) => {
    for (const bits of [16, 32, 64]) {
      const model = new Model();
      const { arena, set } = model;
      for (let round = 0; round < 12; round++) {
        const growing = round < 8 ? 0.8 : 0.1;
        for (let step = 0; step < 60; step++) model.step(random, bits, growing);
        const { ref } = set;
        const image = model.sorted();
        arena.freeze();
        for (let step = 0; step < 20; step++) model.step(random, bits, growing);
        const view: BlockMemory = new SegmentView(arena.share());
        assert.deepEqual(contents(new IntsetReader(view).open(ref)), image);
        arena.thaw();
        while (arena.releaseParked(100) > 0);
        assert.deepEqual(contents(set), model.sorted());
        const copy = set.copy();
        assert.deepEqual(contents(new IntsetReader(arena).open(copy)), model.sorted());
        arena.free(copy);
      }
      set.dispose();
      assert.equal(arena.usedBytes, model.emptyBytes);
      arena.verify();
    }
  });
});

test("a large intset takes values anywhere and gives its room back", () => {
  const model = new Model();
  const { set } = model;
  for (let i = 0; i < 20_000; i++) {
    assert.ok(want(set, String((i * 7919) % 20_011)));
    assert.ok(set.add());
  }
  verifyIntset(model.arena, set.ref, model.arena.capacityOf(set.ref));
  assert.ok(model.arena.capacityOf(set.ref) <= set.sizeBytes * 1.25 + 16_384);
  for (let i = 0; i < 20_000; i++) {
    assert.ok(want(set, String((i * 7919) % 20_011)));
    assert.ok(set.remove());
  }
  assert.equal(set.count, 0);
  assert.ok(model.arena.capacityOf(set.ref) <= 64);
});

test("what is no canonical 64-bit integer is not wanted", () => {
  const set = new IntsetReader(new Arena());
  for (const text of NO_INTEGERS) assert.ok(!want(set, text), text);
  assert.ok(!want(set, "1".repeat(100)));
  for (const value of EDGES) {
    assert.equal(want(set, String(value)), value >= -(2n ** 63n) && value < 2n ** 63n);
  }
});

test("the block begins with the bytes of redis-server's intset", {
  skip: !canRun(REAL_SERVER),
}, async (t) => {
  const config = { rdbcompression: "no" };
  const real = await ServerProcess.start({ program: REAL_SERVER, config }, t);
  const client = await real.client();
  for (const bits of [16, 32, 64]) {
    const arena = new Arena();
    const set = new Intset(arena).create();
    const values = EDGES.map((value) => String(BigInt.asIntN(bits, value)));
    for (const value of values) {
      want(set, value);
      set.add();
    }
    await client.command("DEL", "s");
    await client.command("SADD", "s", ...values);
    const dump = (await client.call("DUMP", "s")) as Buffer | string;
    const payload = Buffer.isBuffer(dump) ? dump : Buffer.from(dump, "latin1");
    const start = (set.ref & GRANULE_MASK) << 4;
    const ours = Buffer.from((arena.bytes[0] as Uint8Array).slice(start, start + set.sizeBytes));
    assert.ok(payload.includes(ours), `intset of ${bits} bits`);
  }
  await client.close();
});
