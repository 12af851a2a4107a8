// 10,000 idle connections beside 100 active ones (P11).

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../../../test/support/process-usage";
import type { ServerProcess } from "../../../test/support/server-process";
import { type Measurement, measurement } from "../measurement";
import type { BenchContext, Scenario } from "../scenario";
import { infoNumber, noSamples, type ServerPair, SIDES, withServers } from "../server-pair";
import { compareThroughput } from "../throughput";

const IDLE_CONNECTIONS = 10_000;
const ACTIVE_CONNECTIONS = 100;
// Beside the idle and active ones: those with which the bench itself asks.
const SPARE_CONNECTIONS = 64;
const KIB = 1024;
const SETTLE_STEP_MS = 3000;
const SETTLE_DEADLINE_MS = 30_000;
const STILL_SHRINKING = 0.99;

async function run(context: BenchContext): Promise<Measurement[]> {
  const idle = IDLE_CONNECTIONS / (context.quick ? 10 : 1);
  const maxclients = idle + ACTIVE_CONNECTIONS + SPARE_CONNECTIONS;
  return withServers(context.programs, (servers) => measure(context, servers, idle), {
    maxclients,
  });
}

async function measure(
  context: BenchContext,
  servers: ServerPair,
  idle: number,
): Promise<Measurement[]> {
  const resident = noSamples();
  const used = noSamples();
  const holders: ChildProcess[] = [];
  const origin = { scenario: "connections", source: "P11", subject: `${idle} idle` };
  try {
    for (const side of SIDES) {
      const { pid, port } = servers[side];
      const residentBefore = residentBytes(pid);
      const usedBefore = await infoNumber(servers[side], "memory", "used_memory");
      holders.push(await holdConnections(port, idle));
      const usedNow = await settledMemory(servers[side]);
      resident[side].push((residentBytes(pid) - residentBefore) / idle);
      used[side].push((usedNow - usedBefore) / idle);
    }
    const measured = [
      measurement(origin, "resident per idle connection", "B", resident, {
        judged: "ours",
        better: "lower",
        target: 12 * KIB,
        floor: 20 * KIB,
      }),
      measurement(origin, "used_memory per idle connection", "B", used),
    ];
    for (const test of ["set", "get"]) {
      measured.push(
        ...(await compareThroughput(context, servers, {
          origin: {
            ...origin,
            subject: `${test.toUpperCase()}, ${ACTIVE_CONNECTIONS} active, ${idle} idle`,
          },
          load: {
            requests: context.quick ? 20_000 : 200_000,
            clients: ACTIVE_CONNECTIONS,
            pipeline: 1,
            valueBytes: 32,
            keys: 100_000,
            test,
          },
          limits: { throughput: { judged: "ratio", better: "higher", target: 1, floor: 0.9 } },
        })),
      );
    }
    return measured;
  } finally {
    for (const holder of holders) holder.kill();
  }
}

/** `used_memory` once it stops shrinking: servers give back buffers of idle clients by and by. */
async function settledMemory(server: ServerProcess): Promise<number> {
  const deadline = performance.now() + SETTLE_DEADLINE_MS;
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    const used = await infoNumber(server, "memory", "used_memory");
    const settled = used > last * STILL_SHRINKING;
    if (settled || performance.now() > deadline) return used;
    last = used;
    await delay(SETTLE_STEP_MS);
  }
}

/** Resolves when all connections are open and have been answered once. */
async function holdConnections(port: number, count: number): Promise<ChildProcess> {
  const holder = fork(join(__dirname, "..", "idle-holder.js"), [String(port), String(count)]);
  const ended = once(holder, "exit").then(() => {
    throw new Error(`could not hold ${count} connections to port ${port}`);
  });
  ended.catch(() => {});
  await Promise.race([once(holder, "message"), ended]);
  return holder;
}

export const CONNECTIONS: Scenario = {
  name: "connections",
  summary: "10,000 idle connections beside 100 active ones (P11)",
  run,
};
