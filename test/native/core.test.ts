// Builds native/core alone under the address and undefined-behaviour sanitizers and runs the programs
// that drive it with random input. FUZZ_INPUTS sets how many streams the scanner gets (the
// scorecard's figure is 1,000,000); the whole reactor gets a thousandth of it. REDIS_TEST_SEED
// repeats a run.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { before, test } from "node:test";
import { chooseSeed } from "../support/seeds";

const CORE = path.join(__dirname, "../../../native/core");
const PROGRAMS = path.join(CORE, "../build/sanitized");
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 15_000);

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { cwd: CORE, encoding: "utf8" });
  const said = `${command} ${args.join(" ")}: ${result.error ?? ""}${result.stdout}${result.stderr}`;
  assert.equal(result.status, 0, said);
}

before(() => run("make", ["-s", "-j2"]));

for (const [program, runs] of [
  ["fuzz-scanner", INPUTS],
  ["fuzz-reactor", Math.max(20, Math.ceil(INPUTS / 1000))],
  ["check-memory", 60],
  ["check-bits", 1000],
  ["check-crc64", 1000],
  ["fuzz-lzf", Math.ceil(INPUTS / 5)],
] as const) {
  test(`${program}: ${runs} runs under the sanitizers`, () => {
    run(path.join(PROGRAMS, program), [String(runs), String(chooseSeed())]);
  });
}
