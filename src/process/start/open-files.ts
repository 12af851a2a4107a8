/**
 * How many files the process may open, and how many clients fit below that.
 *
 * It raises the limit of the process when more clients are wanted than fit, and says in Redis's
 * words when the system does not allow it. Node.js has raised the soft limit to the hard one by the
 * time anything here runs.
 */
import { readFileSync } from "node:fs";
import { getSystemErrorMap } from "node:util";

/** Descriptors that are no clients': listeners, the log, files of data. As in Redis. */
export const RESERVED_FILES = 32;
const LIMITS_FILE = "/proc/self/limits";
/** What to go by where the system does not tell. */
const UNKNOWN_LIMIT = 1024;

export interface OpenFilesParts {
  /** The limit now. */
  readonly limit: () => number;
  /** Sets it; undefined or the reason of the refusal in the system's words. */
  readonly raise: (files: number) => string | undefined;
  readonly warning: (text: string) => void;
}

export class OpenFiles {
  readonly #parts: OpenFilesParts;

  constructor(parts: OpenFilesParts) {
    this.#parts = parts;
  }

  get limit(): number {
    return this.#parts.limit();
  }

  /**
   * Makes room for so many clients and returns how many fit: all of them, or fewer with a warning;
   * none when the limit leaves nothing beside the reserved files (the warning says so).
   */
  makeRoom(clients: number): number {
    const { limit, raise, warning } = this.#parts;
    const wanted = clients + RESERVED_FILES;
    const had = limit();
    if (had >= wanted) return clients;
    const refusal = raise(wanted);
    if (refusal === undefined) return clients;
    const fitting = had - RESERVED_FILES;
    if (fitting <= 0) {
      warning(
        `Your current 'ulimit -n' of ${had} is not enough for the server to start. ` +
          `Please increase your open file limit to at least ${wanted}. Exiting.`,
      );
      return 0;
    }
    warning(
      `You requested maxclients of ${clients} requiring at least ${wanted} max file descriptors.`,
    );
    warning(`Server can't set maximum open files to ${wanted} because of OS error: ${refusal}.`);
    warning(
      `Current maximum open files is ${had}. maxclients has been reduced to ${fitting} to ` +
        "compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.",
    );
    return fitting;
  }
}

/** The soft limit of this process. */
export function readFileLimit(): number {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync(LIMITS_FILE, "latin1"));
    if (line === null) return UNKNOWN_LIMIT;
    return line[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(line[1]);
  } catch {
    return UNKNOWN_LIMIT;
  }
}

/** Through the addon; without it the limit stays. */
export function raiseFileLimit(
  setFileLimit: ((files: number) => number) | undefined,
  files: number,
): string | undefined {
  if (setFileLimit === undefined) return "Operation not permitted";
  const errno = setFileLimit(files);
  if (errno === 0) return undefined;
  const text = getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
