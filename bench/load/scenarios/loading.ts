// Loading an RDB file of 5 M keys at the start of the process (issue 4): the time that the server
// tells in its log, and the processor time of the whole start. Both read the same file, which the
// real server has written.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuTimeMs } from "../../../test/support/process-usage";
import { ServerProcess } from "../../../test/support/server-process";
import { waitFor } from "../../../test/support/wait-for";
import { load } from "../bulk-loader";
import { type Measurement, measurement } from "../measurement";
import { NUMBER } from "../numbered-command";
import type { BenchContext, Scenario } from "../scenario";
import { ask, infoNumber, noSamples, SIDES } from "../server-pair";

const KEYS = 5_000_000;
const COMMAND = ["SET", `key:${NUMBER}`, "x".repeat(32)];
const LONGEST_LOAD_MS = 120_000;
const LOADED = /DB loaded from disk: ([\d.]+) seconds/;
const MS_PER_SECOND = 1000;

/** Starts a server on a directory with a file and waits until it has read that. */
async function timeToLoad(
  program: string,
  dir: string,
): Promise<{ wallMs: number; cpuMs: number }> {
  const server = await ServerProcess.start({ program, dir, startTimeoutMs: LONGEST_LOAD_MS });
  try {
    const told = await waitFor("end of loading", () => LOADED.exec(server.logs())?.[1], {
      timeoutMs: LONGEST_LOAD_MS,
    });
    return { wallMs: Number(told) * MS_PER_SECOND, cpuMs: cpuTimeMs(server.pid) };
  } finally {
    await server.stop();
  }
}

async function writeFile(program: string, dir: string, keys: number): Promise<void> {
  const server = await ServerProcess.start({ program, dir });
  try {
    await load({ port: server.port, command: COMMAND, count: keys });
    await ask(server, "BGSAVE");
    const isOver = async () =>
      (await infoNumber(server, "persistence", "rdb_bgsave_in_progress")) === 0;
    await waitFor("end of the save", isOver, { timeoutMs: LONGEST_LOAD_MS });
  } finally {
    await server.stop();
  }
}

async function run(context: BenchContext): Promise<Measurement[]> {
  const keys = KEYS / (context.quick ? 10 : 1);
  const wall = noSamples();
  const cpu = noSamples();
  const dir = mkdtempSync(join(tmpdir(), "redis-bench-"));
  try {
    await writeFile(context.programs.real, dir, keys);
    for (let pair = 0; pair < context.pairs; pair++) {
      for (const side of SIDES) {
        const { wallMs, cpuMs } = await timeToLoad(context.programs[side], dir);
        wall[side].push(wallMs);
        cpu[side].push(cpuMs);
        context.progress(`loading, ${side}: ${wallMs.toFixed(0)} ms, CPU ${cpuMs} ms`);
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const origin = { scenario: "loading", source: "issue 4", subject: `RDB of ${keys / 1e6} M keys` };
  const limits = { judged: "ratio", better: "lower", target: 1, floor: 1.5 } as const;
  return [
    measurement(origin, "time to load", "ms", wall, limits),
    measurement(origin, "CPU of the start", "ms", cpu),
  ];
}

export const LOADING: Scenario = {
  name: "loading",
  summary: "loading an RDB file of 5 M keys (issue 4)",
  run,
};
