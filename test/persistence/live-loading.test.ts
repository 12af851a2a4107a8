// An RDB that comes in pieces of any size, as from a socket, is the data set that it is as a file;
// and of one that ends too soon nothing is left.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SpareDatabases } from "../../src/keyspace/spare-databases";
import { PORTABLE_CODECS } from "../../src/native/byte-codecs";
import { LoadProblem } from "../../src/persistence/loading/load-problem";
import { LoadingProgress } from "../../src/persistence/loading/loading-progress";
import { RdbLiveLoading, TooLargeToHold } from "../../src/persistence/loading/rdb-live-loading";
import { valueLoaders } from "../../src/server/value-codecs";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { type SeededRandom, withSeed } from "../support/seeds";
import { digestOf, fill, LOW_LIMITS, newNode } from "./random-data";
import { savedBytes } from "./saved-bytes";

const FOREVER_MS = Number.POSITIVE_INFINITY;
const MARK = "0123456789abcdef".repeat(3).slice(0, 40);
const LOG = { notice: () => undefined, warning: () => undefined };

class LiveRun {
  readonly loading: RdbLiveLoading;
  readonly spare: SpareDatabases;
  answers = 0;
  readonly #fuzz: FuzzNode;

  constructor(fuzz: FuzzNode, sizeBytes: number | undefined, mostHeldBytes?: number) {
    const { keyspace, context } = fuzz.node;
    this.#fuzz = fuzz;
    this.spare = new SpareDatabases(keyspace);
    this.loading = new RdbLiveLoading(
      {
        keyspace,
        loaders: valueLoaders(keyspace, fuzz.config, context.fieldExpiry),
        codecs: PORTABLE_CODECS,
        clock: fuzz.clock,
        progress: new LoadingProgress(fuzz.clock, () => undefined),
        log: LOG,
        keyDelayUs: () => 0,
        answer: () => {
          this.answers++;
          fuzz.clock.advance(1);
        },
      },
      sizeBytes,
      { databases: this.spare.list, dropsExpired: false, merges: false },
      mostHeldBytes,
    );
  }

  /** Gives it one piece and lets it get on as far as it can; true when it is at its end. */
  push(piece: Buffer): boolean {
    const { source } = this.loading;
    source.push(piece);
    if (!source.isOver && source.pendingBytes < this.loading.wantedBytes) return false;
    return this.run();
  }

  run(): boolean {
    return this.loading.advance(FOREVER_MS) === "done";
  }

  /** Frees what waits for it. */
  settle(): void {
    const { lazyFree } = this.#fuzz.node.keyspace;
    while (lazyFree.hasWork) lazyFree.work(1);
  }
}

/** Pieces of a byte at the least, and of `most` at the most. */
function* pieces(bytes: Buffer, random: SeededRandom, most: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(most);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function randomFile(
  random: SeededRandom,
  seed: number,
  commands = 400,
): { file: Buffer; digest: string } {
  const fuzz = newNode(seed, random.chance(0.5) ? LOW_LIMITS : []);
  fill(fuzz, random, commands);
  const digest = digestOf(fuzz);
  return { file: savedBytes(fuzz, { version: 12, compresses: random.chance(0.5) }), digest };
}

test("in pieces of any size, beside a data set that stays until the exchange", () =>
  withSeed((random, seed) => {
    for (const most of [1, 7, 300, 5000]) {
      // Each piece is an attempt, so that single bytes take longest.
      const { file, digest } = randomFile(random, seed, most === 1 ? 60 : 300);
      const fuzz = newNode(seed);
      const emptyBytes = fuzz.node.memory.usedBytes;
      fill(fuzz, random, 100);
      const before = digestOf(fuzz);
      const run = new LiveRun(fuzz, random.chance(0.5) ? file.length : undefined);
      let isDone = false;
      for (const piece of pieces(file, random, most)) {
        assert.equal(isDone, false);
        isDone = run.push(piece);
      }
      run.loading.source.isOver = true;
      if (!isDone) assert.equal(run.run(), true);
      assert.equal(digestOf(fuzz), before);
      run.spare.takePlace();
      assert.equal(digestOf(fuzz), digest);
      for (const database of fuzz.node.keyspace.databases) fuzz.node.keyspace.flush(database);
      run.settle();
      fuzz.node.memory.verify();
      assert.equal(fuzz.node.memory.usedBytes, emptyBytes, "bytes that nobody owns");
    }
  }));

test("what ends before its end leaves nothing", () =>
  withSeed((random, seed) => {
    const { file } = randomFile(random, seed);
    const fuzz = newNode(seed);
    for (let i = 0; i < 20; i++) {
      const beforeBytes = fuzz.node.memory.usedBytes;
      const cut = file.subarray(0, random.below(file.length));
      const run = new LiveRun(fuzz, undefined);
      for (const piece of pieces(cut, random, 2000)) run.push(piece);
      run.loading.source.isOver = true;
      assert.throws(() => run.run(), LoadProblem);
      run.spare.discard();
      run.settle();
      assert.equal(fuzz.node.memory.usedBytes, beforeBytes, "bytes that nobody owns");
    }
  }));

test("a changed byte is found by the checksum, however the bytes come", () =>
  withSeed((random, seed) => {
    const { file } = randomFile(random, seed);
    const fuzz = newNode(seed);
    for (let i = 0; i < 10; i++) {
      const changed = Buffer.from(file);
      const at = 9 + random.below(file.length - 9);
      changed[at] = (changed[at] + 1 + random.below(255)) & 255;
      const run = new LiveRun(fuzz, undefined);
      assert.throws(() => {
        for (const piece of pieces(changed, random, 500)) if (run.push(piece)) return;
        run.loading.source.isOver = true;
        run.run();
      }, LoadProblem);
      run.spare.discard();
      run.settle();
    }
  }));

test("a large value is not tried again with every piece", () => {
  const fuzz = newNode(1);
  const database = fuzz.node.keyspace.databases[0];
  const key = Buffer.from("large");
  const value = Buffer.alloc(6 * 1024 * 1024, "value");
  const hash = fuzz.node.keyspace.hashOf(key, 0, key.length);
  database.setString(0, hash, key, 0, key.length, value, 0, value.length, -1);
  const file = savedBytes(fuzz, { version: 10, compresses: false });
  const other = newNode(1);
  const run = new LiveRun(other, undefined);
  let attempts = 0;
  for (let at = 0; at < file.length; at += 10_000) {
    const wanted = run.loading.wantedBytes;
    const piece = file.subarray(at, at + 10_000);
    if (run.loading.source.pendingBytes + piece.length >= wanted) attempts++;
    run.push(piece);
  }
  run.loading.source.isOver = true;
  run.run();
  run.spare.takePlace();
  assert.equal(digestOf(other), digestOf(fuzz));
  assert.ok(attempts < 60, `${attempts} attempts`);
});

test("a mark behind the end, and what comes behind that", () => {
  const fuzz = newNode(1);
  const file = savedBytes(fuzz, { version: 10 });
  const bytes = Buffer.concat([file, Buffer.from(MARK), Buffer.from("the stream")]);
  for (let first = file.length; first <= bytes.length; first++) {
    const run = new LiveRun(fuzz, undefined);
    assert.equal(run.push(bytes.subarray(0, first)), true);
    const early = run.loading.tail(MARK.length);
    assert.equal(early === undefined, first < file.length + MARK.length);
    run.loading.source.push(bytes.subarray(first));
    const mark = early ?? run.loading.tail(MARK.length);
    assert.equal(String(mark), MARK);
    assert.equal(String(run.loading.rest()), "the stream");
    run.spare.discard();
  }
});

test("a value that does not end is given up at the limit of what is kept", () => {
  const fuzz = newNode(1);
  const beforeBytes = fuzz.node.memory.usedBytes;
  const run = new LiveRun(fuzz, undefined, 2_000_000);
  // A list of very many elements, which come and come.
  const head = Buffer.from([...Buffer.from("REDIS0010"), 1, 1, 0x6b, 0x80, 0x7f, 0xff, 0xff, 0xff]);
  run.push(head);
  const piece = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from("\x05value")));
  let taken = 0;
  assert.throws(() => {
    for (; taken < 10_000_000; taken += piece.length) run.push(piece);
  }, TooLargeToHold);
  assert.ok(taken < 4_000_000, `${taken} bytes`);
  run.spare.discard();
  run.settle();
  assert.equal(fuzz.node.memory.usedBytes, beforeBytes, "bytes that nobody owns");
});
