// The one table of replies that may differ between two correct servers, each with its reason.
// Not a place to hide bugs: what is not listed here is compared byte for byte, and a row still
// compares everything that can be compared.

import { decodeReply, type Reply } from "../support/reply";
import {
  bothIntegers,
  flatPairs,
  isError,
  isSubset,
  kindOf,
  near,
  sameElements,
  sameFields,
  sameFieldsAndValues,
  sameShape,
  timeMs,
} from "./reply-comparison";
import {
  maskDebugObject,
  maskMonitor,
  sameClientLines,
  sameCommandInfo,
  sameHelp,
  sameInfoFields,
  sameSlowlog,
} from "./server-output-comparison";
import { sameStreamInfo } from "./stream-info-comparison";

interface AllowedDifference {
  /** First words of the commands it covers, in lower case. */
  readonly commands: readonly string[];
  readonly reason: string;
  /** Set where an error may stand on one side; elsewhere it never equals another reply. */
  readonly coversErrors?: boolean;
  /** Whether two replies, already known to differ in their bytes, are still the same in meaning. */
  same(ours: Reply, real: Reply, args: readonly Buffer[]): boolean;
}

const CLOCK_TOLERANCE_MS = 1000;
const TTL_TOLERANCE_MS = 1000;
const IDLE_TOLERANCE_S = 2;

const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  {
    commands: ["time"],
    reason: "the two are asked one after the other",
    same: (ours, real) =>
      Math.abs(timeMs(ours) - timeMs(real)) <= CLOCK_TOLERANCE_MS && sameShape(ours, real),
  },
  {
    commands: ["pttl", "pexpiretime"],
    reason: "milliseconds pass between setting the time and asking on each server",
    same: (ours, real) => near(ours, real, TTL_TOLERANCE_MS),
  },
  {
    commands: ["ttl", "expiretime"],
    reason: "the remaining time may fall on two sides of a rounding edge",
    same: (ours, real) => near(ours, real, 1),
  },
  {
    commands: ["object idletime"],
    reason: "the clock of idle times is coarse",
    same: (ours, real) => bothIntegers(ours, real) && near(ours, real, IDLE_TOLERANCE_S, 0),
  },
  {
    commands: ["sort", "sort_ro"],
    reason: "strcoll ends at a NUL; what is equal up to there comes in the order of a hash table",
    same: (ours, real) =>
      Array.isArray(ours) &&
      Array.isArray(real) &&
      ours.length === real.length &&
      ours.every((element, index) => upToNul(element) === upToNul(real[index])),
  },
  {
    commands: ["object freq"],
    reason: "the LFU counter grows by chance",
    same: bothIntegers,
  },
  {
    commands: ["client id", "lastsave", "memory usage", "object refcount"],
    reason: "a number of this process: its ids, clock, memory layout, shared objects",
    same: bothIntegers,
  },
  {
    commands: ["keys", "hkeys", "hvals", "smembers", "sinter", "sunion", "sdiff"],
    reason: "order follows the hash, whose key is random",
    same: sameElements,
  },
  {
    commands: ["zrank", "zrevrank"],
    reason: "7.2 takes WITHSCORE, so that a fourth argument is no wrong number of them",
    coversErrors: true,
    same: (_ours, real, args) => args.length === 4 && isError(real),
  },
  {
    commands: ["zrandmember"],
    reason: "chosen by chance",
    same: (ours, real) =>
      Array.isArray(ours) && Array.isArray(real)
        ? ours.length === real.length
        : kindOf(ours) === "string" && kindOf(real) === "string",
  },
  {
    commands: ["scan", "sscan", "zscan"],
    reason: "order and cursors follow the hash: whole iterations are compared, as sets",
    same: (ours, real) =>
      Array.isArray(ours) &&
      Array.isArray(real) &&
      ours[0] === "0" &&
      real[0] === "0" &&
      sameElements(ours[1] ?? null, real[1] ?? null),
  },
  {
    commands: ["hgetall"],
    reason: "a hashtable is listed in the order of its hash",
    same: sameFieldsAndValues,
  },
  {
    commands: ["hscan"],
    reason: "as SCAN; a field stands before its value",
    same: (ours, real) =>
      Array.isArray(ours) &&
      Array.isArray(real) &&
      ours[0] === "0" &&
      real[0] === "0" &&
      sameFieldsAndValues(ours[1] ?? null, real[1] ?? null),
  },
  {
    commands: ["hrandfield", "spop", "srandmember"],
    reason: "chosen by chance; own tests look at what is chosen",
    same: (ours, real) => kindOf(ours) !== "error" && sameShape(ours, real),
  },
  {
    commands: ["object encoding"],
    reason: "7.2 keeps small sets and lists in a listpack that 7.0 has as hashtable or quicklist",
    same: (ours, real) =>
      String(ours) === "listpack" && ["hashtable", "quicklist"].includes(String(real)),
  },
  {
    commands: ["randomkey"],
    reason: "chosen by chance; a script that needs a certain key has only one",
    same: (ours, real) => kindOf(ours) === "string" && kindOf(real) === "string",
  },
  {
    commands: ["hello"],
    reason: "the version differs by design, the id belongs to the process",
    same: (ours, real) =>
      sameFields(flatPairs(ours), flatPairs(real), new Set(["version", "id"]), new Set()),
  },
  {
    commands: ["client list", "client info"],
    reason: "addresses, ids, ages and memory belong to the process; 7.2 adds lib-name, lib-ver",
    same: (ours, real) => sameClientLines(ours, real),
  },
  {
    commands: ["monitor", "#monitor"],
    reason: "each line holds a time and an address",
    same: (ours, real) => maskMonitor(ours) === maskMonitor(real) && maskMonitor(real) !== "",
  },
  {
    commands: ["info"],
    reason: "values belong to the process; ours may have more fields, never fewer",
    same: sameInfoFields,
  },
  {
    commands: ["config get"],
    reason: "order of several names, paths of the process, and 7.2's extra directives",
    same: (ours, real) =>
      sameFields(flatPairs(ours), flatPairs(real), PROCESS_DIRECTIVES, NEWER_DIRECTIVES),
  },
  {
    commands: ["xinfo stream", "xinfo consumers", "xpending"],
    reason: "times belong to the process; 7.2 adds when a consumer last got something",
    same: sameStreamInfo,
  },
  {
    commands: ["slowlog get"],
    reason: "times, durations and addresses belong to the process",
    same: (ours, real) => sameSlowlog(ours, real),
  },
  {
    commands: ["debug object"],
    reason: "the address and the idle clock belong to the process",
    same: (ours, real) => maskDebugObject(ours) === maskDebugObject(real),
  },
  {
    commands: ["command info", "command"],
    reason: "flags and categories are sets, sent in any order; 7.2 adds tips and notes",
    same: sameCommandInfo,
  },
  {
    commands: ["command list"],
    reason: "order follows a hash; ours grows command by command",
    same: (ours, real) => isSubset(ours, real),
  },
  {
    commands: [
      "command count",
      "lolwut",
      "debug htstats",
      "memory stats",
      "memory doctor",
      "memory malloc-stats",
      "latency doctor",
      "latency latest",
      "latency history",
      "latency histogram",
      "command docs",
      "debug log",
      "latency graph",
    ],
    reason: "text or numbers about the process itself; own tests look at their content",
    same: (ours, real) => kindOf(ours) === kindOf(real),
  },
  {
    commands: [
      "client help",
      "object help",
      "config help",
      "debug help",
      "memory help",
      "slowlog help",
      "latency help",
      "xgroup help",
      "xinfo help",
      "command help",
      "acl help",
    ],
    reason: "explanations are in own words; the lines that show syntax are the same",
    same: sameHelp,
  },
];

/** Directives whose values name ports, paths or the machine. */
const PROCESS_DIRECTIVES = new Set([
  "dir",
  "port",
  "pidfile",
  "logfile",
  "unixsocket",
  "maxclients",
  "bind",
]);
/** Directives newer than the 7.0.15 that we are compared with, and this project's own. */
const NEWER_DIRECTIVES = new Set([
  "set-max-listpack-entries",
  "set-max-listpack-value",
  "cluster-announce-human-nodename",
  "locale-collate",
  "log-format",
  "metrics-port",
  "rdb-version",
  "repl-compat",
  "repl-compression",
  "replica-refuse-empty-master",
  "sentinel-state-file",
  "snapshot-memory-limit",
]);
/** The row for a command, or undefined where replies must be the same bytes. */
function allowedDifference(args: readonly Buffer[]): AllowedDifference | undefined {
  const words = args.slice(0, 2).map((arg) => arg.toString("latin1").toLowerCase());
  const both = words.join(" ");
  return (
    ALLOWED_DIFFERENCES.find((row) => row.commands.includes(both)) ??
    ALLOWED_DIFFERENCES.find((row) => row.commands.includes(words[0] ?? ""))
  );
}

/** Whether two raw replies to a command are the same, in bytes or as the table allows. */
export function sameReplies(args: readonly Buffer[], ours: Buffer, real: Buffer): boolean {
  if (ours.equals(real)) return true;
  const row = allowedDifference(args);
  if (row === undefined) return false;
  const ourReply = decodeReply(ours);
  const realReply = decodeReply(real);
  const hasError = isError(ourReply) || isError(realReply);
  if (hasError && row.coversErrors !== true) return false;
  return row.same(ourReply, realReply, args);
}

function upToNul(element: Reply | undefined): string {
  return String(element).split("\0", 1)[0];
}
