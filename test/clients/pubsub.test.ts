// Publishing, keyspace notifications and client-side caching as applications use them, with ioredis
// and node-redis in both protocols.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { BasicClientSideCache, createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

describe("publishing with client libraries", { skip: !canRun(OUR_SERVER) }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start({ config: { "notify-keyspace-events": "KEA" } });
  });
  after(async () => {
    await server?.stop();
  });

  for (const protocol of [2, 3] as const) {
    describe(`ioredis in RESP${protocol}`, () => {
      function connect(): Redis {
        const options = { protocol, retryStrategy: () => null };
        const redis = new Redis(server.port, "127.0.0.1", options);
        redis.on("error", () => undefined);
        return redis;
      }

      test("messages come to channels and patterns, as texts and as bytes", async () => {
        const [publisher, subscriber] = [connect(), connect()];
        try {
          const seen: unknown[][] = [];
          subscriber.on("message", (...words) => seen.push(["message", ...words]));
          subscriber.on("pmessage", (...words) => seen.push(["pmessage", ...words]));
          assert.equal(await subscriber.subscribe("news", "other"), 2);
          assert.equal(await subscriber.psubscribe("n*"), 3);
          assert.equal(await publisher.publish("news", "héllo"), 2);
          assert.equal(await publisher.publish("none", "x"), 1);
          await waitFor("three messages", () => seen.length === 3);
          assert.deepEqual(seen, [
            ["message", "news", "héllo"],
            ["pmessage", "n*", "news", "héllo"],
            ["pmessage", "n*", "none", "x"],
          ]);
          const bytes = Buffer.from([0, 255, 13, 10]);
          const [got] = await Promise.all([
            once(subscriber, "messageBuffer"),
            publisher.publish("other", bytes),
          ]);
          assert.deepEqual(got[1], bytes);
          assert.equal(await subscriber.unsubscribe("other"), 2);
          assert.equal(await publisher.publish("other", "x"), 0);
          assert.deepEqual(await publisher.pubsub("NUMSUB", "news", "other"), [
            "news",
            1,
            "other",
            0,
          ]);
        } finally {
          publisher.disconnect();
          subscriber.disconnect();
        }
      });

      test("shard channels have messages of their own", async () => {
        const [publisher, subscriber] = [connect(), connect()];
        try {
          await subscriber.ssubscribe("shard");
          const [got, receivers] = await Promise.all([
            once(subscriber, "smessage"),
            publisher.spublish("shard", "x"),
          ]);
          assert.deepEqual([got, receivers], [["shard", "x"], 1]);
        } finally {
          publisher.disconnect();
          subscriber.disconnect();
        }
      });

      test("an expired key is told of", async () => {
        const [writer, subscriber] = [connect(), connect()];
        try {
          await subscriber.psubscribe("__keyevent@0__:expired");
          const [got] = await Promise.all([
            once(subscriber, "pmessage"),
            writer.set(`short${protocol}`, "x", "PX", 10),
          ]);
          assert.equal(got[2], `short${protocol}`);
        } finally {
          writer.disconnect();
          subscriber.disconnect();
        }
      });
    });
  }

  for (const RESP of [2, 3] as const) {
    describe(`node-redis in RESP${RESP}`, () => {
      const make = () => {
        const socket = { host: "127.0.0.1", port: server.port, reconnectStrategy: false } as const;
        const client = createClient({ RESP, socket });
        client.on("error", () => undefined);
        return client;
      };

      test("listeners get what is published, until they leave", async () => {
        const publisher = await make().connect();
        const subscriber = await make().connect();
        try {
          const seen: string[][] = [];
          const note = (message: string, channel: string): void =>
            void seen.push([channel, message]);
          await subscriber.subscribe("a", note);
          await subscriber.pSubscribe("a*", note);
          await subscriber.sSubscribe("s", note);
          assert.equal(await publisher.publish("a", "1"), 2);
          assert.equal(await publisher.publish("ab", "2"), 1);
          assert.equal(await publisher.sPublish("s", "3"), 1);
          await waitFor("four messages", () => seen.length === 4);
          assert.deepEqual(seen, [
            ["a", "1"],
            ["a", "1"],
            ["ab", "2"],
            ["s", "3"],
          ]);
          assert.deepEqual(await publisher.pubSubChannels(), ["a"]);
          assert.equal(await publisher.pubSubNumPat(), 1);
          assert.deepEqual({ ...(await publisher.pubSubShardNumSub(["s"])) }, { s: 1 });
          await subscriber.unsubscribe("a");
          await subscriber.pUnsubscribe();
          await subscriber.sUnsubscribe("s");
          assert.equal(await publisher.publish("a", "5"), 0);
          assert.equal(String(await subscriber.ping()), "PONG");
        } finally {
          publisher.destroy();
          subscriber.destroy();
        }
      });
    });
  }

  test("node-redis keeps a cache that is never stale", async () => {
    const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0 });
    const socket = { host: "127.0.0.1", port: server.port, reconnectStrategy: false } as const;
    const reader = createClient({ RESP: 3, socket, clientSideCache: cache });
    reader.on("error", () => undefined);
    await reader.connect();
    const writer = await createClient({ RESP: 3, socket }).connect();
    try {
      await writer.set("cached", "1");
      for (let round = 0; round < 3; round++) assert.equal(await reader.get("cached"), "1");
      assert.equal(cache.stats().hitCount, 2);
      await writer.set("cached", "2");
      await waitFor("the new value", async () => (await reader.get("cached")) === "2");
      await writer.flushAll();
      await waitFor("nothing", async () => (await reader.get("cached")) === null);
      assert.match(await writer.info("stats"), /tracking_total_keys:1\r/);
    } finally {
      reader.destroy();
      writer.destroy();
    }
  });
});
