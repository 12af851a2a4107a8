// A master with one replica of its own kind: how long the first copy takes, what writers of the master
// feel while another replica is sent one (issue 5), and how many writes a second reach both (P9).

import type { ServerProcess } from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { load } from "../bulk-loader";
import { type Limits, type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import { PacedWriter } from "../paced-writer";
import type { PacedReport } from "../paced-writer-thread";
import { runBenchmark } from "../redis-benchmark";
import type { BenchContext, Scenario } from "../scenario";
import { ask, infoNumber, noSamples, SIDES, type Side, startServer } from "../server-pair";

const CLIENTS = 50;
const PIPELINE = 16;
const KEYS = 1_000_000;
const VALUE_BYTES = 1000;
const SHORT_VALUE_BYTES = 32;
const WRITES = 1_000_000;
const DEADLINE_MS = 300_000;
const POLL_MS = 5;
const COMMAND = ["SET", `key:${NUMBER}`, "x".repeat(VALUE_BYTES)];
const PACED_PER_SECOND = 10_000;
const PACED_CONNECTIONS = 10;
const WARM_UP_MS = 3000;
const CONFIG = {
  "repl-diskless-sync-delay": 0,
  "repl-backlog-size": "256mb",
  // A replica that loads for long is not to be dropped for what has been written meanwhile.
  "client-output-buffer-limit": "replica 0 0 0",
};

interface Run {
  readonly syncMs: number;
  readonly syncUnderWritesMs: number;
  readonly before: PacedReport;
  readonly meanwhile: PacedReport;
  readonly writesPerSecond: number;
}

const lower = (floor: number): Limits => ({ judged: "ratio", better: "lower", target: 1, floor });

const METRICS: readonly {
  readonly name: string;
  readonly unit: string;
  readonly of: (run: Run) => number;
  readonly limits?: Limits;
}[] = [
  { name: "time of the first copy", unit: "ms", of: (run) => run.syncMs, limits: lower(1.5) },
  {
    name: "writes that reach both",
    unit: "1/s",
    of: (run) => run.writesPerSecond,
    limits: { judged: "ratio", better: "higher", target: 1.2, floor: 1.1 },
  },
  {
    name: "p99.9 of writes during a copy",
    unit: "ms",
    of: (run) => run.meanwhile.p999Ms,
    limits: lower(1),
  },
  { name: "longest write during a copy", unit: "ms", of: (run) => run.meanwhile.longestMs },
  { name: "p99.9 of writes before it", unit: "ms", of: (run) => run.before.p999Ms },
  { name: "time of a copy under writes", unit: "ms", of: (run) => run.syncUnderWritesMs },
  {
    name: "p99.9 of the generator's own lateness",
    unit: "ms",
    of: (run) => run.meanwhile.ownP999Ms,
  },
];

async function runPair(context: BenchContext, side: Side): Promise<Run> {
  const scale = context.quick ? 10 : 1;
  const program = context.programs[side];
  const master = await startServer(program, CONFIG);
  const replica = await startServer(program, CONFIG);
  try {
    await load({ port: master.port, command: COMMAND, count: KEYS / scale });
    const begun = performance.now();
    await ask(replica, "REPLICAOF", "127.0.0.1", String(master.port));
    await untilInStep(master, replica);
    const syncMs = performance.now() - begun;
    const underWrites = await copyUnderWrites(program, master, KEYS / scale);
    await untilInStep(master, replica);
    const writing = performance.now();
    await runBenchmark({
      port: master.port,
      requests: WRITES / scale,
      clients: CLIENTS,
      pipeline: PIPELINE,
      valueBytes: SHORT_VALUE_BYTES,
      keys: KEYS / scale,
      test: "set",
    });
    await untilInStep(master, replica);
    const seconds = (performance.now() - writing) / 1000;
    return { syncMs, ...underWrites, writesPerSecond: WRITES / scale / seconds };
  } finally {
    await replica.stop();
    await master.stop();
  }
}

/** Another replica comes, is sent everything while clients write, and goes. */
async function copyUnderWrites(
  program: string,
  master: ServerProcess,
  keys: number,
): Promise<Pick<Run, "syncUnderWritesMs" | "before" | "meanwhile">> {
  const replica = await startServer(program, CONFIG);
  const writer = await PacedWriter.start({
    port: master.port,
    perSecond: PACED_PER_SECOND,
    connections: PACED_CONNECTIONS,
    keys,
    command: COMMAND,
  });
  try {
    const before = await writer.steadyReport(WARM_UP_MS);
    const begun = performance.now();
    await ask(replica, "REPLICAOF", "127.0.0.1", String(master.port));
    await waitFor("the copy to be loaded", async () => isLinked(replica), {
      timeoutMs: DEADLINE_MS,
      intervalMs: POLL_MS,
    });
    const syncUnderWritesMs = performance.now() - begun;
    return { syncUnderWritesMs, before, meanwhile: await writer.report() };
  } finally {
    await writer.stop();
    await replica.stop();
  }
}

async function isLinked(replica: ServerProcess): Promise<boolean> {
  return (await ask(replica, "INFO", "replication")).includes("master_link_status:up");
}

async function untilInStep(master: ServerProcess, replica: ServerProcess): Promise<void> {
  const isInStep = async (): Promise<boolean> => {
    if (!(await isLinked(replica))) return false;
    const offset = await infoNumber(replica, "replication", "slave_repl_offset");
    return offset >= (await infoNumber(master, "replication", "master_repl_offset"));
  };
  await waitFor("the replica is in step", isInStep, {
    timeoutMs: DEADLINE_MS,
    intervalMs: POLL_MS,
  });
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const samples = METRICS.map(() => noSamples());
  for (let pair = 0; pair < context.pairs; pair++) {
    for (const side of SIDES) {
      const figures = await runPair(context, side);
      for (const [index, { of }] of METRICS.entries()) samples[index]?.[side].push(of(figures));
      const { syncMs, meanwhile, writesPerSecond } = figures;
      context.progress(
        `replicating ${side}: copy ${(syncMs / 1000).toFixed(1)} s, writes during another one ` +
          `p99.9 ${meanwhile.p999Ms.toFixed(2)} longest ${meanwhile.longestMs.toFixed(2)} ms, ` +
          `${Math.round(writesPerSecond / 1000)} k writes/s`,
      );
    }
  }
  const subject = `1 GB, ${PACED_PER_SECOND / 1000} k writes/s during a copy, then SET P=16`;
  const origin = { scenario: "replicating", source: "P9", subject };
  return METRICS.map(({ name, unit, limits }, index) =>
    measurement(origin, name, unit, samples[index] ?? noSamples(), limits),
  );
}

export const REPLICATING: Scenario = {
  name: "replicating",
  summary: "copies of 1 GB to a replica, also under writes, and replicated writes (P9)",
  run,
};
