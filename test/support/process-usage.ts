// What a process has used, read from /proc (Linux only): processor time and resident memory.
// Processor time covers all threads of the process, also those that have ended.

import { readFileSync } from "node:fs";

// USER_HZ: /proc counts in hundredths of a second on every Linux that Node runs on.
const TICK_MS = 10;
const KIB = 1024;

/** User plus system time of the process so far, in milliseconds, in steps of 10. */
export function cpuTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the program's name in parentheses and may itself hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (wholeNumber(fields[11]) + wholeNumber(fields[12])) * TICK_MS;
}

/** Resident memory of the process now. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

/** The largest resident memory the process ever had. */
export function peakResidentBytes(pid: number): number {
  return statusBytes(pid, "VmHWM");
}

function statusBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return wholeNumber(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * KIB;
}

function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}
