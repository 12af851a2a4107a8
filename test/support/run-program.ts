// One run of a program to its end: what it printed where, and how it ended. Not for servers that
// come up (server-process.ts).

import { spawn } from "node:child_process";
import { withDeadline } from "./wait-for";

const DEADLINE_MS = 15_000;

export interface ProgramRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What the program reads from its standard input; nothing when absent. */
  readonly input?: string;
}

/** Runs a program that ends by itself; after a deadline it is killed and the run fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = new Promise<ProgramRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return withDeadline(`end of ${program}`, DEADLINE_MS, ended).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
}
