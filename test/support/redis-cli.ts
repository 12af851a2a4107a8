// Debian's redis-cli as people use it: run to its end, or until it has printed what is waited for.

import { spawn } from "node:child_process";
import { withDeadline } from "./wait-for";

const REDIS_CLI = "/usr/bin/redis-cli";
/** Makes it write line by line although nobody reads at a terminal. */
const LINE_BUFFERED = ["/usr/bin/stdbuf", "-oL"];
const DEADLINE_MS = 20_000;

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string | Buffer;
  /** Ends it (as Ctrl-C does) once this matches what it has printed. */
  readonly until?: RegExp;
}

/** @param args without `-p`, which is put in front. */
export async function runRedisCli(
  port: number,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliRun> {
  const words = [...LINE_BUFFERED, REDIS_CLI, "-p", String(port), ...args];
  const child = spawn(words[0] ?? REDIS_CLI, words.slice(1), { stdio: "pipe" });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("latin1");
    if (options.until?.test(stdout) === true) child.kill("SIGINT");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("latin1");
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    const code = await withDeadline(`end of redis-cli ${args.join(" ")}`, DEADLINE_MS, ended);
    return { code, stdout, stderr };
  } finally {
    child.kill("SIGKILL");
  }
}
