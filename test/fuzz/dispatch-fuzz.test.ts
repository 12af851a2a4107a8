// The dispatch fuzzer's run. FUZZ_INPUTS sets how many inputs (the scorecard's figure is
// 1,000,000) instead of a time; REDIS_TEST_SEED repeats a run.

import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { DispatchRun } from "./dispatch-run";

const WANTED = process.env.FUZZ_INPUTS;
const INPUTS = WANTED === undefined ? Number.POSITIVE_INFINITY : Number(WANTED);
const DURATION_MS = WANTED === undefined ? 8000 : Number.POSITIVE_INFINITY;

test("random requests: one well-formed reply each, memory whole, nobody forgotten", (context) =>
  withSeed(async (_random, seed) => {
    const run = new DispatchRun(seed);
    await run.run(INPUTS, DURATION_MS);
    context.diagnostic(
      `${run.inputs} inputs, ${run.checked} looked at one by one, longest turn ${run.longestTurnMs} ms`,
    );
  }));
