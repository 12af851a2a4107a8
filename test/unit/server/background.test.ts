// Work between turns: at full speed while clients are quiet, a share of the time while they are not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../src/base/clock";
import { Background, type BackgroundJob, LONGEST_SLICE_MS } from "../../../src/server/background";

class Bench {
  readonly clock = new ManualClock();
  readonly budgetsMs: number[] = [];
  readonly order: string[] = [];
  readonly left: Record<string, number> = { one: 0, other: 0 };
  readonly background: Background;
  #deferred: (() => void) | undefined;

  constructor() {
    this.background = new Background({
      clock: this.clock,
      jobs: [this.#job("one"), this.#job("other")],
      defer: (slice) => {
        assert.equal(this.#deferred, undefined, "one slice at a time");
        this.#deferred = slice;
      },
      beforeSlice: () => this.order.push("before"),
      afterSlice: () => {
        this.order.push("after");
        // Sending what was written ends like a turn.
        this.background.turnEnded();
      },
    });
  }

  get isDeferred(): boolean {
    return this.#deferred !== undefined;
  }

  /** The sockets have been looked at: runs the slice that waits. */
  loop(): void {
    const slice = this.#deferred;
    this.#deferred = undefined;
    slice?.();
  }

  /** A turn that takes so long. */
  turn(durationMs: number): void {
    this.clock.advance(durationMs);
    this.background.turnEnded();
  }

  #job(name: string): BackgroundJob {
    return {
      name,
      hasWork: () => (this.left[name] ?? 0) > 0,
      work: (budgetMs) => {
        this.left[name] = (this.left[name] ?? 0) - 1;
        this.budgetsMs.push(budgetMs);
        this.order.push(name);
        this.clock.advance(budgetMs);
      },
    };
  }
}

test("nothing is deferred without work", () => {
  const bench = new Bench();
  bench.background.wake();
  bench.turn(1);
  assert.equal(bench.isDeferred, false);
});

test("while nobody asks slices follow each other until the work is done", () => {
  const bench = new Bench();
  bench.left.one = 3;
  bench.background.wake();
  bench.background.wake();
  for (let i = 0; bench.isDeferred && i < 10; i++) bench.loop();
  assert.deepEqual(bench.budgetsMs, [LONGEST_SLICE_MS, LONGEST_SLICE_MS, LONGEST_SLICE_MS]);
  assert.equal(bench.left.one, 0);
  assert.equal(bench.isDeferred, false);
  bench.left.other = 1;
  bench.turn(1);
  assert.equal(bench.isDeferred, true);
});

test("jobs take turns, each slice between the two calls of its owner", () => {
  const bench = new Bench();
  bench.left.one = 2;
  bench.left.other = 2;
  bench.background.wake();
  while (bench.isDeferred) bench.loop();
  const slices = ["one", "other", "one", "other"];
  assert.deepEqual(
    bench.order,
    slices.flatMap((name) => ["before", name, "after"]),
  );
});

test("under load slices get a share of the time that turns take", () => {
  const bench = new Bench();
  bench.left.one = 1000;
  bench.background.wake();
  bench.loop();
  for (const turnMs of [0.03, 0.6, 1.5, 30]) {
    bench.turn(turnMs);
    bench.loop();
  }
  // 0.03 ms of turn give too little for a slice, and are added to the next.
  const rounded = bench.budgetsMs.map((budgetMs) => Math.round(budgetMs * 100) / 100);
  assert.deepEqual(rounded, [LONGEST_SLICE_MS, 0.21, 0.5, LONGEST_SLICE_MS]);
});
