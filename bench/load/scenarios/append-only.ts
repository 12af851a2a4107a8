// Writes that are kept in the append only file, under each policy of appendfsync (issue 4).

import type { Limits, Measurement } from "../measurement";
import type { BenchContext, Scenario } from "../scenario";
import { withServers } from "../server-pair";
import { compareThroughput } from "../throughput";

const CLIENTS = 50;
const PIPELINE = 16;
const VALUE_BYTES = 32;
const KEYS = 1_000_000;

interface Policy {
  readonly name: string;
  readonly requests: number;
  readonly target: number;
}

const POLICIES: readonly Policy[] = [
  { name: "no", requests: 2_000_000, target: 1.2 },
  { name: "everysec", requests: 2_000_000, target: 1.2 },
  { name: "always", requests: 400_000, target: 1 },
];

async function run(context: BenchContext): Promise<Measurement[]> {
  const scale = context.quick ? 10 : 1;
  const measured: Measurement[] = [];
  for (const { name, requests, target } of POLICIES) {
    const throughput: Limits = { judged: "ratio", better: "higher", target, floor: 1 };
    // A rewrite would begin on one side in the middle of a run, and on the other elsewhere.
    const config = {
      appendonly: "yes",
      appendfsync: name,
      "auto-aof-rewrite-percentage": 0,
    };
    const origin = { scenario: "append-only", source: "issue 4", subject: `SET, ${name}` };
    const load = {
      requests: requests / scale,
      clients: CLIENTS,
      pipeline: PIPELINE,
      valueBytes: VALUE_BYTES,
      keys: KEYS / scale,
      test: "set",
    };
    const test = { origin, load, limits: { throughput } };
    measured.push(
      ...(await withServers(
        context.programs,
        (servers) => compareThroughput(context, servers, test),
        config,
      )),
    );
  }
  return measured;
}

export const APPEND_ONLY: Scenario = {
  name: "append-only",
  summary: "SET with an append only file, under each appendfsync, P=16 (issue 4)",
  run,
};
