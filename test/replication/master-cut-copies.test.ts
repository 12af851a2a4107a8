// Copies from our master that are cut anywhere: it ends equal, and nothing is left behind.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { suite, test } from "node:test";
import { withSeed } from "../support/seeds";
import { REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { Followed } from "./followed";
import { field } from "./pair";

const CUTS = 12;

/** What the process has open, but for the sockets of clients that come and go. */
function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

for (const [target, diskless] of Object.entries({ disk: "no", sockets: "yes" })) {
  suite(`copies by way of ${target} that are cut`, () => {
    test("after any number of bytes leave no file, no descriptor and no frozen memory", async (t) => {
      const pair = await Followed.start(t, REAL_SERVER, {
        "repl-diskless-sync": diskless,
        "rdb-key-save-delay": 2,
      });
      await pair.toMaster.call("DEBUG", "POPULATE", "4000", "key", "200");
      await pair.follow();
      const before = openFiles(pair.master.pid);
      await withSeed(async (random) => {
        for (let cut = 0; cut < CUTS; cut++) {
          await pair.toReplica.call("REPLICAOF", "NO", "ONE");
          pair.proxy.cutAfterBytes = random.below(1_000_000);
          const { connections } = pair.proxy;
          await pair.toReplica.call("REPLICAOF", "127.0.0.1", String(pair.proxy.port));
          await waitFor("a connection", () => pair.proxy.connections > connections);
          if (cut % 3 === 0) pair.proxy.cut();
          await pair.toMaster.call("SET", `written:${cut}`, "x");
        }
        pair.proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
        pair.proxy.cut();
      });
      await pair.linked();
      await pair.inSync();
      assert.equal(await field(pair.toMaster, "replication", "connected_slaves"), "1");
      await waitFor("all to be closed", () => openFiles(pair.master.pid) === before);
      await waitFor("the end of the last copy", async () => {
        return (await field(pair.toMaster, "persistence", "rdb_bgsave_in_progress")) === "0";
      });
      const stray = readdirSync(pair.master.dir).filter((name) => name.startsWith("temp"));
      assert.deepEqual(stray, []);
      assert.equal(String(await pair.toMaster.command("SAVE")), "+OK\r\n");
    });
  });
}

test("a save that fails is told, and the replica comes again", async (t) => {
  const pair = await Followed.start(t, REAL_SERVER, { "repl-diskless-sync": "no" });
  await pair.toMaster.call("SET", "k", "v");
  mkdirSync(`${pair.master.dir}/dump.rdb`);
  await pair.toReplica.call("REPLICAOF", "127.0.0.1", String(pair.proxy.port));
  await waitFor("the failure", () => pair.master.logs().includes("SYNC failed."));
  rmSync(`${pair.master.dir}/dump.rdb`, { recursive: true });
  await pair.linked();
  await pair.inSync();
});
