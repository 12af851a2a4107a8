// Seeded random commands against the subject and the real server.
// REDIS_PARITY_COMMANDS=200000 runs that many (a few seconds of them otherwise), REDIS_TEST_SEED
// repeats a run, REDIS_PARITY_SUBJECT names another subject than ours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed } from "../support/seeds";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { runRandomParity } from "./random";

const SUBJECT = process.env.REDIS_PARITY_SUBJECT ?? OUR_SERVER;
const COMMANDS = process.env.REDIS_PARITY_COMMANDS;
const DURATION_MS = 5000;
const CONFIG = { "enable-debug-command": "yes" };

test("random commands are answered as the real server answers", {
  skip: !canRun(SUBJECT),
}, async (t) => {
  const ours = await ServerProcess.start({ program: SUBJECT, config: CONFIG }, t);
  const real = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG }, t);
  const seed = chooseSeed();
  const limits =
    COMMANDS === undefined
      ? { commands: Number.POSITIVE_INFINITY, durationMs: DURATION_MS }
      : { commands: Number(COMMANDS) };
  const executed = await runRandomParity({ ours, real }, { seed, ...limits });
  t.diagnostic(`${executed} commands, REDIS_TEST_SEED=${seed}`);
  assert.ok(executed > 0);
});

test("two real servers are equal and a planted difference is found by its seed", async (t) => {
  const real = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG }, t);
  const other = await ServerProcess.start({ program: REAL_SERVER, config: CONFIG }, t);
  const executed = await runRandomParity({ ours: other, real }, { seed: 7, commands: 2000 });
  assert.equal(executed, 2000);
  const spoiler = await other.client();
  const spoiled = runRandomParity({ ours: other, real }, { seed: 7, commands: 50_000 });
  // A key that only one of the two has: found by a reply or, at the latest, by the digest.
  const spoil = setInterval(() => spoiler.send("SET", "k0", "spoiled"), 20);
  await assert.rejects(spoiled, /REDIS_TEST_SEED=7\n {2}command: /);
  clearInterval(spoil);
});
