// The append only file on real processes: what one server writes, another one loads, also a real one;
// nothing acknowledged is lost by a kill; it is rewritten, turned on and off while commands go on.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { waitFor } from "../support/wait-for";
import { kill, AOF_ON as ON, SERVERS, untilRewritten } from "./aof-server";
import { dataDir, digest, fill, info, REAL, startIn } from "./saved-server";

function filesIn(dir: string): string[] {
  return readdirSync(join(dir, "appendonlydir")).sort();
}

function manifestIn(dir: string): string {
  return readFileSync(join(dir, "appendonlydir", "appendonly.aof.manifest"), "latin1");
}

/** Commands whose effects depend on what was there before: run twice or left out, they show. */
async function change(client: RawClient, round: number): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await client.call("INCR", "counter");
    await client.call("RPUSH", "log", `${round}.${i}`);
    await client.call("INCRBYFLOAT", "sum", "0.5");
  }
  await client.call("SELECT", "5");
  await client.call("APPEND", "text", `round ${round};`);
  await client.call("SELECT", "0");
  await client.call("MULTI");
  await client.call("LPOP", "log");
  await client.call("EXPIRE", "log", "100000");
  await client.call("EXEC");
}

describe("files of an append only file", () => {
  for (const preamble of ["yes", "no"]) {
    test(`with aof-use-rdb-preamble ${preamble} go from server to server`, async (t) => {
      const dir = dataDir(t);
      const config = { ...ON, "aof-use-rdb-preamble": preamble, "aof-timestamp-enabled": "yes" };
      let expected = "";
      const servers = [...SERVERS, ...SERVERS];
      for (const [round, [, options]] of servers.entries()) {
        const { server, client } = await startIn(dir, t, { ...options, config });
        if (round === 0) await fill(client, 2000);
        else assert.equal(await digest(client), expected);
        await change(client, round);
        await client.call("BGREWRITEAOF");
        await change(client, round);
        await untilRewritten(client);
        await change(client, round);
        expected = await digest(client);
        await client.close();
        await kill(server);
      }
      const suffix = preamble === "yes" ? "rdb" : "aof";
      assert.deepEqual(filesIn(dir), [
        `appendonly.aof.5.base.${suffix}`,
        "appendonly.aof.5.incr.aof",
        "appendonly.aof.manifest",
      ]);
      assert.equal(
        manifestIn(dir),
        `file appendonly.aof.5.base.${suffix} seq 5 type b\n` +
          "file appendonly.aof.5.incr.aof seq 5 type i\n",
      );
      const base = readFileSync(join(dir, "appendonlydir", `appendonly.aof.5.base.${suffix}`));
      const start = preamble === "yes" ? /^REDIS0010/ : /^#TS:\d{10}\r\n\*2\r\n\$6\r\nSELECT\r\n/;
      assert.match(base.toString("latin1"), start);
    });
  }

  test("of an older version become the base", async (t) => {
    const dir = dataDir(t);
    const old = "*3\r\n$3\r\nSET\r\n$3\r\nold\r\n$5\r\nvalue\r\n";
    writeFileSync(join(dir, "appendonly.aof"), old);
    const { server, client } = await startIn(dir, t, { config: ON });
    assert.equal(await client.call("GET", "old"), "value");
    await client.call("SET", "new", "value");
    await client.close();
    await kill(server);
    assert.deepEqual(readdirSync(dir), ["appendonlydir"]);
    assert.equal(
      manifestIn(dir),
      "file appendonly.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
    );
    const again = await startIn(dir, t, { ...REAL, config: ON });
    assert.equal(await again.client.call("MGET", "old", "new").then(String), "value,value");
    await again.client.close();
  });
});

async function untilWritten(client: RawClient): Promise<void> {
  await waitFor("everything is written", async () =>
    String(await client.call("INFO", "persistence")).includes("aof_buffer_length:0\r\n"),
  );
  await client.close();
}

describe("a kill", () => {
  for (const policy of ["always", "everysec", "no"]) {
    test(`loses nothing that was answered with appendfsync ${policy}`, async (t) => {
      const dir = dataDir(t);
      const config = { ...ON, appendfsync: policy };
      const { server, client } = await startIn(dir, t, { config });
      // Some hundred in flight, so that the kill comes amid them, and amid a rewrite.
      for (let i = 0; i < 600; i++) client.send(...(i === 200 ? ["BGREWRITEAOF"] : ["INCR", "n"]));
      let answered = 0;
      for (let i = 0; i < 400; i++) {
        const reply = (await client.readReply()).toString("latin1");
        if (reply.startsWith(":")) answered = Number(reply.slice(1, -2));
      }
      // As in Redis, writing is put off while a sync is under way: that much a kill may take.
      if (policy === "everysec") await untilWritten(await server.client());
      await kill(server);
      const again = await startIn(dir, t, { config });
      const found = Number(await again.client.call("GET", "n"));
      assert.ok(found >= answered && found < 600, `${found} of ${answered}`);
      await again.client.close();
    });
  }
});

describe("turned on at run time", () => {
  for (const [name, options] of SERVERS) {
    test(`${name} has all data in new files`, async (t) => {
      const dir = dataDir(t);
      const { server, client } = await startIn(dir, t, options);
      await fill(client, 3000);
      assert.equal((await info(client)).get("aof_enabled"), "0");
      assert.equal((await info(client)).has("aof_current_size"), false);
      assert.equal(await client.call("CONFIG", "SET", "appendonly", "yes"), "OK");
      await change(client, 1);
      assert.equal((await info(client)).get("aof_enabled"), "1");
      await untilRewritten(client);
      await change(client, 2);
      const expected = await digest(client);
      await client.close();
      await kill(server);
      const again = await startIn(dir, t, { config: ON });
      assert.equal(await digest(again.client), expected);
      await again.client.call("CONFIG", "SET", "appendonly", "no");
      const size = readFileSync(join(dir, "appendonlydir", "appendonly.aof.1.incr.aof")).length;
      await change(again.client, 3);
      await again.client.call("CONFIG", "SET", "appendonly", "yes");
      await change(again.client, 4);
      const fields = await untilRewritten(again.client);
      assert.ok(size > 0 && fields.get("aof_rewrites") === "1");
      const last = await digest(again.client);
      await again.client.close();
      await kill(again.server);
      const real = await startIn(dir, t, { ...REAL, config: ON });
      assert.equal(await digest(real.client), last);
      await real.client.close();
    });
  }
});
