// The keyspace behind a socket: iteration while others write, replies larger than the output memory,
// and keys that vanish by themselves.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { withSeed } from "../support/seeds";
import { sendAll } from "../support/send-all";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

async function scanAll(client: RawClient, ...options: string[]): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const reply = await client.call("SCAN", cursor, ...options);
    assert.ok(Array.isArray(reply) && Array.isArray(reply[1]));
    cursor = String(reply[0]);
    for (const key of reply[1]) found.push(String(key));
  } while (cursor !== "0");
  return found;
}

describe("the keyspace behind a socket", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  let client: RawClient;
  before(async () => {
    server = await ServerProcess.start({
      config: { "enable-debug-command": "yes" },
      env: { REDIS_POISON_MEMORY: "1" },
    });
    client = await server.client();
  });
  after(async () => {
    await client?.close();
    await server?.stop();
  });

  test("SCAN returns whatever is there from its begin to its end, while others write", () =>
    withSeed(async (random) => {
      await client.call("FLUSHALL");
      await sendAll(client, 5000, (index) => ["SET", `stays:${index}`, "v"]);
      const writer = await server.client();
      for (const isGrowing of [true, false]) {
        let written = 0;
        const found = new Set<string>();
        let cursor = "0";
        do {
          const count = String(random.below(200) + 1);
          const reply = await client.call("SCAN", cursor, "COUNT", count);
          assert.ok(Array.isArray(reply) && Array.isArray(reply[1]));
          cursor = String(reply[0]);
          for (const key of reply[1]) found.add(String(key));
          // Enough to split or merge many chunks on the way.
          const batch = Math.min(random.below(2000), 40_000 - written);
          const key = (index: number): string => `comes:${written + index}`;
          if (isGrowing) await sendAll(writer, batch, (index) => ["SET", key(index), "v"]);
          else await sendAll(writer, batch, (index) => ["DEL", key(index)], /^:1\r\n$/);
          written += batch;
        } while (cursor !== "0");
        for (let index = 0; index < 5000; index++) {
          assert.ok(found.has(`stays:${index}`), `stays:${index} while growing: ${isGrowing}`);
        }
        const rest = (index: number): string => `comes:${written + index}`;
        if (isGrowing) await sendAll(writer, 40_000 - written, (i) => ["SET", rest(i), "v"]);
        else await sendAll(writer, 40_000 - written, (i) => ["DEL", rest(i)], /^:1\r\n$/);
      }
      await writer.close();
      assert.equal(await client.call("DBSIZE"), 5000);
    }));

  test("SCAN does a bounded amount of work, whatever the pattern leaves over", async () => {
    await client.call("FLUSHALL");
    await sendAll(client, 20_000, (index) => ["SET", `key:${index}`, "v"]);
    const reply = await client.call("SCAN", "0", "MATCH", "nothing", "COUNT", "10");
    assert.ok(Array.isArray(reply));
    assert.notEqual(reply[0], "0");
    assert.deepEqual(reply[1], []);
    assert.equal((await scanAll(client, "MATCH", "key:1?", "COUNT", "100")).length, 10);
    const none = await scanAll(client, "TYPE", "list", "COUNT", "1000");
    assert.deepEqual(none, []);
  });

  test("KEYS and SCAN answer with more than the output memory holds", async () => {
    await client.call("FLUSHALL");
    const tail = "x".repeat(20_000);
    await sendAll(client, 2000, (index) => ["SET", `${index}:${tail}`, ""]);
    const expected = Array.from({ length: 2000 }, (_, index) => `${index}:${tail}`).sort();
    const keys = await client.call("KEYS", "*");
    assert.ok(Array.isArray(keys));
    assert.deepEqual(keys.map(String).sort(), expected);
    const found = await scanAll(client, "COUNT", "100000");
    assert.deepEqual(found.sort(), expected);
    const some = await client.call("KEYS", "1?:*");
    assert.equal(Array.isArray(some) && some.length, 10);
  });

  test("a key that is too long for its block is renamed, copied and moved whole", async () => {
    await client.call("FLUSHALL");
    const value = Buffer.alloc(100_000, "abcdefg");
    const long = "k".repeat(40_000);
    await client.call("SET", "s", value, "PXAT", "33177117420001");
    assert.equal(await client.call("RENAME", "s", long), "OK");
    assert.equal(await client.call("COPY", long, "t"), 1);
    assert.equal(await client.call("MOVE", long, "1"), 1);
    assert.equal(await client.call("GET", "t"), value.toString());
    assert.equal(await client.call("PEXPIRETIME", "t"), 33177117420001);
    await client.call("SELECT", "1");
    assert.equal(await client.call("GET", long), value.toString());
    assert.equal(await client.call("PEXPIRETIME", long), 33177117420001);
    await client.call("SELECT", "0");
    assert.equal(await client.call("EXISTS", "s", long), 0);
  });

  test("an expiry keeps every digit of an int64 wherever its key goes", async () => {
    await client.call("FLUSHALL");
    const lastMs = 9223372036854775807n;
    await client.call("SET", "a", "v");
    assert.equal(await client.call("PEXPIREAT", "a", String(lastMs)), 1);
    assert.equal(await client.call("PEXPIREAT", "a", String(lastMs - 1n), "GT"), 0);
    assert.equal(await client.call("PEXPIREAT", "a", String(lastMs - 1n), "LT"), 1);
    assert.equal(await client.call("PEXPIREAT", "a", String(lastMs), "GT"), 1);
    await client.call("SET", "a", "a longer value than the one before", "KEEPTTL");
    await client.call("RENAME", "a", "another-name");
    await client.call("COPY", "another-name", "b");
    await client.call("MOVE", "b", "2");
    await client.call("SELECT", "2");
    await client.call("SET", "b", "w", "KEEPTTL");
    assert.equal(await client.call("PEXPIRETIME", "b"), lastMs);
    assert.equal(await client.call("EXPIRETIME", "b"), 9223372036854776n);
    assert.equal(await client.call("PERSIST", "b"), 1);
    await client.call("SELECT", "0");
    assert.equal(await client.call("PEXPIRETIME", "another-name"), lastMs);
    // The first times that a number does not hold, around 2^53.
    for (const ms of [9007199254740991n, 9007199254740992n, 9007199254740993n]) {
      await client.call("PEXPIREAT", "another-name", String(ms));
      const found = await client.call("PEXPIRETIME", "another-name");
      assert.equal(BigInt(found as number | bigint), ms);
    }
  });

  test("keys whose time has come vanish although nobody asks for them", async () => {
    await client.call("FLUSHALL");
    await sendAll(client, 20_000, (index) => ["SET", `key:${index}`, "v", "PX", "300"]);
    await sendAll(client, 100, (index) => ["SET", `stays:${index}`, "v", "EX", "1000"]);
    await waitFor("expired keys to be gone", async () => (await client.call("DBSIZE")) === 100);
    assert.equal((await scanAll(client, "COUNT", "1000")).length, 100);
  });

  test("DEBUG SET-ACTIVE-EXPIRE leaves expired keys until they are asked for", async () => {
    await client.call("FLUSHALL");
    await client.call("CONFIG", "RESETSTAT");
    await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await sendAll(client, 100, (index) => ["SET", `key:${index}`, "v", "PX", "1"]);
    await waitFor("the keys to expire", async () => {
      const keys = await client.call("KEYS", "*");
      return Array.isArray(keys) && keys.length === 0;
    });
    assert.equal(await client.call("DBSIZE"), 100);
    assert.equal(await client.call("EXISTS", "key:0"), 0);
    assert.equal(await client.call("DBSIZE"), 99);
    await client.call("DEBUG", "SET-ACTIVE-EXPIRE", "1");
    await waitFor("expired keys to be gone", async () => (await client.call("DBSIZE")) === 0);
    assert.match(String(await client.call("INFO", "stats")), /expired_keys:100\r\n/);
  });

  test("INFO keyspace counts keys, keys with expiry, and their average time to live", async () => {
    await client.call("FLUSHALL");
    await sendAll(client, 50, (index) => ["SET", `key:${index}`, "v", "EX", "1000"]);
    await sendAll(client, 50, (index) => ["SET", `stays:${index}`, "v"]);
    const ttlMs = await waitFor("the average to be known", async () => {
      const text = String(await client.call("INFO", "keyspace"));
      const found = /^db0:keys=100,expires=50,avg_ttl=(\d+)\r$/m.exec(text);
      return found === null || found[1] === "0" ? null : Number(found[1]);
    });
    assert.ok(ttlMs > 990_000 && ttlMs <= 1_000_000, `${ttlMs} ms`);
  });

  test("FLUSHALL empties at once, and what comes after it stays", async () => {
    for (const mode of ["ASYNC", "SYNC"]) {
      await sendAll(client, 20_000, (index) => ["SET", `key:${index}`, "v"]);
      client.send("FLUSHALL", mode);
      client.send("DBSIZE");
      client.send("SET", "after", mode);
      client.send("KEYS", "*");
      assert.equal((await client.readReply()).toString(), "+OK\r\n");
      assert.equal((await client.readReply()).toString(), ":0\r\n");
      assert.equal((await client.readReply()).toString(), "+OK\r\n");
      assert.equal((await client.readReply()).toString(), "*1\r\n$5\r\nafter\r\n");
      await sendAll(client, 5000, (index) => ["SET", `new:${index}`, "v"]);
      assert.equal(await client.call("DBSIZE"), 5001);
      assert.equal(await client.call("GET", "after"), mode);
    }
  });

  test("SWAPDB changes what clients of both databases see, in the middle of an iteration", async () => {
    await client.call("FLUSHALL");
    const other = await server.client();
    await other.call("SELECT", "1");
    await client.call("SET", "k", "zero");
    await other.call("SET", "k", "one");
    await sendAll(other, 2000, (index) => ["SET", `key:${index}`, "v"]);
    assert.equal(await client.call("SWAPDB", "0", "1"), "OK");
    assert.equal(await client.call("GET", "k"), "one");
    assert.equal(await other.call("GET", "k"), "zero");
    assert.equal((await scanAll(client)).length, 2001);
    assert.deepEqual(await scanAll(other), ["k"]);
    await other.close();
  });
});
