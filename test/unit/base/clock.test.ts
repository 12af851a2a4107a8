import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock, SystemClock } from "../../../src/base/clock.js";

test("the system clock gives whole Unix milliseconds and a monotonic time", () => {
  const clock = new SystemClock();
  const before = Date.now();
  const now = clock.nowMs();
  assert.ok(Number.isInteger(now) && now >= before && now <= Date.now());
  let last = clock.monotonicMs();
  for (let i = 0; i < 1000; i++) {
    const next = clock.monotonicMs();
    assert.ok(next >= last);
    last = next;
  }
});

test("a manual clock moves only when told", () => {
  const clock = new ManualClock(1000);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1000, 0]);
  clock.advance(2.5);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1002, 2.5]);
  clock.advance(0.5);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1003, 3]);
});

test("setting a manual clock jumps the wall clock but not the monotonic one", () => {
  const clock = new ManualClock(1000);
  clock.advance(10);
  clock.setNow(5);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [5, 10]);
  clock.advance(1);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [6, 11]);
});

test("a manual clock refuses to go back", () => {
  const clock = new ManualClock();
  assert.throws(() => clock.advance(-1), RangeError);
  assert.throws(() => clock.advance(Number.NaN), RangeError);
  assert.equal(clock.monotonicMs(), 0);
});

test("microseconds lie within the millisecond that the wall clock shows", () => {
  const clock = new SystemClock();
  for (let i = 0; i < 2000; i++) {
    const before = Date.now();
    const nowUs = clock.nowUs();
    const after = Date.now();
    assert.ok(Number.isInteger(nowUs));
    assert.ok(nowUs >= before * 1000 && nowUs < (after + 1) * 1000, `${before} ${nowUs} ${after}`);
  }
  const manual = new ManualClock(7);
  manual.advance(0.25);
  assert.equal(manual.nowUs(), 7250);
});

test("the fine clock does not go back while the system's clock is slowed down", (t) => {
  let wallMs = 1_700_000_000_000;
  let steadyMs = 5000;
  t.mock.method(Date, "now", () => Math.floor(wallMs));
  t.mock.method(performance, "now", () => steadyMs);
  const clock = new SystemClock();
  let before = 0;
  for (let step = 0; step < 20_000; step++) {
    const fineUs = clock.nowUs();
    assert.ok(fineUs >= before, `${fineUs} after ${before}`);
    assert.equal(Math.floor(fineUs / 1000), Math.floor(wallMs), "within the millisecond");
    before = fineUs;
    wallMs += 0.13;
    steadyMs += 0.1302;
  }
});
