// The table of tracked keys seen from outside: its limit, INFO, and keys that the server takes away.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`the tracking table of ${program}`, { skip: !canRun(program) }, () => {
    test("has no more keys than it may, and tells of those that it drops", async (t) => {
      const server = await ServerProcess.start(
        { program, config: { "tracking-table-max-keys": "10" } },
        t,
      );
      const [admin, client] = await Promise.all([server.client(), server.client()]);
      t.after(() => Promise.all([admin.close(), client.close()]));
      await client.command("HELLO", "3");
      await client.command("CLIENT", "TRACKING", "ON");
      const keys = Array.from({ length: 50 }, (_, n) => `key:${n}`);
      await client.command("MGET", ...keys);
      assert.equal(await trackedKeys(admin), 10);
      const dropped = new Set<string>();
      for (let count = 0; count < 40; count++) dropped.add(String(await client.readReply()));
      assert.equal(dropped.size, 40);
      await admin.command("CONFIG", "SET", "tracking-table-max-keys", "3");
      await waitFor("fewer keys", async () => (await trackedKeys(admin)) === 3);
      for (let count = 0; count < 7; count++) dropped.add(String(await client.readReply()));
      assert.equal(dropped.size, 47);
      await admin.command("CONFIG", "SET", "tracking-table-max-keys", "0");
      await client.command("MGET", ...keys);
      assert.equal(await trackedKeys(admin), 50);
    });

    test("is empty after a flush, and its clients go with their connections", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      const [admin, client] = await Promise.all([server.client(), server.client()]);
      t.after(() => admin.close());
      const figures = async (): Promise<string[]> => {
        const text = `${await admin.call("INFO", "clients")}${await admin.call("INFO", "stats")}`;
        return [...text.matchAll(/^tracking_\w+:\d+/gm)].map(([line]) => line);
      };
      await client.command("CLIENT", "TRACKING", "ON");
      await client.command("MGET", "a", "b");
      await admin.command(
        "CLIENT",
        "TRACKING",
        "ON",
        "REDIRECT",
        String(await client.call("CLIENT", "ID")),
      );
      await admin.command("GET", "a");
      assert.deepEqual(await figures(), [
        "tracking_clients:2",
        "tracking_total_keys:2",
        "tracking_total_items:3",
        "tracking_total_prefixes:0",
      ]);
      await admin.command("FLUSHALL");
      await admin.command("CLIENT", "TRACKING", "OFF");
      await client.command("CLIENT", "TRACKING", "OFF");
      await client.command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b");
      assert.deepEqual(await figures(), [
        "tracking_clients:1",
        "tracking_total_keys:0",
        "tracking_total_items:0",
        "tracking_total_prefixes:2",
      ]);
      await client.close();
      await waitFor("nobody tracks", async () => (await figures())[0] === "tracking_clients:0");
      assert.equal((await figures())[3], "tracking_total_prefixes:0");
    });

    test("tells of keys that are evicted and that expire by themselves", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      const [admin, client, broadcast] = await Promise.all([1, 2, 3].map(() => server.client()));
      assert.ok(admin && client && broadcast);
      t.after(() => Promise.all([admin, client, broadcast].map((each) => each.close())));
      for (const [each, ...mode] of [[client], [broadcast, "BCAST", "NOLOOP"]] as const) {
        await each.command("HELLO", "3");
        await each.command("CLIENT", "TRACKING", "ON", ...mode);
      }
      await broadcast.command("SET", "short", "v", "PX", "200");
      await broadcast.command("SET", "victim", "v");
      await client.command("MGET", "short", "victim");
      for (const each of [client, broadcast]) {
        assert.match(String(await each.readReply()), /invalidate\r\n\*1\r\n\$5\r\nshort\r\n$/);
      }
      await admin.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
      await admin.command("CONFIG", "SET", "maxmemory", "1");
      for (const each of [client, broadcast]) {
        assert.match(String(await each.readReply()), /invalidate\r\n\*1\r\n\$6\r\nvictim\r\n$/);
      }
    });
  });
}

async function trackedKeys(client: RawClient): Promise<number> {
  const text = String(await client.call("INFO", "stats"));
  return Number(/tracking_total_keys:(\d+)/.exec(text)?.[1]);
}
