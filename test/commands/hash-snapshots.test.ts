// Hash commands while snapshots freeze the memory: the image stays what it was, the live hashes are
// what plain Maps say, and no block is lost or freed twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { keyLengthOf, keyStartOf } from "../../src/keyspace/entry";
import { type BlockMemory, SEGMENT_SHIFT, SegmentView } from "../../src/memory/block-memory";
import { forEachEntry } from "../../src/structures/dict-walk";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { HashReader } from "../../src/types/hash/hash-reader";
import { hashType } from "../../src/types/hash/hash-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { type SeededRandom, withSeed } from "../support/seeds";

type Hashes = Map<string, Map<string, string>>;

class HashesModel {
  readonly engine: CommandEngine;
  readonly hashes: Hashes = new Map();

  constructor(
    readonly random: SeededRandom,
    limits: HashLimits,
    readonly valueBytes: readonly number[],
  ) {
    const commands = [...hashCommands(limits, { note: () => undefined }), ...keyspaceCommands];
    this.engine = new CommandEngine({ commands, types: [stringType, hashType], poison: true });
  }

  step(): void {
    const { engine, hashes, random } = this;
    const key = `h${random.below(12)}`;
    const hash = hashes.get(key) ?? new Map<string, string>();
    const field = random.chance(0.5) ? `f${random.below(40)}` : String(random.below(40));
    const value = random.chance(0.3)
      ? String(random.below(1_000_000))
      : "v".repeat(random.pick(this.valueBytes));
    const kind = random.below(10);
    if (kind < 4) {
      engine.run("HSET", key, field, value, "also", "this");
      hash.set(field, value).set("also", "this");
    } else if (kind < 7) {
      engine.run("HDEL", key, field, "also");
      hash.delete(field);
      hash.delete("also");
    } else if (kind === 7) {
      const to = `h${random.below(12)}`;
      if (!hashes.has(key) || to === key) return;
      engine.run(random.chance(0.5) ? "RENAME" : "COPY", key, to);
      this.#reread(key, to);
      return;
    } else if (kind === 8) {
      engine.run("PEXPIREAT", key, "33177117420000");
      engine.run("HINCRBY", key, "count", "7");
      hash.set("count", String(Number(hash.get("count") ?? "0") + 7));
    } else {
      engine.run("PERSIST", key);
      engine.run("DEL", `h${random.below(12)}`, "");
      this.#reread(...Array.from({ length: 12 }, (_, i) => `h${i}`));
      return;
    }
    if (hash.size > 0) hashes.set(key, hash);
    else hashes.delete(key);
  }

  /** Takes over what the server says of keys that commands of another room have changed. */
  #reread(...keys: string[]): void {
    const found = contents(this.engine.memory, this.header);
    for (const key of keys) {
      const hash = found.get(key);
      if (hash === undefined) this.hashes.delete(key);
      else this.hashes.set(key, hash);
    }
  }

  get header(): number {
    return this.engine.call.db.dict.ref;
  }
}

function contents(memory: BlockMemory, header: number): Hashes {
  const found: Hashes = new Map();
  const reader = new HashReader(memory);
  const text = (bytes: Uint8Array, at: number, length: number): string =>
    Buffer.from(bytes.slice(at, at + length)).toString("latin1");
  forEachEntry(memory, header, (entry) => {
    const hash = new Map<string, string>();
    reader.openEntry(entry);
    reader.forEach((handle) => {
      reader.showField(handle);
      const field = text(reader.bytes, reader.at, reader.length);
      reader.showValue(handle);
      hash.set(field, text(reader.bytes, reader.at, reader.length));
    });
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT] ?? new Uint8Array(0);
    found.set(text(bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry)), hash);
  });
  return found;
}

const KINDS = [
  { name: "small", limits: new HashLimits(512, 64), valueBytes: [0, 1, 5] },
  { name: "middle", limits: new HashLimits(512, 64), valueBytes: [0, 20, 64] },
  { name: "large", limits: new HashLimits(8, 64), valueBytes: [5, 65, 300, 1000] },
];

for (const { name, limits, valueBytes } of KINDS) {
  test(`a frozen image keeps its ${name} hashes while commands change them`, async () => {
    await withSeed((random) => {
      const model = new HashesModel(random, limits, valueBytes);
      const { memory, keyspace } = model.engine;
      const usedAtStart = memory.usedBytes;
      for (let snapshot = 0; snapshot < 5; snapshot++) {
        for (let step = 0; step < 200; step++) model.step();
        memory.freeze();
        const frozenHeader = model.header;
        const atFreeze = plain(model.hashes);
        for (let step = 0; step < 400; step++) model.step();
        const view = new SegmentView(memory.bytes.map((b) => b.buffer as SharedArrayBuffer));
        assert.deepEqual(plain(contents(view, frozenHeader)), atFreeze);
        assert.deepEqual(plain(contents(memory, model.header)), plain(model.hashes));
        memory.thaw();
        while (memory.releaseParked(1000) > 0) model.step();
        assert.deepEqual(plain(contents(memory, model.header)), plain(model.hashes));
        memory.verify();
      }
      for (const key of model.hashes.keys()) model.engine.run("DEL", key);
      while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(10);
      assert.equal(memory.usedBytes, usedAtStart);
    });
  });
}

function plain(hashes: Hashes): string[] {
  return [...hashes].map(([key, hash]) => `${key}: ${[...hash].sort().join(" ")}`).sort();
}
