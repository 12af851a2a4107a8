// MIGRATE between our server and the real one, all ways: what arrives and what stays.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

const HOST = "127.0.0.1";
const TIMEOUT_MS = "5000";
const NOT_HELD = {
  error: "ERR Target instance replied with error: BUSYKEY Target key name already exists.",
};

const VALUES = [
  ["SET", "text", "x".repeat(1000)],
  ["SET", "number", "12345"],
  ["SET", "", "no name"],
  ["SET", "__proto__", "\x00\r\n\xff"],
  ["RPUSH", "list", "a", "1", "c".repeat(300)],
  ["HSET", "hash", "a", "1", "b", "2"],
  ["SADD", "set", "1", "2", "3"],
  ["SADD", "words", "a", "b", "c"],
  ["ZADD", "zset", "1", "a", "2.5", "b"],
  ["XADD", "stream", "1-1", "f", "v"],
  ["XGROUP", "CREATE", "stream", "g", "0"],
  ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream", ">"],
  ["PFADD", "hll", "a", "b"],
];
const KEYS = ["text", "number", "", "__proto__", "list", "hash", "set", "words", "zset", "stream"];

for (const [from, to] of [
  [OUR_SERVER, OUR_SERVER],
  [OUR_SERVER, REAL_SERVER],
  [REAL_SERVER, OUR_SERVER],
] as const) {
  const name = (program: string): string => (program === OUR_SERVER ? "ours" : "the real one");
  const skip = !canRun(from) || !canRun(to);
  describe(`MIGRATE from ${name(from)} to ${name(to)}`, { skip }, () => {
    let source: ServerProcess;
    let target: ServerProcess;
    let here: RawClient;
    let there: RawClient;

    before(async () => {
      const config = { save: "", "enable-debug-command": "yes" };
      source = await ServerProcess.start({ program: from, config });
      target = await ServerProcess.start({ program: to, config });
      here = await source.client();
      there = await target.client();
    });
    after(async () => {
      await here?.close();
      await there?.close();
      await source?.stop();
      await target?.stop();
    });

    async function begin(): Promise<void> {
      await here.call("FLUSHALL");
      await there.call("FLUSHALL");
      for (const command of VALUES)
        await here.command(...command.map((w) => Buffer.from(w, "latin1")));
    }

    function migrate(key: string, database: string, ...options: string[]): Promise<Reply> {
      return here.call("MIGRATE", HOST, String(target.port), key, database, TIMEOUT_MS, ...options);
    }

    test("all kinds of values arrive as they were, and are gone", async () => {
      await begin();
      const digests = await Promise.all(
        KEYS.map(async (key) => String(await here.call("DEBUG", "DIGEST-VALUE", key))),
      );
      assert.equal(await migrate("", "3", "KEYS", ...KEYS, "nope"), "OK");
      assert.equal(await here.call("DBSIZE"), 1);
      await there.call("SELECT", "3");
      for (const [i, key] of KEYS.entries()) {
        assert.deepEqual(String(await there.call("DEBUG", "DIGEST-VALUE", key)), digests[i], key);
      }
      assert.equal(await there.call("DBSIZE"), KEYS.length);
      assert.deepEqual(((await there.call("XPENDING", "stream", "g")) as Reply[])[0], 1);
      assert.equal(await migrate("hll", "3"), "OK");
      assert.equal(await there.call("PFCOUNT", "hll"), 2);
      assert.equal(await migrate("hll", "3"), "NOKEY");
      await there.call("SELECT", "0");
    });

    test("an expiry goes with the key, and COPY leaves it", async () => {
      await begin();
      await here.call("PEXPIRE", "text", "100000");
      assert.equal(await migrate("text", "0", "COPY"), "OK");
      for (const one of [here, there]) {
        const leftMs = Number(await one.call("PTTL", "text"));
        assert.ok(leftMs > 90_000 && leftMs <= 100_000, `${leftMs} ms left`);
      }
      assert.equal(await migrate("number", "0"), "OK");
      assert.equal(await there.call("TTL", "number"), -1);
    });

    test("a key that is there already is kept on both sides, but for REPLACE", async () => {
      await begin();
      await there.call("SET", "number", "theirs");
      assert.deepEqual(await migrate("number", "0"), NOT_HELD);
      assert.equal(await here.call("GET", "number"), "12345");
      // The others go on their way.
      const both = await migrate("", "0", "KEYS", "number", "text");
      assert.deepEqual(both, NOT_HELD);
      assert.equal(await here.call("EXISTS", "number", "text"), 1);
      assert.equal(await migrate("number", "0", "REPLACE"), "OK");
      assert.equal(await there.call("GET", "number"), "12345");
      assert.equal(await here.call("EXISTS", "number"), 0);
    });

    test("many keys arrive, of which none is lost", async () => {
      await begin();
      const keys = Array.from({ length: 3000 }, (_, i) => `key:${i}`);
      for (const key of keys) here.send("SET", key, key.repeat(40));
      for (const _ of keys) await here.readReply();
      assert.equal(await migrate("", "0", "KEYS", ...keys), "OK");
      assert.equal(await there.call("DBSIZE"), keys.length);
      assert.equal(await there.call("GET", "key:2999"), "key:2999".repeat(40));
      assert.equal(await here.call("EXISTS", ...keys), 0);
    });

    test("one large value arrives", async () => {
      await begin();
      // Of pseudo-random bytes, which no compression makes small.
      const large = Buffer.from(Array.from({ length: 1 << 16 }, (_, i) => (i * i * 31 + i) >> 3));
      const value = Buffer.concat(Array.from({ length: 100 }, () => large));
      await here.call("SET", "large", value);
      assert.equal(await migrate("large", "0"), "OK");
      assert.equal(await there.call("STRLEN", "large"), value.length);
      const digest = String(await there.call("DEBUG", "DIGEST-VALUE", "large"));
      await here.call("SET", "large", value);
      assert.equal(String(await here.call("DEBUG", "DIGEST-VALUE", "large")), digest);
    });

    test("the password is presented, and without one nothing is moved", async () => {
      await begin();
      const guarded = await ServerProcess.start({
        program: to,
        config: { save: "", requirepass: "secret" },
      });
      const send = (...options: string[]): Promise<Reply> =>
        here.call("MIGRATE", HOST, String(guarded.port), "number", "0", TIMEOUT_MS, ...options);
      const failed = "ERR Target instance replied with error: ";
      const wrong = `${failed}WRONGPASS invalid username-password pair or user is disabled.`;
      try {
        assert.deepEqual(await send(), { error: `${failed}NOAUTH Authentication required.` });
        assert.deepEqual(await send("AUTH", "wrong"), { error: wrong });
        assert.deepEqual(await send("AUTH2", "nobody", "secret"), { error: wrong });
        assert.equal(await here.call("EXISTS", "number"), 1);
        assert.equal(await send("AUTH2", "default", "secret", "COPY"), "OK");
        assert.equal(await send("REPLACE", "AUTH", "secret"), "OK");
        assert.equal(await here.call("EXISTS", "number"), 0);
      } finally {
        await guarded.stop();
      }
    });

    test("a connection is kept, and replaced when the other server was started anew", async () => {
      await begin();
      const first = await ServerProcess.start({ program: to, config: { save: "" } });
      const send = (key: string): Promise<Reply> =>
        here.call("MIGRATE", HOST, String(first.port), key, "0", TIMEOUT_MS);
      assert.equal(await send("number"), "OK");
      assert.equal(await send("text"), "OK");
      const client = await first.client();
      const stats = String(await client.call("INFO", "stats"));
      assert.match(stats, /total_connections_received:[23]\r/, "it was connected to once");
      assert.match(String(await here.call("INFO", "stats")), /migrate_cached_sockets:[1-9]/);
      await client.close();
      await first.stop();
      const again = await ServerProcess.start({
        program: to,
        port: first.port,
        config: { save: "" },
      });
      try {
        assert.equal(await send("list"), "OK");
        const other = await again.client();
        assert.equal(await other.call("LLEN", "list"), 3);
        await other.close();
      } finally {
        await again.stop();
      }
      const gone = { error: "IOERR error or timeout writing to target instance" };
      assert.deepEqual(await send("hash"), gone);
      assert.equal(await here.call("HLEN", "hash"), 2);
    });
  });
}
