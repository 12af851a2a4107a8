/**
 * What a Sentinel reads in the INFO of a data node. Text to fields; no meaning.
 *
 * What always holds: a report has a role; a field that INFO does not have is undefined; a field that
 * it has in a form that no server writes makes the whole text worthless, except one of the lines about
 * replicas, which is skipped alone.
 */
import { MAX_INFO_LENGTH, MAX_REPLICAS } from "../model/constants";
import { isDigit, readHost, readId, readPort, readWhole } from "./peer-text";

export interface InfoReport {
  readonly role: "master" | "slave";
  readonly runId?: string | undefined;
  readonly isLoading?: boolean | undefined;
  /** Any key in any database; undefined when INFO says nothing about databases. */
  readonly holdsKeys?: boolean | undefined;
  readonly masterReplOffset?: number | undefined;
  /** Of a master. */
  readonly replicas: readonly ReplicaLine[];
  /** Of a replica. */
  readonly masterHost?: string | undefined;
  readonly masterPort?: number | undefined;
  readonly isMasterLinkUp?: boolean | undefined;
  readonly masterLinkDownMs?: number | undefined;
  readonly priority?: number | undefined;
  readonly replOffset?: number | undefined;
  readonly isAnnounced?: boolean | undefined;
}

export interface ReplicaLine {
  readonly host: string;
  readonly port: number;
}

/** A report while it is read. */
type Fields = { -readonly [K in keyof Omit<InfoReport, "role" | "replicas">]: InfoReport[K] } & {
  role?: InfoReport["role"];
  readonly replicas: ReplicaLine[];
};

/** Seconds of downtime that make sense: a century of them. */
const MAX_SECONDS = 3_200_000_000;
const MAX_PRIORITY = 2 ** 31 - 1;

/** Undefined for what is no INFO of a data node. */
export function parseInfo(text: string): InfoReport | undefined {
  if (text.length > MAX_INFO_LENGTH) return undefined;
  const fields: Fields = { replicas: [] };
  for (const line of text.split("\n")) {
    const end = line.endsWith("\r") ? line.length - 1 : line.length;
    const colon = line.indexOf(":");
    if (colon < 0 || colon > end) {
      if (line.startsWith("# Keyspace")) fields.holdsKeys ??= false;
      continue;
    }
    if (!readField(fields, line.slice(0, colon), line.slice(colon + 1, end))) return undefined;
  }
  const { role } = fields;
  return role === undefined ? undefined : { ...fields, role };
}

/** False when the value is none that a server writes. */
function readField(fields: Fields, name: string, value: string): boolean {
  switch (name) {
    case "role":
      if (value !== "master" && value !== "slave") return false;
      fields.role = value;
      return true;
    case "run_id":
      fields.runId = readId(value);
      return fields.runId !== undefined;
    case "loading":
      fields.isLoading = value !== "0";
      return true;
    case "master_repl_offset":
      fields.masterReplOffset = readOffset(value);
      return fields.masterReplOffset !== undefined;
    case "master_host":
      fields.masterHost = readHost(value);
      return fields.masterHost !== undefined;
    case "master_port":
      fields.masterPort = readPort(value);
      return fields.masterPort !== undefined;
    case "master_link_status":
      fields.isMasterLinkUp = value === "up";
      return true;
    case "master_link_down_since_seconds":
      fields.masterLinkDownMs = readSecondsMs(value);
      return fields.masterLinkDownMs !== undefined;
    case "slave_priority":
      fields.priority = readWhole(value, MAX_PRIORITY);
      return fields.priority !== undefined;
    case "slave_repl_offset":
      fields.replOffset = readOffset(value);
      return fields.replOffset !== undefined;
    case "replica_announced":
      fields.isAnnounced = value !== "0";
      return true;
    default:
      readNumberedLine(fields, name, value);
      return true;
  }
}

/** `slave0:` and `db0:`. */
function readNumberedLine(fields: Fields, name: string, value: string): void {
  if (name.startsWith("db") && isDigit(name.charCodeAt(2))) {
    if (value.startsWith("keys=") && !value.startsWith("keys=0,")) fields.holdsKeys = true;
  } else if (name.startsWith("slave") && isDigit(name.charCodeAt(5))) {
    const line = readReplicaLine(value);
    if (line !== undefined && fields.replicas.length < MAX_REPLICAS) fields.replicas.push(line);
  }
}

/** `ip=127.0.0.1,port=6380,state=online,...`, or `127.0.0.1,6380,online` of Redis before 2.8. */
function readReplicaLine(value: string): ReplicaLine | undefined {
  const parts = value.split(",", 3);
  if (parts.length < 2) return undefined;
  const isNamed = parts[0].startsWith("ip=") && parts[1].startsWith("port=");
  const host = readHost(isNamed ? parts[0].slice(3) : parts[0]);
  const port = readPort(isNamed ? parts[1].slice(5) : parts[1]);
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Offsets count from 0; -1 stands for one that is not known. */
function readOffset(value: string): number | undefined {
  return value === "-1" ? 0 : readWhole(value, Number.MAX_SAFE_INTEGER);
}

/**
 * -1 stands for a link that never was up since the replica started. Redis takes that for no time at
 * all, so that a replica that was restarted together with its master can follow it in office.
 */
function readSecondsMs(value: string): number | undefined {
  if (value === "-1") return 1;
  const seconds = readWhole(value, MAX_SECONDS);
  return seconds === undefined ? undefined : seconds * 1000;
}
