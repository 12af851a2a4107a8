// R19 for the append only file: the N-th write or sync of it, or call of its rewriting, fails. Whoever
// writes is refused, or the server ends, or at the least the log and INFO tell; and what was
// acknowledged is there when the server is started on a disk that is well.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { info } from "../persistence/saved-server";
import type { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";
import { NumberedWriter } from "./numbered-writer";

const FILES = 6;
const NUMBERS = 40;
const SYNC_PERIOD_MS = 1200;
const TOLD = /AOF|append only|sync|rewrit/i;
const FAILED = /error|fail|can't|unable/i;

interface Scenario {
  readonly policy: string;
  readonly rewrites: boolean;
  readonly call: string;
  readonly nth: number;
}

function scenarios({ random, share }: FaultRun): Scenario[] {
  const found: Scenario[] = [];
  for (const policy of ["always", "everysec"]) {
    for (const call of ["write", "fdatasync", "fsync"]) {
      for (const nth of [1, 2]) found.push({ policy, rewrites: false, call, nth });
    }
    for (const call of ["openat", "write", "fdatasync", "fsync", "rename", "ftruncate"]) {
      for (const nth of [1, 2, 3]) found.push({ policy, rewrites: true, call, nth });
    }
  }
  while (share < 1 && found.length > 3) found.splice(random.below(found.length), 1);
  return found;
}

/** All names that the files of an append only file may get in a short life. */
export function pathsIn(dir: string, pid: number): string[] {
  const names = ["appendonly.aof.manifest", "temp-appendonly.aof.manifest"];
  for (let number = 1; number <= FILES; number++) {
    names.push(`appendonly.aof.${number}.incr.aof`, `appendonly.aof.${number}.base.rdb`);
    names.push(`temp-rewriteaof-bg-${pid}-${number}.aof`, `temp-rewriteaof-${pid}-${number}.aof`);
  }
  names.push(`temp-rewriteaof-bg-${pid}.aof`, `temp-rewriteaof-${pid}.aof`);
  // The real server names them from its directory on.
  names.push(...names.map((name) => join("appendonlydir", name)));
  const relative = names.filter((name) => name.includes("/"));
  return [dir, join(dir, "appendonlydir"), ...relative, ...names.map((name) => join(dir, name))];
}

class Tally {
  injected = 0;
  ended = 0;
  refused = 0;
  logged = 0;
}

async function tryOne(scenario: Scenario, run: FaultRun, tally: Tally): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "failing-aof-"));
  const logs = mkdtempSync(join(tmpdir(), "strace-"));
  const writer = new NumberedWriter(0);
  const config = { appendonly: "yes", appendfsync: scenario.policy, "enable-debug-command": "yes" };
  const options = { program: run.subject, dir, config };
  try {
    const server = await ServerProcess.start(options);
    const client = await server.client();
    await writer.write(client, run.random, () => writer.sent >= NUMBERS);
    const calls = await FailingCalls.attach(server.pid, logs, {
      calls: [scenario.call],
      effect: "error=EIO",
      when: String(scenario.nth),
      paths: pathsIn(dir, server.pid),
    });
    const before = server.logs().length;
    const isRewritten = scenario.rewrites ? await rewrite(client) : true;
    await writer.write(client, run.random, () => writer.sent >= 2 * NUMBERS);
    if (scenario.policy === "everysec") await delay(SYNC_PERIOD_MS);
    const lines = await calls.detach();
    const wrong: string[] = [];
    if (lines.length > 0) {
      tally.injected++;
      const told = server.logs().slice(before).split("\n");
      const isLogged = told.some((line) => TOLD.test(line) && FAILED.test(line));
      if (!server.running()) tally.ended++;
      else if (writer.refusal !== "" || !isRewritten) tally.refused++;
      else if (isLogged) tally.logged++;
      else wrong.push(`nobody is told of ${lines[0]}`);
      if (server.running()) wrong.push(...(await recover(server, writer, run)));
    }
    server.kill("SIGKILL");
    await server.exited;
    await client.close();
    const again = await ServerProcess.start(options);
    const reader = await again.client();
    wrong.push(...(await writer.compare(reader)));
    await reader.close();
    await again.stop();
    return wrong;
  } finally {
    for (const each of [dir, logs]) rmSync(each, { recursive: true, force: true });
  }
}

/** True when it has succeeded; false also when the server has ended by it. */
async function rewrite(client: RawClient): Promise<boolean> {
  try {
    await client.call("BGREWRITEAOF");
    const fields = await waitFor("end of the rewrite", async () => {
      const found = await info(client);
      return found.get("aof_rewrite_in_progress") === "0" ? found : null;
    });
    return fields.get("aof_last_bgrewrite_status") === "ok";
  } catch {
    return false;
  }
}

/** The disk is well again: writes are taken within a few ticks, and a rewrite succeeds. */
async function recover(
  server: ServerProcess,
  writer: NumberedWriter,
  run: FaultRun,
): Promise<string[]> {
  const client = await server.client();
  try {
    await waitFor("writes to be taken", async () => (await client.call("SET", "a", "1")) === "OK");
    // What was refused was not written, so that the numbers go on behind the last that was.
    writer.sent = writer.acknowledged;
    await writer.write(client, run.random, () => writer.sent >= 3 * NUMBERS);
    return (await rewrite(client)) ? [] : ["a rewrite fails when the disk is well"];
  } catch (error) {
    return [String(error)];
  } finally {
    await client.close();
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const tally = new Tally();
  for (const scenario of scenarios(run)) {
    const { policy, rewrites, call, nth } = scenario;
    const name = `${policy}, ${rewrites ? "rewrite, " : ""}${call} ${nth}`;
    try {
      for (const wrong of await tryOne(scenario, run, tally)) misses.add(`${name}: ${wrong}`);
    } catch (error) {
      misses.add(`${name}: ${String(error)}`);
    }
    run.progress(`${name}: ${tally.injected} failing calls`);
  }
  return {
    text:
      `${tally.injected} failing calls of the append only file: the server ended ${tally.ended} ` +
      `times, refused ${tally.refused} times, told it in the log only ${tally.logged} times, ` +
      `${misses.count} wrong`,
    misses: misses.texts,
  };
}

export const FAILING_AOF: FaultRow = {
  id: "R19A",
  summary: "R19 for the append only file: writes, syncs and rewrites that fail",
  run,
};
