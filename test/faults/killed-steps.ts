// R20: the server is killed at each step of replacing a whole file: the configuration's by CONFIG
// REWRITE, and the data set's by SAVE and BGSAVE. What is there afterwards is the old file or the new
// one, whole, and the server starts with it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "../support/server-process";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";
import { CONFIG_FILE, type FileOperation, hitCalls } from "./file-operations";

const CALLS = ["openat", "fchown", "fchmod", "write", "fdatasync", "fsync", "rename", "close"];
const MOST_CALLS = 5;
const CONFIG = `save ""\nmaxclients 1000\nenable-debug-command yes\n`;

interface Kills {
  kills: number;
  /** What was there afterwards. */
  old: number;
  renewed: number;
}

/** Kills at the N-th such call; false when there was none. */
async function killAt(
  operation: FileOperation,
  call: string,
  nth: number,
  run: FaultRun,
  found: Kills,
): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), "killed-"));
  const logs = mkdtempSync(join(tmpdir(), "strace-"));
  try {
    const { subject: program } = run;
    const server = await ServerProcess.start({ program, dir, configFile: CONFIG });
    const client = await server.client();
    await client.call("DEBUG", "POPULATE", "100", "key", "50");
    await client.call("CONFIG", "SET", "maxclients", "1001");
    if (!(await operation.run(client))) throw new Error("it fails without a fault");
    const old = operation.read(readFileSync(join(dir, operation.file)));
    await client.call("SET", "change", "1");
    await client.call("CONFIG", "SET", "maxclients", "1002");
    const names = [operation.file, ...operation.temporary(server.pid, 3)];
    const paths = names.flatMap((file) => [file, join(dir, file)]);
    const isNamed = names.length > 1;
    const calls = await FailingCalls.attach(server.pid, logs, {
      calls: [call],
      effect: "signal=KILL",
      when: String(nth),
      paths: isNamed ? [...paths, dir] : [],
    });
    const replied = await operation.run(client).catch(() => undefined);
    const lines = await calls.detach();
    await client.close();
    if (replied !== undefined && lines.length === 0) {
      await server.stop();
      return false;
    }
    // Where it was a process of its own that saved, the server is killed with it.
    server.kill("SIGKILL");
    await server.exited;
    found.kills++;
    const now = operation.read(readFileSync(join(dir, operation.file)));
    if (now === undefined) throw new Error("the file is broken");
    if (now === old) found.old++;
    else found.renewed++;
    const args = { program, dir, configFile: readFileSync(join(dir, CONFIG_FILE), "latin1") };
    const again = await ServerProcess.start(args);
    await again.stop();
    return true;
  } finally {
    for (const each of [dir, logs]) rmSync(each, { recursive: true, force: true });
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const found: Kills = { kills: 0, old: 0, renewed: 0 };
  const most = run.share < 1 ? 1 : MOST_CALLS;
  for (const { operation, call } of hitCalls(CALLS, run)) {
    for (let nth = 1; nth <= most; nth++) {
      try {
        if (!(await killAt(operation, call, nth, run, found))) break;
      } catch (error) {
        misses.add(`${operation.name}, ${call} ${nth}: ${String(error)}`);
      }
    }
    run.progress(`${operation.name}, ${call}: ${found.kills} kills`);
  }
  return {
    text:
      `${found.kills} kills in the middle of CONFIG REWRITE, SAVE and BGSAVE: the old file ` +
      `${found.old} times, the new one ${found.renewed} times, ${misses.count} wrong`,
    misses: misses.texts,
  };
}

export const KILLED_STEPS: FaultRow = {
  id: "R20",
  summary: "kills at each step of CONFIG REWRITE and of a save leave the old file or the new one",
  run,
};
