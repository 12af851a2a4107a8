// What clients and files notice when a copy takes the place of the data set (repl-diskless-load
// swapdb): WATCH and client-side caches as with redis-server, and the append only file.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { FakeMaster, plainFile } from "./fake-master";
import { linkIsUp } from "./pair";

const IDS = { same: "a".repeat(40), other: "b".repeat(40) };
const OLD = plainFile([
  ["both", "old"],
  ["only-old", "old"],
]);
const NEW = plainFile([
  ["both", "new"],
  ["only-new", "new"],
]);

async function followed(t: TestContext, program: string, config = {}, dir = tempDir(t)) {
  const master = await FakeMaster.start(t, (socket) => {
    socket.write(`+FULLRESYNC ${IDS.same} 5\r\n$${OLD.length}\r\n`);
    socket.write(OLD);
  });
  const all = { save: "", "repl-diskless-load": "swapdb", ...config };
  const server = await ServerProcess.start({ program, dir, config: all }, t);
  const client = await server.client();
  t.after(() => client.close());
  await client.call("REPLICAOF", "127.0.0.1", String(master.port));
  await linkIsUp(client);
  return { master, server, client, dir };
}

async function exchange(master: FakeMaster, client: RawClient, id: string): Promise<void> {
  const { attempts } = master;
  master.answer = (socket) => {
    socket.write(`+FULLRESYNC ${id} 9\r\n$${NEW.length}\r\n`);
    socket.write(NEW);
  };
  master.last?.destroy();
  await waitFor("another request", () => master.attempts > attempts);
  await linkIsUp(client);
  await waitFor("the new data", async () => (await client.call("EXISTS", "only-new")) === 1);
}

/** What clients that watch keys, or cache them, are told. */
async function noticed(t: TestContext, program: string, id: string): Promise<string[]> {
  const { master, server, client } = await followed(t, program);
  const found: string[] = [];
  const watchers: [string, RawClient][] = [];
  for (const key of ["both", "only-old", "only-new", "neither"]) {
    const watcher = await server.client();
    await watcher.call("WATCH", key);
    watchers.push([key, watcher]);
  }
  const cache = await server.client();
  await cache.call("HELLO", "3");
  await cache.call("CLIENT", "TRACKING", "ON");
  await cache.call("GET", "both");
  await exchange(master, client, id);
  found.push((await cache.readReply()).toString("latin1"));
  await cache.close();
  for (const [key, watcher] of watchers) {
    await watcher.call("MULTI");
    await watcher.call("GET", key);
    found.push(`${key}: ${(await watcher.command("EXEC")).toString("latin1")}`);
    await watcher.close();
  }
  return found;
}

for (const [history, id] of Object.entries(IDS)) {
  test(`who watches keys and who caches them, for a copy of the ${history} history`, async (t) => {
    const [ours, real] = await Promise.all([
      noticed(t, OUR_SERVER, id),
      noticed(t, REAL_SERVER, id),
    ]);
    assert.deepEqual(ours, real);
  });
}

test("a copy by way of a file empties client-side caches, too", async (t) => {
  const [ours, real] = await Promise.all(
    [OUR_SERVER, REAL_SERVER].map(async (program) => {
      const { master, server, client } = await followed(t, program, {
        "repl-diskless-load": "disabled",
      });
      const cache = await server.client();
      await cache.call("HELLO", "3");
      await cache.call("CLIENT", "TRACKING", "ON");
      await cache.call("GET", "both");
      await exchange(master, client, IDS.other);
      const told = (await cache.readReply()).toString("latin1");
      await cache.close();
      return told;
    }),
  );
  assert.equal(ours, real);
});

test("the append only file begins anew with the new data, and holds the old ones until then", async (t) => {
  const dir = tempDir(t);
  const config = { appendonly: "yes" };
  const { master, server, client } = await followed(t, OUR_SERVER, config, dir);
  await waitFor("the file of the first copy", () => isWritten(client));
  // Half a copy, and then no more.
  const { attempts } = master;
  master.answer = (socket) => {
    socket.write(`+FULLRESYNC ${IDS.other} 9\r\n$${NEW.length}\r\n`);
    socket.end(NEW.subarray(0, 30));
  };
  master.last?.destroy();
  await waitFor("two more requests", () => master.attempts > attempts + 1);
  assert.equal(await keysIn(t, server, dir), "both only-old");
  const again = await followed(t, OUR_SERVER, config, dir);
  await exchange(again.master, again.client, IDS.other);
  await waitFor("the file of the new data", () => isWritten(again.client));
  assert.equal(await keysIn(t, again.server, dir), "both only-new");
});

/** Whether the append only file has been begun anew, and is not about to be. */
async function isWritten(client: RawClient): Promise<boolean> {
  const info = String(await client.call("INFO", "persistence"));
  return ["aof_enabled:1", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0"].every((field) =>
    info.includes(field),
  );
}

/** Kills the server; what another one finds in its append only file. */
async function keysIn(t: TestContext, server: ServerProcess, dir: string): Promise<string> {
  server.kill("SIGKILL");
  await server.exited;
  const config = { save: "", appendonly: "yes" };
  const reader = await ServerProcess.start({ dir, config }, t);
  const client = await reader.client();
  const keys = await client.call("KEYS", "*");
  await client.close();
  await reader.stop();
  return Array.isArray(keys) ? keys.map(String).sort().join(" ") : String(keys);
}
