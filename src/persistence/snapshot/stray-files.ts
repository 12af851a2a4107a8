import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { systemErrorText } from "../../config/system-error-text";

/**
 * Files that are being saved in the background, and copies that are being received: names that this
 * program alone gives, with two numbers where Redis has one. What only might be a leftover (the
 * temp-PID.rdb of SAVE and of Redis) may also be what somebody keeps under such a name.
 */
const NAMES = [/^temp-(\d{1,7})-\d{1,10}\.rdb$/, /^temp-\d{10}\.(\d{1,7})\.\d{1,10}\.rdb$/];
/** The highest process id that Linux gives: a date is above it. */
const MAX_PID = 4_194_304;

export interface StrayFilesParts {
  readonly directory: string;
  /** The name of the data set's own file, which is never touched. */
  readonly fileName: string;
  /** Of this process, which has made no file yet. */
  readonly pid: number;
  readonly isRunning: (pid: number) => boolean;
  readonly log: { notice(text: string): void; warning(text: string): void };
}

/**
 * Removes what processes that were killed have left half-written in the working directory: as large
 * as the data set each, and good for nothing. Called before anything is written.
 */
export function removeStrayFiles(parts: StrayFilesParts): void {
  const { directory, fileName, pid, isRunning, log } = parts;
  for (const name of namesIn(directory)) {
    const maker = makerOf(name);
    if (name === fileName || maker === undefined || (maker !== pid && isRunning(maker))) continue;
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
    // At most seven digits, which the form has seen to.
    if (found !== null && Number(found[1]) <= MAX_PID) return Number(found[1]);
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
