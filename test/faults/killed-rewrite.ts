// R6: the server is killed at each step of rewriting the append only file and of taking its new
// manifest. Started again it has the data set that it had, by the old files or by the new ones.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { info } from "../persistence/saved-server";
import type { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { pathsIn } from "./failing-aof";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";

const CALLS = ["openat", "write", "fdatasync", "fsync", "rename", "unlink", "close"];
const MOST_CALLS = 6;
const CONFIG = { appendonly: "yes", appendfsync: "always", "enable-debug-command": "yes" };

interface Step {
  readonly call: string;
  readonly nth: number;
}

/** Kills at the step; false when the rewrite has no such step. @throws when data are not as before. */
async function killAt({ call, nth }: Step, { subject: program }: FaultRun): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), "killed-rewrite-"));
  const logs = mkdtempSync(join(tmpdir(), "strace-"));
  try {
    const server = await ServerProcess.start({ program, dir, config: CONFIG });
    const client = await server.client();
    await fill(client);
    const digest = await client.call("DEBUG", "DIGEST");
    const calls = await FailingCalls.attach(server.pid, logs, {
      calls: [call],
      effect: "signal=KILL",
      when: String(nth),
      paths: pathsIn(dir, server.pid),
    });
    const hasEnded = await rewritten(client);
    const lines = await calls.detach();
    await client.close();
    server.kill("SIGKILL");
    await server.exited;
    if (hasEnded && lines.length === 0) return false;
    const again = await ServerProcess.start({ program, dir, config: CONFIG });
    const reader = await again.client();
    // Written while the rewrite ran, and perhaps not removed any more.
    await reader.call("DEL", "meanwhile");
    const found = await reader.call("DEBUG", "DIGEST");
    await reader.close();
    await again.stop();
    if (found !== digest) throw new Error(`another data set: ${found}, not ${digest}`);
    return true;
  } finally {
    for (const each of [dir, logs]) rmSync(each, { recursive: true, force: true });
  }
}

async function fill(client: RawClient): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await client.call("SET", `string:${i}`, "v".repeat(i), "EX", "100000");
    await client.call("RPUSH", `list:${i % 5}`, String(i), "x".repeat(i));
    await client.call("SADD", "set", String(i), `member:${i}`);
    await client.call("HSET", "hash", `field:${i}`, String(i));
    await client.call("ZADD", "zset", String(i / 3), `member:${i}`);
    await client.call("XADD", "stream", `${i + 1}-1`, "n", String(i));
  }
}

/** False when the server is gone before a rewrite is over. */
async function rewritten(client: RawClient): Promise<boolean> {
  try {
    await client.call("BGREWRITEAOF");
    await client.call("SET", "meanwhile", "1");
    await waitFor(
      "end of the rewrite",
      async () => (await info(client)).get("aof_rewrite_in_progress") === "0",
    );
    return true;
  } catch {
    return false;
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const steps = CALLS.flatMap((call) =>
    Array.from({ length: MOST_CALLS }, (_, i) => ({ call, nth: i + 1 })),
  );
  const wanted = sharedCount(steps.length, run);
  while (steps.length > wanted) steps.splice(run.random.below(steps.length), 1);
  let kills = 0;
  for (const step of steps) {
    try {
      if (await killAt(step, run)) kills++;
    } catch (error) {
      misses.add(`${step.call} ${step.nth}: ${String(error)}`);
    }
    run.progress(`${step.call} ${step.nth}: ${kills} kills`);
  }
  return {
    text: `${kills} kills in the middle of BGREWRITEAOF: ${misses.count} times another data set`,
    misses: misses.texts,
  };
}

export const KILLED_REWRITE: FaultRow = {
  id: "R6",
  summary: "kills at each step of rewriting the append only file leave the same data set",
  run,
};
