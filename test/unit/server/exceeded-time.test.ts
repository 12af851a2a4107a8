import assert from "node:assert/strict";
import { test } from "node:test";
import { ExceededTime } from "../../../src/server/info/exceeded-time";

test("time above the limit adds up over stretches", () => {
  const time = new ExceededTime();
  time.sample(false, 1000);
  assert.deepEqual([time.currentMs, time.totalMs], [0, 0]);
  time.sample(true, 1100);
  time.sample(true, 1200);
  assert.deepEqual([time.currentMs, time.totalMs], [100, 100]);
  time.sample(false, 1300);
  assert.deepEqual([time.currentMs, time.totalMs], [0, 200]);
  time.sample(true, 2000);
  time.sample(true, 2050);
  assert.deepEqual([time.currentMs, time.totalMs], [50, 250]);
});

test("a reset in the middle of a stretch begins it anew", () => {
  const time = new ExceededTime();
  time.sample(true, 1000);
  time.sample(true, 3000);
  time.reset();
  assert.deepEqual([time.currentMs, time.totalMs], [0, 0]);
  time.sample(true, 3100);
  assert.deepEqual([time.currentMs, time.totalMs], [100, 100]);
  time.sample(false, 3200);
  assert.deepEqual([time.currentMs, time.totalMs], [0, 200]);
});
