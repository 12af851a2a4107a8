// Hashes as applications use them, through ioredis and node-redis, over RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

describe("hashes through client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(async () => {
    await server?.stop();
  });

  for (const protocol of [2, 3] as const) {
    test(`ioredis keeps, reads and scans hashes, RESP${protocol}`, async () => {
      const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        if (protocol === 3) await redis.call("HELLO", "3");
        await redis.flushall();
        assert.equal(await redis.hset("user", { name: "Zoë", age: 41, "": "empty" }), 3);
        assert.equal(await redis.hget("user", "name"), "Zoë");
        assert.deepEqual(await redis.hmget("user", "age", "nope"), ["41", null]);
        assert.equal(await redis.hincrby("user", "age", 1), 42);
        assert.equal(await redis.hincrbyfloat("user", "height", 1.5), "1.5");
        assert.deepEqual((await redis.hkeys("user")).sort(), ["", "age", "height", "name"]);
        const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        await redis.hset("bytes", bytes, bytes);
        assert.deepEqual(await redis.hgetBuffer("bytes", bytes), bytes);
        for (let i = 0; i < 2000; i++) redis.hset("large", `f${i}`, `v${i}`);
        const found = new Map<string, string>();
        for await (const items of redis.hscanStream("large", { match: "f1*" })) {
          for (let i = 0; i < items.length; i += 2) found.set(items[i], items[i + 1]);
        }
        assert.equal(found.size, 1111);
        assert.equal(found.get("f1999"), "v1999");
        assert.equal(await redis.hdel("user", "name", "nope"), 1);
        await assert.rejects(redis.get("user"), /^ReplyError: WRONGTYPE /);
      } finally {
        redis.disconnect();
      }
    });

    test(`node-redis keeps, reads and expires fields, RESP${protocol}`, async () => {
      const client = createClient({ socket: { port: server.port }, RESP: protocol });
      client.on("error", () => undefined);
      await client.connect();
      try {
        await client.flushAll();
        await client.hSet("user", { name: "Zoë", age: "41", __proto__x: "y" });
        const all = await client.hGetAll("user");
        assert.deepEqual({ ...all }, { name: "Zoë", age: "41", __proto__x: "y" });
        assert.equal(await client.hExists("user", "name"), 1);
        assert.equal(await client.hLen("user"), 3);
        assert.deepEqual((await client.hVals("user")).sort(), ["41", "Zoë", "y"].sort());
        const pairs = await client.hRandFieldCountWithValues("user", 3);
        assert.equal(pairs?.length, 3);
        assert.deepEqual(await client.hExpire("user", ["name", "nope"], 100), [1, -2]);
        assert.deepEqual(await client.hTTL("user", ["name", "age"]), [100, -1]);
        assert.deepEqual(await client.hPersist("user", "name"), [1]);
        const keys: string[] = [];
        for await (const page of client.hScanIterator("user")) {
          for (const { field } of page) keys.push(field);
        }
        assert.deepEqual(keys.sort(), ["__proto__x", "age", "name"]);
      } finally {
        await client.close();
      }
    });
  }
});
