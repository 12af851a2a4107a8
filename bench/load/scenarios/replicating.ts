// A master with one replica of its own kind: how long the first copy takes, and how many writes a
// second reach both (P9).

import type { ServerProcess } from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { load } from "../bulk-loader";
import { type Limits, type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
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

const SYNC_LIMITS: Limits = { judged: "ratio", better: "lower", target: 1, floor: 1.5 };
const WRITE_LIMITS: Limits = { judged: "ratio", better: "higher", target: 1.2, floor: 1.1 };

interface Run {
  readonly syncMs: number;
  readonly writesPerSecond: number;
}

async function runPair(context: BenchContext, side: Side): Promise<Run> {
  const scale = context.quick ? 10 : 1;
  const program = context.programs[side];
  const config = { "repl-diskless-sync-delay": 0, "repl-backlog-size": "256mb" };
  const master = await startServer(program, config);
  const replica = await startServer(program, config);
  try {
    const command = ["SET", `key:${NUMBER}`, "x".repeat(VALUE_BYTES)];
    await load({ port: master.port, command, count: KEYS / scale });
    const begun = performance.now();
    await ask(replica, "REPLICAOF", "127.0.0.1", String(master.port));
    await untilInStep(master, replica);
    const syncMs = performance.now() - begun;
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
    return { syncMs, writesPerSecond: WRITES / scale / seconds };
  } finally {
    await replica.stop();
    await master.stop();
  }
}

async function untilInStep(master: ServerProcess, replica: ServerProcess): Promise<void> {
  const isInStep = async (): Promise<boolean> => {
    const info = await ask(replica, "INFO", "replication");
    if (!info.includes("master_link_status:up")) return false;
    const offset = await infoNumber(replica, "replication", "slave_repl_offset");
    return offset >= (await infoNumber(master, "replication", "master_repl_offset"));
  };
  await waitFor("the replica is in step", isInStep, {
    timeoutMs: DEADLINE_MS,
    intervalMs: POLL_MS,
  });
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const sync = noSamples();
  const writes = noSamples();
  for (let pair = 0; pair < context.pairs; pair++) {
    for (const side of SIDES) {
      const { syncMs, writesPerSecond } = await runPair(context, side);
      sync[side].push(syncMs);
      writes[side].push(writesPerSecond);
      context.progress(
        `replicating ${side}: copy ${(syncMs / 1000).toFixed(1)} s, ` +
          `${Math.round(writesPerSecond / 1000)} k writes/s`,
      );
    }
  }
  const origin = { scenario: "replicating", source: "P9", subject: "1 GB, then SET P=16" };
  return [
    measurement(origin, "time of the first copy", "ms", sync, SYNC_LIMITS),
    measurement(origin, "writes that reach both", "1/s", writes, WRITE_LIMITS),
  ];
}

export const REPLICATING: Scenario = {
  name: "replicating",
  summary: "the first copy of 1 GB to a replica, and replicated writes (P9)",
  run,
};
