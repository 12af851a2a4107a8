// DUMP and RESTORE of random values of every type, between a node in this process and redis-server,
// both ways; what is refused, and what becomes of expiries, clocks and events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { TwoServers } from "../support/two-servers";
import { keysOf } from "./keys-of-node";
import { NodeSender } from "./node-sender";
import { differences, digestOf, filled, newNode, startReal, withDirectory } from "./random-data";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const ROUNDS = Number(process.env.ROUND_TRIPS ?? 2);

test("values that are dumped are restored by a node of the same kind", () =>
  withSeed((random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      const fuzz = filled(random, seed + round);
      const from = new NodeSender(fuzz);
      const to = new NodeSender(newNode(seed + round));
      for (const { db, key, ttl } of keysOf(fuzz)) {
        from.send("SELECT", db);
        to.send("SELECT", db);
        const payload = from.bulk("DUMP", key);
        const reply = to.send("RESTORE", key, ttl, payload, "ABSTTL");
        assert.equal(reply.toString(), "+OK\r\n", `${db} ${key.toString("latin1")}`);
      }
      assert.deepEqual(differences(to.fuzz, fuzz), []);
      to.fuzz.node.memory.verify();
    }
  }));

test("values go to redis-server and back by DUMP and RESTORE", { skip: NO_SERVER }, () =>
  withDirectory((dir) =>
    withSeed(async (random, seed) => {
      const real = await startReal(dir);
      const client = await real.client();
      try {
        for (let round = 0; round < ROUNDS; round++) {
          const fuzz = filled(random, seed + round);
          const from = new NodeSender(fuzz);
          const back = new NodeSender(newNode(seed + round));
          await client.command("FLUSHALL");
          for (const { db, key, ttl } of keysOf(fuzz)) {
            from.send("SELECT", db);
            back.send("SELECT", db);
            await client.command("SELECT", db);
            const payload = from.bulk("DUMP", key);
            const reply = await client.command("RESTORE", key, ttl, payload, "ABSTTL");
            assert.equal(reply.toString(), "+OK\r\n", `${db} ${key.toString("latin1")}`);
            const dumped = await client.command("DUMP", key);
            const returned = dumped.subarray(dumped.indexOf("\n") + 1, -2);
            const replyBack = back.send("RESTORE", key, ttl, returned, "ABSTTL");
            assert.equal(replyBack.toString(), "+OK\r\n", `${db} ${key.toString("latin1")}`);
          }
          const digest = (await client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
          assert.equal(digest, digestOf(fuzz));
          assert.deepEqual(differences(back.fuzz, fuzz), []);
        }
      } finally {
        await client.close();
        await real.stop();
      }
    }),
  ),
);

test("RESTORE refuses and replaces as redis-server does", { skip: NO_SERVER }, async () => {
  const two = await TwoServers.start({ config: { save: "" } });
  try {
    await two.same("SET", "a", "hello");
    await two.same("RPUSH", "l", "1", "2", "three");
    await two.same("DUMP", "nope");
    await two.same("DUMP", "a");
    for (const key of ["a", "l"]) {
      const reply = await two.clients.real.command("DUMP", key);
      const payload = reply.subarray(reply.indexOf("\n") + 1, -2);
      await refuse(two, payload);
      await two.same("RESTORE", "new", "0", payload);
      await two.same("RESTORE", "new", "0", payload);
      await two.same("RESTORE", "new", "100000", payload, "replace");
      await two.same("RESTORE", "far", "9999999999999", payload, "ABSTTL", "REPLACE");
      await two.same("PEXPIRETIME", "far");
      await two.same("RESTORE", "far", "1", payload, "ABSTTL", "REPLACE");
      await two.same("EXISTS", "far");
      await two.same("RESTORE", "gone", "1", payload, "ABSTTL");
      await two.same("EXISTS", "gone");
      await two.same("RESTORE", "idle", "0", payload, "IDLETIME", "1000", "REPLACE");
      await two.same("OBJECT", "IDLETIME", "idle");
      await two.same("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
      await two.same("RESTORE", "often", "0", payload, "FREQ", "77", "REPLACE");
      await two.same("OBJECT", "FREQ", "often");
      await two.same("CONFIG", "SET", "maxmemory-policy", "noeviction");
      await two.same("DEL", "new", "idle", "often");
    }
  } finally {
    await two.stop();
  }
});

async function refuse(two: TwoServers, payload: Buffer): Promise<void> {
  const broken = Buffer.from(payload);
  broken[1] ^= 1;
  await two.same("RESTORE", "b", "0", broken);
  await two.same("RESTORE", "b", "0", "x");
  await two.same("RESTORE", "b", "0", "");
  for (const ttl of ["abc", "-1", "", "1.5", "9223372036854775808"]) {
    await two.same("RESTORE", "b", ttl, payload);
    await two.same("RESTORE", "a", ttl, payload);
  }
  for (const options of ["IDLETIME", "FREQ", "IDLETIME 3 FREQ 3", "FREQ 300", "FREQ 3 IDLETIME 3"]
    .concat(["IDLETIME -1", "IDLETIME abc", "FREQ abc", "FREQ -1", "foo", "REPLACE ABSTTL foo"])
    .concat(["REPLACE IDLETIME", "IDLETIME 1 IDLETIME 2"])) {
    await two.same("RESTORE", "b", "-1", payload, ...options.split(" "));
  }
}

test("a stream whose tail is deleted beyond its last ID is taken", { skip: NO_SERVER }, () =>
  withDirectory(async (dir) => {
    const real = await startReal(dir);
    const client = await real.client();
    try {
      const to = new NodeSender(newNode(1));
      const small = ["XADD s 5-0 f v", "XADD s 8-0 f v", "XADD s 9-0 f v", "XDEL s 8-0 9-0"];
      const whole = ["XADD all 5-0 f v", "XADD all 6-0 f v", "XDEL all 6-0", "XTRIM all MINID = 6"];
      const setIds = ["XSETID s 5-0", "XSETID all 0-1"];
      for (const line of [...small, ...whole, ...setIds]) await client.call(...line.split(" "));
      for (const key of ["s", "all"]) {
        const payload = (await client.call("DUMP", key)) as Buffer;
        assert.equal(to.send("RESTORE", key, "0", payload).toString(), "+OK\r\n", key);
      }
      to.send("XADD", "s", "6-0", "f", "v");
      to.send("XADD", "all", "2-0", "f", "v");
      assert.match(to.send("XRANGE", "s", "6", "7").toString(), /6-0/);
      assert.match(to.send("XRANGE", "all", "2", "7").toString(), /2-0/);
      for (const key of ["s", "all"]) {
        const payload = to.bulk("DUMP", key);
        assert.equal(to.send("RESTORE", key, "0", payload, "REPLACE").toString(), "+OK\r\n");
      }
    } finally {
      await client.close();
      await real.stop();
    }
  }),
);

test("what was checked of payloads is counted as redis-server does", {
  skip: NO_SERVER,
}, async () => {
  const config = { save: "", "enable-debug-command": "yes" };
  const two = await TwoServers.start({ config });
  const counted = async (): Promise<(string | undefined)[]> => {
    const { ours, real } = await two.ask("INFO", "stats");
    const field = /dump_payload_sanitizations:(\d+)/;
    return [ours, real].map((text) => field.exec(String(text))?.[1]);
  };
  const long = Array.from({ length: 1000 }, (_, i) => `${i}`.repeat(30));
  try {
    for (const mode of ["clients", "no", "yes"]) {
      await two.same("CONFIG", "SET", "sanitize-dump-payload", mode);
      for (const command of [
        ["SET", "k", "x"],
        ["RPUSH", "k", "a", "b"],
        ["RPUSH", "k", ...long],
        ["RPUSH", "k", "a", "y".repeat(10_000), "b"],
        ["HSET", "k", "a", "b"],
        ["SADD", "k", "1", "2"],
        ["SADD", "k", "a", "b"],
        ["ZADD", "k", "1", "a"],
        ["XADD", "k", "1-1", "f", "v"],
      ]) {
        await two.same("DEL", "k");
        await two.same(...command);
        const reply = await two.clients.real.command("DUMP", "k");
        const payload = reply.subarray(reply.indexOf("\n") + 1, -2);
        await two.same("RESTORE", "k", "0", payload, "REPLACE");
        const [ours, real] = await counted();
        assert.equal(ours, real, `${mode} ${command.slice(0, 4)}`);
      }
    }
    await two.same("CONFIG", "RESETSTAT");
    assert.deepEqual(await counted(), ["0", "0"]);
    for (const [mode, count] of [
      ["clients", "0"],
      ["yes", "1"],
    ]) {
      await two.same("CONFIG", "SET", "sanitize-dump-payload", mode);
      await two.same("DEBUG", "RELOAD");
      assert.deepEqual(await counted(), [count, count], mode);
    }
  } finally {
    await two.stop();
  }
});
