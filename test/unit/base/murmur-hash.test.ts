// MurmurHash64A in halves of 32 bits against the same in bigints.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MurmurHash } from "../../../src/base/murmur-hash";
import { withSeed } from "../../support/seeds";

const M = 0xc6a4a7935bd1e995n;
const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

function plainHash(bytes: Buffer, seed: number): bigint {
  let hash = BigInt(seed) ^ wrap(BigInt(bytes.length) * M);
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    let block = wrap(bytes.readBigUInt64LE(at) * M);
    block = wrap((block ^ (block >> 47n)) * M);
    hash = wrap((hash ^ block) * M);
  }
  if (at < bytes.length) {
    for (let i = bytes.length - 1; i >= at; i--)
      hash ^= BigInt(bytes[i] ?? 0) << BigInt((i - at) * 8);
    hash = wrap(hash * M);
  }
  hash = wrap((hash ^ (hash >> 47n)) * M);
  return hash ^ (hash >> 47n);
}

test("MurmurHash64A of any bytes, lengths and seeds", () =>
  withSeed((random) => {
    for (let round = 0; round < 3000; round++) {
      const seed = random.pick([0, 0xadc83b19, 0xffffffff, random.word()]) >>> 0;
      const bytes = random.bytes(random.below(40));
      if (random.chance(0.2)) bytes.fill(0xff);
      const hash = new MurmurHash(seed);
      const at = random.below(10);
      hash.hash(Buffer.concat([random.bytes(at), bytes, random.bytes(9)]), at, bytes.length);
      const found = (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
      assert.equal(found, plainHash(bytes, seed), bytes.toString("hex"));
    }
  }));
