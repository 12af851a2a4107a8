// The longest stall that one client sees while something large goes on: FLUSHALL ASYNC of 2 M keys,
// 1 M keys that expire at one moment, growth to 10 M keys. Issue 2 allows no turn over 20 ms.

import { setTimeout as delay } from "node:timers/promises";
import type { ServerProcess } from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { load } from "../bulk-loader";
import { type Limits, type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import { ask, noSamples, SIDES, startServer } from "../server-pair";
import { measureStalls } from "../stall-meter";
import { quantile } from "../statistics";

const LIMITS: Limits = { judged: "ours", better: "lower", target: 20, floor: 20 };
const MAX_ROUNDS = 3;
// How long to go on pinging after the server answered: it frees memory behind the reply.
const AFTERMATH_MS = 2000;
const EXPIRY_DEADLINE_MS = 60_000;
// From the first write to the moment at which all keys expire: enough to write them all.
const EXPIRY_LEAD_MS = 15_000;
const VALUE = "x".repeat(32);

interface Ordeal {
  readonly subject: string;
  /** Loads the server; what it returns is done while the server is pinged. */
  prepare(server: ServerProcess, scale: number): Promise<() => Promise<void>>;
}

const ORDEALS: readonly Ordeal[] = [
  {
    subject: "FLUSHALL ASYNC of 2 M keys",
    prepare: async (server, scale) => {
      await loadKeys(server, 2_000_000 / scale);
      return async () => {
        await ask(server, "FLUSHALL", "ASYNC");
        await delay(AFTERMATH_MS);
      };
    },
  },
  { subject: "1 M keys expire at one moment", prepare: prepareExpiry },
  {
    subject: "growth to 10 M keys",
    prepare: async (server, scale) => () => loadKeys(server, 10_000_000 / scale),
  },
];

function loadKeys({ port }: ServerProcess, count: number, ...options: string[]): Promise<void> {
  return load({ port, command: ["SET", `key:${NUMBER}`, VALUE, ...options], count });
}

async function prepareExpiry(server: ServerProcess, scale: number): Promise<() => Promise<void>> {
  const count = 1_000_000 / scale;
  const moment = Date.now() + EXPIRY_LEAD_MS / (scale > 1 ? 5 : 1);
  await loadKeys(server, count, "PXAT", String(moment));
  const present = Number(await ask(server, "DBSIZE"));
  if (present !== count || Date.now() >= moment) throw new Error("loading took too long");
  return async () => {
    await waitFor("all keys expired", async () => (await ask(server, "DBSIZE")) === "0", {
      timeoutMs: EXPIRY_LEAD_MS + EXPIRY_DEADLINE_MS,
      intervalMs: 50,
    });
  };
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const scale = context.quick ? 20 : 1;
  for (const ordeal of ORDEALS) {
    const longest = noSamples();
    const tail = noSamples();
    for (let round = 0; round < Math.min(context.pairs, MAX_ROUNDS); round++) {
      for (const side of SIDES) {
        const server = await startServer(context.programs[side]);
        try {
          const trouble = await ordeal.prepare(server, scale);
          const probed = await measureStalls(server.port, trouble);
          longest[side].push(probed.longestMs);
          tail[side].push(quantile(probed.latenciesMs, 0.999));
        } finally {
          await server.stop();
        }
      }
    }
    const origin = { scenario: "stalls", source: "issue 2", subject: ordeal.subject };
    const shown = SIDES.map((side) => longest[side].map((ms) => ms.toFixed(1)).join(" "));
    context.progress(`stalls ${ordeal.subject}: ours ${shown[0]} ms, redis ${shown[1]} ms`);
    measured.push(
      measurement(origin, "longest stall", "ms", longest, LIMITS),
      measurement(origin, "p99.9 of pings", "ms", tail),
    );
  }
  return measured;
}

export const STALLS: Scenario = {
  name: "stalls",
  summary: "longest stall during FLUSHALL ASYNC, mass expiry and growth (issue 2)",
  run,
};
