// Bitmaps and HyperLogLogs through the two client libraries, over RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

describe("bits and HyperLogLogs through clients", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(async () => {
    await server?.stop();
  });

  test("ioredis", async () => {
    const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
    try {
      assert.equal(await redis.setbit("a:bits", 9, 1), 0);
      assert.equal(await redis.getbit("a:bits", 9), 1);
      await redis.set("a:other", Buffer.from([0xf0, 0xff]));
      assert.equal(await redis.bitcount("a:other"), 12);
      assert.equal(await redis.bitcount("a:other", 0, 7, "BIT"), 4);
      assert.equal(await redis.bitpos("a:other", 0), 4);
      assert.equal(await redis.bitop("AND", "a:and", "a:bits", "a:other"), 2);
      assert.deepEqual(await redis.getBuffer("a:and"), Buffer.from([0, 0x40]));
      // Its types know one operation only.
      const operations = "SET i64 0 -5 OVERFLOW FAIL INCRBY u2 100 9".split(" ");
      const fields = await redis.call("BITFIELD", "a:f", ...operations);
      assert.deepEqual(fields, [0, null]);
      assert.equal(await redis.pfadd("a:hll", "x", "y", "z"), 1);
      assert.equal(await redis.pfcount("a:hll"), 3);
      assert.equal(await redis.pfmerge("a:all", "a:hll"), "OK");
    } finally {
      redis.disconnect();
    }
  });

  for (const RESP of [2, 3] as const) {
    test(`node-redis over RESP${RESP}`, async () => {
      const client = createClient({
        RESP,
        socket: { port: server.port, reconnectStrategy: false },
      });
      client.on("error", () => undefined);
      await client.connect();
      const key = (name: string): string => `n${RESP}:${name}`;
      try {
        assert.equal(await client.setBit(key("bits"), 9, 1), 0);
        assert.equal(await client.getBit(key("bits"), 9), 1);
        assert.equal(await client.bitCount(key("bits"), { start: 0, end: -1, mode: "BIT" }), 1);
        assert.equal(await client.bitPos(key("bits"), 1), 9);
        assert.equal(await client.bitOp("NOT", key("not"), key("bits")), 2);
        const fields = await client.bitField(key("f"), [
          { operation: "SET", encoding: "u8", offset: "#1", value: 200 },
          { operation: "OVERFLOW", behavior: "FAIL" },
          { operation: "INCRBY", encoding: "u8", offset: "#1", increment: 100 },
          { operation: "GET", encoding: "u8", offset: "#1" },
        ]);
        assert.deepEqual(fields, [0, null, 200]);
        assert.equal(await client.pfAdd(key("hll"), ["x", "y", "z"]), 1);
        assert.equal(await client.pfCount([key("hll"), key("nope")]), 3);
        assert.equal(await client.pfMerge(key("all"), key("hll")), "OK");
      } finally {
        client.destroy();
      }
    });
  }
});
