// LATENCY GRAPH draws what a real server draws from the same spikes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { latencyGraph } from "../../../src/introspection/latency/latency-graph";
import { LatencyMonitor, MOST_SPIKES } from "../../../src/introspection/latency/latency-monitor";
import type { RawClient } from "../../support/raw-client";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";

/** Longer than a tick of any kernel (10 ms at 100 Hz). */
const MOST_TICK_MS = 20;
const DURATIONS_MS = [15, 60, 100, 40];

test("the spikes of a real server are drawn as it draws them", async (t) => {
  const config = { "enable-debug-command": "yes", "latency-monitor-threshold": 10 };
  const real = await ServerProcess.start({ program: REAL_SERVER, config }, t);
  const client = await real.client();
  for (const durationMs of DURATIONS_MS) {
    await client.command("DEBUG", "SLEEP", String(durationMs / 1000));
    // One spike a second is kept, so time itself is what the next one needs.
    await delay(1001);
  }
  const { nowSeconds, graph } = await graphWithin(client);
  const history = (await client.call("LATENCY", "HISTORY", "command")) as [number, number][];
  await client.close();
  const monitor = new LatencyMonitor();
  monitor.thresholdMs = 10;
  for (const [timeSeconds, durationMs] of history) {
    monitor.add("command", timeSeconds * 1000, durationMs);
  }
  const ours = monitor.historyOf("command");
  assert.ok(ours !== undefined && ours.spikes.length >= DURATIONS_MS.length);
  assert.equal(latencyGraph(ours, nowSeconds), graph);
});

/** A drawing, and the second in which the real server made it. */
async function graphWithin(
  client: RawClient,
): Promise<{ readonly nowSeconds: number; readonly graph: string }> {
  for (;;) {
    const askedMs = Date.now();
    const graph = String(await client.call("LATENCY", "GRAPH", "command"));
    const nowSeconds = Math.floor(askedMs / 1000);
    const hasSecondPassed = Math.floor(Date.now() / 1000) !== nowSeconds;
    // Redis asks time(2), which goes on to a new second only at the kernel's next tick.
    if (askedMs % 1000 >= MOST_TICK_MS && !hasSecondPassed) return { nowSeconds, graph };
    await delay(1);
  }
}

test("a drawing goes on below when it is wider than 80 columns", () => {
  const monitor = new LatencyMonitor();
  monitor.thresholdMs = 1;
  for (let second = 0; second < MOST_SPIKES + 40; second++) {
    monitor.add("command", second * 1000, 1 + (second % 10));
  }
  const history = monitor.historyOf("command");
  assert.ok(history !== undefined);
  assert.equal(history.spikes.length, MOST_SPIKES);
  assert.equal(history.spikes[0]?.timeSeconds, 40);
  const lines = latencyGraph(history, 100_000).split("\n");
  assert.ok(lines.every((line) => line.length <= 80));
  assert.equal(lines.filter((line) => line === "").length, 2);
});

test("within one second the longest is kept", () => {
  const monitor = new LatencyMonitor();
  monitor.thresholdMs = 10;
  monitor.add("command", 5000, 9);
  monitor.add("command", 5100, 20);
  monitor.add("command", 5200, 40.9);
  monitor.add("command", 5900, 30);
  monitor.add("command", 6000, 10);
  const history = monitor.historyOf("command");
  assert.deepEqual(history?.spikes, [
    { timeSeconds: 5, durationMs: 40 },
    { timeSeconds: 6, durationMs: 10 },
  ]);
});
