import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed } from "../../support/seeds";
import { PLANTED_BUGS } from "./planted-bugs";
import { type SimFailure, simulate } from "./simulation";

const HISTORIES = 40;
/** Histories until a planted bug must have been found. */
const MOST_UNTIL_FOUND = 300;

function reportOf({ seed, problem, trace }: SimFailure): string {
  return `REDIS_TEST_SEED=${seed} replays it: ${problem}\n${trace.slice(-100).join("\n")}`;
}

test("Sentinels keep their word in all trouble, and all come together after it", () => {
  const first = chooseSeed();
  let promotions = 0;
  for (let i = 0; i < HISTORIES; i++) {
    const result = simulate((first + i) >>> 0);
    if ("problem" in result) assert.fail(reportOf(result));
    promotions += result.counts.promotions;
  }
  assert.ok(promotions > HISTORIES, `${promotions} promotions`);
});

test("a seed replays its history exactly", () => {
  assert.deepEqual(simulate(7), simulate(7));
});

for (const bug of PLANTED_BUGS) {
  test(`the planted bug ${bug} is found`, (context) => {
    for (let seed = 1; seed <= MOST_UNTIL_FOUND; seed++) {
      const result = simulate(seed, bug);
      if (!("problem" in result)) continue;
      context.diagnostic(`seed ${seed}: ${result.problem}`);
      return;
    }
    assert.fail(`not found in ${MOST_UNTIL_FOUND} histories`);
  });
}
