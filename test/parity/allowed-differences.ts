// The one table of replies that may differ between two correct servers, each with its reason.
// Not a place to hide bugs: what is not listed here is compared byte for byte, and a row still
// compares everything that can be compared.

import { decodeReply, type Reply } from "../support/reply";

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
  "snapshot-memory-limit",
]);
const CLIENT_PROCESS_FIELDS = new Set([
  "id",
  "addr",
  "laddr",
  "fd",
  "age",
  "idle",
  "qbuf",
  "qbuf-free",
  "argv-mem",
  "multi-mem",
  "rbs",
  "rbp",
  "obl",
  "oll",
  "omem",
  "tot-mem",
  "events",
]);
const CLIENT_NEWER_FIELDS = new Set(["lib-name", "lib-ver"]);
/** Fields of INFO about things that are not here: another allocator, threads, cluster, modules. */
const INFO_NOT_HERE = new RegExp(
  "^(allocator_|rss_overhead|mem_fragmentation|lazyfree_|io_thread|gcc_version|monotonic_clock|" +
    "atomicvar_api|redis_git|redis_build|cluster_|mem_cluster_links|active_defrag|module|" +
    "current_cow|used_cpu_.*_main_thread|mem_overhead_db_hashtable|migrate_cached|slave_expires|" +
    "unexpected_error|cmdstat_|errorstat_|latency_percentiles_|db\\d)",
);

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

function isError(reply: Reply): boolean {
  return kindOf(reply) === "error";
}

function kindOf(reply: Reply): string {
  if (reply === null || typeof reply !== "object") return typeof reply;
  if (Array.isArray(reply)) return "array";
  if (Buffer.isBuffer(reply)) return "string";
  return Object.keys(reply)[0] ?? "";
}

function sameShape(ours: Reply, real: Reply): boolean {
  if (Array.isArray(ours) && Array.isArray(real)) return ours.length === real.length;
  return kindOf(ours) === kindOf(real);
}

function isInteger(reply: Reply): reply is number | bigint {
  return typeof reply === "number" || typeof reply === "bigint";
}

function bothIntegers(ours: Reply, real: Reply): boolean {
  return isInteger(ours) && isInteger(real) && ours >= 0 === real >= 0;
}

/** Numbers at or above `least` that lie within `tolerance`; negative answers have a meaning. */
function near(ours: Reply, real: Reply, tolerance: number, least = 1): boolean {
  if (!isInteger(ours) || !isInteger(real) || ours < least || real < least) return false;
  const distance = BigInt(ours) - BigInt(real);
  return distance <= tolerance && -distance <= tolerance;
}

function timeMs(reply: Reply): number {
  if (!Array.isArray(reply) || reply.length !== 2) return Number.NaN;
  const [seconds, microseconds] = reply;
  if (typeof seconds !== "string" || typeof microseconds !== "string") return Number.NaN;
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

function elements(reply: Reply): string[] | undefined {
  if (Array.isArray(reply)) return reply.map((item) => keyOf(item)).sort();
  if (kindOf(reply) === "set") return elements((reply as { set: Reply[] }).set);
  return undefined;
}

function keyOf(reply: Reply): string {
  return Buffer.isBuffer(reply) ? `b:${reply.toString("latin1")}` : JSON.stringify(reply);
}

function sameElements(ours: Reply, real: Reply): boolean {
  const ourElements = elements(ours);
  const realElements = elements(real);
  if (ourElements === undefined || realElements === undefined) return false;
  return kindOf(ours) === kindOf(real) && ourElements.join("\n") === realElements.join("\n");
}

/** Of a hash: in any order, but each value behind its field. */
function sameFieldsAndValues(ours: Reply, real: Reply): boolean {
  return (
    kindOf(ours) === kindOf(real) &&
    sameFields(flatPairs(ours), flatPairs(real), new Set(), new Set())
  );
}

function isSubset(ours: Reply, real: Reply): boolean {
  const known = new Set(elements(real));
  return (
    kindOf(ours) === kindOf(real) && (elements(ours)?.some((name) => known.has(name)) ?? false)
  );
}

/** A map, or an array of names and values in turn, as pairs. Undefined for anything else. */
function flatPairs(reply: Reply): Map<string, string> | undefined {
  const result = new Map<string, string>();
  if (Array.isArray(reply)) {
    for (let index = 0; index + 1 < reply.length; index += 2) {
      result.set(String(reply[index]), keyOf(reply[index + 1] ?? null));
    }
    return result;
  }
  if (kindOf(reply) !== "map") return undefined;
  for (const [name, value] of (reply as { map: [Reply, Reply][] }).map) {
    result.set(String(name), keyOf(value));
  }
  return result;
}

/** Same names and values, but for values in `unequal` and names of ours in `extra`. */
function sameFields(
  ours: Map<string, string> | undefined,
  real: Map<string, string> | undefined,
  unequal: ReadonlySet<string>,
  extra: ReadonlySet<string>,
): boolean {
  if (ours === undefined || real === undefined) return false;
  for (const [name, value] of real) {
    const our = ours.get(name);
    if (our === undefined || (our !== value && !unequal.has(name))) return false;
  }
  return [...ours.keys()].every((name) => real.has(name) || extra.has(name));
}

function textOf(reply: Reply): string {
  if (typeof reply === "string") return reply;
  if (kindOf(reply) === "format") return (reply as { verbatim: string }).verbatim;
  return "";
}

function sameClientLines(ours: Reply, real: Reply): boolean {
  if (kindOf(ours) !== kindOf(real)) return false;
  const ourLines = textOf(ours).split("\n");
  const realLines = textOf(real).split("\n");
  return (
    ourLines.length === realLines.length &&
    realLines.every((line, index) =>
      sameFields(
        clientFields(ourLines[index] ?? ""),
        clientFields(line),
        CLIENT_PROCESS_FIELDS,
        CLIENT_NEWER_FIELDS,
      ),
    )
  );
}

function clientFields(line: string): Map<string, string> {
  const fields = line.split(" ").map((field) => {
    const equals = field.indexOf("=");
    return [field.slice(0, equals), field.slice(equals + 1)] as const;
  });
  return new Map(fields);
}

function maskMonitor(reply: Reply): string {
  const line = /^\d+\.\d{6} (\[\d+ )(?:127\.0\.0\.1:\d+|unix:[^\]]*|lua)\] (.*)$/s.exec(
    textOf(reply),
  );
  return line === null ? "" : `${line[1]}${line[2]}`;
}

function infoFields(reply: Reply): Map<string, Set<string>> {
  const sections = new Map<string, Set<string>>();
  let fields = new Set<string>();
  for (const line of textOf(reply).split("\r\n")) {
    if (line.startsWith("# ")) {
      fields = new Set();
      sections.set(line, fields);
    } else if (line.includes(":")) {
      fields.add(line.slice(0, line.indexOf(":")));
    } else if (line !== "") {
      return new Map();
    }
  }
  return sections;
}

/** Every section and field of the real one that has a meaning here is in ours, too. */
function sameInfoFields(ours: Reply, real: Reply): boolean {
  if (kindOf(ours) !== kindOf(real)) return false;
  return missingInfoFields(ours, real).length === 0;
}

/** Names of sections and fields that the real reply has and ours lacks. */
export function missingInfoFields(ours: Reply, real: Reply): string[] {
  const ourSections = infoFields(ours);
  const missing: string[] = [];
  for (const [section, fields] of infoFields(real)) {
    const ourFields = ourSections.get(section);
    if (ourFields === undefined) {
      if (!/Modules|Cluster/.test(section)) missing.push(section);
      continue;
    }
    for (const field of fields) {
      if (!ourFields.has(field) && !INFO_NOT_HERE.test(field)) missing.push(`${section} ${field}`);
    }
  }
  return missing;
}

function maskDebugObject(reply: Reply): string {
  return textOf(reply)
    .replace(/at:0x[0-9a-f]+|at:[0-9a-fx]+/, "at:")
    .replace(/ lru:\d+/, " lru:")
    .replace(/lru_seconds_idle:\d+/, "lru_seconds_idle:");
}

/** Fields of XINFO that 7.0 has not got. */
const NEWER_STREAM_FIELDS = new Set(["active-time", "inactive"]);
/** Fields that tell how long ago something was, or when. */
const STREAM_TIMES = new Set(["idle", "seen-time"]);
/** The year 2020: an integer from here on is a time, as no run counts so far. */
const FIRST_TIME_MS = 1_577_836_800_000;
const LAST_TIME_MS = 10 * FIRST_TIME_MS;

function sameStreamInfo(ours: Reply, real: Reply, args: readonly Buffer[]): boolean {
  if (args[0]?.toString("latin1").toLowerCase() !== "xpending") {
    return keyOf(maskTimes(ours)) === keyOf(maskTimes(real));
  }
  if (!Array.isArray(ours) || !Array.isArray(real)) return false;
  return (
    keyOf(ours.map(maskIdleTime).map(maskTimes)) === keyOf(real.map(maskIdleTime).map(maskTimes))
  );
}

/** A row of XPENDING is ID, consumer, idle time, deliveries. */
function maskIdleTime(row: Reply): Reply {
  if (!Array.isArray(row) || row.length !== 4 || !isInteger(row[2] ?? null)) return row;
  return [row[0] ?? null, row[1] ?? null, "time", row[3] ?? null];
}

function maskTimes(reply: Reply): Reply {
  if (Array.isArray(reply)) {
    const masked: Reply[] = [];
    for (let at = 0; at < reply.length; at++) {
      const name = reply[at] ?? null;
      const isName = typeof name === "string" && at % 2 === 0;
      if (isName && NEWER_STREAM_FIELDS.has(name)) at++;
      else if (isName && STREAM_TIMES.has(name)) masked.push(name, `time ${typeof reply[++at]}`);
      else masked.push(maskTimes(name));
    }
    return masked;
  }
  if (kindOf(reply) === "map") {
    const pairs = (reply as { map: [Reply, Reply][] }).map;
    return maskTimes(pairs.flat());
  }
  if (!isInteger(reply)) return reply;
  return reply >= FIRST_TIME_MS && reply < LAST_TIME_MS ? "time" : String(reply);
}

function sameSlowlog(ours: Reply, real: Reply): boolean {
  if (!Array.isArray(ours) || !Array.isArray(real) || ours.length !== real.length) return false;
  return real.every((entry, index) => {
    const our = ours[index];
    if (!Array.isArray(entry) || !Array.isArray(our) || entry.length !== our.length) return false;
    // id, time, duration, arguments, address, name
    return (
      keyOf(entry[3] ?? null) === keyOf(our[3] ?? null) &&
      keyOf(entry[5] ?? null) === keyOf(our[5] ?? null) &&
      typeof our[0] === "number" &&
      typeof our[1] === "number" &&
      typeof our[2] === "number"
    );
  });
}

/** Compares name, arity, flags, keys, categories and key specifications of each command. */
function sameCommandInfo(ours: Reply, real: Reply): boolean {
  if (!Array.isArray(ours) || !Array.isArray(real) || ours.length !== real.length) return false;
  return real.every((entry, index) => {
    const our = ours[index] ?? null;
    if (entry === null || our === null) return entry === our;
    if (!Array.isArray(entry) || !Array.isArray(our)) return false;
    return entry.slice(0, 7).every((field, at) => {
      const ourField = our[at] ?? null;
      return elements(field) === undefined
        ? keyOf(field) === keyOf(ourField)
        : sameElements(ourField, field);
    });
  });
}

function sameHelp(ours: Reply, real: Reply): boolean {
  const syntax = (reply: Reply) =>
    Array.isArray(reply) ? reply.map(textOf).filter((line) => !line.startsWith(" ")) : [];
  const ourLines = new Set(syntax(ours));
  return ourLines.size > 0 && syntax(real).every((line) => ourLines.has(line));
}

function upToNul(element: Reply | undefined): string {
  return String(element).split("\0", 1)[0];
}
