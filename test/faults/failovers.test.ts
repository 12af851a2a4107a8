// A slice of R13: one failover of each kind, judged by its outcome. The times are judged by the row
// itself (`npm run test:faults -- --only R13`), on a machine that does nothing else.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canRun, OUR_SENTINEL, OUR_SERVER } from "../support/server-process";
import { failOver, sentinelsWithOurs } from "./failovers";
import { Misses } from "./fault-row";

describe("a failover of Sentinels", { skip: !canRun(OUR_SERVER) || !canRun(OUR_SENTINEL) }, () => {
  for (const fault of ["kill", "stop", "partition"] as const) {
    test(`after the ${fault} of the master`, async () => {
      const misses = new Misses();
      const parts = { servers: OUR_SERVER, sentinels: sentinelsWithOurs(fault === "kill" ? 2 : 3) };
      await failOver(parts, fault, misses);
      assert.deepEqual(misses.texts, []);
    });
  }
});
