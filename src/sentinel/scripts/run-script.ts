/** Programs as processes: no shell, the environment of the Sentinel, its output where ours goes. */
import { accessSync, constants, statSync } from "node:fs";
import { constants as systemConstants } from "node:os";
import { decodeUtf8, toBytes } from "../../config/byte-text";
import { EXIT_CANNOT_RUN, type RunScript } from "./script-queue";

/** `argv` is byte text, the path of the program first. */
export const runScript: RunScript = (argv, ended) => {
  // Loaded here because most Sentinels have no scripts.
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const [program, ...args] = argv.map(decodeUtf8);
  let hasEnded = false;
  const end = (exitCode: number, signal: number): void => {
    if (hasEnded) return;
    hasEnded = true;
    ended({ exitCode, signal });
  };
  try {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", () => end(EXIT_CANNOT_RUN, 0));
    child.once("exit", (code, signal) => {
      end(code ?? 0, signal === null ? 0 : systemConstants.signals[signal]);
    });
    return { pid: child.pid ?? 0, kill: () => void child.kill("SIGKILL") };
  } catch {
    // An argument with a NUL, or a system without room for another process.
    return undefined;
  }
};

/** Whether this user may run the file (a path as byte text). */
export function isExecutable(path: string): boolean {
  try {
    accessSync(toBytes(path), constants.X_OK);
    return statSync(toBytes(path)).isFile();
  } catch {
    return false;
  }
}
