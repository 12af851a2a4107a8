// A small part of a row as a test that tells its figure and its seed.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { withSeed } from "../support/seeds";
import { OUR_SERVER } from "../support/server-process";
import type { FaultRow } from "./fault-row";

export function runSlice(row: FaultRow, share: number, context: TestContext): Promise<void> {
  return withSeed(async (random, seed) => {
    const figure = await row.run({
      random,
      seed,
      share,
      subject: OUR_SERVER,
      progress: () => undefined,
    });
    context.diagnostic(`${row.id}: ${figure.text}, REDIS_TEST_SEED=${seed}`);
    assert.deepEqual(figure.misses, []);
  });
}
