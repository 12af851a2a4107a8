import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed } from "../../support/seeds";
import { PLANTED_BUGS } from "./planted-bugs";
import { type SimFailure, simulate } from "./simulation";

const HISTORIES = 60;
/** Histories until a planted bug must have been found. */
const MOST_UNTIL_FOUND = 150;

function reportOf({ seed, problem, trace }: SimFailure): string {
  return `REDIS_TEST_SEED=${seed} replays it: ${problem}\n${trace.slice(-60).join("\n")}`;
}

test("equal places in the history mean equal data, and all come together after trouble", () => {
  const first = chooseSeed();
  let partial = 0;
  let failovers = 0;
  for (let i = 0; i < HISTORIES; i++) {
    const result = simulate((first + i) >>> 0);
    if ("problem" in result) assert.fail(reportOf(result));
    partial += result.partial;
    failovers += result.failovers;
  }
  assert.ok(partial > HISTORIES && failovers > 0, `${partial} partial, ${failovers} failovers`);
});

for (const bug of PLANTED_BUGS) {
  test(`the planted bug ${bug} is found`, () => {
    for (let seed = 1; seed <= MOST_UNTIL_FOUND; seed++) {
      if ("problem" in simulate(seed, bug)) return;
    }
    assert.fail(`not found in ${MOST_UNTIL_FOUND} histories`);
  });
}
