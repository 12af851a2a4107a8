// Random data sets of every family on a node in this process, written as an RDB file that
// redis-server reads, and read from one that it has written: DEBUG DIGEST is equal each time.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DatasetLoader } from "../../src/persistence/rdb/dataset-loader";
import { DatasetWriter, type SavedData } from "../../src/persistence/rdb/dataset-writer";
import { BytesSource, RdbReader } from "../../src/rdb/rdb-reader";
import { RdbWriter } from "../../src/rdb/rdb-writer";
import { valueLoaders, valueSavers } from "../../src/server/value-codecs";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { differences, digestOf, filled, newNode, startReal, withDirectory } from "./random-data";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const ROUNDS = Number(process.env.ROUND_TRIPS ?? 4);
const VERSION = 10;

function saved({ node }: FuzzNode, random: SeededRandom): Buffer {
  const parts: Buffer[] = [];
  const options = { compresses: random.chance(0.5), hasChecksum: random.chance(0.7) };
  const writer = new RdbWriter((bytes, length) => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  }, options);
  const data: SavedData = {
    version: VERSION,
    aux: [["redis-ver", "7.2.4"]],
    functions: [],
    databases: node.keyspace.databases.map(({ index, size, expiring, dict }) => ({
      index,
      size,
      expiring,
      header: dict.ref,
    })),
    access: random.pick(["none", "idle", "frequency"]),
    clockSeconds: Math.floor(node.keyspace.nowMs / 1000),
  };
  new DatasetWriter(node.memory, valueSavers(node.memory), writer, data).write();
  return Buffer.concat(parts);
}

function loaded(file: Buffer, seed: number): FuzzNode {
  const fuzz = newNode(seed);
  const { keyspace } = fuzz.node;
  const loader = new DatasetLoader(new RdbReader(new BytesSource(file, 0, file.length)), {
    keyspace,
    loaders: valueLoaders(keyspace, fuzz.config, fuzz.node.context.fieldExpiry),
    dropsExpired: false,
    onAux: () => undefined,
    onFunction: () => undefined,
  });
  while (loader.step(7));
  return fuzz;
}

test("what is written is read again", () =>
  withSeed((random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      const fuzz = filled(random, seed + round);
      const again = loaded(saved(fuzz, random), seed + round);
      assert.deepEqual(differences(again, fuzz), []);
      assert.equal(digestOf(again), digestOf(fuzz));
      again.node.memory.verify();
    }
  }));

test("redis-server reads what is written, and what it writes is read", { skip: NO_SERVER }, () =>
  withDirectory((dir) =>
    withSeed(async (random, seed) => {
      for (let round = 0; round < ROUNDS; round++) {
        const fuzz = filled(random, seed + round);
        const file = join(dir, "dump.rdb");
        writeFileSync(file, saved(fuzz, random));
        const real = await startReal(dir);
        const client = await real.client();
        try {
          const digest = (await client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
          assert.equal(digest, digestOf(fuzz));
          await client.command("SAVE");
          assert.equal(digestOf(loaded(readFileSync(file), seed + round)), digest);
        } finally {
          await client.close();
          await real.stop();
        }
      }
    }),
  ),
);
