// The parts of the load bench that judge and tell: a wrong verdict would be worse than none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../bench/load/bulk-loader";
import {
  geometricMeanOf,
  judgedFigure,
  type Limits,
  measurement,
  verdict,
} from "../../../bench/load/measurement";
import { NUMBER } from "../../../bench/load/numbered-command";
import { parseOptions } from "../../../bench/load/options";
import { parseBenchmark, runBenchmark } from "../../../bench/load/redis-benchmark";
import { svgChart } from "../../../bench/load/report-chart";
import { markdownReport } from "../../../bench/load/report-markdown";
import { describeMachine } from "../../../bench/load/result";
import { measureStalls } from "../../../bench/load/stall-meter";
import { geometricMean, median, quantile, spread } from "../../../bench/load/statistics";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";

const ORIGIN = { scenario: "s", source: "P1", subject: "a < b & c" };
const HIGHER: Limits = { judged: "ratio", better: "higher", target: 1.3, floor: 1 };

test("medians, spreads, quantiles and means", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.deepEqual(spread([2, 10, 3]), [2, 10]);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
  assert.ok(Math.abs(geometricMean([1, 4]) - 2) < 1e-12);
  assert.throws(() => median([]), /no samples/);
});

test("verdicts follow target and floor, pair by pair", () => {
  const judge = (ours: number[], real: number[], limits: Limits) =>
    verdict(measurement(ORIGIN, "m", "1/s", { ours, real }, limits));
  assert.equal(judge([130, 140, 10], [100, 100, 100], HIGHER), "target");
  assert.equal(judge([110], [100], HIGHER), "floor");
  assert.equal(judge([99], [100], HIGHER), "below");
  const lower: Limits = { judged: "ours", better: "lower", target: 150, floor: 300 };
  assert.equal(judge([150], [1], lower), "target");
  assert.equal(judge([300], [1], lower), "floor");
  assert.equal(judge([301], [1000], lower), "below");
  assert.equal(verdict(measurement(ORIGIN, "m", "", { ours: [1], real: [1] })), "none");
  assert.equal(judge([Number.NaN], [1], HIGHER), "below");
  const parts = [
    measurement(ORIGIN, "m", "", { ours: [2, 8], real: [1, 1] }),
    measurement(ORIGIN, "m", "", { ours: [8, 2], real: [1, 1] }),
  ];
  assert.equal(judgedFigure(geometricMeanOf(ORIGIN, "m", parts, HIGHER)), 4);
});

test("options are understood or refused by name", () => {
  const options = parseOptions(["--quick", "--only", "a,b", "--pairs", "3", "--ours", "/x"]);
  assert.deepEqual(
    [options.quick, options.only, options.pairs, options.programs.ours],
    [true, ["a", "b"], 3, "/x"],
  );
  assert.equal(parseOptions([]).pairs, 5);
  assert.throws(() => parseOptions(["--fast"]), /unknown option --fast/);
  assert.throws(() => parseOptions(["--pairs", "0"]), /--pairs/);
  assert.throws(() => parseOptions(["--only"]), /needs a value/);
});

test("a real redis-benchmark run is read, and anything else is refused", async (t) => {
  const { port } = await ServerProcess.start({ program: REAL_SERVER }, t);
  const shape = { port, requests: 2000, clients: 5, keys: 100 };
  const built = await runBenchmark({ ...shape, pipeline: 1, test: "set" });
  const custom = await runBenchmark({
    ...shape,
    pipeline: 4,
    command: ["get", "key:__rand_int__"],
  });
  for (const run of [built, custom]) {
    assert.ok(run.requestsPerSecond > 0 && run.p50Ms > 0);
    assert.ok(run.p50Ms <= run.p99Ms && run.p99Ms <= run.p999Ms && run.p999Ms <= run.maxMs);
  }
  assert.throws(() => parseBenchmark("Could not connect\n"), /something else/);
});

test("the loader writes every number once and tells errors of the server", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const { port } = server;
  const command = ["SET", `key:${NUMBER}`, `v${NUMBER}`];
  await load({ port, command, count: 1234, first: 10 });
  await load({ port, command: ["XADD", "s", "*", "f", NUMBER], count: 1001, replyLines: 2 });
  await load({ port, command, count: 0 });
  const client = await server.client();
  assert.equal(await client.call("DBSIZE"), 1235);
  assert.equal(await client.call("GET", "key:000000000010"), "v000000000010");
  assert.equal(await client.call("GET", "key:000000001243"), "v000000001243");
  assert.equal(await client.call("XLEN", "s"), 1001);
  await assert.rejects(load({ port, command: ["SADD", "s", "x"], count: 5 }), /WRONGTYPE/);
});

test("a stall is seen as long as it is", async (t) => {
  const config = { "enable-debug-command": "yes" };
  const server = await ServerProcess.start({ program: REAL_SERVER, config }, t);
  const client = await server.client();
  const probed = await measureStalls(server.port, async () => {
    await client.call("DEBUG", "SLEEP", "0.2");
  });
  assert.ok(probed.longestMs > 150 && probed.longestMs < 2000, `${probed.longestMs} ms`);
  assert.ok(probed.latenciesMs.length > 0);
});

test("reports name every figure and escape what they show", () => {
  const measurements = [
    measurement(ORIGIN, "requests/s", "1/s", { ours: [150, 90], real: [100, 100] }, HIGHER),
  ];
  const result = {
    startedAt: "2026-01-01T00:00:00.000Z",
    machine: describeMachine(),
    versions: { ours: "ours 1", real: "redis 2", node: "v20" },
    pairs: 2,
    quick: true,
    measurements,
  };
  const markdown = markdownReport(result);
  assert.match(markdown, /1\.20 x \(0\.90-1\.50\) \| >= 1\.30 x \| >= 1\.00 x \| floor only/);
  assert.match(markdown, /do not count/);
  const svg = svgChart(result);
  assert.match(svg, /a &lt; b &amp; c/);
  assert.match(svg, /1\.20 x/);
  assert.equal(svg.match(/<svg/g)?.length, 1);
});
