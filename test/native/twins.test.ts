// Each native algorithm against its portable twin, which is the specification.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Crc64 } from "../../src/base/crc64";
import { HalfSipHash } from "../../src/base/half-sip-hash";
import { Lzf } from "../../src/base/lzf";
import { loadAddon, type NativeAddon } from "../../src/native/addon";
import {
  BITS_AND,
  BITS_AND_NOT,
  BITS_NOT,
  BITS_OR,
  BITS_XOR,
} from "../../src/native/bit-operations";
import { byteCodecs } from "../../src/native/byte-codecs";
import { bitOperations } from "../../src/native/native-bit-operations";
import { PortableBitOperations } from "../../src/native/portable-bit-operations";
import { RequestParseState } from "../../src/protocol/request-parse-state";
import { RequestScanner, SCAN_AWAITS_TURN } from "../../src/protocol/request-scanner";
import { type SeededRandom, withSeed } from "../support/seeds";
import { waitFor } from "../support/wait-for";
import { randomStream } from "../unit/protocol/random-requests";

const STREAMS = Number(process.env.FUZZ_INPUTS ?? 15_000);

function theAddon(): NativeAddon {
  const loaded = loadAddon();
  if (!loaded.addon) throw new Error(`no addon: ${loaded.reason}`);
  return loaded.addon;
}

test("HalfSipHash-1-3 is the same for every length, offset and key", () =>
  withSeed((random) => {
    const addon = theAddon();
    for (let round = 0; round < 300; round++) {
      const key = [random.word(), random.word()] as const;
      const twin = new HalfSipHash(...key);
      const bytes = random.bytes(300);
      for (let length = 0; length < 70; length++) {
        const offset = random.below(200);
        const expected = twin.hash(bytes, offset, length) >>> 0;
        assert.equal(addon.halfSipHash13(bytes, offset, length, ...key), expected);
      }
    }
  }));

test("the scanner writes the twin's records, word for word", () =>
  withSeed((random) => {
    const addon = theAddon();
    const key = [random.word(), random.word()] as const;
    const input = new Uint8Array(1 << 20);
    const twinTable = new Uint32Array(1 << 16);
    const table = new Uint32Array(1 << 16);
    const tableBytes = new Uint8Array(table.buffer);
    const scanner = new RequestScanner(input, twinTable, new HalfSipHash(...key));
    for (let count = 0; count < STREAMS; count++) {
      const stream = Buffer.from(randomStream(random), "latin1");
      const isStranger = random.chance(0.3);
      scanner.maxBulkBytes = random.pick([512 * 1024 * 1024, 100]);
      input.set(stream);
      const words = addon.scan(stream, tableBytes, scanner.maxBulkBytes, isStranger, ...key);
      const expected: number[] = [];
      let outcome = SCAN_AWAITS_TURN;
      // The twin lets a turn pass before it holds a stranger to his limits; scan() has no turns.
      for (let from = 0; outcome === SCAN_AWAITS_TURN; from = scanner.restAt) {
        scanner.clearTable();
        outcome = scanner.scan(new RequestParseState(), 0, from, stream.length, isStranger);
        expected.push(...twinTable.subarray(0, scanner.tableWords));
      }
      assert.deepEqual([...table.subarray(0, words)], expected, stream.toString("latin1"));
    }
  }));

test("memory given back reads as zero, and only whole pages are", () => {
  const addon = theAddon();
  const PAGE_BYTES = 4096;
  const shared = new Uint8Array(new SharedArrayBuffer(4 << 20)).fill(7);
  assert.equal(addon.memoryAdvise(shared, 0, 100), 0);
  assert.equal(addon.memoryAdvise(shared, 5, 0), 0);
  const released = addon.memoryAdvise(shared, 1 << 20, 2 << 20);
  assert.ok(released >= (2 << 20) - PAGE_BYTES && released <= 2 << 20, String(released));
  const kept = (2 << 20) - released;
  assert.equal(shared.subarray(0, 1 << 20).indexOf(0), -1);
  assert.equal(shared.subarray(3 << 20).indexOf(0), -1);
  const zeros = shared.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  assert.equal(zeros, (2 << 20) - kept);
  assert.throws(() => addon.memoryAdvise(shared, 4 << 20, 1), TypeError);
  assert.throws(() => addon.memoryAdvise(shared, -1, 10), TypeError);
});

test("memory given back is no longer resident", () => {
  const addon = theAddon();
  const bytes = 256 << 20;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes)).fill(7);
  const full = process.memoryUsage.rss();
  const released = addon.memoryAdvise(shared, 0, bytes);
  assert.ok(released >= bytes - 4096);
  const rest = process.memoryUsage.rss();
  assert.ok(full - rest > 200 << 20, `${full} -> ${rest}`);
  assert.equal(shared[1 << 20], 0);
});

test("memory can be had ahead: it is resident before it is used, and holds what it held", async () => {
  const addon = theAddon();
  const bytes = 64 << 20;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes));
  shared[bytes / 2] = 7;
  const before = process.memoryUsage.rss();
  addon.memoryPopulate(shared, 0, bytes);
  await waitFor("resident memory", () => process.memoryUsage.rss() - before > bytes / 2);
  assert.equal(shared[bytes / 2], 7);
  assert.equal(shared[0], 0);
  assert.throws(() => addon.memoryPopulate(shared, bytes, 1), TypeError);
});

const BIT_OPERATIONS = [BITS_AND, BITS_OR, BITS_XOR, BITS_AND_NOT, BITS_NOT];

/** Bytes of any kind, or all alike but for one, inside a longer buffer. */
function someBits(random: SeededRandom, length: number): Buffer {
  if (random.chance(0.6)) return random.bytes(length);
  const bytes = Buffer.alloc(length, random.pick([0, 0xff]));
  if (length > 0 && random.chance(0.7)) bytes[random.below(length)] = random.below(256);
  return bytes;
}

test("bits are counted, searched and combined as the twin does, at any place", () =>
  withSeed((random) => {
    const twin = new PortableBitOperations();
    const native = bitOperations(theAddon());
    for (let round = 0; round < 2000; round++) {
      const length = random.below(random.chance(0.8) ? 600 : 5000);
      const places = [0, 1, 2].map(() => random.below(40));
      const [at = 0, otherAt = 0, targetAt = 0] = places;
      const bytes = someBits(random, at + length + random.below(9));
      const other = someBits(random, otherAt + length + random.below(9));
      const target = random.bytes(targetAt + length + random.below(9));
      assert.equal(native.count(bytes, at, length), twin.count(bytes, at, length));
      for (const byte of [0, 0xff, random.below(256)]) {
        const expected = twin.findOther(bytes, at, length, byte);
        assert.equal(native.findOther(bytes, at, length, byte), expected);
      }
      const operation = random.pick(BIT_OPERATIONS);
      const twins = Buffer.from(target);
      native.combine(operation, target, targetAt, bytes, at, other, otherAt, length);
      twin.combine(operation, twins, targetAt, bytes, at, other, otherAt, length);
      assert.ok(target.equals(twins), `operation ${operation}, ${length} bytes`);
    }
  }));

test("the addon refuses bits outside of the bytes", () => {
  const addon = theAddon();
  const bytes = new Uint8Array(10);
  assert.throws(() => addon.bitCount(bytes, 5, 6), TypeError);
  assert.throws(() => addon.bitFindOther(bytes, -1, 5, 0), TypeError);
  for (const [first, second, third] of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [-1, 0, 0],
  ] as const) {
    const combine = (): void =>
      addon.bitCombine(BITS_OR, bytes, first, bytes, second, bytes, third, 10);
    assert.throws(combine, RangeError);
  }
});

test("the checksum of parts of any length is the twin's", () =>
  withSeed((random) => {
    const twin = new Crc64();
    const native = byteCodecs(theAddon()).newCrc64();
    const bytes = random.bytes(5000);
    for (let round = 0; round < 300; round++) {
      twin.reset();
      native.reset();
      for (let parts = random.below(10); parts > 0; parts--) {
        const from = random.below(bytes.length);
        const most = random.chance(0.5) ? 100 : bytes.length;
        const to = Math.min(bytes.length, from + random.below(most));
        twin.update(bytes, from, to);
        native.update(bytes, from, to);
      }
      const written = new Uint8Array(10);
      twin.write(written, 1);
      assert.ok(native.equals(written, 1), Buffer.from(written).toString("hex"));
    }
  }));

/** Bytes with some of them repeated, inside a longer buffer. */
function someText(random: SeededRandom, at: number): Buffer {
  const often = random.bytes(random.below(random.chance(0.8) ? 30 : 9000));
  const parts = Array.from({ length: random.below(30) }, () =>
    random.chance(0.6) ? often : random.bytes(random.below(40)),
  );
  return Buffer.concat([random.bytes(at), ...parts, random.bytes(3)]);
}

test("what either side has compressed, both decompress; what is broken, both refuse alike", () =>
  withSeed((random) => {
    const sides = [new Lzf(), byteCodecs(theAddon()).newLzf()];
    for (let round = 0; round < 500; round++) {
      const at = random.below(20);
      const bytes = someText(random, at);
      const length = bytes.length - at - 3;
      const original = bytes.subarray(at, at + length);
      for (const packer of sides) {
        const packed = Buffer.alloc(length + (length >>> 5) + 12, 0x77);
        const room = packed.length - 2;
        const size = packer.compress(bytes, at, length, packed, 1, room);
        assert.equal(size === 0, length === 0);
        assert.equal(packed[0], 0x77);
        assert.equal(packed.at(-1), 0x77);
        for (const unpacker of sides) {
          const out = Buffer.alloc(length + 2, 0x77);
          assert.ok(unpacker.decompress(packed, 1, size, out, 1, length));
          assert.ok(out.subarray(1, -1).equals(original));
          assert.equal(out[0], 0x77);
          assert.equal(out.at(-1), 0x77);
        }
        if (size === 0) continue;
        packed[1 + random.below(size)] = random.below(256);
        const [first, second] = sides.map((unpacker) =>
          unpacker.decompress(packed, 1, size, Buffer.alloc(length), 0, length),
        );
        assert.equal(first, second);
      }
    }
  }));

test("the addon refuses to sum or compress outside of the bytes", () => {
  const addon = theAddon();
  const bytes = new Uint8Array(10);
  assert.throws(() => addon.crc64Update(bytes, bytes, 0, 10), RangeError);
  assert.throws(() => addon.crc64Update(new Uint8Array(8), bytes, 5, 6), TypeError);
  assert.throws(() => addon.lzfCompress(bytes, 5, 6, bytes, 0, 10), TypeError);
  assert.throws(() => addon.lzfCompress(bytes, 0, 10, bytes, 1, 10), TypeError);
  assert.throws(() => addon.lzfDecompress(bytes, -1, 5, bytes, 0, 10), TypeError);
  assert.throws(() => addon.lzfDecompress(bytes, 0, 5, bytes, 8, 3), TypeError);
});
