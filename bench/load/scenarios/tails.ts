// Latency tails with 5 M keys loaded, over a minute of load for each server (P4).

import { load } from "../bulk-loader";
import type { Limits, Measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import { runBenchmark } from "../redis-benchmark";
import type { BenchContext, Scenario } from "../scenario";
import { SIDES, withServers } from "../server-pair";
import { compareThroughput } from "../throughput";

const CLIENTS = 50;
const PIPELINE = 4;
const SECONDS_IN_ALL = 60;
const TRIAL_REQUESTS = 200_000;
const LIMITS: Limits = { judged: "ratio", better: "lower", target: 1, floor: 1.5 };

async function run(context: BenchContext): Promise<Measurement[]> {
  const keys = context.quick ? 200_000 : 5_000_000;
  const seconds = context.quick ? 2 : SECONDS_IN_ALL;
  return withServers(context.programs, async (servers) => {
    for (const side of SIDES) {
      const command = ["SET", `key:${NUMBER}`, "x".repeat(32)];
      await load({ port: servers[side].port, command, count: keys });
    }
    const measured: Measurement[] = [];
    for (const test of ["set", "get"]) {
      const shape = { clients: CLIENTS, pipeline: PIPELINE, valueBytes: 32, keys, test };
      const trial = await runBenchmark({
        ...shape,
        requests: TRIAL_REQUESTS,
        port: servers.real.port,
      });
      const perRun = (trial.requestsPerSecond * seconds) / context.pairs;
      measured.push(
        ...(await compareThroughput(context, servers, {
          origin: {
            scenario: "tails",
            source: "P4",
            subject: `${test.toUpperCase()} P=${PIPELINE}, ${keys / 1e6} M keys`,
          },
          load: { ...shape, requests: Math.ceil(perRun) },
          limits: { p99: LIMITS, p999: LIMITS },
        })),
      );
    }
    return measured;
  });
}

export const TAILS: Scenario = {
  name: "tails",
  summary: "p99 and p99.9 with 5 M keys loaded, 60 s of SET and of GET for each server (P4)",
  run,
};
