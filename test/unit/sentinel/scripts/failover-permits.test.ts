// Scripts that may veto a failover: only an end with 0 in time allows it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FailoverPermits } from "../../../../src/sentinel/scripts/failover-permits";
import type { ScriptEnd } from "../../../../src/sentinel/scripts/script-queue";

function ask(canStart = true) {
  const answers: boolean[] = [];
  const events: string[] = [];
  const state = {
    end: (_end: ScriptEnd): void => undefined,
    expire: (): void => undefined,
    isKilled: false,
    isCalledOff: false,
    limitMs: -1,
  };
  const permits = new FailoverPermits({
    run: (_argv, ended) => {
      if (!canStart) return undefined;
      state.end = ended;
      const kill = (): void => {
        state.isKilled = true;
      };
      return { pid: 7, kill };
    },
    after: (delayMs, run) => {
      state.limitMs = delayMs;
      state.expire = run;
      const callOff = (): void => {
        state.isCalledOff = true;
      };
      return { callOff };
    },
    tell: (level, type, text) => events.push(`${level} ${type} ${text}`),
  });
  permits.ask(["/fence", "m"], 60_000, (allows) => answers.push(allows));
  return { state, answers, events };
}

describe("a script before a failover", () => {
  test("allows it by ending with 0", () => {
    const { state, answers, events } = ask();
    assert.equal(state.limitMs, 60_000);
    assert.deepEqual(answers, []);
    state.end({ exitCode: 0, signal: 0 });
    assert.deepEqual([answers, events, state.isCalledOff], [[true], [], true]);
  });

  test("vetoes it by ending with 1, which is no failure of the script", () => {
    const { state, answers, events } = ask();
    state.end({ exitCode: 1, signal: 0 });
    assert.deepEqual([answers, events], [[false], []]);
  });

  test("vetoes it by any other end, of which is told", () => {
    for (const end of [
      { exitCode: 2, signal: 0 },
      { exitCode: 0, signal: 11 },
    ]) {
      const { state, answers, events } = ask();
      state.end(end);
      const text = `warning -script-error /fence ${end.signal} ${end.exitCode}`;
      assert.deepEqual([answers, events], [[false], [text]]);
    }
  });

  test("vetoes it by its time limit, and is killed; its end later says nothing more", () => {
    const { state, answers, events } = ask();
    state.expire();
    state.end({ exitCode: 0, signal: 9 });
    assert.deepEqual([answers, state.isKilled], [[false], true]);
    assert.deepEqual(events, ["warning -script-timeout /fence 7"]);
  });

  test("vetoes it when it cannot be run at all, but not at once", () => {
    const { state, answers, events } = ask(false);
    assert.deepEqual([answers, state.limitMs], [[], 0]);
    state.expire();
    assert.deepEqual([answers, events], [[false], ["warning -script-error /fence 99 0"]]);
  });
});
