// Runs the real redis-benchmark against one server and reads what it prints.
// Not a load generator of its own: the numbers are those that any user of Redis would see.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const BINARY = "/usr/bin/redis-benchmark";
const RUN_DEADLINE_MS = 600_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface BenchmarkRun {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The first percentile printed at or above 99.9. */
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface BenchmarkLoad {
  readonly port: number;
  readonly requests: number;
  readonly clients: number;
  readonly pipeline: number;
  readonly valueBytes?: number;
  /** Random keys are drawn from this many; one single key without it. */
  readonly keys?: number;
  /** Either the name of a built-in test or a command line. */
  readonly test?: string;
  readonly command?: readonly string[];
}

export async function runBenchmark(load: BenchmarkLoad): Promise<BenchmarkRun> {
  const args = ["-p", String(load.port), "-n", String(load.requests), "-c", String(load.clients)];
  args.push("-P", String(load.pipeline), "--precision", "3");
  if (load.valueBytes !== undefined) args.push("-d", String(load.valueBytes));
  if (load.keys !== undefined) args.push("-r", String(load.keys));
  if (load.test !== undefined) args.push("-t", load.test);
  if (load.command !== undefined) args.push(...load.command);
  const { stdout } = await run(BINARY, args, {
    timeout: RUN_DEADLINE_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return parseBenchmark(stdout);
}

/** Reads the long form of the output of exactly one test. */
export function parseBenchmark(output: string): BenchmarkRun {
  const throughput = /throughput summary: ([\d.]+) requests per second/.exec(output)?.[1];
  const summary = /^\s+avg\s+min\s+p50\s+p95\s+p99\s+max\s*$\s+([\d.\s]+)$/m.exec(output)?.[1];
  const figures = summary?.trim().split(/\s+/).map(Number) ?? [];
  const [, , p50Ms, , p99Ms, maxMs] = figures;
  if (throughput === undefined || figures.length !== 6) {
    throw new Error(`redis-benchmark printed something else:\n${output.slice(-2000)}`);
  }
  return {
    requestsPerSecond: Number(throughput),
    p50Ms: p50Ms ?? Number.NaN,
    p99Ms: p99Ms ?? Number.NaN,
    p999Ms: percentileAtLeast(output, 99.9),
    maxMs: maxMs ?? Number.NaN,
  };
}

/** The latency of the first line `NN.NNN% <= X milliseconds` that covers the percentage. */
function percentileAtLeast(output: string, percentage: number): number {
  for (const line of output.matchAll(/^([\d.]+)% <= ([\d.]+) milliseconds \(cumulative/gm)) {
    if (Number(line[1]) >= percentage) return Number(line[2]);
  }
  throw new Error("redis-benchmark printed no percentiles");
}
