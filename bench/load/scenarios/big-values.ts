// GET and SET of 1 KB and 64 KB values (P10).

import { load } from "../bulk-loader";
import type { Limits, Measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import { ask, SIDES, withServers } from "../server-pair";
import { compareThroughput } from "../throughput";

const CLIENTS = 50;
const LIMITS: Limits = { judged: "ratio", better: "higher", target: 1, floor: 0.9 };
const SIZES = [
  { name: "1 KB", valueBytes: 1024, keys: 100_000, requests: 200_000 },
  { name: "64 KB", valueBytes: 65_536, keys: 1000, requests: 50_000 },
];

async function run(context: BenchContext): Promise<Measurement[]> {
  const scale = context.quick ? 10 : 1;
  return withServers(context.programs, async (servers) => {
    const measured: Measurement[] = [];
    for (const { name, valueBytes, keys, requests } of SIZES) {
      for (const side of SIDES) {
        await ask(servers[side], "FLUSHALL");
        const command = ["SET", `key:${NUMBER}`, "x".repeat(valueBytes)];
        await load({ port: servers[side].port, command, count: keys });
      }
      for (const test of ["set", "get"]) {
        measured.push(
          ...(await compareThroughput(context, servers, {
            origin: {
              scenario: "big-values",
              source: "P10",
              subject: `${test.toUpperCase()} ${name}`,
            },
            load: {
              requests: requests / scale,
              clients: CLIENTS,
              pipeline: 1,
              valueBytes,
              keys,
              test,
            },
            limits: { throughput: LIMITS },
          })),
        );
      }
    }
    return measured;
  });
}

export const BIG_VALUES: Scenario = {
  name: "big-values",
  summary: "GET and SET of 1 KB and 64 KB values (P10)",
  run,
};
