// Lengths, strings and numbers written and read again, read by redis-server, and broken on purpose.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Crc64 } from "../../../src/base/crc64";
import { RdbProblem } from "../../../src/rdb/rdb-problem.js";
import { BytesSource, RdbReader, type RdbSource } from "../../../src/rdb/rdb-reader.js";
import { RdbWriter } from "../../../src/rdb/rdb-writer.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { canRun, REAL_SERVER, ServerProcess } from "../../support/server-process.js";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const LENGTHS = [0, 1, 63, 64, 16383, 16384, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const INTEGERS = ["0", "-1", "127", "128", "-128", "-129", "32767", "32768", "-32768", "-32769"]
  .concat(["2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807"])
  .concat(["-0", "007", "1.5", ""]);

function written(fill: (writer: RdbWriter) => void, compresses = true): Buffer {
  const parts: Buffer[] = [];
  const sink = (bytes: Uint8Array, length: number) => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  };
  const writer = new RdbWriter(sink, { compresses, hasChecksum: true });
  fill(writer);
  writer.flush();
  return Buffer.concat(parts);
}

/** Gives few bytes at a time, and may not know how many there are. */
class Trickle implements RdbSource {
  readonly #source: BytesSource;

  constructor(
    bytes: Uint8Array,
    private readonly random: SeededRandom,
    private readonly isKnown: boolean,
  ) {
    this.#source = new BytesSource(bytes, 0, bytes.length);
  }

  get remaining(): number {
    return this.isKnown ? this.#source.remaining : Number.POSITIVE_INFINITY;
  }

  read(target: Uint8Array, at: number, length: number): number {
    return this.#source.read(target, at, Math.min(length, this.random.between(1, 5000)));
  }
}

function text(random: SeededRandom): Buffer {
  switch (random.below(5)) {
    case 0:
      return Buffer.from(random.pick(INTEGERS));
    case 1:
      return Buffer.from(`${random.pick(["a", "bc", "xyz"])}`.repeat(random.below(300)));
    case 2:
      return Buffer.alloc(random.pick([20, 21, 1000, 300_000]), random.below(256));
    default:
      return random.bytes(random.below(random.pick([10, 100, 20_000])));
  }
}

test("the checksum is the one that everybody has, however the bytes are cut", () =>
  withSeed((random) => {
    const known = new Crc64();
    known.update(Buffer.from("123456789"), 0, 9);
    const bytes = new Uint8Array(8);
    known.write(bytes, 0);
    assert.equal(Buffer.from(bytes).reverse().toString("hex"), "e9c6d914c4b8d9ca");
    assert.ok(known.equals(bytes, 0));
    const data = random.bytes(5000);
    const whole = new Crc64();
    whole.update(data, 0, data.length);
    const cut = new Crc64();
    for (let at = 0; at < data.length; ) {
      const next = Math.min(data.length, at + random.below(40));
      cut.update(data, at, next);
      at = next;
    }
    whole.write(bytes, 0);
    assert.ok(cut.equals(bytes, 0));
  }));

test("lengths, strings and numbers are read as they were written", () =>
  withSeed((random) => {
    for (let round = 0; round < 30; round++) {
      const strings = Array.from({ length: 60 }, () => text(random));
      const numbers = Array.from({ length: 20 }, () => (random.word() - 2 ** 31) * random.word());
      const bytes = written((writer) => {
        for (const length of LENGTHS) writer.length(length);
        for (const string of strings) writer.string(string, 0, string.length);
        for (const number of numbers) writer.double(number / 3);
        for (const number of numbers) writer.integer64(Math.floor(number / 2048));
        writer.length64(0x12345678, -2);
        writer.checksum();
      }, random.chance(0.7));
      const reader = new RdbReader(new Trickle(bytes, random, random.chance(0.5)));
      for (const length of LENGTHS) assert.equal(reader.length(), length);
      for (const string of strings) {
        reader.string();
        assert.ok(Buffer.from(reader.valueText(), "latin1").equals(string));
      }
      for (const number of numbers) assert.equal(reader.double(), number / 3);
      for (const number of numbers) assert.equal(reader.int64(), Math.floor(number / 2048));
      reader.length();
      assert.deepEqual([reader.high, reader.low], [0x12345678, -2]);
      assert.ok(reader.checksum());
      assert.equal(reader.hasMore, false);
      assert.equal(reader.position, bytes.length);
    }
  }));

test("broken bytes are a problem with a place, or other strings, and never more memory", () =>
  withSeed((random) => {
    const strings = Array.from({ length: 20 }, () => text(random));
    const bytes = written((writer) => {
      for (const string of strings) writer.string(string, 0, string.length);
    });
    for (let round = 0; round < 2000; round++) {
      const broken = Buffer.from(bytes.subarray(0, random.below(bytes.length + 1)));
      for (let left = random.below(4); left > 0 && broken.length > 0; left--) {
        broken[random.below(broken.length)] = random.below(256);
      }
      const reader = new RdbReader(new BytesSource(broken, 0, broken.length));
      try {
        while (reader.hasMore) reader.string();
      } catch (error) {
        assert.ok(error instanceof RdbProblem, String(error));
        assert.ok(error.position <= broken.length);
      }
    }
  }));

test("redis-server reads the strings that are written", { skip: NO_SERVER }, async () => {
  const real = await ServerProcess.start({ program: REAL_SERVER });
  const client = await real.client();
  try {
    await withSeed(async (random) => {
      for (let round = 0; round < 60; round++) {
        const string = text(random);
        const payload = written((writer) => {
          writer.byte(0);
          writer.string(string, 0, string.length);
          writer.byte(10);
          writer.byte(0);
          writer.checksum();
        });
        const restored = await client.command("RESTORE", "key", "0", payload, "REPLACE");
        assert.equal(restored.toString(), "+OK\r\n");
        const got = (await client.command("GET", "key")).toString("latin1");
        assert.ok(got === `$${string.length}\r\n${string.toString("latin1")}\r\n`, "the same");
      }
    });
  } finally {
    await client.close();
    await real.stop();
  }
});
