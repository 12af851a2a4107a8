// Lists as applications use them, through ioredis and node-redis, the latter in RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

describe("lists through client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(() => server?.stop());

  test("ioredis pushes, reads, changes and waits", async () => {
    const redis = new Redis(server.port, "127.0.0.1");
    const waiting = new Redis(server.port, "127.0.0.1");
    try {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      assert.equal(await redis.rpush("i:l", "a", "b", bytes), 3);
      assert.equal(await redis.lpush("i:l", "z"), 4);
      assert.deepEqual(await redis.lrange("i:l", 0, 2), ["z", "a", "b"]);
      assert.deepEqual(await redis.rpopBuffer("i:l"), bytes);
      assert.equal(await redis.linsert("i:l", "BEFORE", "a", "y"), 4);
      assert.equal(await redis.lset("i:l", 0, "x"), "OK");
      assert.equal(await redis.lpos("i:l", "b"), 3);
      assert.equal(await redis.lmove("i:l", "i:m", "LEFT", "RIGHT"), "x");
      assert.deepEqual(await redis.lpop("i:l", 2), ["y", "a"]);
      assert.deepEqual(await redis.lmpop(2, "i:none", "i:l", "LEFT"), ["i:l", ["b"]]);
      assert.equal(await redis.lpop("i:l"), null);
      const popped = waiting.blpop("i:w", "i:v", 10);
      while (!String(await redis.client("LIST")).includes("cmd=blpop")) await redis.ping();
      await redis.rpush("i:v", "served");
      assert.deepEqual(await popped, ["i:v", "served"]);
      assert.equal(await waiting.brpop("i:w", 0.01), null);
    } finally {
      redis.disconnect();
      waiting.disconnect();
    }
  });

  for (const RESP of [2, 3] as const) {
    test(`node-redis pushes, reads, changes and waits (RESP${RESP})`, async () => {
      const redis = createClient({ socket: { port: server.port, host: "127.0.0.1" }, RESP });
      await redis.connect();
      try {
        const [list, other] = [`n${RESP}:l`, `n${RESP}:m`];
        assert.equal(await redis.rPush(list, ["a", "b", "c", "__proto__"]), 4);
        assert.deepEqual(await redis.lRange(list, 0, -1), ["a", "b", "c", "__proto__"]);
        assert.equal(await redis.lIndex(list, 1), "b");
        assert.equal(await redis.lIndex(list, 9), null);
        assert.deepEqual(await redis.lPosCount(list, "c", 0), [2]);
        assert.equal(await redis.lTrim(list, 1, -1), "OK");
        assert.equal(await redis.lRem(list, 0, "c"), 1);
        assert.equal(await redis.lMove(list, other, "RIGHT", "LEFT"), "__proto__");
        assert.deepEqual(await redis.lmPop([list, other], "LEFT"), [list, ["b"]]);
        assert.deepEqual(await redis.blPop([list, other], 1), { key: other, element: "__proto__" });
        assert.equal(await redis.brPop(list, 0.01), null);
        assert.equal(await redis.lLen(other), 0);
      } finally {
        redis.destroy();
      }
    });
  }
});
