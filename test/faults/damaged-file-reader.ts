// Reads RDB files that were damaged on purpose into one node in this process, again and again, and
// tells what came of each. What it insists on: nothing but an RdbProblem is thrown, nothing takes
// longer or more memory than a file of that size may, what was read keeps the rules of its
// structures, and nothing of it is left when it is thrown away.

import assert from "node:assert/strict";
import { DatasetLoader } from "../../src/persistence/rdb/dataset-loader";
import { RdbProblem } from "../../src/rdb/rdb-problem";
import { BytesSource, RdbReader } from "../../src/rdb/rdb-reader";
import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import { valueLoaders } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { savedBytes } from "../persistence/saved-bytes";
import { verifyValue } from "../persistence/verify-value";

/** LZF makes 88 bytes of one at most, and what is small in a file has headers in memory. */
const MOST_EXPANSION = 128;
const LEAST_BYTES = 64 * 1024;
/** A second and a half per megabyte on a busy machine; a hang takes longer. */
const LONGEST_READ_MS = 5000;
const NEWEST = 12;

export type Damage = "refused" | "identical" | "other";

export class DamagedFileReader {
  longestMs = 0;
  /** Arena bytes of what was read, at most, beside those of an empty node. */
  peakBytes = 0;
  readonly #fuzz: FuzzNode;
  readonly #emptyBytes: number;
  readonly #digest: DatasetDigest;

  constructor(fuzz: FuzzNode) {
    this.#fuzz = fuzz;
    this.#digest = new DatasetDigest(fuzz.node.keyspace);
    this.#emptyBytes = fuzz.node.memory.usedBytes;
  }

  /** All that the file holds, written anew; undefined when it is refused. */
  read(file: Buffer): Buffer | undefined {
    const { node } = this.#fuzz;
    const startedMs = performance.now();
    const isWhole = this.#load(file);
    const bytes = node.memory.usedBytes - this.#emptyBytes;
    this.peakBytes = Math.max(this.peakBytes, bytes);
    assert.ok(bytes <= LEAST_BYTES + file.length * MOST_EXPANSION, `${bytes} bytes of memory`);
    const again = isWhole ? this.#verified() : undefined;
    this.#empty();
    const tookMs = performance.now() - startedMs;
    this.longestMs = Math.max(this.longestMs, tookMs);
    assert.ok(tookMs < LONGEST_READ_MS, `it took ${tookMs} ms`);
    return again;
  }

  /** What became of a damaged file whose whole one reads as `original`. */
  damage(file: Buffer, original: Buffer): Damage {
    const again = this.read(file);
    if (again === undefined) return "refused";
    return again.equals(original) ? "identical" : "other";
  }

  #load(file: Buffer): boolean {
    const { node, config } = this.#fuzz;
    const { keyspace } = node;
    const loader = new DatasetLoader(new RdbReader(new BytesSource(file, 0, file.length)), {
      keyspace,
      loaders: valueLoaders(keyspace, config, node.context.fieldExpiry),
      dropsExpired: false,
      onAux: () => undefined,
      onFunction: () => undefined,
    });
    try {
      while (loader.step(64));
      return true;
    } catch (error) {
      if (error instanceof RdbProblem) return false;
      throw error;
    }
  }

  /** What was read is whole, and can be written and digested. */
  #verified(): Buffer {
    const { memory, keyspace } = this.#fuzz.node;
    for (const { dict } of keyspace.databases) {
      forEachEntry(memory, dict.ref, (entry) => {
        verifyValue(memory, keyspace.typeOf(entry).name, entry);
      });
    }
    this.#digest.ofAll();
    return savedBytes(this.#fuzz, { version: NEWEST });
  }

  #empty(): void {
    const { keyspace, memory } = this.#fuzz.node;
    for (const database of keyspace.databases) keyspace.flush(database);
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1000);
    assert.equal(memory.usedBytes, this.#emptyBytes, "bytes that nobody owns");
  }
}
