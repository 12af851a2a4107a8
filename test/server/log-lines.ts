// A server's log as lines that two servers can be compared by: level sign, role letter and text,
// without times, process ids and versions, and without what only one of them has to say.

const OURS_ONLY = /^[CM] [*#] (redis-server-ts |There is a saved data set|There are save points)/;
const REAL_ONLY =
  /^[CM] [*#] (monotonic clock|WARNING Memory overcommit|Loading RDB|RDB |Done loading|DB loaded|Saving the final|DB saved|The AOF directory)/;

/** Lines of the log such as `M * Ready to accept connections`. */
export function logLines(log: string): string[] {
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) =>
      line
        .replace(/^\d+:([CM]) \d+ \w+ \d+ [\d:.]+ /, "$1 ")
        .replace(/^\d+:signal-handler \(\d+\)/, "signal-handler")
        .replace(/7\.2\.4|7\.0\.15/g, "VERSION")
        .replace(/pid=\d+/, "pid=PID"),
    )
    .filter((line) => !OURS_ONLY.test(line) && !REAL_ONLY.test(line));
}
