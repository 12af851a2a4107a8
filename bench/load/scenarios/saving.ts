// BGSAVE of 5 M keys while 50 k writes a second go on (issue 4): how long it takes, what the writers
// feel, what memory it costs beside the data, and how long starting it stops the server.

import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../../../test/support/process-usage";
import type { ServerProcess } from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { load } from "../bulk-loader";
import { type Limits, type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import { PacedWriter } from "../paced-writer";
import type { PacedReport } from "../paced-writer-thread";
import type { BenchContext, Scenario } from "../scenario";
import { ask, infoNumber, noSamples, SIDES, type Side, startServer } from "../server-pair";

const KEYS = 5_000_000;
const WRITES_PER_SECOND = 50_000;
const CONNECTIONS = 10;
const COMMAND = ["SET", `key:${NUMBER}`, "x".repeat(32)];
const WARM_UP_MS = 3000;
const LOOK_MS = 20;
const LONGEST_SAVE_MS = 120_000;
const MAX_ROUNDS = 3;
const US_PER_MS = 1000;
const MEGABYTE = 1e6;

const atMost = (target: number, floor: number, judged: Limits["judged"] = "ratio"): Limits => ({
  judged,
  better: "lower",
  target,
  floor,
});

interface Save {
  readonly wallMs: number;
  readonly startMs: number;
  readonly extraBytes: number;
  /** The longest the server did not look at its sockets; NaN for one that does not say. */
  readonly longestTurnMs: number;
  readonly before: PacedReport;
  readonly meanwhile: PacedReport;
  readonly after: PacedReport;
}

const METRICS: readonly {
  readonly name: string;
  readonly unit: string;
  readonly of: (save: Save) => number;
  readonly limits?: Limits;
}[] = [
  { name: "time to save", unit: "ms", of: (save) => save.wallMs, limits: atMost(1, 1.5) },
  {
    name: "p99.9 of writes meanwhile",
    unit: "ms",
    of: (save) => save.meanwhile.p999Ms,
    limits: atMost(1, 1),
  },
  { name: "longest write meanwhile", unit: "ms", of: (save) => save.meanwhile.longestMs },
  { name: "p50 of writes meanwhile", unit: "ms", of: (save) => save.meanwhile.p50Ms },
  { name: "p99 of writes meanwhile", unit: "ms", of: (save) => save.meanwhile.p99Ms },
  { name: "p99.9 of writes before", unit: "ms", of: (save) => save.before.p999Ms },
  { name: "p99.9 of writes after", unit: "ms", of: (save) => save.after.p999Ms },
  { name: "longest write after", unit: "ms", of: (save) => save.after.longestMs },
  {
    name: "extra memory",
    unit: "MB",
    of: (save) => save.extraBytes / MEGABYTE,
    limits: atMost(0.2, 0.3),
  },
  {
    name: "longest turn meanwhile",
    unit: "ms",
    of: (save) => save.longestTurnMs,
    limits: atMost(10, 10, "ours"),
  },
  { name: "start", unit: "ms", of: (save) => save.startMs, limits: atMost(1, 1, "ours") },
  {
    name: "p99.9 of the generator's own lateness",
    unit: "ms",
    of: (save) => save.meanwhile.ownP999Ms,
  },
];

async function saveUnderLoad(server: ServerProcess, side: Side, keys: number): Promise<Save> {
  const writer = await PacedWriter.start({
    port: server.port,
    perSecond: WRITES_PER_SECOND,
    connections: CONNECTIONS,
    keys,
    command: COMMAND,
  });
  try {
    const before = await writer.steadyReport(WARM_UP_MS);
    const residentBefore = residentBytes(server.pid);
    let residentMost = residentBefore;
    await ask(server, "CONFIG", "RESETSTAT");
    const beganMs = performance.now();
    await ask(server, "BGSAVE");
    const isOver = async () => {
      residentMost = Math.max(residentMost, residentBytes(server.pid));
      return (await infoNumber(server, "persistence", "rdb_bgsave_in_progress")) === 0;
    };
    await waitFor("end of the save", isOver, { timeoutMs: LONGEST_SAVE_MS, intervalMs: LOOK_MS });
    const wallMs = performance.now() - beganMs;
    const longestTurnMs =
      side === "ours"
        ? (await infoNumber(server, "stats", "eventloop_duration_max")) / US_PER_MS
        : Number.NaN;
    const meanwhile = await writer.report();
    await delay(WARM_UP_MS);
    // What a child of the real server has copied is not in its parent's resident memory.
    const copied = side === "real" ? infoNumber(server, "persistence", "rdb_last_cow_size") : 0;
    return {
      wallMs,
      longestTurnMs,
      startMs: (await infoNumber(server, "stats", "latest_fork_usec")) / US_PER_MS,
      extraBytes: (await copied) + (side === "ours" ? residentMost - residentBefore : 0),
      before,
      meanwhile,
      after: await writer.report(),
    };
  } finally {
    await writer.stop();
  }
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const keys = KEYS / (context.quick ? 10 : 1);
  const samples = METRICS.map(() => noSamples());
  for (let round = 0; round < Math.min(context.pairs, MAX_ROUNDS); round++) {
    for (const side of SIDES) {
      const server = await startServer(context.programs[side]);
      try {
        await load({ port: server.port, command: COMMAND, count: keys });
        const save = await saveUnderLoad(server, side, keys);
        for (const [index, { of }] of METRICS.entries()) samples[index]?.[side].push(of(save));
        const { wallMs, startMs, meanwhile } = save;
        context.progress(
          `saving, ${side}: ${wallMs.toFixed(0)} ms, start ${startMs.toFixed(2)} ms, writes ` +
            `p99.9 ${meanwhile.p999Ms.toFixed(2)} longest ${meanwhile.longestMs.toFixed(2)} ms`,
        );
      } finally {
        await server.stop();
      }
    }
  }
  const subject = `BGSAVE of ${keys / 1e6} M keys under ${WRITES_PER_SECOND / 1000} k writes/s`;
  const origin = { scenario: "saving", source: "issue 4", subject };
  return METRICS.map(({ name, unit, limits }, index) =>
    measurement(origin, name, unit, samples[index] ?? noSamples(), limits),
  );
}

export const SAVING: Scenario = {
  name: "saving",
  summary: "BGSAVE of 5 M keys under 50 k writes/s (issue 4)",
  run,
};
