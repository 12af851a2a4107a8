/**
 * Settings of the machine that a server suffers from, read from /proc. A file that is not there (no
 * Linux, a container without it) is no reason to warn.
 *
 * Transparent huge pages are none of them: Redis warns because a fork copies two megabytes for each
 * small write. Nothing forks here, and the segments of data ask for huge pages themselves.
 */
import { readFileSync } from "node:fs";

const OVERCOMMIT_FILE = "/proc/sys/vm/overcommit_memory";
const BACKLOG_FILE = "/proc/sys/net/core/somaxconn";

/** With vm.overcommit_memory = 2 the address space that is reserved at start counts as used. */
const STRICT_OVERCOMMIT = 2;

/** @param read gives the text of a file, or undefined. */
export type ReadFile = (path: string) => string | undefined;

/**
 * Memory that is reserved and not yet used must not be refused. Saving needs no second copy of the
 * process here, so that the heuristic mode (0), which Redis warns of, is as good as 1.
 */
export function overcommitWarning(read: ReadFile = readText): string | undefined {
  if (readNumber(read, OVERCOMMIT_FILE) !== STRICT_OVERCOMMIT) return undefined;
  return (
    "WARNING Memory overcommit is off (vm.overcommit_memory = 2): the memory that is reserved at " +
    "start counts as used, and the system may refuse more long before it is full. To fix this " +
    "issue add 'vm.overcommit_memory = 1' to /etc/sysctl.conf and then reboot or run the command " +
    "'sysctl vm.overcommit_memory=1' for this to take effect."
  );
}

/** The kernel cuts tcp-backlog down to its own limit without a word. */
export function backlogWarning(backlog: number, read: ReadFile = readText): string | undefined {
  const limit = readNumber(read, BACKLOG_FILE);
  if (limit === undefined || limit <= 0 || limit >= backlog) return undefined;
  return (
    `WARNING: The TCP backlog setting of ${backlog} cannot be enforced because ` +
    `${BACKLOG_FILE} is set to the lower value of ${limit}.`
  );
}

/** The report of --check-system: a line per check, and whether all is well. */
export function checkSystem(
  backlog: number,
  read: ReadFile = readText,
): { readonly text: string; readonly isWell: boolean } {
  const results = [
    ["overcommit", overcommitWarning(read)],
    ["backlog", backlogWarning(backlog, read)],
  ] as const;
  const lines = results.map(([name, warning]) =>
    warning === undefined ? `[${name}]...OK` : `[${name}]...WARNING:\n${warning}`,
  );
  return { text: `${lines.join("\n")}\n`, isWell: results.every(([, warning]) => !warning) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

function readNumber(read: ReadFile, path: string): number | undefined {
  const digits = read(path)?.trim();
  if (digits === undefined || !/^[0-9]{1,10}$/.test(digits)) return undefined;
  return Number(digits);
}
