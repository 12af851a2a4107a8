/**
 * `daemonize yes`: the server goes on in a process of its own, without terminal, and the one that
 * was called ends.
 *
 * Node.js cannot fork, so the daemon is the same command again. The caller waits for its first word
 * through a pipe and ends only when the daemon serves (exit 0) or cannot (its message, exit 1); a
 * Redis that cannot listen has reported success by then.
 */
import type { ChildProcess } from "node:child_process";
import { closeSync, writeSync } from "node:fs";

/** In the environment of the daemon: the descriptor of the pipe to the caller. */
const MARK = "REDIS_SERVER_TS_DAEMON";
const PIPE = 3;
const READY = "ready\n";

/** Whether this process is the daemon, and takes the mark from the environment. */
export function isDaemon(environment: NodeJS.ProcessEnv): boolean {
  const marked = environment[MARK] === String(PIPE);
  delete environment[MARK];
  return marked;
}

/** The daemon's first word to its caller: nothing when it serves, else why it cannot. */
export function answerCaller(problem?: string): void {
  try {
    writeSync(PIPE, problem === undefined ? READY : `${problem}\n`);
    closeSync(PIPE);
  } catch {
    // The caller has gone; nobody else listens there.
  }
}

/**
 * Starts the daemon in `directory` and waits for its first word. Standard input is gone for it, so
 * what was read from there is handed on.
 *
 * @returns undefined when it serves, else the text to be shown.
 */
export async function startDaemon(
  directory: string,
  standardInput: string | undefined,
): Promise<string | undefined> {
  // Loaded here because it costs a start that stays in the foreground some milliseconds.
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    cwd: directory,
    detached: true,
    env: { ...process.env, [MARK]: String(PIPE) },
    stdio: [standardInput === undefined ? "ignore" : "pipe", "ignore", "ignore", "pipe"],
  });
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(standardInput, "latin1");
  const word = await firstWord(child);
  if (word === READY) return undefined;
  return word === "" ? "The server ended before it could serve; see its log.\n" : word;
}

/** All that the daemon says before it closes its end, or why there is no daemon. */
function firstWord(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let word = "";
    child.once("error", (error) => resolve(`${error.message}\n`));
    const pipe = child.stdio[PIPE];
    pipe?.on("data", (chunk: Buffer) => {
      word += chunk.toString("utf8");
    });
    pipe?.once("close", () => resolve(word));
  });
}
