// The deployment of three hosts with seven processes, started as its operators do it: daemons with
// their own files, spoken to by redis-cli. What always holds: after `stop` no process of it is left,
// found by its pid file, and the directory is gone.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProgramRun, runProgram } from "../support/run-program";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import {
  HOSTS,
  MASTER_NAME,
  PASSWORD,
  SENTINEL_PORT,
  SERVER_PORT,
  sentinelFile,
  serverFile,
} from "./deployment-files";

const REDIS_CLI = "/usr/bin/redis-cli";
const NO_WARNING = "--no-auth-warning";
const GONE_TIMEOUT_MS = 10_000;

/** How a Sentinel is started: all three forms are in use. */
export type SentinelForm = "redis-sentinel FILE" | "redis-server FILE --sentinel" | "both";

export interface HostPrograms {
  readonly server: string;
  /** The name redis-sentinel of the program. */
  readonly sentinel: string;
  /** The name redis-server of the same program. */
  readonly sentinelAsServer: string;
}

export class Deployment {
  readonly #root: string;
  readonly #programs: ReadonlyMap<string, HostPrograms>;

  constructor(programs: ReadonlyMap<string, HostPrograms>, cleanup: Cleanup) {
    this.#root = mkdtempSync(join(tmpdir(), "deployment-"));
    this.#programs = programs;
    cleanup.after(() => this.stop());
    for (const host of HOSTS) {
      const dir = this.dir(host);
      for (const part of ["data", "tmp"]) mkdirSync(join(dir, part), { recursive: true });
      writeFileSync(this.serverFile(host), serverFile(host, dir));
      writeFileSync(this.sentinelFile(host), sentinelFile(host, dir));
    }
  }

  get hasRealSentinel(): boolean {
    return [...this.#programs.values()].some(({ sentinel }) => sentinel.startsWith("/usr/bin/"));
  }

  dir(host: string): string {
    return join(this.#root, host);
  }

  serverFile(host: string): string {
    return join(this.dir(host), "redis.conf");
  }

  sentinelFile(host: string): string {
    return join(this.dir(host), "sentinel.conf");
  }

  serverLog(host: string): string {
    return readFileSync(join(this.dir(host), "redis.log"), "utf8");
  }

  sentinelLog(host: string): string {
    return readFileSync(join(this.dir(host), "sentinel.log"), "utf8");
  }

  serverPid(host: string): number {
    return Number(readFileSync(join(this.dir(host), "redis_6379.pid"), "latin1").trim());
  }

  sentinelPid(host: string): number {
    return Number(readFileSync(join(this.dir(host), "sentinel.pid"), "latin1").trim());
  }

  startServer(host: string, more: readonly string[] = []): Promise<ProgramRun> {
    return runProgram(this.#of(host).server, [this.serverFile(host), ...more]);
  }

  startSentinel(host: string, form: SentinelForm = "redis-sentinel FILE"): Promise<ProgramRun> {
    const { sentinel, sentinelAsServer } = this.#of(host);
    const program = form === "redis-server FILE --sentinel" ? sentinelAsServer : sentinel;
    const flag = form === "redis-sentinel FILE" ? [] : ["--sentinel"];
    return runProgram(program, [this.sentinelFile(host), ...flag]);
  }

  /** redis-cli to a server, with the password. */
  async cli(host: string, ...words: string[]): Promise<string> {
    return await this.plainCli(host, SERVER_PORT, "-a", PASSWORD, NO_WARNING, ...words);
  }

  async sentinelCli(host: string, ...words: string[]): Promise<string> {
    return await this.plainCli(host, SENTINEL_PORT, ...words);
  }

  async plainCli(host: string, port: number, ...words: string[]): Promise<string> {
    const run = await runProgram(REDIS_CLI, ["-h", host, "-p", String(port), ...words]);
    return `${run.stdout}${run.stderr}`.trimEnd();
  }

  /** A field of INFO of a server. */
  async field(host: string, section: string, name: string): Promise<string> {
    const text = await this.cli(host, "info", section);
    const line = text.split(/\r?\n/).find((one) => one.startsWith(`${name}:`));
    return line?.slice(name.length + 1) ?? "";
  }

  /** Where each Sentinel says the master is. */
  async namedMasters(): Promise<readonly string[]> {
    const words = ["sentinel", "get-master-addr-by-name", MASTER_NAME];
    const replies = await Promise.all(HOSTS.map((host) => this.sentinelCli(host, ...words)));
    return replies.map((reply) => reply.split(/\r?\n/)[0]);
  }

  untilMasterIs(host: string, timeoutMs: number): Promise<unknown> {
    return waitFor(
      `all Sentinels to name ${host}`,
      async () => (await this.namedMasters()).every((named) => named === host),
      { timeoutMs, intervalMs: 100 },
    );
  }

  untilLinkIsUp(host: string, timeoutMs = 30_000): Promise<unknown> {
    return waitFor(
      `the replica on ${host} to follow`,
      async () => (await this.field(host, "replication", "master_link_status")) === "up",
      { timeoutMs, intervalMs: 100 },
    );
  }

  async untilGone(pid: number): Promise<void> {
    await waitFor(`process ${pid} to be gone`, () => !isAlive(pid), { timeoutMs: GONE_TIMEOUT_MS });
  }

  /** Ends every process whose files are in this deployment. */
  async stop(): Promise<void> {
    const pids = this.#processes();
    for (const pid of pids) kill(pid);
    for (const pid of pids) await this.untilGone(pid);
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Those that the pid files name, as far as they live and are what they were. */
  #processes(): number[] {
    const pids = HOSTS.flatMap((host) => [...this.#pidsOf(host)]);
    return pids.filter((pid) => commandLineOf(pid).includes("redis"));
  }

  *#pidsOf(host: string): Iterable<number> {
    for (const read of [() => this.serverPid(host), () => this.sentinelPid(host)]) {
      try {
        yield read();
      } catch {
        // It has never been started, or has removed its pid file at its end.
      }
    }
  }

  #of(host: string): HostPrograms {
    const programs = this.#programs.get(host);
    if (programs === undefined) throw new Error(`no programs for ${host}`);
    return programs;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    return false;
  }
}

export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}
