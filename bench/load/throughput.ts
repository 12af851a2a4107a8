// One throughput comparison: the same redis-benchmark load on both servers in turn, with the CPU
// time of the server beside it. The scenarios only say which load and how it is judged.

import { type Limits, type Measurement, measurement, type Origin } from "./measurement";
import { type BenchmarkLoad, runBenchmark } from "./redis-benchmark";
import type { BenchContext } from "./scenario";
import {
  noSamples,
  type Samples,
  type ServerPair,
  SIDES,
  type Side,
  withCpuTime,
} from "./server-pair";
import { median } from "./statistics";

export interface ThroughputLimits {
  readonly throughput?: Limits;
  readonly cpu?: Limits;
  readonly p99?: Limits;
  readonly p999?: Limits;
}

export interface ThroughputTest {
  readonly origin: Origin;
  readonly load: Omit<BenchmarkLoad, "port">;
  readonly limits: ThroughputLimits;
  /** Puts one server into the state each run starts from. */
  prepare?(servers: ServerPair, side: Side): Promise<void>;
}

const US_PER_MS = 1000;
const WARM_UP_SHARE = 10;

/** Names of the metrics of a throughput test, in the order of the report. */
export const THROUGHPUT = "requests/s";
export const CPU_PER_OPERATION = "CPU/op";

export async function compareThroughput(
  context: BenchContext,
  servers: ServerPair,
  test: ThroughputTest,
): Promise<Measurement[]> {
  const samples: Record<string, Samples> = {};
  const add = (metric: string, side: Side, value: number) => {
    samples[metric] ??= noSamples();
    samples[metric][side].push(value);
  };
  // Neither server is judged by its first requests: one compiles its code, both grow their tables.
  for (const side of SIDES) {
    await test.prepare?.(servers, side);
    const requests = Math.ceil(test.load.requests / WARM_UP_SHARE);
    await runBenchmark({ ...test.load, requests, port: servers[side].port });
  }
  for (let pair = 0; pair < context.pairs; pair++) {
    for (const side of SIDES) {
      await test.prepare?.(servers, side);
      const { result, cpuMs } = await withCpuTime(servers[side], () =>
        runBenchmark({ ...test.load, port: servers[side].port }),
      );
      add(THROUGHPUT, side, result.requestsPerSecond);
      add(CPU_PER_OPERATION, side, (cpuMs * US_PER_MS) / test.load.requests);
      add("p50", side, result.p50Ms);
      add("p99", side, result.p99Ms);
      add("p99.9", side, result.p999Ms);
    }
  }
  const made = (metric: string, unit: string, limits?: Limits) =>
    measurement(test.origin, metric, unit, samples[metric] ?? noSamples(), limits);
  const measured = [
    made(THROUGHPUT, "1/s", test.limits.throughput),
    made(CPU_PER_OPERATION, "us", test.limits.cpu),
    made("p50", "ms"),
    made("p99", "ms", test.limits.p99),
    made("p99.9", "ms", test.limits.p999),
  ];
  const figures = measured.slice(0, 2).map((one) => median(one.ratios).toFixed(2));
  context.progress(
    `${test.origin.scenario} ${test.origin.subject}: ${figures[0]} x the requests, ` +
      `${figures[1]} x the CPU time`,
  );
  return measured;
}
