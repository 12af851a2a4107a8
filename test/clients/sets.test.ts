// Sets as applications use them, through ioredis and node-redis, over RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

describe("sets through client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(async () => {
    await server?.stop();
  });

  for (const protocol of [2, 3] as const) {
    test(`ioredis keeps, combines and scans sets, RESP${protocol}`, async () => {
      const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        if (protocol === 3) await redis.call("HELLO", "3");
        await redis.flushall();
        assert.equal(await redis.sadd("a", 1, 2, 3, "x"), 4);
        assert.equal(await redis.sadd("b", "x", "y", 3), 3);
        assert.equal(await redis.sismember("a", "x"), 1);
        assert.deepEqual(await redis.smismember("a", "x", "y"), [1, 0]);
        assert.deepEqual([...(await redis.smembers("b"))].sort(), ["3", "x", "y"]);
        assert.deepEqual([...(await redis.sinter("a", "b"))].sort(), ["3", "x"]);
        assert.equal(await redis.sunionstore("all", "a", "b"), 5);
        assert.equal(await redis.sdiffstore("rest", "a", "b"), 2);
        assert.equal(await redis.sintercard(2, "a", "b", "LIMIT", 1), 1);
        assert.equal(await redis.smove("a", "b", "1"), 1);
        assert.equal(await redis.scard("b"), 4);
        const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
        await redis.sadd("bytes", bytes);
        assert.deepEqual(await redis.spopBuffer("bytes"), bytes);
        for (let i = 0; i < 2000; i++) redis.sadd("large", `m${i}`);
        const found = new Set<string>();
        for await (const items of redis.sscanStream("large", { match: "m1*" })) {
          for (const item of items) found.add(item);
        }
        assert.equal(found.size, 1111);
        assert.equal((await redis.srandmember("large", 50)).length, 50);
        assert.equal((await redis.spop("large", 1999)).length, 1999);
        assert.equal(await redis.scard("large"), 1);
        await assert.rejects(redis.get("a"), /^ReplyError: WRONGTYPE /);
      } finally {
        redis.disconnect();
      }
    });

    test(`node-redis keeps, combines and scans sets, RESP${protocol}`, async () => {
      const client = createClient({ socket: { port: server.port }, RESP: protocol });
      client.on("error", () => undefined);
      await client.connect();
      try {
        await client.flushAll();
        assert.equal(await client.sAdd("a", ["__proto__", "", "Zoë"]), 3);
        assert.equal(await client.sAdd("b", ["", "1"]), 2);
        assert.deepEqual([...(await client.sMembers("a"))].sort(), ["", "Zoë", "__proto__"]);
        assert.equal(await client.sIsMember("a", "__proto__"), 1);
        assert.deepEqual([...(await client.sInter(["a", "b"]))], [""]);
        assert.deepEqual([...(await client.sDiff(["b", "a"]))], ["1"]);
        assert.equal((await client.sUnion(["a", "b"])).length, 4);
        assert.equal(await client.sInterStore("both", ["a", "b"]), 1);
        assert.deepEqual([...(await client.sPopCount("both", 5))], [""]);
        assert.equal(await client.exists("both"), 0);
        assert.equal(await client.sRandMember("both"), null);
        assert.equal(await client.sRem("a", ["Zoë", "nope"]), 1);
        const members: string[] = [];
        for await (const page of client.sScanIterator("a")) members.push(...page);
        assert.deepEqual(members.sort(), ["", "__proto__"]);
      } finally {
        client.destroy();
      }
    });
  }
});
