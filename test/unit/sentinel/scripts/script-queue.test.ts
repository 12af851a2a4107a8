// The queue of scripts with a clock that stands still and programs that end when the test says so.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../../../../src/base/clock";
import { SentinelTimes } from "../../../../src/sentinel/model/sentinel-model";
import {
  MAX_QUEUED,
  MAX_RUNNING,
  type ScriptEnd,
  ScriptQueue,
} from "../../../../src/sentinel/scripts/script-queue";

const WELL: ScriptEnd = { exitCode: 0, signal: 0 };
const TRY_AGAIN: ScriptEnd = { exitCode: 1, signal: 0 };
const KILLED: ScriptEnd = { exitCode: 0, signal: 9 };

interface Started {
  readonly argv: readonly string[];
  readonly end: (end: ScriptEnd) => void;
  isKilled: boolean;
}

function newQueue(canStart: () => boolean = () => true) {
  const clock = new ManualClock();
  const started: Started[] = [];
  const events: string[] = [];
  const queue = new ScriptQueue({
    run: (argv, end) => {
      if (!canStart()) return undefined;
      const one: Started = { argv, end, isKilled: false };
      started.push(one);
      const kill = (): void => {
        one.isKilled = true;
      };
      return { pid: 1000 + started.length, kill };
    },
    nowMs: () => clock.monotonicMs(),
    times: new SentinelTimes(),
    tell: (level, type, text) => events.push(`${level} ${type} ${text}`),
  });
  const last = (): Started => {
    const one = started.at(-1);
    if (one === undefined) throw new Error("nothing was started");
    return one;
  };
  return { queue, clock, started, events, last };
}

describe("scripts", () => {
  test("start at the next tick, and a good end is told to debuggers only", () => {
    const { queue, events, last } = newQueue();
    queue.add(["/notify", "+sdown", "master m 1.2.3.4 1"]);
    assert.deepEqual([queue.length, queue.running], [1, 0]);
    queue.tick();
    assert.deepEqual([queue.length, queue.running], [1, 1]);
    assert.deepEqual(last().argv, ["/notify", "+sdown", "master m 1.2.3.4 1"]);
    last().end(WELL);
    assert.equal(queue.length, 0);
    assert.deepEqual(events, ["debug +script-child 1001", "debug -script-child 1001 0 0"]);
  });

  test("run at most sixteen at once, in their order", () => {
    const { queue, started } = newQueue();
    for (let i = 0; i < MAX_RUNNING + 3; i++) queue.add(["/s", String(i)]);
    queue.tick();
    queue.tick();
    assert.equal(started.length, MAX_RUNNING);
    started[4]?.end(WELL);
    started[9]?.end(WELL);
    queue.tick();
    const order = started.map(({ argv }) => Number(argv[1]));
    assert.deepEqual(
      order,
      order.map((_, index) => index),
    );
    assert.equal(queue.running, MAX_RUNNING);
  });

  test("that are too many push out the oldest that does not run", () => {
    const { queue } = newQueue();
    for (let i = 0; i < MAX_RUNNING; i++) queue.add(["/s", String(i)]);
    queue.tick();
    for (let i = MAX_RUNNING; i < MAX_QUEUED + 2; i++) queue.add(["/s", String(i)]);
    assert.equal(queue.length, MAX_QUEUED);
    const waiting = queue.pending.filter(({ isRunning }) => !isRunning);
    assert.equal(waiting[0]?.argv[1], String(MAX_RUNNING + 2));
    assert.equal(queue.running, MAX_RUNNING);
  });

  test("that end with 1 or by a signal run ten times, with delays that double from 30 s", () => {
    for (const end of [TRY_AGAIN, KILLED]) {
      const { queue, clock, started, events, last } = newQueue();
      queue.add(["/s"]);
      const startsMs: number[] = [];
      for (let seconds = 0; seconds < 20_000 && queue.length > 0; seconds++) {
        queue.tick();
        if (started.length > startsMs.length) {
          startsMs.push(clock.monotonicMs());
          last().end(end);
        }
        clock.advance(1000);
      }
      const delays = startsMs.slice(1).map((ms, index) => (ms - (startsMs[index] ?? 0)) / 1000);
      assert.deepEqual(delays, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
      assert.equal(events.at(-1), `warning -script-error /s ${end.signal} ${end.exitCode}`);
    }
  });

  test("that end with 2 or more are not tried again", () => {
    const { queue, events, last } = newQueue();
    queue.add(["/s"]);
    queue.tick();
    last().end({ exitCode: 2, signal: 0 });
    assert.equal(queue.length, 0);
    assert.equal(events.at(-1), "warning -script-error /s 0 2");
  });

  test("are killed once after a minute, and then tried again", () => {
    const { queue, clock, started, events, last } = newQueue();
    queue.add(["/slow"]);
    queue.tick();
    clock.advance(60_000);
    queue.tick();
    assert.equal(last().isKilled, false);
    clock.advance(1);
    queue.tick();
    queue.tick();
    assert.equal(last().isKilled, true);
    assert.deepEqual(
      events.filter((event) => event.includes("timeout")),
      ["warning -script-timeout /slow 1001"],
    );
    last().end(KILLED);
    assert.deepEqual(queue.pending[0], {
      argv: ["/slow"],
      isRunning: false,
      pid: 0,
      startMs: 60_001 + 30_000,
      runs: 1,
      process: undefined,
      isKilled: true,
    });
    clock.advance(30_000);
    queue.tick();
    assert.equal(started.length, 2);
  });

  test("stay when the system has no process for them", () => {
    let canStart = false;
    const { queue, events, started } = newQueue(() => canStart);
    queue.add(["/s"]);
    queue.tick();
    assert.deepEqual(events, ["warning -script-error /s 99 0"]);
    assert.deepEqual([queue.length, queue.running], [1, 0]);
    canStart = true;
    queue.tick();
    assert.equal(started.length, 1);
  });

  test("that run when the Sentinel ends go on, and nothing is told of their end", () => {
    const { queue, events, last } = newQueue();
    queue.add(["/s"]);
    queue.tick();
    queue.stop();
    last().end(WELL);
    assert.equal(last().isKilled, false);
    assert.equal(queue.length, 0);
    assert.deepEqual(events, ["debug +script-child 1001"]);
  });
});
