// Makes system calls of a running server fail, end it, or take long, by strace, which looks like a bad
// disk to it. Calls are counted per thread and name from 1 on.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { waitFor, withDeadline } from "../support/wait-for";

export const STRACE = "/usr/bin/strace";
const DEADLINE_MS = 20_000;
const PATIENCE_MS = 500;

export interface FailingCall {
  /** Names of system calls. */
  readonly calls: readonly string[];
  /** What strace's `inject` takes: `error=EIO`, `signal=KILL`, `delay_enter=3000000` (us). */
  readonly effect: string;
  /** Which of them, as strace has it: `3`, or `3+` for that and all later ones. */
  readonly when: string;
  /** Only calls that name one of these, or act on a file that is open under one; all when empty. */
  readonly paths: readonly string[];
}

export class FailingCalls {
  readonly #tracer: ChildProcess;
  readonly #file: string;

  private constructor(tracer: ChildProcess, file: string) {
    this.#tracer = tracer;
    this.#file = file;
  }

  /** @param dir where it may keep a log. Resolves when the calls are being watched. */
  static async attach(pid: number, dir: string, call: FailingCall): Promise<FailingCalls> {
    const file = join(dir, `strace-${pid}.log`);
    const names = call.calls.join(",");
    const words = ["-f", "-p", String(pid), "-y", "-o", file, "-e", `trace=${names}`];
    for (const path of call.paths) words.push("-P", path);
    words.push("-e", `inject=${names}:${call.effect}:when=${call.when}`);
    const tracer = spawn(STRACE, words, { stdio: ["ignore", "ignore", "pipe"] });
    let told = "";
    tracer.stderr.on("data", (chunk: Buffer) => {
      told += chunk.toString();
    });
    const watched = new FailingCalls(tracer, file);
    await waitFor("strace", () => / attached/.test(told), { timeoutMs: DEADLINE_MS }).catch(() => {
      throw new Error(`strace does not come up: ${told}`);
    });
    return watched;
  }

  /** Lets the server be. The calls on which something was done, as strace writes them. */
  async detach(): Promise<string[]> {
    const ended = new Promise((resolve) => this.#tracer.once("close", resolve));
    if (this.#tracer.exitCode === null && this.#tracer.signalCode === null) {
      this.#tracer.kill("SIGINT");
      // It may wait for ever for a thread of a process that was killed.
      await withDeadline("end of strace", PATIENCE_MS, ended).catch(() => {
        this.#tracer.kill("SIGKILL");
        return ended;
      });
    }
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, "latin1").split("\n");
    return lines.filter((line) => /\((INJECTED|DELAYED)\)|killed by SIGKILL/.test(line));
  }
}
