// rdb-version: older versions of the format are written when they are asked for, hold the same, have
// nothing in them that their readers do not know, and a key that they cannot hold is named.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ValueTooNew } from "../../src/persistence/rdb/dataset-writer";
import { valueSavers } from "../../src/server/value-codecs";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { NodeSender } from "./node-sender";
import { differences, filled, loaded, newNode } from "./random-data";
import { savedBytes } from "./saved-bytes";
import { dataDir, digest, fill, info, REAL, startIn, untilSaved } from "./saved-server";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
/** The largest code of a value that a version knows. */
const LARGEST_CODES: readonly (readonly [version: number, code: number])[] = [
  [7, 14],
  [9, 15],
  [10, 19],
  [11, 21],
  [12, 25],
];

/** A random data set without streams, which version 7 does not have. */
function withoutStreams(fuzz: FuzzNode): FuzzNode {
  const sender = new NodeSender(fuzz);
  const { keyspace } = fuzz.node;
  for (const { index, dict } of keyspace.databases) {
    const keys: Buffer[] = [];
    forEachEntry(keyspace.memory, dict.ref, (entry) => {
      if (keyspace.typeOf(entry).name === "stream") keys.push(Buffer.from(keyspace.keyOf(entry)));
    });
    sender.send("SELECT", String(index));
    for (const key of keys) sender.send("DEL", key);
  }
  return fuzz;
}

test("every version holds the same, with codes that it knows", () =>
  withSeed((random, seed) => {
    const fuzz = withoutStreams(filled(random, seed));
    for (const [version, code] of LARGEST_CODES) {
      const file = savedBytes(fuzz, { version });
      assert.equal(file.toString("latin1", 0, 9), `REDIS${String(version).padStart(4, "0")}`);
      assert.deepEqual(differences(loaded(file, seed), fuzz), []);
      for (const saver of valueSavers(fuzz.node.memory)) {
        for (const { dict } of fuzz.node.keyspace.databases) {
          forEachEntry(fuzz.node.memory, dict.ref, (entry) => {
            if (fuzz.node.keyspace.typeOf(entry).code !== saver.code) return;
            assert.ok(saver.rdbType(entry, version) <= code, `version ${version}`);
          });
        }
      }
    }
  }));

test("clocks of keys are told from version 9 on, which knows their opcodes", () => {
  const fuzz = newNode(1);
  new NodeSender(fuzz).send("SET", "a", "1");
  const without = savedBytes(fuzz, { version: 7 });
  for (const access of ["idle", "frequency"] as const) {
    assert.deepEqual(savedBytes(fuzz, { version: 7, access }), without);
    assert.ok(savedBytes(fuzz, { version: 9, access }).length > without.length);
  }
});

test("functions are told from version 10 on", () => {
  const functions = [Buffer.from("#!lua name=lib")];
  for (const version of [7, 9]) {
    assert.throws(() => savedBytes(newNode(1), { version, functions }), ValueTooNew);
  }
  assert.ok(savedBytes(newNode(1), { version: 10, functions }).includes("name=lib"));
});

test("a key that a version cannot hold is named, and the old file stays", async (t) => {
  const dir = dataDir(t);
  const { server, client } = await startIn(dir, t);
  const file = join(dir, "dump.rdb");
  await client.call("SET", "a", "1");
  await client.call("CONFIG", "SET", "rdb-version", "7");
  assert.equal(await client.call("SAVE"), "OK");
  const old = readFileSync(file);
  assert.equal(old.toString("latin1", 0, 9), "REDIS0007");
  await client.call("SELECT", "3");
  await client.call("XADD", "the stream", "*", "f", "v");
  assert.deepEqual(await client.call("SAVE"), { error: "ERR" });
  assert.match(
    server.logs(),
    /key 'the stream' in DB 3, a stream, cannot be written as RDB version 7/,
  );
  await client.call("BGSAVE");
  assert.equal((await untilSaved(client)).get("rdb_last_bgsave_status"), "err");
  assert.deepEqual(readFileSync(file), old);
  await client.call("CONFIG", "SET", "rdb-version", "11");
  await client.call("HSET", "the hash", "f", "v");
  await client.call("HEXPIRE", "the hash", "1000", "FIELDS", "1", "f");
  assert.deepEqual(await client.call("SAVE"), { error: "ERR" });
  assert.match(
    server.logs(),
    /key 'the hash' in DB 3, a hash whose fields expire, cannot be written as RDB version 11/,
  );
  await client.call("CONFIG", "SET", "rdb-version", "auto");
  assert.equal(await client.call("SAVE"), "OK");
  assert.equal(readFileSync(file).toString("latin1", 0, 9), "REDIS0012");
  await client.call("DEL", "the hash");
  assert.equal(await client.call("SAVE"), "OK");
  assert.equal(readFileSync(file).toString("latin1", 0, 9), "REDIS0010");
  await client.close();
});

test("redis-server reads the older versions", { skip: NO_SERVER }, async (t) => {
  for (const version of ["7", "9", "10"]) {
    const dir = dataDir(t);
    const config = { "rdb-version": version, "maxmemory-policy": "allkeys-lru" };
    const ours = await startIn(dir, t, { config });
    await fill(ours.client, 100);
    const saved = await digest(ours.client);
    assert.equal(await ours.client.call("SAVE"), "OK");
    assert.equal((await info(ours.client)).get("rdb_last_bgsave_status"), "ok");
    await ours.server.stop();
    const real = await startIn(dir, t, REAL);
    assert.equal(await digest(real.client), saved, `version ${version}`);
    await real.client.close();
    await real.server.stop();
  }
});
