// R19: the N-th open, write, sync, rename of what a server does with its files fails, for N = 1, 2 and
// so on until there is no such call. Whoever asked is told; the old file stays whole, or the new one
// is there whole; nothing is left behind; and when the disk is well again all goes on.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, ServerProcess } from "../support/server-process";
import { FailingCalls } from "./failing-calls";
import { type FaultFigure, type FaultRow, type FaultRun, Misses } from "./fault-row";
import { CONFIG_FILE, type FileOperation, type HitCall, hitCalls } from "./file-operations";

const CALLS = ["openat", "write", "fdatasync", "fsync", "rename", "ftruncate"];
const MOST_CALLS = 40;

class FailingDisk {
  injected = 0;
  told = 0;
  readonly #run: FaultRun;
  readonly #misses: Misses;
  readonly #dir = mkdtempSync(join(tmpdir(), "failing-"));
  readonly #logs = mkdtempSync(join(tmpdir(), "strace-"));
  #server: ServerProcess | undefined;
  #client: RawClient | undefined;
  #changes = 0;

  constructor(run: FaultRun, misses: Misses) {
    this.#run = run;
    this.#misses = misses;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    await this.#server?.stop();
    for (const dir of [this.#dir, this.#logs]) rmSync(dir, { recursive: true, force: true });
  }

  /** Lets the first such call fail, then the second, until there is none. */
  async hit({ operation, call }: HitCall): Promise<void> {
    const most = this.#run.share < 1 ? 1 : MOST_CALLS;
    for (let nth = 1; nth <= most; nth++) {
      const name = `${operation.name}, ${call} ${nth}`;
      try {
        if (!(await this.#fail(operation, call, nth, name))) break;
      } catch (error) {
        this.#misses.add(`${name}: ${String(error)}\n${this.#server?.logs().slice(-600)}`);
        break;
      }
    }
    this.#run.progress(`${operation.name}, ${call}: ${this.injected} failing calls`);
  }

  /** Whether there was such a call. */
  async #fail(operation: FileOperation, call: string, nth: number, name: string): Promise<boolean> {
    const { server, client } = await this.#running();
    const path = join(this.#dir, operation.file);
    // With a whole old file to lose, and something to save.
    await this.#change(client);
    if (!(await operation.run(client))) throw new Error("it fails without a fault");
    const old = operation.read(readFileSync(path));
    await this.#change(client);
    const names = [operation.file, ...operation.temporary(server.pid, this.#changes)];
    const isNamed = this.#run.subject === OUR_SERVER && names.length > 1;
    const paths = names.flatMap((file) => [file, join(this.#dir, file)]);
    const calls = await FailingCalls.attach(server.pid, this.#logs, {
      calls: [call],
      effect: "error=EIO",
      when: String(nth),
      // A name that nobody can know beforehand: any call may be the one.
      paths: isNamed ? [...paths, this.#dir] : [],
    });
    const succeeded = await operation.run(client).catch(() => undefined);
    const lines = await calls.detach();
    if (lines.length === 0) return false;
    if (succeeded === undefined) return this.#lost(client);
    this.injected++;
    // A child of the real one looks at its memory, too.
    const isOurs = lines.some((line) => line.includes(this.#dir) && !line.includes('"/proc/'));
    if (succeeded && isOurs) this.#misses.add(`${name}: nobody is told of ${lines[0]}`);
    if (!succeeded) this.told++;
    const now = operation.read(readFileSync(path));
    if (now === undefined) this.#misses.add(`${name}: the file is broken`);
    if (succeeded && now === old) this.#misses.add(`${name}: the old file after a success`);
    const left = readdirSync(this.#dir).filter((file) => /temp-|\.tmp$/.test(file));
    if (left.length > 0) this.#misses.add(`${name}: ${left.join(" ")} is left behind`);
    for (const file of left) rmSync(join(this.#dir, file));
    if (!(await operation.run(client))) this.#misses.add(`${name}: it fails when the disk is well`);
    return true;
  }

  /** The call that failed was that of the reply, or one that no process survives. */
  async #lost(client: RawClient): Promise<true> {
    await client.close();
    this.#client = undefined;
    await this.#server?.stop();
    return true;
  }

  async #change(client: RawClient): Promise<void> {
    this.#changes++;
    await client.call("SET", "change", String(this.#changes));
    await client.call("CONFIG", "SET", "maxclients", String(1000 + this.#changes));
  }

  async #running(): Promise<{ server: ServerProcess; client: RawClient }> {
    if (this.#server?.running() === true && this.#client !== undefined) {
      return { server: this.#server, client: this.#client };
    }
    const file = join(this.#dir, CONFIG_FILE);
    writeFileSync(file, `save ""\nmaxclients 1000\nenable-debug-command yes\n`);
    const { subject } = this.#run;
    this.#server = await ServerProcess.start({
      program: subject,
      dir: this.#dir,
      configFile: readFileSync(file, "latin1"),
    });
    this.#client = await this.#server.client();
    await this.#client.call("DEBUG", "POPULATE", "200", "key", "100");
    return { server: this.#server, client: this.#client };
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const misses = new Misses();
  const disk = new FailingDisk(run, misses);
  try {
    for (const hit of hitCalls(CALLS, run)) await disk.hit(hit);
  } finally {
    await disk.close();
  }
  return {
    text: `${disk.injected} failing calls, ${disk.told} times whoever asked was told, ${misses.count} wrong`,
    misses: misses.texts,
  };
}

export const FAILING_DISK: FaultRow = {
  id: "R19",
  summary: "the N-th open, write, sync or rename fails: nobody believes in a success",
  run,
};
