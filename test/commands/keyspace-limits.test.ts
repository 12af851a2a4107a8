// maxmemory behind a socket: refusals, eviction, and limits that change while clients are there.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sendAll } from "../support/send-all";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

describe("a limit on memory", { skip: !canRun(OUR_SERVER) }, () => {
  const OOM = /^-OOM command not allowed when used memory > 'maxmemory'\.\r\n$/;
  const LIMIT = { maxmemory: "40mb" };

  test("without eviction, commands that need memory are refused until some is free", async (t) => {
    const config = { ...LIMIT, "maxmemory-policy": "noeviction" };
    const server = await ServerProcess.start({ config }, t);
    const client = await server.client();
    const value = "x".repeat(1_000_000);
    let stored = 0;
    for (; stored < 100; stored++) {
      const reply = (await client.command("SET", `key:${stored}`, value)).toString();
      if (reply === "+OK\r\n") continue;
      assert.match(reply, OOM);
      break;
    }
    assert.ok(stored > 15 && stored < 40, `${stored} MB fit`);
    assert.match((await client.command("COPY", "key:0", "copy")).toString(), OOM);
    assert.equal(await client.call("GET", "key:1"), value);
    assert.equal(await client.call("EXPIRE", "key:1", "100"), 1);
    assert.equal(await client.call("DEL", "key:0", "key:1"), 2);
    assert.equal(await client.call("SET", "key:0", value), "OK");
    await client.close();
  });

  test("a limit set while clients are there takes effect, and goes again", async (t) => {
    const server = await ServerProcess.start({}, t);
    const client = await server.client();
    const value = "x".repeat(1000);
    await sendAll(client, 20_000, (index) => ["SET", `key:${index}`, value]);
    assert.equal(await client.call("CONFIG", "SET", "maxmemory", "1"), "OK");
    assert.match((await client.command("SET", "key:0", value)).toString(), OOM);
    assert.equal(await client.call("DBSIZE"), 20_000);
    const settings = ["maxmemory", "15mb", "maxmemory-policy", "allkeys-random"];
    assert.equal(await client.call("CONFIG", "SET", ...settings), "OK");
    // Nobody writes, and still the keys go.
    await waitFor("memory below the limit", async () => {
      const text = String(await client.call("INFO", "memory"));
      return Number(/^used_memory:(\d+)/m.exec(text)?.[1]) <= 15 * 1024 * 1024;
    });
    const left = Number(await client.call("DBSIZE"));
    assert.ok(left > 1000 && left < 19_000, `${left} keys`);
    const stats = String(await client.call("INFO", "stats"));
    assert.equal(Number(/^evicted_keys:(\d+)/m.exec(stats)?.[1]), 20_000 - left);
    assert.equal(await client.call("CONFIG", "SET", "maxmemory", "0"), "OK");
    await sendAll(client, 10_000, (index) => ["SET", `new:${index}`, value]);
    assert.equal(await client.call("DBSIZE"), left + 10_000);
    await client.close();
  });

  for (const policy of ["allkeys-lru", "volatile-ttl"]) {
    test(`by ${policy}, keys make room for others`, async (t) => {
      const config = { ...LIMIT, "maxmemory-policy": policy };
      const server = await ServerProcess.start({ config }, t);
      const client = await server.client();
      const value = "x".repeat(10_000);
      await sendAll(client, 6000, (index) => ["SET", `key:${index}`, value, "EX", "1000"]);
      const count = await client.call("DBSIZE");
      assert.ok(typeof count === "number" && count > 1000 && count < 4000, `${count} keys`);
      await client.close();
    });
  }
});
