// The default tests of redis-benchmark, as far as the server knows their commands (P1 to P4).

import { load } from "../bulk-loader";
import { geometricMeanOf, type Limits, type Measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import { ask, type ServerPair, SIDES, unknownCommands, withServers } from "../server-pair";
import { CPU_PER_OPERATION, compareThroughput, THROUGHPUT } from "../throughput";

const CLIENTS = 50;
const VALUE_BYTES = 32;
const VALUE = "x".repeat(VALUE_BYTES);
const LIST_CHUNK = 100;

interface DefaultTest {
  readonly name: string;
  /** The command without which it cannot run. */
  readonly needs: string;
  /** A built-in test of redis-benchmark, or a command line. */
  readonly test?: string;
  readonly command?: readonly string[];
  /** The load is divided by this where one request is dear. */
  readonly divisor?: number;
  /** What must be there: numbered elements, once or before each run that takes them away. */
  readonly fill?: {
    readonly command: readonly string[];
    readonly perCommand?: number;
    readonly count: "keys" | "requests" | number;
    readonly eachRun?: boolean;
  };
}

const keyFill = { command: ["SET", `key:${NUMBER}`, VALUE], count: "keys" } as const;
const listFill = {
  command: ["RPUSH", "mylist", ...Array.from({ length: LIST_CHUNK }, () => VALUE)],
  perCommand: LIST_CHUNK,
  eachRun: true,
} as const;

function range(last: number, divisor: number): DefaultTest {
  return {
    name: `LRANGE_${last}`,
    needs: "LRANGE",
    command: ["lrange", "mylist", "0", String(last - 1)],
    divisor,
    fill: { ...listFill, count: 1000, eachRun: false },
  };
}

const TESTS: readonly DefaultTest[] = [
  { name: "PING_INLINE", needs: "PING", test: "ping_inline" },
  { name: "PING_MBULK", needs: "PING", test: "ping_mbulk" },
  { name: "SET", needs: "SET", test: "set", fill: keyFill },
  { name: "GET", needs: "GET", test: "get", fill: keyFill },
  { name: "INCR", needs: "INCR", test: "incr" },
  { name: "LPUSH", needs: "LPUSH", test: "lpush" },
  { name: "RPUSH", needs: "RPUSH", test: "rpush" },
  { name: "LPOP", needs: "LPOP", test: "lpop", fill: { ...listFill, count: "requests" } },
  { name: "RPOP", needs: "RPOP", test: "rpop", fill: { ...listFill, count: "requests" } },
  { name: "SADD", needs: "SADD", test: "sadd" },
  { name: "HSET", needs: "HSET", test: "hset" },
  {
    name: "SPOP",
    needs: "SPOP",
    test: "spop",
    fill: { command: ["SADD", "myset", `element:${NUMBER}`], count: "requests", eachRun: true },
  },
  { name: "ZADD", needs: "ZADD", test: "zadd" },
  {
    name: "ZPOPMIN",
    needs: "ZPOPMIN",
    test: "zpopmin",
    fill: {
      command: ["ZADD", "myzset", NUMBER, `element:${NUMBER}`],
      count: "requests",
      eachRun: true,
    },
  },
  range(100, 5),
  range(300, 10),
  range(500, 20),
  range(600, 20),
  { name: "XADD", needs: "XADD", command: ["XADD", "mystream", "*", "field", VALUE] },
  { name: "MSET", needs: "MSET", test: "mset", divisor: 2, fill: keyFill },
];

const CPU_LIMITS: Limits = { judged: "ratio", better: "lower", target: 0.65, floor: 0.9 };
const TAIL_LIMITS: Limits = { judged: "ratio", better: "lower", target: 1, floor: 1.5 };
const EACH_LIMITS: Limits = { judged: "ratio", better: "higher", target: 1, floor: 1 };

interface Depth {
  readonly pipeline: number;
  readonly requests: number;
  readonly source: string;
  readonly meanTarget: number;
}

async function runDepth(
  context: BenchContext,
  depth: Depth,
  scenario: string,
): Promise<Measurement[]> {
  const scale = context.quick ? 10 : 1;
  const keys = 1_000_000 / scale;
  const measured: Measurement[] = [];
  await withServers(context.programs, async (servers) => {
    for (const test of TESTS) {
      if ((await unknownCommands(servers.ours, [test.needs])).length > 0) {
        context.progress(`${scenario} ${test.name}: left out, ours has no ${test.needs} yet`);
        continue;
      }
      const requests = depth.requests / scale / (test.divisor ?? 1);
      await ask(servers.ours, "FLUSHALL");
      await ask(servers.real, "FLUSHALL");
      if (test.fill?.eachRun !== true) {
        for (const side of SIDES) await fill(servers, side, test, { keys, requests });
      }
      const one = {
        origin: { scenario, source: depth.source, subject: test.name },
        load: {
          requests,
          clients: CLIENTS,
          pipeline: depth.pipeline,
          valueBytes: VALUE_BYTES,
          keys,
          ...(test.test === undefined ? {} : { test: test.test }),
          ...(test.command === undefined ? {} : { command: test.command }),
        },
        limits: { throughput: EACH_LIMITS, cpu: CPU_LIMITS, p99: TAIL_LIMITS, p999: TAIL_LIMITS },
        prepare: async (pair: ServerPair, side: "ours" | "real") => {
          if (test.fill?.eachRun === true) await fill(pair, side, test, { keys, requests });
        },
      };
      measured.push(...(await compareThroughput(context, servers, one)));
    }
  });
  return [...measured, ...means(measured, depth, scenario)];
}

async function fill(
  servers: ServerPair,
  side: "ours" | "real",
  test: DefaultTest,
  sizes: { readonly keys: number; readonly requests: number },
): Promise<void> {
  if (test.fill === undefined) return;
  const { command, count, perCommand = 1 } = test.fill;
  const elements = typeof count === "number" ? count : sizes[count];
  await load({ port: servers[side].port, command, count: Math.ceil(elements / perCommand) });
}

function means(measured: readonly Measurement[], depth: Depth, scenario: string): Measurement[] {
  const subject = "geometric mean";
  const of = (metric: string) => measured.filter((one) => one.metric === metric);
  if (measured.length === 0) return [];
  const higher: Limits = { judged: "ratio", better: "higher", target: depth.meanTarget, floor: 1 };
  return [
    geometricMeanOf(
      { scenario, source: depth.source, subject },
      THROUGHPUT,
      of(THROUGHPUT),
      higher,
    ),
    geometricMeanOf(
      { scenario, source: "P3", subject },
      CPU_PER_OPERATION,
      of(CPU_PER_OPERATION),
      CPU_LIMITS,
    ),
    geometricMeanOf({ scenario, source: "P4", subject }, "p50", of("p50")),
    geometricMeanOf({ scenario, source: "P4", subject }, "p99", of("p99"), TAIL_LIMITS),
    geometricMeanOf({ scenario, source: "P4", subject }, "p99.9", of("p99.9"), TAIL_LIMITS),
  ];
}

export const DEFAULT_TESTS: Scenario = {
  name: "default-p1",
  summary: "default tests of redis-benchmark, 50 clients, no pipeline (P1, P3, P4)",
  run: (context) =>
    runDepth(
      context,
      { pipeline: 1, requests: 100_000, source: "P1", meanTarget: 1.3 },
      "default-p1",
    ),
};

export const DEFAULT_TESTS_PIPELINED: Scenario = {
  name: "default-p16",
  summary: "the same with a pipeline of 16 (P2, P3, P4)",
  run: (context) =>
    runDepth(
      context,
      { pipeline: 16, requests: 500_000, source: "P2", meanTarget: 1.5 },
      "default-p16",
    ),
};
