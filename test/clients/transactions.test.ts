// Transactions and waiting as applications use them, through ioredis and node-redis.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

describe("transactions of ioredis", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  let redis: Redis;
  let other: Redis;
  before(async () => {
    server = await ServerProcess.start();
    redis = new Redis(server.port);
    other = new Redis(server.port);
  });
  after(async () => {
    redis?.disconnect();
    other?.disconnect();
    await server?.stop();
  });

  test("multi in a pipeline, each result with its error", async () => {
    const results = await redis
      .multi()
      .set("text", "héllo")
      .incr("text")
      .get("text")
      .mset({ a: 1, b: 2 })
      .exec();
    assert.equal(results?.length, 4);
    assert.deepEqual(results?.[0], [null, "OK"]);
    assert.match(String(results?.[1]?.[0]), /not an integer/);
    assert.deepEqual(results?.[2], [null, "héllo"]);
    assert.deepEqual(await redis.mget("a", "b"), ["1", "2"]);
  });

  test("multi without a pipeline, and discard", async () => {
    await redis.multi({ pipeline: false });
    assert.equal(await redis.set("step", "1"), "QUEUED");
    assert.deepEqual(await redis.exec(), [[null, "OK"]]);
    await redis.multi({ pipeline: false });
    assert.equal(await redis.set("step", "2"), "QUEUED");
    assert.equal(await redis.discard(), "OK");
    assert.equal(await redis.get("step"), "1");
  });

  test("a watched key that has changed gives null, and the next attempt succeeds", async () => {
    await redis.set("balance", "10");
    let attempts = 0;
    const withdraw = async (): Promise<unknown> => {
      attempts++;
      await redis.watch("balance");
      const balance = Number(await redis.get("balance"));
      if (attempts === 1) await other.incrby("balance", 5);
      return redis
        .multi()
        .set("balance", balance - 1)
        .exec();
    };
    assert.equal(await withdraw(), null);
    assert.deepEqual(await withdraw(), [[null, "OK"]]);
    assert.equal(await redis.get("balance"), "14");
  });

  test("an unknown command spoils the transaction", async () => {
    const broken = redis.multi().set("never", "1");
    (broken as unknown as { call(name: string): void }).call("nosuch");
    await assert.rejects(broken.exec(), /EXECABORT/);
    assert.equal(await redis.exists("never"), 0);
  });

  test("who waits is served by another connection, or not at all", async () => {
    const waiting = redis.blpop("queue", "other-queue", 0);
    await waitFor("the wait", async () => /blocked_clients:1/.test(await other.info("clients")));
    await other.rpush("queue", "job");
    assert.deepEqual(await waiting, ["queue", "job"]);
    assert.equal(await redis.blpop("queue", 0.01), null);
    const moved = redis.blmove("queue", "done", "LEFT", "RIGHT", 0);
    await other.multi().rpush("queue", "a", "b").lpop("queue").exec();
    assert.equal(await moved, "b");
  });
});

for (const RESP of [2, 3] as const) {
  describe(`transactions of node-redis in RESP${RESP}`, { skip: !canRun(OUR_SERVER) }, () => {
    let server: ServerProcess;
    before(async () => {
      server = await ServerProcess.start();
    });
    after(() => server?.stop());

    function connect() {
      const socket = { host: "127.0.0.1", port: server.port, reconnectStrategy: false } as const;
      return createClient({ RESP, socket }).connect();
    }

    test("multi answers each command, and throws what failed", async () => {
      const client = await connect();
      try {
        const replies = await client.multi().set("k", "1").incr("k").get("k").exec();
        assert.deepEqual(replies, ["OK", 2, "2"]);
        await assert.rejects(client.multi().set("t", "x").incr("t").exec());
        assert.equal(await client.get("t"), "x");
      } finally {
        client.destroy();
      }
    });

    test("a watched key that another client changes is told by an error", async () => {
      const client = await connect();
      const other = await connect();
      try {
        await client.watch("watched");
        await other.set("watched", "changed");
        await assert.rejects(client.multi().set("watched", "mine").exec(), /watched keys/i);
        assert.equal(await client.get("watched"), "changed");
        await client.watch("watched");
        await client.unwatch();
        await other.set("watched", "again");
        assert.deepEqual(await client.multi().get("watched").exec(), ["again"]);
      } finally {
        client.destroy();
        other.destroy();
      }
    });

    test("waits for a list, and gives up in time", async () => {
      const client = await connect();
      const other = await connect();
      try {
        const waiting = client.blPop("queue", 0);
        await waitFor("the wait", async () =>
          /blocked_clients:1/.test(String(await other.info("clients"))),
        );
        await other.rPush("queue", "job");
        assert.deepEqual({ ...(await waiting) }, { key: "queue", element: "job" });
        assert.equal(await client.brPop(["queue", "none"], 0.01), null);
      } finally {
        client.destroy();
        other.destroy();
      }
    });
  });
}
