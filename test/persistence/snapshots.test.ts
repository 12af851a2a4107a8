// Saving with a real process: what was there at the BGSAVE is in the file whatever is written
// meanwhile; real programs read it; what goes wrong leaves the old file whole and the server serving.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runProgram } from "../support/run-program";
import { canRun, REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { dataDir, digest, fill, info, REAL, startIn, untilSaved } from "./saved-server";

const NO_REAL_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const CHECK_RDB = "/usr/bin/redis-check-rdb";
const SLOW = { "rdb-key-save-delay": "200" };
const POISON = { REDIS_POISON_MEMORY: "1" };

const filesIn = (dir: string): string[] => readdirSync(dir).sort();

describe("a saved data set", () => {
  test("is there again after a restart, by SAVE and by SHUTDOWN SAVE", async (t) => {
    const dir = dataDir(t);
    const first = await startIn(dir, t);
    await fill(first.client, 1000);
    const saved = await digest(first.client);
    assert.equal(await first.client.call("SAVE"), "OK");
    first.server.kill("SIGKILL");
    await first.server.exited;
    const second = await startIn(dir, t);
    assert.equal(await digest(second.client), saved);
    await second.client.call("SET", "one more", "1");
    const changed = await digest(second.client);
    second.client.send("SHUTDOWN", "SAVE");
    assert.equal((await second.server.exited).code, 0);
    const third = await startIn(dir, t);
    assert.equal(await digest(third.client), changed);
    assert.equal((await info(third.client)).get("rdb_last_load_keys_loaded"), "1011");
    await third.client.close();
  });

  test("is what it was at the BGSAVE, whatever is written and deleted meanwhile", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, {
      env: POISON,
      config: { "rdb-key-save-delay": "1000" },
    });
    await fill(client, 3000);
    const before = await digest(client);
    assert.equal(await client.call("BGSAVE"), "Background saving started");
    for (let i = 0; i < 1000; i++) {
      await client.call("SET", `key:${i}`, `changed ${i}`);
      await client.call("APPEND", "big", "more");
      await client.call("DEL", `key:${2999 - i}`);
      await client.call("RPUSH", "list", `new ${i}`);
      await client.call("ZADD", "zset", String(-i), `member ${i % 300}`);
      await client.call("HSET", "hash", `field ${i}`, "v");
      await client.call("SPOP", "words");
    }
    await client.call("SWAPDB", "0", "3");
    await client.call("FLUSHDB");
    const during = await info(client);
    assert.equal(during.get("rdb_bgsave_in_progress"), "1");
    assert.ok(Number(during.get("current_cow_size")) > 0);
    assert.equal(during.get("current_save_keys_total"), "3010");
    const after = await untilSaved(client);
    assert.equal(after.get("rdb_last_bgsave_status"), "ok");
    assert.ok(Number(after.get("rdb_last_cow_size")) > 0);
    assert.ok(Number(after.get("rdb_changes_since_last_save")) > 3000);
    server.kill("SIGKILL");
    await server.exited;
    const again = await startIn(dir, t, { env: POISON });
    assert.equal(await digest(again.client), before);
    await again.client.close();
  });

  test("is read by redis-server and redis-check-rdb, and theirs here", {
    skip: NO_REAL_SERVER,
  }, async (t) => {
    for (const config of [
      {},
      { rdbcompression: "no", rdbchecksum: "no" },
      { "maxmemory-policy": "allkeys-lfu" },
    ]) {
      const dir = dataDir(t);
      const ours = await startIn(dir, t, { config });
      await fill(ours.client, 500);
      const saved = await digest(ours.client);
      await ours.client.call("BGSAVE");
      await untilSaved(ours.client);
      const check = await runProgram(CHECK_RDB, [join(dir, "dump.rdb")], { cwd: dir });
      assert.equal(check.code, 0, check.stdout);
      await ours.server.stop();
      const real = await startIn(dir, t, { ...REAL, config });
      assert.equal(await digest(real.client), saved);
      await real.client.call("SET", "by the real one", "1");
      const changed = await digest(real.client);
      await real.client.call("SAVE");
      await real.server.stop();
      const again = await startIn(dir, t, { config });
      assert.equal(await digest(again.client), changed);
      await again.client.close();
      await again.server.stop();
    }
  });

  test("keeps the function libraries of a file that was loaded", {
    skip: NO_REAL_SERVER,
  }, async (t) => {
    const dir = dataDir(t);
    const real = await startIn(dir, t, REAL);
    const code = "#!lua name=lib\nredis.register_function('f', function() return 7 end)";
    await real.client.call("FUNCTION", "LOAD", code);
    await real.client.call("SAVE");
    await real.server.stop();
    const ours = await startIn(dir, t);
    await ours.client.call("SET", "a", "1");
    await ours.client.call("SAVE");
    await ours.server.stop();
    const again = await startIn(dir, t, REAL);
    assert.equal(await again.client.call("FCALL", "f", "0"), 7);
    await again.client.close();
  });
});

describe("the old file stays whole", () => {
  test("when the server is killed while it saves", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t);
    await fill(client, 2000);
    await client.call("SAVE");
    const saved = await digest(client);
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "1000");
    await client.call("SET", "late", "1");
    await client.call("BGSAVE");
    await waitFor("half of it", async () => {
      return Number((await info(client)).get("current_save_keys_processed")) > 500;
    });
    server.kill("SIGKILL");
    await server.exited;
    const again = await startIn(dir, t);
    assert.equal(await digest(again.client), saved);
    await again.client.close();
  });

  test("when a save is cancelled, of which nothing is left", async (t) => {
    const dir = dataDir(t);
    const { client } = await startIn(dir, t);
    await fill(client, 2000);
    await client.call("SAVE");
    const old = readFileSync(join(dir, "dump.rdb"));
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "1000");
    await client.call("BGSAVE");
    assert.equal(await client.call("BGSAVE", "CANCEL"), "Background saving cancelled");
    const fields = await untilSaved(client);
    assert.equal(fields.get("rdb_last_bgsave_status"), "ok");
    assert.deepEqual(readFileSync(join(dir, "dump.rdb")), old);
    assert.deepEqual(filesIn(dir), ["dump.rdb"]);
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
    assert.equal(await client.call("BGSAVE"), "Background saving started");
    assert.equal((await untilSaved(client)).get("rdb_saves"), "2");
    await client.close();
  });

  test("when the disk takes no more, and writes are refused until a save succeeds", async (t) => {
    const dir = dataDir(t);
    const under = ["prlimit", "--fsize=65536"];
    const config = { save: "3600 1", rdbcompression: "no" };
    const { server, client } = await startIn(dir, t, { under, config });
    await client.call("SET", "small", "1");
    assert.equal(await client.call("SAVE"), "OK");
    const old = readFileSync(join(dir, "dump.rdb"));
    await client.call("DEBUG", "POPULATE", "10000");
    await client.call("BGSAVE");
    assert.equal((await untilSaved(client)).get("rdb_last_bgsave_status"), "err");
    assert.match(
      server.logs(),
      /Write error saving DB on disk: File too large\n.*Background saving error/,
    );
    assert.deepEqual(await client.call("SAVE"), { error: "ERR" });
    assert.deepEqual(readFileSync(join(dir, "dump.rdb")), old);
    assert.deepEqual(filesIn(dir), ["dump.rdb"]);
    for (const words of [["SET", "a", "1"], ["PING"]]) {
      assert.match(JSON.stringify(await client.call(...words)), /MISCONF Redis is configured/);
    }
    assert.equal(await client.call("GET", "small"), "1");
    await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
    assert.equal(await client.call("SET", "a", "1"), "OK");
    await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
    assert.match(JSON.stringify(await client.call("SET", "a", "1")), /MISCONF/);
    await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
    await client.call("FLUSHALL");
    await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
    assert.equal(await client.call("SET", "a", "1"), "OK");
    await client.close();
    await server.stop();
  });

  test("when the new one cannot take its place or be made at all", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t);
    mkdirSync(join(dir, "taken"));
    await client.call("SET", "a", "1");
    await client.call("CONFIG", "SET", "dbfilename", "taken");
    for (const words of [["SAVE"], ["BGSAVE"]]) {
      await client.call(...words);
      await untilSaved(client);
      assert.deepEqual(filesIn(dir), ["taken"]);
    }
    assert.match(
      server.logs(),
      /Error moving temp DB file temp-\d+\.rdb on the final destination taken/,
    );
    await client.call("CONFIG", "SET", "dir", "/proc");
    await client.call("BGSAVE");
    assert.equal((await untilSaved(client)).get("rdb_last_bgsave_status"), "err");
    assert.match(
      server.logs(),
      /Failed opening the temp RDB file temp-\d+-2\.rdb \(in server root dir \/proc\)/,
    );
    await client.close();
  });

  test("when a snapshot takes more memory than it may", async (t) => {
    const dir = dataDir(t);
    const config = { "snapshot-memory-limit": "200kb", "rdb-key-save-delay": "1000" };
    const { server, client } = await startIn(dir, t, { config });
    await client.call("DEBUG", "POPULATE", "10000");
    await client.call("BGSAVE");
    for (let i = 0; i < 5000; i++) await client.call("SET", `key:${i}`, "x".repeat(50));
    const fields = await untilSaved(client);
    assert.equal(fields.get("rdb_last_bgsave_status"), "err");
    assert.match(
      server.logs(),
      /Background saving given up: .* more than snapshot-memory-limit 200\.00K/,
    );
    assert.deepEqual(filesIn(dir), []);
    await client.close();
  });
});

describe("the data set is saved by itself", () => {
  test("at a save point, and not without changes", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, { config: { save: ["1", "3"] } });
    await client.call("SET", "a", "1");
    await client.call("SET", "b", "1");
    await client.call("SET", "c", "1");
    await waitFor("file", () => existsSync(join(dir, "dump.rdb")));
    assert.match(
      server.logs(),
      /3 changes in 1 seconds\. Saving\.\.\.\n.*Background saving started by pid/,
    );
    assert.equal((await untilSaved(client)).get("rdb_changes_since_last_save"), "0");
    await client.close();
    await server.stop();
  });

  test("by FLUSHALL, so that what was flushed does not come back", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, { config: { save: "3600 1", ...SLOW } });
    await fill(client, 200);
    await client.call("BGSAVE");
    await client.call("FLUSHALL");
    const empty = statSync(join(dir, "dump.rdb")).size;
    await untilSaved(client);
    assert.equal(statSync(join(dir, "dump.rdb")).size, empty);
    assert.ok(empty < 120);
    await client.close();
    await server.stop();
  });

  test("at the end, though another save is under way", async (t) => {
    const dir = dataDir(t);
    const { server, client } = await startIn(dir, t, {
      config: { save: "3600 1", "rdb-key-save-delay": "1000" },
    });
    await fill(client, 300);
    await client.call("BGSAVE");
    await client.call("SET", "late", "1");
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
    const last = await digest(client);
    server.kill("SIGTERM");
    assert.equal((await server.exited).code, 0);
    assert.match(server.logs(), /There is a child saving an \.rdb\. Killing it!/);
    assert.deepEqual(filesIn(dir), ["dump.rdb"]);
    const again = await startIn(dir, t);
    assert.equal(await digest(again.client), last);
    await again.client.close();
  });

  test("after a transaction that asks for it", async (t) => {
    const dir = dataDir(t);
    const { client } = await startIn(dir, t);
    await client.call("MULTI");
    await client.call("BGSAVE");
    await client.call("SET", "a", "1");
    assert.deepEqual(await client.call("EXEC"), ["Background saving scheduled", "OK"]);
    await waitFor("file", () => existsSync(join(dir, "dump.rdb")));
    await client.close();
  });
});
