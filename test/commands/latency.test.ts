// LATENCY beside the real server: spikes, histograms, and the errors.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Reply } from "../support/reply";
import { TwoServers } from "../support/two-servers";

/** Powers of two in microseconds, as the ends of the buckets of a real server. */
const STEPS_US = [1, 2, 4, 8, 16, 33, 66, 132, 264, 528, 1056, 2113, 4227, 8454, 16_908, 33_816];
const LATER_STEPS_US = [67_633, 135_266, 270_532, 541_065, 1_073_741];

describe("LATENCY beside the real server", () => {
  let two: TwoServers;
  before(async () => {
    two = await TwoServers.start({ config: { "enable-debug-command": "yes" } });
  });
  after(() => two.stop());

  test("spikes above the threshold are kept by event", async () => {
    await two.same("LATENCY", "LATEST");
    await two.same("LATENCY", "HISTORY", "command");
    await two.same("DEBUG", "SLEEP", "0.03");
    await two.same("LATENCY", "LATEST");
    await two.same("CONFIG", "SET", "latency-monitor-threshold", "20");
    await two.same("DEBUG", "SLEEP", "0.01");
    await two.same("LATENCY", "LATEST");
    await two.same("DEBUG", "SLEEP", "0.05");
    await two.same("DEBUG", "SLEEP", "0.03");
    const { ours, real } = await two.ask("LATENCY", "LATEST");
    for (const reply of [ours, real]) {
      const [[event, timeSeconds, last, worst] = [], ...others] = reply as Reply[][];
      assert.equal(others.length, 0);
      assert.equal(event, "command");
      assert.ok(Math.abs(Date.now() / 1000 - Number(timeSeconds)) < 60);
      assert.ok(Number(last) >= 30 && Number(worst) >= 50, `${last} ${worst}`);
    }
    const history = await two.ask("LATENCY", "HISTORY", "command");
    for (const reply of [history.ours, history.real]) {
      for (const spike of reply as number[][]) {
        assert.equal(spike.length, 2);
        assert.ok((spike[1] ?? 0) >= 20);
      }
    }
    await two.same("LATENCY", "RESET", "nope", "command", "command");
    await two.same("LATENCY", "RESET");
    await two.same("LATENCY", "LATEST");
    await two.same("LATENCY", "HISTORY", "command");
    await two.same("CONFIG", "SET", "latency-monitor-threshold", "0");
  });

  test("histograms tell how many calls took how long", async () => {
    await two.same("CONFIG", "RESETSTAT");
    await two.same("LATENCY", "HISTOGRAM", "get");
    await two.same("LATENCY", "HISTOGRAM", "nope");
    for (let time = 0; time < 9; time++) await two.same("GET", "k");
    await two.same("SET", "k", "v");
    await two.same("DEBUG", "SLEEP", "0.04");
    await two.same("DEBUG", "SLEEP", "0.15");
    await two.same("GET");
    await two.ask("HELLO", "3");
    for (const words of [
      [],
      ["get"],
      ["GET", "SET", "nope", "set"],
      ["debug"],
      ["config", "config|resetstat"],
    ]) {
      const { ours, real } = await two.ask("LATENCY", "HISTOGRAM", ...words);
      assert.deepEqual(callsOf(ours), callsOf(real), words.join(" "));
    }
    await two.same("LATENCY", "HISTOGRAM", "debug");
    await two.ask("HELLO", "2");
    await two.same("LATENCY", "HISTOGRAM", "debug");
    await two.same("CONFIG", "SET", "latency-tracking", "no");
    await two.same("CONFIG", "RESETSTAT");
    await two.same("GET", "k");
    await two.same("LATENCY", "HISTOGRAM");
    await two.same("INFO", "latencystats");
    await two.same("CONFIG", "SET", "latency-tracking", "yes");
  });

  test("INFO latencystats tells the percentiles that are asked for", async () => {
    await two.same("CONFIG", "SET", "latency-tracking-info-percentiles", "0 50 99.9 100");
    await two.same("CONFIG", "RESETSTAT");
    await two.same("DEBUG", "SLEEP", "0.1");
    const { ours, real } = await two.ask("INFO", "latencystats");
    for (const reply of [ours, real]) {
      const line = /latency_percentiles_usec_debug:(.*)/.exec(String(reply))?.[1] ?? "";
      assert.match(line, /^p0=\d{5,6}\.\d{3},p50=1\d{5}\.\d{3},p99\.9=1.*,p100=1\d{5}\.\d{3}$/);
    }
  });

  test("errors are counted by their codes", async () => {
    await two.same("CONFIG", "RESETSTAT");
    await two.same("NOSUCH");
    await two.same("GET");
    await two.same("AUTH", "a", "b");
    await two.same("SET", "k", "v");
    await two.same("INCR", "k");
    await two.same("EXPIRE", "k", "x");
    await two.same("CLIENT", "NOPE");
    await two.same("INFO", "errorstats");
    const { ours, real } = await two.ask("INFO", "stats");
    const total = (reply: Reply): string | undefined =>
      /total_error_replies:(\d+)/.exec(String(reply))?.[1];
    assert.equal(total(ours), total(real));
  });

  test("errors and words that are no events", async () => {
    for (const words of [
      ["GRAPH", "nope"],
      ["GRAPH", "no\u0000pe"],
      ["GRAPH"],
      ["HISTORY"],
      ["HISTORY", "x", "y"],
      ["HISTORY", "__proto__"],
      ["RESET", "__proto__", "constructor"],
      ["LATEST", "x"],
      ["DOCTOR", "x"],
      ["NOPE"],
      [],
    ]) {
      await two.same("LATENCY", ...words);
    }
  });

  test("DOCTOR and HELP are texts of their own", async () => {
    await two.ask("HELLO", "3");
    for (const word of ["DOCTOR", "HELP"]) {
      const { ours, real } = await two.ask("LATENCY", word);
      assert.deepEqual(Object.keys(ours as object)[0], Object.keys(real as object)[0], word);
    }
    await two.ask("HELLO", "2");
  });
});

/** Calls by command; the steps of the histogram must be among those that a real server has. */
function callsOf(reply: Reply): Record<string, Reply> {
  const calls: Record<string, Reply> = {};
  for (const [name, figures] of (reply as { map: [Reply, Reply][] }).map) {
    const fields = (figures as { map: [Reply, Reply][] }).map;
    assert.deepEqual(
      fields.map(([field]) => field),
      ["calls", "histogram_usec"],
    );
    const total = fields[0]?.[1] ?? null;
    const steps = fields[1]?.[1] as { map: [number, number][] } | undefined;
    let before = 0;
    for (const [us, count] of steps?.map ?? []) {
      assert.ok([...STEPS_US, ...LATER_STEPS_US].includes(us), `step ${us}`);
      assert.ok(count > before);
      before = count;
    }
    assert.equal(before, total);
    calls[String(name)] = total;
  }
  return calls;
}
