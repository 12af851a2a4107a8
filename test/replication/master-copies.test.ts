// Our master and replicas, ours and real ones: copies, what is written meanwhile, the stream.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { suite, type TestContext, test } from "node:test";
import { withSeed } from "../support/seeds";
import { sendAll } from "../support/send-all";
import { OUR_SERVER, REAL_SERVER } from "../support/server-process";
import { Followed } from "./followed";
import { sendRandom } from "./pair";

const COPIES = { disk: "no", sockets: "yes" } as const;

for (const [replicaName, program] of Object.entries({ real: REAL_SERVER, own: OUR_SERVER })) {
  suite(`our master and a ${replicaName} replica`, () => {
    for (const [target, diskless] of Object.entries(COPIES)) {
      const start = (t: TestContext, config = {}): Promise<Followed> =>
        Followed.start(t, program, { "repl-diskless-sync": diskless, ...config });

      test(`a copy by way of ${target}, what is written meanwhile, and the stream`, async (t) => {
        const pair = await start(t, { "rdb-key-save-delay": 50 });
        await sendAll(pair.toMaster, 5000, (i) => ["SET", `key:${i}`, `value ${i}`.repeat(20)]);
        const followed = pair.follow();
        await sendAll(pair.toMaster, 5000, (i) => ["SET", `key:${i * 2}`, `later ${i}`]);
        await followed;
        await sendAll(pair.toMaster, 1000, (i) => ["SET", `key:${i}`, `last ${i}`]);
        await pair.inSync();
        assert.equal(await pair.count("sync_full"), 1);
        assert.deepEqual(
          readdirSync(pair.master.dir).filter((name) => name.startsWith("temp")),
          [],
        );
      });

      test(`3000 random commands after a copy by way of ${target}`, async (t) => {
        const pair = await start(t);
        await withSeed(async (random) => {
          await sendRandom(pair.toMaster, random, 500);
          await pair.follow();
          await sendRandom(pair.toMaster, random, 3000);
          await pair.inSync();
        });
      });
    }
  });
}
