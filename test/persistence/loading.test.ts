// Loading with a real process: clients are told to wait, broken files are refused with the place and
// exit code 1, what has expired is left out, DEBUG RELOAD.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { withSeed } from "../support/seeds";
import { ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { dataDir, digest, fill, info, startIn } from "./saved-server";

const BROKEN = 12;

/** A file with keys of several types. */
async function savedFile(dir: string, t: Cleanup): Promise<Buffer> {
  const { server, client } = await startIn(dir, t);
  await fill(client, 100);
  await client.call("SAVE");
  await server.stop();
  return readFileSync(join(dir, "dump.rdb"));
}

/** The log of a start that must fail. */
async function refusal(dir: string): Promise<string> {
  const server = ServerProcess.launch({ dir }, await freePort());
  const { code } = await server.exited;
  assert.equal(code, 1, server.logs());
  assert.doesNotMatch(server.logs(), /Ready to accept|BUG REPORT/);
  return server.logs();
}

describe("a file that is broken", () => {
  test("is refused with the place and what is wrong there", async (t) => {
    const dir = dataDir(t);
    const file = join(dir, "dump.rdb");
    const whole = await savedFile(dir, t);
    for (const [bytes, expected] of [
      [Buffer.from("garbage garbage"), /broken at byte 9: Wrong signature trying to load DB/],
      [Buffer.alloc(0), /broken at byte 0: unexpected end of data/],
      [Buffer.from("REDIS9999 "), /Can't handle RDB format version 9999/],
      [whole.subarray(0, whole.length - 9), /broken at byte \d+: unexpected end of data/],
    ] as const) {
      writeFileSync(file, bytes);
      const log = await refusal(dir);
      assert.match(log, expected);
      assert.match(log, /# Fatal error loading the DB\. Exiting\.\n/);
      assert.deepEqual(readFileSync(file), Buffer.from(bytes));
    }
  });

  test("anywhere is refused, if only by its checksum", (t) =>
    withSeed(async (random) => {
      const dir = dataDir(t);
      const whole = await savedFile(dir, t);
      for (let round = 0; round < BROKEN; round++) {
        const broken = Buffer.from(whole);
        const at = random.below(whole.length);
        const isCut = random.chance(0.3);
        broken[at] = (broken[at] ?? 0) ^ (1 << random.below(8));
        writeFileSync(join(dir, "dump.rdb"), isCut ? whole.subarray(0, at) : broken);
        await refusal(dir);
      }
    }));

  test("that may not be read is refused, and none at all is an empty data set", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, { config: { dbfilename: "none.rdb" } });
    assert.equal(await client.call("DBSIZE"), 0);
    assert.doesNotMatch(server.logs(), /loaded from disk/);
    await server.stop();
    const other = ServerProcess.launch({ dir, config: { dbfilename: ".." } }, await freePort());
    assert.equal((await other.exited).code, 1);
  });
});

describe("while the file is read", () => {
  test("clients are told to wait and INFO tells how far it is", async (t) => {
    const dir = dataDir(t);
    const first = await startIn(dir, t);
    await fill(first.client, 3000);
    await first.client.call("SAVE");
    const saved = await digest(first.client);
    await first.server.stop();
    const config = {
      "key-load-delay": "500",
      "enable-debug-command": "yes",
      maxmemory: "1mb",
      "maxmemory-policy": "allkeys-lru",
    };
    const server = ServerProcess.launch({ dir, config }, await freePort());
    t.after(() => server.stop());
    const client = await waitFor("listener", () => server.client());
    assert.deepEqual(await client.call("GET", "key:1"), {
      error: "LOADING Redis is loading the dataset in memory",
    });
    assert.match(JSON.stringify(await client.call("SAVE")), /LOADING/);
    assert.match(
      JSON.stringify(await client.call("CONFIG", "SET", "appendonly", "yes")),
      /LOADING/,
    );
    const fields = await info(client);
    assert.equal(fields.get("loading"), "1");
    const loaded = Number(fields.get("loading_loaded_bytes"));
    assert.ok(loaded > 0 && loaded <= Number(fields.get("loading_total_bytes")));
    await client.call("CONFIG", "SET", "maxmemory", "0");
    await client.call("CONFIG", "SET", "key-load-delay", "0");
    await waitFor("end", () => server.logs().includes("Ready to accept"));
    assert.equal(await digest(client), saved);
    assert.match(
      server.logs(),
      /Done loading RDB, keys loaded: 3010, keys expired: 0\.\n.*DB loaded from disk: \d+\.\d{3} seconds\n/,
    );
    assert.equal((await info(client)).get("loading"), "0");
    await client.close();
  });

  test("a signal ends the process and leaves the file", async (t) => {
    const dir = dataDir(t);
    const whole = await savedFile(dir, t);
    const config = { "key-load-delay": "5000", save: "3600 1" };
    const server = ServerProcess.launch({ dir, config }, await freePort());
    const client = await waitFor("listener", () => server.client());
    assert.match(JSON.stringify(await client.call("DBSIZE")), /LOADING/);
    server.kill("SIGTERM");
    assert.equal((await server.exited).code, 1);
    assert.match(server.logs(), /Received shutdown signal during loading, exiting now\./);
    assert.deepEqual(readFileSync(join(dir, "dump.rdb")), whole);
  });
});

test("keys whose time has come meanwhile are left out and counted", async (t) => {
  const dir = dataDir(t);
  const first = await startIn(dir, t);
  await first.client.call("SET", "gone", "1", "PX", "50");
  await first.client.call("SET", "stays", "1", "PX", "100000");
  await first.client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await first.client.call("SAVE");
  await waitFor(
    "expiry",
    async () => ((await first.client.call("PTTL", "stays")) as number) < 99_940,
  );
  first.server.kill("SIGKILL");
  await first.server.exited;
  const { client } = await startIn(dir, t);
  assert.equal(await client.call("DBSIZE"), 1);
  const fields = await info(client);
  assert.equal(fields.get("rdb_last_load_keys_expired"), "1");
  assert.equal(fields.get("rdb_last_load_keys_loaded"), "1");
  await client.close();
});

test("DEBUG RELOAD saves and loads, or loads what is there", async (t) => {
  const dir = dataDir(t);
  const { server, client } = await startIn(dir, t, { env: { REDIS_POISON_MEMORY: "1" } });
  await fill(client, 500);
  const all = await digest(client);
  assert.equal(await client.call("DEBUG", "RELOAD"), "OK");
  assert.equal(await digest(client), all);
  await client.call("SET", "late", "1");
  assert.equal(await client.call("DEBUG", "RELOAD", "NOSAVE"), "OK");
  assert.equal(await digest(client), all);
  await client.call("FLUSHALL");
  await client.call("SET", "late", "1");
  assert.equal(await client.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH"), "OK");
  assert.equal(await client.call("GET", "late"), "1");
  await client.call("SET", "big", "in memory");
  assert.equal(await client.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"), "OK");
  await client.call("DEL", "late");
  assert.equal(await digest(client), all);
  assert.deepEqual(await client.call("DEBUG", "RELOAD", "FAST"), {
    error: "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
  });
  await client.call("CONFIG", "SET", "dbfilename", "none");
  assert.deepEqual(await client.call("DEBUG", "RELOAD", "NOSAVE"), {
    error: "ERR Error trying to load the RDB dump",
  });
  assert.equal(await digest(client), all);
  assert.match(server.logs(), /DB reloaded by DEBUG RELOAD/);
  await client.close();
});
