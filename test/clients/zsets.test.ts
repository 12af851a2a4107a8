// Sorted sets as applications use them, through ioredis and node-redis, over RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

describe("sorted sets through client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(async () => {
    await server?.stop();
  });

  test("ioredis keeps a leaderboard, RESP2", async () => {
    const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
    redis.on("error", () => undefined);
    try {
      await redis.flushall();
      assert.equal(await redis.zadd("board", 10, "ann", 20.5, "bob", 30, "Zoë"), 3);
      assert.equal(await redis.zadd("board", "GT", "CH", 15, "ann", 1, "bob"), 1);
      assert.equal(await redis.zincrby("board", 0.25, "bob"), "20.75");
      assert.deepEqual(await redis.zrevrange("board", 0, 1, "WITHSCORES"), [
        "Zoë",
        "30",
        "bob",
        "20.75",
      ]);
      assert.equal(await redis.zrank("board", "bob"), 1);
      assert.deepEqual(await redis.zrangebyscore("board", "(15", "+inf"), ["bob", "Zoë"]);
      assert.deepEqual(await redis.zmscore("board", "ann", "nope"), ["15", null]);
      assert.equal(await redis.zunionstore("all", 2, "board", "board"), 3);
      assert.deepEqual(await redis.zpopmax("all", 1), ["Zoë", "60"]);
      for (let i = 0; i < 2000; i++) redis.zadd("large", i / 8, `m${i}`);
      const found = new Map<string, string>();
      for await (const items of redis.zscanStream("large", { match: "m1*" })) {
        for (let i = 0; i < items.length; i += 2) found.set(items[i], items[i + 1]);
      }
      assert.equal(found.size, 1111);
      assert.equal(found.get("m1999"), "249.875");
      await assert.rejects(redis.get("board"), /^ReplyError: WRONGTYPE /);
    } finally {
      redis.disconnect();
    }
  });

  test("ioredis waits for a member, RESP2", async () => {
    const [waiting, adding] = [0, 1].map(
      () => new Redis(server.port, "127.0.0.1", { retryStrategy: () => null }),
    ) as [Redis, Redis];
    try {
      const popped = waiting.bzpopmin("queue", 0);
      await adding.zadd("queue", 2, "later", 1, "first");
      assert.deepEqual(await popped, ["queue", "first", "1"]);
    } finally {
      waiting.disconnect();
      adding.disconnect();
    }
  });

  for (const protocol of [2, 3] as const) {
    test(`node-redis keeps a leaderboard, RESP${protocol}`, async () => {
      const client = createClient({ socket: { port: server.port }, RESP: protocol });
      client.on("error", () => undefined);
      await client.connect();
      try {
        await client.flushAll();
        const members = [
          { score: 1.5, value: "a" },
          { score: 2, value: "b" },
          { score: Number.POSITIVE_INFINITY, value: "c" },
        ];
        assert.equal(await client.zAdd("z", members), 3);
        assert.equal(await client.zScore("z", "c"), Number.POSITIVE_INFINITY);
        assert.deepEqual(await client.zRangeWithScores("z", 0, -1), [
          { value: "a", score: 1.5 },
          { value: "b", score: 2 },
          { value: "c", score: Number.POSITIVE_INFINITY },
        ]);
        assert.deepEqual(await client.zRange("z", 0, 2, { BY: "SCORE" }), ["a", "b"]);
        assert.equal(await client.zIncrBy("z", 0.5, "a"), 2);
        assert.deepEqual(await client.zRankWithScore("z", "b"), { rank: 1, score: 2 });
        assert.deepEqual(await client.zPopMin("z"), { value: "a", score: 2 });
        assert.equal(await client.zCount("z", "-inf", "+inf"), 2);
        await client.zAdd("y", { score: 5, value: "b" });
        assert.deepEqual(await client.zUnionWithScores(["z", "y"]), [
          { value: "b", score: 7 },
          { value: "c", score: Number.POSITIVE_INFINITY },
        ]);
        assert.equal(await client.zRem("z", ["b", "nope"]), 1);
        const popped = await client.zmPop(["nope", "z"], "MAX", { COUNT: 5 });
        assert.equal(popped?.members.length, 1);
      } finally {
        client.destroy();
      }
    });
  }
});
