// Generic commands while snapshots freeze the memory: every image stays what it was at its freeze,
// the live databases are what a plain model says, and no block is lost or freed twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import {
  ENTRY_VALUE,
  exactExpiryOf,
  hasExpiry,
  keyLengthOf,
  keyStartOf,
  TYPE_LIST,
  TYPE_STRING,
  typeOf,
  valueStartOf,
  wordOf,
} from "../../src/keyspace/entry";
import { SEGMENT_SHIFT } from "../../src/memory/block-memory";
import { forEachEntry } from "../../src/structures/dict-walk";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { type SeededRandom, withSeed } from "../support/seeds";
import { chainLength, chainType, newChain } from "../unit/keyspace/chain-type";

const LATEST_MS = 9223372036854775807n;
const DATABASES = 3;

/** A string's bytes, or how many blocks a chain has; and until when it lives. */
interface Value {
  readonly content: string | number;
  readonly expiryMs: bigint | null;
}

type Contents = ReadonlyMap<string, Value>;

class KeyspaceModel {
  readonly engine = new CommandEngine({
    commands: [...keyspaceCommands, ...stringCommands(new StringLimits(1 << 20))],
    types: [stringType, chainType],
    poison: true,
  });
  readonly values: Map<string, Value>[] = Array.from({ length: DATABASES }, () => new Map());
  #at = 0;

  constructor(readonly random: SeededRandom) {}

  step(): void {
    const { random } = this;
    this.#at = random.below(DATABASES);
    this.engine.call.client.db = this.#at;
    const kind = random.below(100);
    if (kind < 25) this.#set(this.#key());
    else if (kind < 35) this.#addChain(this.#key());
    else if (kind < 50) this.#rename(this.#key(), this.#key());
    else if (kind < 65) this.#copy(this.#key(), this.#key());
    else if (kind < 75) this.#move(this.#key());
    else if (kind < 88) this.#expire(this.#key());
    else if (kind < 97) this.#remove(this.#key());
    else if (kind < 99) this.#swap();
    else if (random.chance(0.1)) this.#flush();
  }

  /** Everything in a dictionary, live or frozen, by its header. */
  contents(header: number): Contents {
    const { memory } = this.engine;
    const found = new Map<string, Value>();
    forEachEntry(memory, header, (entry) => {
      const bytes = memory.bytes[entry >>> SEGMENT_SHIFT] ?? new Uint8Array(0);
      const text = (start: number, length: number): string =>
        Buffer.from(bytes.slice(start, start + length)).toString("latin1");
      const value = wordOf(memory, entry, ENTRY_VALUE);
      const isString = typeOf(memory, entry) === TYPE_STRING;
      found.set(text(keyStartOf(memory, entry), keyLengthOf(memory, entry)), {
        content: isString ? text(valueStartOf(memory, entry), value) : chainLength(memory, value),
        expiryMs: hasExpiry(memory, entry) ? exactExpiryOf(memory, entry) : null,
      });
    });
    return found;
  }

  get headers(): number[] {
    return this.engine.keyspace.databases.slice(0, DATABASES).map(({ dict }) => dict.ref);
  }

  check(): void {
    this.headers.forEach((header, at) => {
      assert.deepEqual(this.contents(header), this.values[at]);
    });
  }

  get #here(): Map<string, Value> {
    return this.values[this.#at] ?? new Map();
  }

  #key(): string {
    const number = this.random.below(60);
    return number % 3 === 0 ? `k${number}` : `a key that is longer, with number ${number}`;
  }

  #run(reply: string | number, ...words: string[]): void {
    const expected = typeof reply === "number" ? `:${reply}\r\n` : `${reply}\r\n`;
    assert.equal(this.engine.run(...words).toString("latin1"), expected, words.join(" "));
  }

  #set(key: string): void {
    const content = "v".repeat(this.random.pick([0, 5, 40, 300, 3000]));
    const old = this.#here.get(key);
    const keeps = this.random.chance(0.5);
    this.#run("+OK", "SET", key, content, ...(keeps ? ["KEEPTTL"] : []));
    this.#here.set(key, { content, expiryMs: keeps && old !== undefined ? old.expiryMs : null });
  }

  #addChain(key: string): void {
    if (this.#here.has(key)) return;
    const { keyspace, memory, call } = this.engine;
    const bytes = Buffer.from(key);
    const blocks = this.random.pick([1, 10, 200]);
    const hash = keyspace.hashOf(bytes, 0, bytes.length);
    call.db.addValue(hash, bytes, 0, bytes.length, TYPE_LIST, 0, newChain(memory, blocks));
    this.#here.set(key, { content: blocks, expiryMs: null });
  }

  #rename(from: string, to: string): void {
    const value = this.#here.get(from);
    if (value === undefined) {
      this.#run("-ERR no such key", "RENAME", from, to);
      return;
    }
    if (this.random.chance(0.5)) {
      const isFree = !this.#here.has(to);
      this.#run(isFree ? 1 : 0, "RENAMENX", from, to);
      if (!isFree) return;
    } else {
      this.#run("+OK", "RENAME", from, to);
    }
    this.#here.delete(from);
    this.#here.set(to, value);
  }

  #copy(from: string, to: string): void {
    const at = this.random.below(DATABASES);
    if (at === this.#at && from === to) return;
    const target = this.values[at] ?? new Map();
    const value = this.#here.get(from);
    const replaces = this.random.chance(0.5);
    const copies = value !== undefined && (replaces || !target.has(to));
    const options = ["DB", String(at), ...(replaces ? ["REPLACE"] : [])];
    this.#run(copies ? 1 : 0, "COPY", from, to, ...options);
    if (copies) target.set(to, value);
  }

  #move(key: string): void {
    const at = (this.#at + 1) % DATABASES;
    const target = this.values[at] ?? new Map();
    const value = this.#here.get(key);
    const moves = value !== undefined && !target.has(key);
    this.#run(moves ? 1 : 0, "MOVE", key, String(at));
    if (!moves) return;
    this.#here.delete(key);
    target.set(key, value);
  }

  #expire(key: string): void {
    const value = this.#here.get(key);
    if (this.random.chance(0.3)) {
      this.#run(value !== undefined && value.expiryMs !== null ? 1 : 0, "PERSIST", key);
      if (value !== undefined) this.#here.set(key, { ...value, expiryMs: null });
      return;
    }
    const expiryMs = LATEST_MS - BigInt(this.random.below(10));
    this.#run(value === undefined ? 0 : 1, "PEXPIREAT", key, String(expiryMs));
    if (value !== undefined) this.#here.set(key, { ...value, expiryMs });
  }

  #remove(key: string): void {
    if (this.random.chance(0.5)) this.#run(this.#here.has(key) ? 1 : 0, "UNLINK", key);
    else this.#run(this.#here.has(key) ? 1 : 0, "PEXPIREAT", key, "1");
    this.#here.delete(key);
  }

  #swap(): void {
    const at = this.random.below(DATABASES);
    this.#run("+OK", "SWAPDB", String(this.#at), String(at));
    const here = this.#here;
    this.values[this.#at] = this.values[at] ?? here;
    this.values[at] = here;
  }

  #flush(): void {
    this.#run("+OK", "FLUSHDB");
    this.#here.clear();
  }
}

test("frozen images keep their databases while generic commands change them", () =>
  withSeed((random) => {
    const model = new KeyspaceModel(random);
    const { memory, keyspace } = model.engine;
    const emptyBytes = memory.usedBytes;
    for (let snapshot = 0; snapshot < 12; snapshot++) {
      for (let step = 0; step < 300; step++) model.step();
      model.check();
      memory.freeze();
      const frozen = model.headers;
      const atFreeze = model.values.map((values) => new Map(values));
      for (let step = 0; step < 600; step++) {
        model.step();
        if (random.chance(0.02)) keyspace.lazyFree.work(0);
      }
      frozen.forEach((header, at) => {
        assert.deepEqual(model.contents(header), atFreeze[at]);
      });
      model.check();
      memory.thaw();
      while (memory.hasReleasable) {
        memory.releaseParked(50);
        model.step();
      }
      model.check();
      memory.verify();
    }
    for (const database of keyspace.databases) keyspace.flush(database);
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1);
    assert.equal(memory.usedBytes, emptyBytes, "nothing has leaked");
  }));
