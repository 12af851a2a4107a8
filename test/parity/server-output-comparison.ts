// What a server tells of itself and its clients, compared but for what differs from process to
// process: INFO, CLIENT LIST, MONITOR, SLOWLOG, DEBUG OBJECT, COMMAND and explanations.

import type { Reply } from "../support/reply";
import { elements, keyOf, kindOf, sameElements, sameFields, textOf } from "./reply-comparison";

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

export function sameClientLines(ours: Reply, real: Reply): boolean {
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

export function maskMonitor(reply: Reply): string {
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
export function sameInfoFields(ours: Reply, real: Reply): boolean {
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

export function maskDebugObject(reply: Reply): string {
  return textOf(reply)
    .replace(/at:0x[0-9a-f]+|at:[0-9a-fx]+/, "at:")
    .replace(/ lru:\d+/, " lru:")
    .replace(/lru_seconds_idle:\d+/, "lru_seconds_idle:");
}

export function sameSlowlog(ours: Reply, real: Reply): boolean {
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
export function sameCommandInfo(ours: Reply, real: Reply): boolean {
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

export function sameHelp(ours: Reply, real: Reply): boolean {
  const syntax = (reply: Reply) =>
    Array.isArray(reply) ? reply.map(textOf).filter((line) => !line.startsWith(" ")) : [];
  const ourLines = new Set(syntax(ours));
  return ourLines.size > 0 && syntax(real).every((line) => ourLines.has(line));
}
