// Listpacks beside plain arrays of the same strings, with freezes in between, and their bytes beside
// those that redis-server writes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { SegmentView } from "../../../src/memory/block-memory.js";
import { Listpack } from "../../../src/structures/listpack.js";
import { ListpackReader } from "../../../src/structures/listpack-reader.js";
import { verifyListpack } from "../../../src/structures/listpack-verify.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { canRun, REAL_SERVER, ServerProcess } from "../../support/server-process.js";

const INTEGERS = [0, 1, 127, 128, -1, -4096, 4095, 4096, -4097, 32767, -32768, 32768, 8388607]
  .concat([-8388608, 8388608, 2147483647, -2147483648, 2147483648, 2 ** 53 - 1, 1 - 2 ** 53])
  .map(String)
  .concat(["9007199254740992", "9223372036854775807", "-9223372036854775808"]);
const NO_INTEGERS = ["9223372036854775808", "-0", "007", "+1", "1.0", "", "-", "__proto__", "\0"];
const LENGTHS = [1, 20, 63, 64, 120, 124, 125, 126, 127, 128, 300, 4094, 4095, 4096, 16378, 16379];
const LONG_LENGTHS = [16380, 16381, 16382, 16383, 70_000, 2097145, 2097146, 2097150];

function text(random: SeededRandom): string {
  switch (random.below(6)) {
    case 0:
      return random.pick(INTEGERS);
    case 1:
      return random.pick(NO_INTEGERS);
    case 2:
      return random.bytes(random.pick(LENGTHS)).toString("latin1");
    case 3:
      return String(random.below(200) - 100);
    default:
      return random.bytes(random.below(30)).toString("latin1");
  }
}

/** What a reader finds, walking forwards. */
function contents(pack: ListpackReader): string[] {
  const found: string[] = [];
  for (let at = pack.first(); at !== 0; at = pack.next(at)) {
    pack.read(at);
    const { valueBytes, valueAt, valueLength } = pack;
    found.push(Buffer.from(valueBytes.slice(valueAt, valueAt + valueLength)).toString("latin1"));
  }
  return found;
}

class Model {
  readonly arena = new Arena({ poison: true });
  readonly pack = new Listpack(this.arena).create(0);
  readonly values: string[] = [];
  image: { ref: number; values: string[] } | undefined;

  step(random: SeededRandom, growing: number): void {
    const { pack, values } = this;
    const value = text(random);
    const bytes = Buffer.from(`+${value}-`, "latin1");
    const length = value.length;
    const index = random.below(values.length + 1);
    if (values.length === 0 || random.chance(growing)) {
      const place = random.below(4);
      if (place === 0) pack.append(bytes, 1, length);
      else if (place === 1) pack.prepend(bytes, 1, length);
      else pack.insert(pack.seek(index), bytes, 1, length);
      values.splice(place === 0 ? values.length : place === 1 ? 0 : index, 0, value);
    } else if (random.chance(0.4)) {
      const at = random.below(values.length);
      assert.ok(pack.equals(pack.replace(pack.seek(at), bytes, 1, length), bytes, 1, length));
      values[at] = value;
    } else if (random.chance(0.8)) {
      const at = random.below(values.length);
      const count = Math.min(random.between(1, 3), values.length - at);
      const next = pack.remove(pack.seek(at), count);
      values.splice(at, count);
      assert.equal(next, at < values.length ? pack.seek(at) : 0);
    } else {
      const count = random.between(1, Math.min(3, values.length));
      pack.removeLast(count);
      values.length -= count;
    }
    if (random.chance(0.05)) pack.trim();
  }

  check(random: SeededRandom): void {
    const { pack, values, arena } = this;
    pack.open(pack.ref);
    verifyListpack(arena, pack.ref, arena.capacityOf(pack.ref));
    assert.deepEqual(contents(pack), values);
    const wanted = random.chance(0.7) && values.length > 0 ? random.pick(values) : text(random);
    const from = random.below(values.length + 1);
    const step = random.between(1, 3);
    const bytes = Buffer.from(`${wanted}$`, "latin1");
    const found = pack.find(pack.seek(from), step, bytes, 0, wanted.length);
    const index = values.findIndex((v, i) => i >= from && (i - from) % step === 0 && v === wanted);
    assert.equal(found, index < 0 ? 0 : pack.seek(index), `find ${wanted.slice(0, 30)}`);
    assert.equal(pack.seek(values.length), 0);
    assert.equal(pack.seek(-values.length - 1), 0);
  }
}

test("a listpack holds what an array holds, and a frozen one what it held at the freeze", () =>
  withSeed((random) => {
    for (let round = 0; round < 40; round++) {
      const model = new Model();
      for (let snapshot = 0; snapshot < 4; snapshot++) {
        const growing = random.pick([0.2, 0.5, 0.7]);
        const steps = random.below(60);
        for (let i = 0; i < steps; i++) {
          model.step(random, growing);
          model.check(random);
        }
        model.arena.freeze();
        const frozen = { ref: model.pack.ref, values: [...model.values] };
        for (let i = 0; i < steps; i++) model.step(random, growing);
        const view = new ListpackReader(new SegmentView(model.arena.share())).open(frozen.ref);
        assert.deepEqual(contents(view), frozen.values);
        model.arena.thaw();
        model.arena.releaseParked(1 << 20);
        model.check(random);
        model.arena.verify();
      }
      model.pack.dispose();
      assert.equal(model.arena.usedBytes, 0);
    }
  }));

test("elements of every length are the same forwards and backwards", () => {
  const arena = new Arena();
  const pack = new Listpack(arena).create(0);
  for (const length of [...LENGTHS, ...LONG_LENGTHS]) {
    pack.append(new Uint8Array(length), 0, length);
  }
  verifyListpack(arena, pack.ref, arena.capacityOf(pack.ref));
});

test("a part of a listpack goes over to another, and a copy is its own", () =>
  withSeed((random) => {
    const arena = new Arena({ poison: true });
    const values = Array.from({ length: 30 }, () => text(random));
    const source = new Listpack(arena).create(16);
    for (const value of values) source.append(Buffer.from(value, "latin1"), 0, value.length);
    const target = new Listpack(arena).create(0);
    target.appendFrom(source, source.seek(5), source.seek(12), 7);
    target.appendFrom(source, source.seek(20), 0, 10);
    assert.deepEqual(contents(target), [...values.slice(5, 12), ...values.slice(20)]);
    const copy = new ListpackReader(arena).open(source.copy());
    source.dispose();
    assert.deepEqual(contents(copy), values);
  }));

test("an owner at either end is moved rarely", () => {
  const arena = new Arena();
  const pack = new Listpack(arena).create(0);
  const value = Buffer.from("element:000000000001");
  for (const grow of [() => pack.prepend(value, 0, 20), () => pack.append(value, 0, 20)]) {
    let moves = 0;
    for (let i = 0, before = pack.ref; i < 400; i++, before = pack.ref) {
      grow();
      if (pack.ref !== before) moves++;
    }
    assert.ok(moves < 60, `${moves} moves`);
  }
});

test("the bytes are those of redis-server", {
  skip: canRun(REAL_SERVER) ? false : "there is no redis-server",
}, async () => {
  const real = await ServerProcess.start({
    program: REAL_SERVER,
    config: { rdbcompression: "no", "list-max-listpack-size": "-5" },
  });
  const client = await real.client();
  const values = [...INTEGERS, ...NO_INTEGERS].map((value) => Buffer.from(value, "latin1"));
  for (const length of LENGTHS.slice(0, 14)) values.push(Buffer.alloc(length, 97));
  await client.command("RPUSH", "list", ...values);
  const dump = (await client.command("DUMP", "list")).toString("latin1");
  const pack = new Listpack(new Arena()).create(0);
  for (const value of values) pack.append(value, 0, value.length);
  const elements = pack.bytesOfElements().toString("latin1");
  assert.ok(dump.includes(`${elements}\xff`), "the elements are in the dump, then the end mark");
  await client.close();
  await real.stop();
});
