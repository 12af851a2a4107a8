import { readFileSync } from "node:fs";

/**
 * How many files the process may have open (`ulimit -n`). Node has raised the limit as far as it is
 * allowed before any of our code runs. Where the system does not tell, it is taken as unlimited.
 */
export function openFilesLimit(): number {
  let limits: string;
  try {
    limits = readFileSync("/proc/self/limits", "latin1");
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
  const digits = /^Max open files +(\d+)/m.exec(limits)?.[1];
  return digits === undefined ? Number.MAX_SAFE_INTEGER : Number(digits);
}
