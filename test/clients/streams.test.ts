// Streams as applications use them, through ioredis and node-redis, over RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

describe("streams through client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(async () => {
    await server?.stop();
  });

  function ioredis(): Redis {
    const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
    redis.on("error", () => undefined);
    return redis;
  }

  test("ioredis adds, reads and trims, RESP2", async () => {
    const redis = ioredis();
    try {
      await redis.flushall();
      const id = await redis.xadd("log", "*", "level", "warn", "text", "Grüße");
      assert.match(String(id), /^\d{13}-0$/);
      for (let i = 0; i < 1000; i++) redis.xadd("log", "MAXLEN", "~", 500, "*", "n", i);
      const length = await redis.xlen("log");
      assert.ok(length >= 500 && length < 601, String(length));
      const [last] = await redis.xrevrange("log", "+", "-", "COUNT", 1);
      assert.deepEqual(last?.[1], ["n", "999"]);
      const read = await redis.xread("COUNT", 2, "STREAMS", "log", last?.[0] ?? "");
      assert.equal(read, null);
      assert.equal(await redis.xdel("log", last?.[0] ?? ""), 1);
    } finally {
      redis.disconnect();
    }
  });

  test("ioredis waits for entries, RESP2", async () => {
    const [waiting, adding] = [ioredis(), ioredis()];
    try {
      const read = waiting.xread("BLOCK", 0, "STREAMS", "events", "$");
      await waitFor("a client that waits", async () =>
        /blocked_clients:1/.test(await adding.info("clients")),
      );
      await adding.xadd("events", "7-7", "kind", "first");
      assert.deepEqual(await read, [["events", [["7-7", ["kind", "first"]]]]]);
    } finally {
      waiting.disconnect();
      adding.disconnect();
    }
  });

  for (const RESP of [2, 3] as const) {
    test(`node-redis shares work among consumers, RESP${RESP}`, async () => {
      const client = createClient({
        RESP,
        socket: { port: server.port, reconnectStrategy: false },
      });
      client.on("error", () => undefined);
      await client.connect();
      try {
        await client.flushAll();
        await client.xGroupCreate("jobs", "workers", "0", { MKSTREAM: true });
        for (let i = 1; i <= 4; i++) await client.xAdd("jobs", `${i}-0`, { task: `t${i}` });
        await client.xReadGroup("workers", "ann", { key: "jobs", id: ">" }, { COUNT: 3 });
        await client.xReadGroup("workers", "bob", { key: "jobs", id: ">" }, { COUNT: 3 });
        const pending = await client.xPending("jobs", "workers");
        assert.equal(pending.pending, 4);
        assert.deepEqual(
          pending.consumers?.map(({ name, deliveriesCounter }) => [name, deliveriesCounter]),
          [
            ["ann", 3],
            ["bob", 1],
          ],
        );
        assert.equal(await client.xAck("jobs", "workers", ["1-0", "4-0"]), 2);
        const claimed = await client.xAutoClaim("jobs", "workers", "cem", 0, "0");
        assert.deepEqual(
          claimed.messages.map((message) => message?.message.task),
          ["t2", "t3"],
        );
        const info = await client.xInfoStream("jobs");
        assert.equal(info.length, 4);
        const [group] = await client.xInfoGroups("jobs");
        assert.equal(group?.name, "workers");
        assert.equal(group?.pending, 2);
        const consumers = await client.xInfoConsumers("jobs", "workers");
        assert.deepEqual(
          consumers.map(({ name }) => name),
          ["ann", "bob", "cem"],
        );
        const range = await client.xRange("jobs", "-", "+");
        assert.equal(range?.length, 4);
        assert.equal(await client.xGroupDestroy("jobs", "workers"), 1);
      } finally {
        client.destroy();
      }
    });
  }
});
