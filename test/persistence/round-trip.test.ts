// Random data sets of every family on a node in this process, written as an RDB file that
// redis-server reads, and read from one that it has written: DEBUG DIGEST is equal each time.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";
import type { RawClient } from "../support/raw-client";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import {
  differences,
  digestOf,
  filled,
  type Limits,
  LOW_LIMITS,
  loaded,
  startReal,
  withDirectory,
} from "./random-data";
import { savedBytes } from "./saved-bytes";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const ROUNDS = Number(process.env.ROUND_TRIPS ?? 4);
/** The versions that can hold streams; the first two are what redis-server 7.0 reads. */
const VERSIONS = [9, 10, 11, 12];

function saved(fuzz: FuzzNode, random: SeededRandom, version: number): Buffer {
  return savedBytes(fuzz, {
    version,
    compresses: random.chance(0.5),
    hasChecksum: random.chance(0.7),
    access: random.pick(["none", "idle", "frequency"]),
  });
}

const someLimits = (random: SeededRandom): Limits => (random.chance(0.5) ? LOW_LIMITS : []);

/** Database, key and encoding of the hashes and sorted sets, whose encodings 7.0 has, too. */
function encodingsOf({ node: { keyspace, memory } }: FuzzNode): [string, Buffer, string][] {
  return keyspace.databases.flatMap(({ index, dict }) => {
    const found: [string, Buffer, string][] = [];
    forEachEntry(memory, dict.ref, (entry) => {
      const type = keyspace.typeOf(entry);
      const { name } = type;
      if (name !== "hash" && name !== "zset") return;
      const key = Buffer.from(keyspace.keyOf(entry));
      found.push([String(index), key, type.encodingName(memory, entry)]);
    });
    return found;
  });
}

async function compareEncodings(client: RawClient, fuzz: FuzzNode): Promise<void> {
  for (const [db, key, encoding] of encodingsOf(fuzz)) {
    await client.command("SELECT", db);
    const reply = (await client.command("OBJECT", "ENCODING", key)).toString();
    assert.equal(reply.split("\r\n")[1], encoding, `${db} ${key.toString("latin1")}`);
  }
}

test("what is written is read again", () =>
  withSeed((random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      const fuzz = filled(random, seed + round, someLimits(random));
      const file = saved(fuzz, random, random.pick(VERSIONS));
      const again = loaded(file, seed + round, someLimits(random));
      assert.deepEqual(differences(again, fuzz), []);
      assert.equal(digestOf(again), digestOf(fuzz));
      again.node.memory.verify();
    }
  }));

test("redis-server reads what is written, and what it writes is read", { skip: NO_SERVER }, () =>
  withDirectory((dir) =>
    withSeed(async (random, seed) => {
      for (let round = 0; round < ROUNDS; round++) {
        const limits = someLimits(random);
        const fuzz = filled(random, seed + round, limits);
        const file = join(dir, "dump.rdb");
        const written = saved(fuzz, random, random.pick(VERSIONS.slice(0, 2)));
        writeFileSync(file, written);
        const real = await startReal(dir, limits);
        const client = await real.client();
        try {
          const digest = (await client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
          assert.equal(digest, digestOf(fuzz));
          await compareEncodings(client, loaded(written, seed + round, limits));
          await client.command("SAVE");
          const again = loaded(readFileSync(file), seed + round, limits);
          assert.equal(digestOf(again), digest);
          await compareEncodings(client, again);
        } finally {
          await client.close();
          await real.stop();
        }
      }
    }),
  ),
);
