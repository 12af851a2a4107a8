// What one life of a simulated Sentinel has shown: of each master the fields as they were after the
// step before, and what really came to it. The invariants compare with it.
import type { Instance, InstanceAddress } from "../../../src/sentinel/model/instance";

/** An INFO text that was delivered. */
export interface HeardInfo {
  readonly atMs: number;
  readonly isMaster: boolean;
  readonly priority: number;
  readonly offset: number;
  readonly runId: string;
  readonly masterLinkDownMs: number;
}

/** What another Sentinel answered about the server at an address. */
export interface HeardAnswer {
  readonly atMs: number;
  readonly about: string;
  readonly isDown: boolean;
}

export class MasterRecord {
  configEpoch = 0;
  leader = "";
  leaderEpoch = 0;
  address = "";
  isObjectivelyDown = false;
  /** When a failover was last begun here, or another's supported; -1 for never. */
  startMs = -1;
  /** An operator is ordering a failover just now; the last one that began was ordered. */
  isOrdered = false;
  isForced = false;
  mostSentinels = 0;
  /** The replica that was chosen last, by its address. */
  selected = "";
  /** What other Sentinels answered last, by id. */
  readonly answers = new Map<string, HeardAnswer>();
}

export class SentinelRecord {
  currentEpoch = 0;
  isInTilt = false;
  tiltSinceMs = 0;
  lastTickMs = 0;
  lastTickWallMs = 0;
  readonly masters = new Map<string, MasterRecord>();
  /** By `ip:port` of data nodes. */
  readonly infos = new Map<string, HeardInfo>();
  readonly pongs = new Map<string, number>();

  masterOf(name: string): MasterRecord {
    let record = this.masters.get(name);
    if (record === undefined) {
      record = new MasterRecord();
      this.masters.set(name, record);
    }
    return record;
  }
}

/** Where clients and other Sentinels are sent. */
export function currentAddress(master: Instance): InstanceAddress {
  const { promoted, failoverState } = master;
  const isSwitched = failoverState === "reconf_slaves" || failoverState === "update_config";
  return isSwitched && promoted !== undefined ? promoted.address : master.address;
}

export function addressText({ ip, port }: InstanceAddress): string {
  return `${ip}:${port}`;
}

/** Anything else is no INFO. */
export function isInfo(text: string): boolean {
  return HAS_ROLE.test(text) && RUN_ID.test(text);
}

const HAS_ROLE = /\r\nrole:(master|slave)\r\n/;
const RUN_ID = /\r\nrun_id:([0-9a-f]{40})\r\n/;

/** What the lines of an INFO say, as a plain reader sees them. */
export function heardInfo(text: string, atMs: number): HeardInfo {
  return {
    atMs,
    isMaster: text.includes("\r\nrole:master\r\n"),
    priority: numberIn(text, "slave_priority:"),
    offset: numberIn(text, "slave_repl_offset:"),
    runId: RUN_ID.exec(text)?.[1] ?? "",
    masterLinkDownMs: 1000 * numberIn(text, "master_link_down_since_seconds:"),
  };
}

function numberIn(text: string, name: string): number {
  const at = text.indexOf(name);
  return at < 0 ? 0 : Number.parseInt(text.slice(at + name.length), 10);
}
