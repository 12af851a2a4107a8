import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { systemErrorText } from "../../config/system-error-text";

/** Files that are being saved, and copies that are being received; Redis names them nearly so. */
const NAMES = [
  /^temp-(\d{1,10})(?:-\d{1,10})?\.rdb$/,
  /^temp-\d{1,12}\.(\d{1,10})(?:\.\d{1,10})?\.rdb$/,
];

export interface StrayFilesParts {
  readonly directory: string;
  /** Of this process, which has made no file yet. */
  readonly pid: number;
  readonly isRunning: (pid: number) => boolean;
  readonly log: { notice(text: string): void; warning(text: string): void };
}

/**
 * Removes what processes that were killed have left half-written in the working directory: as large
 * as the data set each, and good for nothing. Called before anything is written.
 */
export function removeStrayFiles({ directory, pid, isRunning, log }: StrayFilesParts): void {
  for (const name of namesIn(directory)) {
    const maker = makerOf(name);
    if (maker === undefined || (maker !== pid && isRunning(maker))) continue;
    try {
      unlinkSync(join(directory, name));
      log.notice(`Removed ${name}, which a process that was killed has left.`);
    } catch (error) {
      log.warning(`Cannot remove ${name}: ${systemErrorText(error)}`);
    }
  }
}

/** Whether there is a process of that number, of whatever user. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function makerOf(name: string): number | undefined {
  for (const form of NAMES) {
    const found = form.exec(name);
    // At most ten digits, which the form has seen to.
    if (found !== null) return Number(found[1]);
  }
  return undefined;
}

/** None where it may not be listed: then whoever loads or saves says what is wrong. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
