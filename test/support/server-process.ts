// One server process for a test: ours or the real one, in a fresh directory on a free port.
// What always holds: when `start` resolves, this very process answers on its port; after `stop` (or
// the death of the test process, on Linux) it is gone, and so is the directory made for it.

import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { freePort } from "./free-port";
import { RawClient } from "./raw-client";
import type { Cleanup } from "./temp-dir";
import { waitFor, withDeadline } from "./wait-for";

/** Debian's redis-server, the oracle. */
export const REAL_SERVER = "/usr/bin/redis-server";
/** The launcher that the build writes; this file is compiled to dist/test/support. */
export const OUR_SERVER = resolve(__dirname, "..", "..", "redis-server");

/** The same two as Sentinels. */
export const OUR_SENTINEL = join(dirname(OUR_SERVER), "redis-sentinel");
export const REAL_SENTINEL = "/usr/bin/redis-sentinel";

/** Whether the executable can run at all: ours is a launcher of a program that must be compiled. */
export function canRun(program: string): boolean {
  const needed = program === OUR_SERVER ? join(dirname(OUR_SERVER), "src", "main.js") : program;
  return existsSync(program) && existsSync(needed);
}

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 10_000;
const START_ATTEMPTS = 10;
const MAX_LOG_CHARACTERS = 4 * 1024 * 1024;
const CONFIG_FILE = "redis.conf";
const PORT_TAKEN = /in use|EADDRINUSE/;
const READY_REPLY = /^(\+PONG|-NOAUTH|-MASTERDOWN)/;
// Asks the kernel to kill the server when the test process dies, however it dies.
const DEATH_WATCH = "/usr/bin/setpriv";

export interface ServerOptions {
  /** The executable; ours when absent. */
  readonly program?: string;
  /** A program that runs the executable in its place, with its arguments: `prlimit --nofile=200`. */
  readonly under?: readonly string[];
  /** Directives, given as `--name value`; several values are several arguments. */
  readonly config?: Readonly<Record<string, string | number | readonly string[]>>;
  /** Text of a configuration file, written to `redis.conf` in the server's directory. */
  readonly configFile?: string;
  /** Arguments as they are, after all others. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A working directory that outlives the server; else a fresh one is made and removed. */
  readonly dir?: string;
  /** A fixed port (0: none, then `config.unixsocket` is needed); else a free one is chosen. */
  readonly port?: number;
  readonly startTimeoutMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

class PortTaken extends Error {}

export class ServerProcess {
  readonly port: number;
  readonly dir: string;
  readonly pid: number;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #options: ServerOptions;
  readonly #killAtExit = (): void => {
    this.kill("SIGKILL");
  };
  #log = "";

  private constructor(child: ChildProcess, port: number, dir: string, options: ServerOptions) {
    if (child.pid === undefined) throw new Error(`cannot run ${options.program ?? OUR_SERVER}`);
    this.#child = child;
    this.#options = options;
    this.port = port;
    this.dir = dir;
    this.pid = child.pid;
    child.stdout?.on("data", (chunk: Buffer) => this.#addLog(chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.#addLog(chunk));
    process.setMaxListeners(process.getMaxListeners() + 1);
    process.once("exit", this.#killAtExit);
    this.exited = new Promise((done) => {
      child.once("close", (code, signal) => {
        process.removeListener("exit", this.#killAtExit);
        process.setMaxListeners(process.getMaxListeners() - 1);
        done({ code, signal });
      });
    });
  }

  /** Starts a server and waits until it answers. With `cleanup` it is stopped after the test. */
  static async start(options: ServerOptions = {}, cleanup?: Cleanup): Promise<ServerProcess> {
    for (let attempt = 1; ; attempt++) {
      const server = ServerProcess.launch(options, options.port ?? (await freePort()));
      try {
        await server.#untilReady();
        cleanup?.after(() => server.stop());
        return server;
      } catch (error) {
        await server.stop();
        const again = error instanceof PortTaken && options.port === undefined;
        if (!again || attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  /** Starts a process and waits for nothing: for servers that are expected not to come up. */
  static launch(options: ServerOptions, port: number): ServerProcess {
    const program = options.program ?? OUR_SERVER;
    if (!canRun(program)) throw new Error(`${program} cannot run: build it first`);
    const dir = options.dir ?? mkdtempSync(join(tmpdir(), "redis-test-"));
    const file = join(dir, CONFIG_FILE);
    if (options.configFile !== undefined) writeFileSync(file, options.configFile);
    const fileWords = options.configFile === undefined ? [] : [file];
    const words = [
      ...(options.under ?? []),
      program,
      ...fileWords,
      ...serverArguments(options, port, dir),
    ];
    const watched = existsSync(DEATH_WATCH)
      ? [DEATH_WATCH, "--pdeathsig", "KILL", ...words]
      : words;
    const child = spawn(watched[0] ?? program, watched.slice(1), {
      cwd: dir,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.on("error", () => {});
    return new ServerProcess(child, port, dir, options);
  }

  /** What the process has printed so far (the last few megabytes of it). */
  logs(): string {
    return this.#log;
  }

  /** True until the process has ended. */
  running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A connection to this server. */
  client(): Promise<RawClient> {
    return RawClient.connect(this.#target());
  }

  /** Sends a signal to this process only; false when it has ended already. */
  kill(signal: NodeJS.Signals): boolean {
    return this.running() && this.#child.kill(signal);
  }

  /** SIGTERM, then SIGKILL after a deadline; then removes the directory made for the server. */
  async stop(timeoutMs = STOP_DEADLINE_MS): Promise<Exit> {
    this.kill("SIGTERM");
    // A stopped process (SIGSTOP) sees SIGTERM only once it is woken.
    this.kill("SIGCONT");
    const exit = await withDeadline("end of the server", timeoutMs, this.exited).catch(() => {
      this.kill("SIGKILL");
      return this.exited;
    });
    if (this.#options.dir === undefined) rmSync(this.dir, { recursive: true, force: true });
    return exit;
  }

  async #untilReady(): Promise<void> {
    const timeoutMs = this.#options.startTimeoutMs ?? START_DEADLINE_MS;
    const withLog = (message: string) => `${message}\n--- log of the server ---\n${this.#log}`;
    const state = await waitFor("server answers PING", () => this.#state(), { timeoutMs }).catch(
      (error) => {
        throw new Error(withLog(String(error)));
      },
    );
    if (state === "ready") return;
    await this.exited;
    const message = withLog("the server ended instead of answering");
    throw PORT_TAKEN.test(this.#log) ? new PortTaken(message) : new Error(message);
  }

  async #state(): Promise<"ready" | "ended" | null> {
    if (!this.running()) return "ended";
    // Somebody else may answer on the port while our process is about to fail on it.
    if (this.port !== 0 && !listensOn(this.pid, this.port)) return null;
    const client = await this.client();
    try {
      const reply = (await client.command("PING")).toString("latin1");
      return READY_REPLY.test(reply) ? "ready" : null;
    } finally {
      await client.close();
    }
  }

  #target(): { host: string; port: number } | { path: string } {
    const path = this.#options.config?.unixsocket;
    if (this.port === 0 && typeof path === "string") return { path: resolve(this.dir, path) };
    return { host: "127.0.0.1", port: this.port };
  }

  #addLog(chunk: Buffer): void {
    this.#log = (this.#log + chunk.toString("utf8")).slice(-MAX_LOG_CHARACTERS);
  }
}

function serverArguments(options: ServerOptions, port: number, dir: string): string[] {
  const config = { port, dir, bind: "127.0.0.1", save: "", ...options.config };
  const words: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    words.push(`--${name}`, ...(Array.isArray(value) ? value : [String(value)]));
  }
  return [...words, ...(options.args ?? [])];
}

/** Whether the process itself holds the listening socket; true where /proc cannot tell. */
function listensOn(pid: number, port: number): boolean {
  if (!existsSync("/proc/net/tcp")) return true;
  const wanted = new Set<string>();
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    if (!existsSync(table)) continue;
    for (const line of readFileSync(table, "latin1").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const listening = fields[3] === "0A" && fields[1]?.endsWith(`:${hexPort}`);
      if (listening) wanted.add(`socket:[${fields[9]}]`);
    }
  }
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return wanted.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
    } catch {
      return false;
    }
  });
}
