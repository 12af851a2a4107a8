// String commands while snapshots freeze the memory: the image stays what it was, the live strings
// are what a plain model says, and no block is lost or freed twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latin1Text } from "../../src/base/bytes";
import {
  ENTRY_HEADER_BYTES,
  expiryOf,
  hasExpiry,
  keyLengthOf,
  keyStartOf,
  valueStartOf,
} from "../../src/keyspace/entry";
import { SEGMENT_SHIFT } from "../../src/memory/block-memory";
import { verifyDict } from "../../src/structures/dict-verify";
import { forEachEntry } from "../../src/structures/dict-walk";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringLength, stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { type SeededRandom, withSeed } from "../support/seeds";

const MEBIBYTE = 1024 * 1024;
const LATE_MS = 33_177_117_420_000;
const SIZES = [0, 1, 3, 12, 40, 100, 250, 300, 1000, 5000, 40_000];

interface Value {
  readonly bytes: Buffer;
  readonly expiryMs: number;
}

class StringModel {
  readonly engine = new CommandEngine({
    commands: stringCommands(new StringLimits(MEBIBYTE)),
    types: [stringType],
    poison: true,
  });
  readonly values = new Map<string, Value>();

  constructor(
    readonly random: SeededRandom,
    readonly keys: number,
  ) {}

  step(): void {
    const { engine, random } = this;
    const key = `key:${random.below(this.keys)}`;
    const old = this.values.get(key);
    const bytes = random.bytes(random.pick(SIZES));
    const oldBytes = old?.bytes ?? Buffer.alloc(0);
    const keptMs = old?.expiryMs ?? -1;
    const kind = random.below(9);
    if (kind === 0) {
      engine.run("SET", key, bytes);
      this.#set(key, bytes, -1);
    } else if (kind === 1) {
      engine.run("SET", key, bytes, "PXAT", String(LATE_MS + bytes.length));
      this.#set(key, bytes, LATE_MS + bytes.length);
    } else if (kind === 2) {
      engine.run("SET", key, bytes, "KEEPTTL");
      this.#set(key, bytes, keptMs);
    } else if (kind === 3) {
      engine.run("APPEND", key, bytes);
      this.#set(key, Buffer.concat([oldBytes, bytes]), keptMs);
    } else if (kind === 4) {
      this.#setRange(key, oldBytes, random.below(oldBytes.length + 50), keptMs);
    } else if (kind === 5) {
      engine.run("GETDEL", key);
      this.values.delete(key);
    } else if (kind === 6) {
      engine.run("GETEX", key, "PXAT", String(LATE_MS));
      if (old !== undefined) this.#set(key, oldBytes, LATE_MS);
    } else if (kind === 7) {
      engine.run("GETEX", key, "PERSIST");
      if (old !== undefined) this.#set(key, oldBytes, -1);
    } else {
      this.#count(key, random.between(-1_000_000_000, 1_000_000_000), keptMs);
    }
  }

  /** Everything in a dictionary, live or frozen, by its header. */
  contents(header: number): Map<string, Value> {
    const { memory } = this.engine;
    const found = new Map<string, Value>();
    forEachEntry(memory, header, (entry) => {
      const bytes = memory.bytes[entry >>> SEGMENT_SHIFT] ?? new Uint8Array(0);
      const keyAt = keyStartOf(memory, entry);
      const valueAt = valueStartOf(memory, entry);
      found.set(latin1Text(bytes, keyAt, keyLengthOf(memory, entry)), {
        bytes: Buffer.from(bytes.slice(valueAt, valueAt + stringLength(memory, entry))),
        expiryMs: hasExpiry(memory, entry) ? expiryOf(memory, entry) : -1,
      });
    });
    return found;
  }

  get header(): number {
    return this.engine.call.db.dict.ref;
  }

  #set(key: string, bytes: Buffer, expiryMs: number): void {
    this.values.set(key, { bytes, expiryMs });
  }

  #setRange(key: string, old: Buffer, offset: number, expiryMs: number): void {
    const written = this.random.bytes(1 + this.random.below(60));
    this.engine.run("SETRANGE", key, String(offset), written);
    const bytes = Buffer.alloc(Math.max(old.length, offset + written.length));
    old.copy(bytes);
    written.copy(bytes, offset);
    this.#set(key, bytes, expiryMs);
  }

  #count(key: string, amount: number, expiryMs: number): void {
    const start = this.random.pick(["0", "9", "-10", "99999", "2147483647", "9007199254740991"]);
    this.engine.run("SET", key, start, "KEEPTTL");
    this.engine.run("INCRBY", key, String(amount));
    this.#set(key, Buffer.from(String(BigInt(start) + BigInt(amount))), expiryMs);
  }
}

function assertSame(found: ReadonlyMap<string, Value>, expected: ReadonlyMap<string, Value>): void {
  assert.equal(found.size, expected.size);
  for (const [key, value] of expected) {
    const other = found.get(key);
    assert.ok(other?.bytes.equals(value.bytes), `${key} holds something else`);
    assert.equal(other?.expiryMs, value.expiryMs, `${key} expires at another time`);
  }
}

test("a frozen image keeps its strings while commands change them", async () => {
  await withSeed((random) => {
    const model = new StringModel(random, 300);
    const { memory, keyspace } = model.engine;
    for (let snapshot = 0; snapshot < 6; snapshot++) {
      for (let step = 0; step < 400; step++) model.step();
      memory.freeze();
      const frozenHeader = model.header;
      const atFreeze = new Map(model.values);
      for (let step = 0; step < 800; step++) model.step();
      assertSame(model.contents(frozenHeader), atFreeze);
      assertSame(model.contents(model.header), model.values);
      memory.thaw();
      while (memory.releaseParked(1000) > 0) model.step();
      assertSame(model.contents(model.header), model.values);
      verifyDict(memory, model.header, {
        keyAt: ENTRY_HEADER_BYTES,
        hashOf: (bytes, at, length) => keyspace.hashOf(bytes, at, length),
      });
      memory.verify();
    }
  });
});

test("a string that is born under a snapshot can grow in it", () => {
  const model = new StringModel({} as SeededRandom, 1);
  const { engine } = model;
  engine.memory.freeze();
  engine.run("SET", "k", "x");
  engine.run("APPEND", "k", Buffer.alloc(5000, "y"));
  engine.run("SETRANGE", "k", "20000", "z");
  assert.equal(engine.run("STRLEN", "k").toString(), ":20001\r\n");
  engine.memory.thaw();
});
