// Deadlines by time, whatever is added and taken out in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines, type Timed } from "../../../../src/keyspace/blocking/deadlines";
import { withSeed } from "../../../support/seeds";

class Item implements Timed {
  deadlineAt = -1;

  constructor(readonly deadlineMs: number) {}
}

/** A clock and a timer moved by hand. */
class Rig {
  nowMs = 0;
  timer: { readonly atMs: number; readonly run: () => void } | undefined;
  armed = 0;
  readonly due: Item[] = [];
  readonly deadlines = new Deadlines<Item>({
    monotonicMs: () => this.nowMs,
    after: (delayMs, run) => {
      assert.ok(delayMs >= 1 && delayMs <= 0x7fffffff);
      this.armed++;
      const timer = { atMs: this.nowMs + delayMs, run };
      this.timer = timer;
      return () => {
        if (this.timer === timer) this.timer = undefined;
      };
    },
    wake: () => {
      for (;;) {
        const item = this.deadlines.takeDue();
        if (item === undefined) return;
        this.due.push(item);
      }
    },
  });

  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const { timer } = this;
      if (timer === undefined || timer.atMs > endMs) break;
      this.nowMs = timer.atMs;
      this.timer = undefined;
      timer.run();
    }
    this.nowMs = endMs;
  }
}

test("random deadlines end at their time, the earliest first", () =>
  withSeed((random) => {
    const rig = new Rig();
    const waiting = new Set<Item>();
    for (let step = 0; step < 3000; step++) {
      const choice = random.below(10);
      if (choice < 5) {
        const item = new Item(rig.nowMs + random.between(0, 500) + random.below(1000) / 1000);
        waiting.add(item);
        rig.deadlines.add(item);
      } else if (choice < 7) {
        const [item] = [...waiting].slice(random.below(waiting.size || 1));
        if (item === undefined) continue;
        waiting.delete(item);
        rig.deadlines.remove(item);
        rig.deadlines.remove(item);
      } else {
        rig.pass(random.below(20));
      }
      for (const item of rig.due.splice(0)) {
        assert.ok(item.deadlineMs <= rig.nowMs);
        assert.ok(waiting.delete(item), "once, and not when it was taken out");
      }
      // A timer counts whole milliseconds.
      for (const item of waiting) assert.ok(item.deadlineMs > rig.nowMs - 1.001);
      assert.equal(rig.deadlines.count, waiting.size);
    }
    rig.pass(1000);
    assert.equal(rig.deadlines.count, 0);
  }));

test("what never ends is not kept, and what ends in years does not end at once", () => {
  const rig = new Rig();
  rig.deadlines.add(new Item(Number.POSITIVE_INFINITY));
  assert.equal(rig.deadlines.count, 0);
  rig.deadlines.add(new Item(2 ** 40));
  rig.pass(2 ** 33);
  assert.equal(rig.due.length, 0);
  rig.pass(2 ** 40);
  assert.equal(rig.due.length, 1);
});

test("the timer is set anew only for an earlier end", () => {
  const rig = new Rig();
  for (let i = 0; i < 100; i++) rig.deadlines.add(new Item(1000 + i));
  assert.equal(rig.armed, 1);
  rig.deadlines.add(new Item(10));
  assert.equal(rig.armed, 2);
});
