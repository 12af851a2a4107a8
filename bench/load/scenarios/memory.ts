// Memory: 1 M small string keys (P5), and the collections of the scorecard (P6) as far as the
// server knows their commands. Fresh servers for every data set, so that nothing is left from another.

import { residentBytes } from "../../../test/support/process-usage";
import type { ServerProcess } from "../../../test/support/server-process";
import { load } from "../bulk-loader";
import { type Limits, type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import {
  infoNumber,
  noSamples,
  type Samples,
  SIDES,
  unknownCommands,
  withServers,
} from "../server-pair";

// Memory does not vary as time does: a few rounds show that.
const MAX_ROUNDS = 3;

interface DataSet {
  readonly subject: string;
  readonly source: string;
  readonly needs: string;
  readonly command: readonly string[];
  readonly count: number;
  readonly replyLines?: number;
  readonly limits: Limits;
}

const atMost = (target: number, floor: number): Limits => ({
  judged: "ratio",
  better: "lower",
  target,
  floor,
});

const DATA_SETS: readonly DataSet[] = [
  {
    subject: "1 M keys, 16 B + 32 B",
    source: "P5",
    needs: "SET",
    command: ["SET", `key:${NUMBER}`, "x".repeat(32)],
    count: 1_000_000,
    limits: atMost(0.62, 0.8),
  },
  {
    subject: "200 k hashes of 5 fields",
    source: "P6",
    needs: "HSET",
    command: ["HSET", `hash:${NUMBER}`, ...["a", "b", "c", "d", "e"].flatMap((f) => [f, NUMBER])],
    count: 200_000,
    limits: atMost(0.8, 1),
  },
  {
    subject: "1 sorted set of 1 M",
    source: "P6",
    needs: "ZADD",
    command: ["ZADD", "zset", NUMBER, `member:${NUMBER}`],
    count: 1_000_000,
    limits: atMost(0.8, 1),
  },
  {
    subject: "1 set of 1 M",
    source: "P6",
    needs: "SADD",
    command: ["SADD", "set", `member:${NUMBER}`],
    count: 1_000_000,
    limits: atMost(0.8, 1),
  },
  {
    subject: "1 list of 1 M",
    source: "P6",
    needs: "RPUSH",
    command: ["RPUSH", "list", `element:${NUMBER}`],
    count: 1_000_000,
    limits: atMost(0.8, 1),
  },
  {
    subject: "1 stream of 1 M entries",
    source: "P6",
    needs: "XADD",
    command: ["XADD", "stream", "*", "field", `value:${NUMBER}`],
    count: 1_000_000,
    replyLines: 2,
    limits: atMost(0.8, 1),
  },
];

interface Use {
  readonly used: number;
  readonly resident: number;
}

async function use(server: ServerProcess): Promise<Use> {
  return {
    used: await infoNumber(server, "memory", "used_memory"),
    resident: residentBytes(server.pid),
  };
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const dataSet of DATA_SETS) {
    measured.push(...(await measureDataSet(context, dataSet)));
  }
  return measured;
}

async function measureDataSet(context: BenchContext, dataSet: DataSet): Promise<Measurement[]> {
  const count = dataSet.count / (context.quick ? 10 : 1);
  const used = noSamples();
  const resident = noSamples();
  const perEntry = noSamples();
  for (let round = 0; round < Math.min(context.pairs, MAX_ROUNDS); round++) {
    const known = await withServers(context.programs, async (servers) => {
      if ((await unknownCommands(servers.ours, [dataSet.needs])).length > 0) return false;
      for (const side of SIDES) {
        const server = servers[side];
        const before = await use(server);
        const { command, replyLines = 1 } = dataSet;
        await load({ port: server.port, command, count, replyLines });
        const after = await use(server);
        used[side].push(after.used);
        resident[side].push(after.resident);
        perEntry[side].push((after.resident - before.resident) / count);
      }
      return true;
    });
    if (!known) {
      context.progress(`memory ${dataSet.subject}: left out, ours has no ${dataSet.needs} yet`);
      return [];
    }
  }
  return tell(context, dataSet, { used, resident, perEntry });
}

function tell(
  context: BenchContext,
  { subject, source, limits }: DataSet,
  samples: { readonly used: Samples; readonly resident: Samples; readonly perEntry: Samples },
): Measurement[] {
  const origin = { scenario: "memory", source, subject };
  const result = [
    measurement(origin, "used_memory", "B", samples.used, limits),
    measurement(origin, "resident", "B", samples.resident),
    measurement(origin, "resident growth per entry", "B", samples.perEntry),
  ];
  const ratios = result.map((one) => (one.ratios[0] ?? Number.NaN).toFixed(2));
  context.progress(`memory ${subject}: ${ratios[0]} x used_memory, ${ratios[1]} x resident`);
  return result;
}

export const MEMORY: Scenario = {
  name: "memory",
  summary: "memory of 1 M keys of 16 B + 32 B (P5) and of collections (P6)",
  run,
};
