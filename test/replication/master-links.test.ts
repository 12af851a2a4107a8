// Our master, and replicas, ours and real ones, whose links break or are slow.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { withSeed } from "../support/seeds";
import { sendAll } from "../support/send-all";
import { OUR_SERVER, REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { Followed } from "./followed";
import { field, sendRandom } from "./pair";

for (const [replicaName, program] of Object.entries({ real: REAL_SERVER, own: OUR_SERVER })) {
  suite(`our master and the links of a ${replicaName} replica`, () => {
    test("cut links are resumed from the backlog, with nothing lost", async (t) => {
      const pair = await Followed.start(t, program, { "repl-backlog-size": "64mb" });
      await pair.follow();
      await withSeed(async (random) => {
        for (const trouble of ["cut", "close", "cut", "close", "cut"] as const) {
          const { connections } = pair.proxy;
          const writing = sendRandom(pair.toMaster, random, 500);
          pair.proxy[trouble]();
          await writing;
          await waitFor("another connection", () => pair.proxy.connections > connections);
          await pair.linked();
        }
        await pair.inSync();
      });
      assert.equal(await pair.count("sync_full"), 1);
      assert.ok((await pair.count("sync_partial_ok")) >= 5);
    });

    test("a replica that comes back too late is copied to anew", async (t) => {
      const pair = await Followed.start(t, program, { "repl-backlog-size": "16kb" });
      await pair.follow();
      pair.proxy.cutAfterBytes = 0;
      pair.proxy.cut();
      const value = "x".repeat(1000);
      await sendAll(pair.toMaster, 200, (i) => ["SET", `key:${i}`, value]);
      pair.proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
      pair.proxy.cut();
      await pair.linked();
      await pair.inSync();
      assert.equal(await pair.count("sync_full"), 2);
    });

    test("a slow replica costs what the backlog keeps for it, and is cut off at its limit", async (t) => {
      const limit = ["replica", String(4 << 20), "0", "0"];
      const pair = await Followed.start(t, program, {
        "client-output-buffer-limit": limit,
        "repl-timeout": 60,
      });
      await pair.follow();
      pair.proxy.silence();
      const value = "x".repeat(3000);
      await waitFor(
        "the replica to be dropped",
        async () => {
          await sendAll(pair.toMaster, 100, (i) => ["SET", `key:${i}`, value]);
          return (await field(pair.toMaster, "replication", "connected_slaves")) === "0";
        },
        { timeoutMs: 8000 },
      );
      pair.proxy.cut();
      await pair.linked();
      await pair.inSync();
    });
  });
}
