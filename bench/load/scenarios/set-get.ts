// SET and GET as issue 2 names them: 50 clients, 1 M random keys, 32-byte values.

import { load } from "../bulk-loader";
import type { Limits, Measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import { SIDES, withServers } from "../server-pair";
import { compareThroughput, type ThroughputLimits } from "../throughput";

const CLIENTS = 50;
const VALUE_BYTES = 32;

const higher = (target: number, floor: number): Limits => ({
  judged: "ratio",
  better: "higher",
  target,
  floor,
});
const lower = (target: number, floor: number): Limits => ({
  judged: "ratio",
  better: "lower",
  target,
  floor,
});
const limitsFor = (throughputTarget: number): ThroughputLimits => ({
  throughput: higher(throughputTarget, 1),
  cpu: lower(0.75, 0.9),
  p99: lower(1.2, 1.5),
  p999: lower(1.2, 1.5),
});

const DEPTHS = [
  { pipeline: 1, requests: 200_000, limits: limitsFor(1.15) },
  { pipeline: 16, requests: 2_000_000, limits: limitsFor(1.3) },
];

async function run(context: BenchContext): Promise<Measurement[]> {
  const scale = context.quick ? 10 : 1;
  const keys = 1_000_000 / scale;
  return withServers(context.programs, async (servers) => {
    for (const side of SIDES) {
      const value = "x".repeat(VALUE_BYTES);
      const command = ["SET", `key:${NUMBER}`, value];
      await load({ port: servers[side].port, command, count: keys });
    }
    const measured: Measurement[] = [];
    for (const { pipeline, requests, limits } of DEPTHS) {
      for (const test of ["set", "get"]) {
        const subject = `${test.toUpperCase()} P=${pipeline}`;
        const origin = { scenario: "set-get", source: "issue 2", subject };
        const benchmarkLoad = {
          requests: requests / scale,
          clients: CLIENTS,
          pipeline,
          valueBytes: VALUE_BYTES,
          keys,
          test,
        };
        const one = { origin, load: benchmarkLoad, limits };
        measured.push(...(await compareThroughput(context, servers, one)));
      }
    }
    return measured;
  });
}

export const SET_GET: Scenario = {
  name: "set-get",
  summary:
    "SET and GET, 50 clients, 1 M random keys, 32-byte values, P=1 and P=16 (issue 2, P1-P4)",
  run,
};
