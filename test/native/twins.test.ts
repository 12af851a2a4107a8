// Each native algorithm against its portable twin, which is the specification.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HalfSipHash } from "../../src/base/half-sip-hash";
import { loadAddon, type NativeAddon } from "../../src/native/addon";
import { RequestParseState } from "../../src/protocol/request-parse-state";
import { RequestScanner, SCAN_AWAITS_TURN } from "../../src/protocol/request-scanner";
import { withSeed } from "../support/seeds";
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
