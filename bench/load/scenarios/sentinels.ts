// What watching costs: one Sentinel of a kind that watches 100 masters with a replica each, beside two
// others that watch them too; its processor time per second and its memory. The data nodes are real
// servers for both kinds, and so are the two others.

import { setTimeout as delay } from "node:timers/promises";
import { cpuTimeMs, residentBytes } from "../../../test/support/process-usage";
import {
  OUR_SENTINEL,
  REAL_SENTINEL,
  REAL_SERVER,
  ServerProcess,
} from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { type Measurement, measurement } from "../measurement";
import type { BenchContext, Scenario } from "../scenario";
import { noSamples, SIDES } from "../server-pair";

const PROGRAMS = { ours: OUR_SENTINEL, real: REAL_SENTINEL } as const;
const MASTERS = 100;
/** Each is watched under several names, as far as a Sentinel can tell by different masters. */
const SERVERS = 10;
const OTHERS = 2;
const SETTLE_MS = 5000;
const WATCH_MS = 20_000;
const QUICK_WATCH_MS = 3000;
const KNOWN_TIMEOUT_MS = 60_000;

class Watched {
  readonly servers: ServerProcess[] = [];
  readonly others: ServerProcess[] = [];
  readonly #ports: number[] = [];

  async start(): Promise<void> {
    for (let index = 0; index < SERVERS; index++) {
      const master = await ServerProcess.start({ program: REAL_SERVER });
      const replicaof = ["127.0.0.1", String(master.port)];
      this.#ports.push(master.port);
      this.servers.push(master);
      this.servers.push(await ServerProcess.start({ program: REAL_SERVER, config: { replicaof } }));
    }
    for (let index = 0; index < OTHERS; index++) {
      this.others.push(await this.sentinel(REAL_SENTINEL));
    }
  }

  sentinel(program: string): Promise<ServerProcess> {
    const lines = Array.from({ length: MASTERS }, (_, index) => {
      const port = this.#ports[index % SERVERS];
      return `sentinel monitor master-${index} 127.0.0.1 ${port} 2\n`;
    });
    return ServerProcess.start({ program, configFile: lines.join("") });
  }

  async stop(): Promise<void> {
    for (const one of [...this.others, ...this.servers]) await one.stop();
  }
}

/** Every master is seen, with its replica and the other Sentinels. */
async function untilAllIsKnown(sentinel: ServerProcess): Promise<void> {
  const client = await sentinel.client();
  const wanted = `slaves=1,sentinels=${OTHERS + 1}`;
  await waitFor(
    "all masters to be known",
    async () => {
      const info = (await client.command("INFO", "sentinel")).toString("latin1");
      return info.split("\r\n").filter((line) => line.endsWith(wanted)).length === MASTERS;
    },
    { timeoutMs: KNOWN_TIMEOUT_MS, intervalMs: 200 },
  );
  await client.close();
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const cpuMsPerSecond = noSamples();
  const residentAfter = noSamples();
  const watchMs = context.quick ? QUICK_WATCH_MS : WATCH_MS;
  const watched = new Watched();
  try {
    await watched.start();
    for (let pair = 0; pair < context.pairs; pair++) {
      for (const side of SIDES) {
        const sentinel = await watched.sentinel(PROGRAMS[side]);
        try {
          await untilAllIsKnown(sentinel);
          await delay(SETTLE_MS);
          const before = cpuTimeMs(sentinel.pid);
          const begun = performance.now();
          await delay(watchMs);
          const used = cpuTimeMs(sentinel.pid) - before;
          cpuMsPerSecond[side].push((used * 1000) / (performance.now() - begun));
          residentAfter[side].push(residentBytes(sentinel.pid));
          const shown = cpuMsPerSecond[side].at(-1)?.toFixed(1);
          context.progress(`${side}: ${shown} ms of processor time per second`);
        } finally {
          await sentinel.stop();
        }
      }
    }
  } finally {
    await watched.stop();
  }
  const origin = { scenario: "sentinels", source: "issue 6", subject: "100 masters watched" };
  return [
    measurement(origin, "processor time", "ms/s", cpuMsPerSecond, {
      judged: "ratio",
      better: "lower",
      target: 1.5,
    }),
    measurement(origin, "resident", "B", residentAfter),
  ];
}

export const SENTINELS: Scenario = {
  name: "sentinels",
  summary: "a Sentinel that watches 100 masters: its processor time and memory",
  run,
};
