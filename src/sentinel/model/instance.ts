/**
 * What a Sentinel knows of one server that it watches: a master, a replica of it, or another Sentinel
 * that watches the same master. Data only: `monitor/` writes what was seen, `act/` what was decided.
 *
 * Times are milliseconds of the monotonic clock that steps are given; 0 is never. Texts that came from
 * elsewhere are byte text (one character per byte), as the configuration has them.
 */
import {
  DEFAULT_DOWN_AFTER_MS,
  DEFAULT_FAILOVER_TIMEOUT_MS,
  DEFAULT_PARALLEL_SYNCS,
  DEFAULT_REPLICA_PRIORITY,
} from "./constants";

export type InstanceKind = "master" | "replica" | "sentinel";

export interface InstanceAddress {
  /** As it was written or announced: a name or an address. */
  readonly host: string;
  /** What the name stands for; the same as `host` for an address. */
  readonly ip: string;
  readonly port: number;
}

/** The states of a failover, in their order; the names are those of `SENTINEL MASTER`. */
export type FailoverState =
  | "none"
  | "wait_start"
  | "select_slave"
  | "send_slaveof_noone"
  | "wait_promotion"
  | "reconf_slaves"
  | "update_config";

/**
 * The connections to one process: one for commands, and to data nodes one for events (the hello
 * channel). Another Sentinel that watches several masters with us has one link for all of them.
 */
export class InstanceLink {
  /** Instances that share it. */
  users: Instance[] = [];
  areCommandsConnected = false;
  areEventsConnected = false;
  /** Asked for, and neither connected nor closed yet. */
  areCommandsConnecting = false;
  areEventsConnecting = false;
  /** Requests without an answer. */
  pendingCommands = 0;
  /** When the link of the kind was last asked for. */
  commandsSinceMs = 0;
  eventsSinceMs = 0;
  /** When the last hello of any kind came over the events link. */
  lastEventMs = 0;
  /** When the last acceptable answer to PING came; at first the moment of creation. */
  lastAvailableMs: number;
  /** When the oldest PING without an answer was sent; 0 when all are answered. */
  unansweredPingMs: number;
  lastPingMs = 0;
  /** When any answer to PING came. */
  lastPongMs: number;
  lastReconnectMs = 0;

  constructor(nowMs: number) {
    this.lastAvailableMs = nowMs;
    this.unansweredPingMs = nowMs;
    this.lastPongMs = nowMs;
  }
}

/** What the configuration says of a master and what belongs to it alone. */
export class MasterOptions {
  quorum: number;
  downAfterMs = DEFAULT_DOWN_AFTER_MS;
  failoverTimeoutMs = DEFAULT_FAILOVER_TIMEOUT_MS;
  parallelSyncs = DEFAULT_PARALLEL_SYNCS;
  /** How long a master that restarts is given, before it counts as down; 0 for no such rule. */
  rebootDownAfterMs = 0;
  authUser = "";
  authPass = "";
  notificationScript = "";
  clientReconfigScript = "";
  preFailoverScript = "";
  /** A master that comes back empty is not followed for this long; 0 for Redis's behaviour. */
  emptyMasterGraceMs = 0;
  /** Commands under other names, lower-case name to name. */
  readonly renamedCommands = new Map<string, string>();

  constructor(quorum: number) {
    this.quorum = quorum;
  }
}

export class Instance {
  readonly kind: InstanceKind;
  /** Of a master as configured; of a replica `ip:port`; of a Sentinel its id. */
  name: string;
  /** Empty while it is not known. */
  runId = "";
  address: InstanceAddress;
  link: InstanceLink;
  /** For a replica and a Sentinel the master that it belongs to; undefined for a master. */
  readonly master: Instance | undefined;
  /** Undefined but for a master. */
  readonly options: MasterOptions | undefined;

  lastHelloSentMs = 0;
  /** Of a Sentinel: when it was last asked about the master. */
  lastAskedMs = 0;
  /** Of a Sentinel: questions about the master without an answer; the first of them are about its old address. */
  asksUnderWay = 0;
  outdatedAsks = 0;
  /** Of a Sentinel: when it was last heard on the hello channel. */
  lastHelloMs: number;
  /** Of a Sentinel: when it last answered about the master. */
  lastMasterDownReplyMs = 0;
  isSubjectivelyDown = false;
  subjectivelyDownSinceMs = 0;
  isObjectivelyDown = false;
  objectivelyDownSinceMs = 0;
  /** Of a Sentinel: it says that the master is down. */
  saysMasterIsDown = false;
  /** A master that answers with another run id than before, or LOADING, within its reboot period. */
  isRebooting = false;
  rebootingSinceMs = 0;
  /** Of a master: it came back without data that its replicas hold; 0 when it did not. */
  emptySinceMs = 0;
  /** SCRIPT KILL was sent since it went down. */
  isScriptKillSent = false;
  /** When a reply or message of it that made no sense was last logged. */
  badInputLoggedMs = 0;
  /** Of a Sentinel: the other address that it gave a master of the same epoch, as last told. */
  conflictingAddress = "";

  /** INFO as it came last. */
  info = "";
  /** When it came; 0 for never. */
  infoMs = 0;
  /** When INFO was last asked for. */
  infoAskedMs = 0;
  /** What INFO said of its data: any key, and how far its history is. */
  holdsKeys = false;
  isLoading = false;
  masterReplOffset = 0;
  roleReported: "master" | "slave";
  roleReportedMs: number;
  /** Of a replica: when it last reported another master than before. */
  masterChangedMs: number;

  /** Of a replica, from its INFO. */
  masterLinkDownMs = 0;
  isMasterLinkUp = false;
  masterHost = "";
  masterPort = 0;
  replOffset = 0;
  priority = DEFAULT_REPLICA_PRIORITY;
  isAnnounced = true;
  /** Of a replica in a failover: what it was told, and how far it is. */
  reconfiguration: "none" | "sent" | "in-progress" | "done" = "none";
  reconfSentMs = 0;
  isPromoted = false;

  /** Of a master: the epoch of its address. Of a Sentinel: unused. */
  configEpoch = 0;
  /** Of a master: whom this Sentinel voted for. Of a Sentinel: whom it voted for; empty for nobody. */
  leader = "";
  leaderEpoch = 0;
  /** The epoch of the failover that this Sentinel leads or tries to. */
  failoverEpoch = 0;
  failoverState: FailoverState = "none";
  failoverStateSinceMs = 0;
  /** When this Sentinel last began a failover, or voted for another that would. */
  failoverStartMs = 0;
  /** The start that a delay was already logged for. */
  failoverDelayLoggedMs = 0;
  isForced = false;
  /** The master itself hands over (`FAILOVER TO`), so that no write is lost. */
  isCoordinated = false;
  /** The script that may veto this failover. */
  preFailover: "none" | "running" | "allowed" | "denied" = "none";
  promoted: Instance | undefined;

  /** Of a master: its replicas by `ip:port` and the other Sentinels by id. */
  readonly replicas = new Map<string, Instance>();
  readonly sentinels = new Map<string, Instance>();

  constructor(parts: InstanceParts) {
    this.kind = parts.kind;
    this.name = parts.name;
    this.address = parts.address;
    this.master = parts.master;
    this.options = parts.options;
    this.link = new InstanceLink(parts.nowMs);
    this.link.users.push(this);
    this.lastHelloMs = parts.nowMs;
    this.roleReported = parts.kind === "replica" ? "slave" : "master";
    this.roleReportedMs = parts.nowMs;
    this.masterChangedMs = parts.nowMs;
  }

  get isFailingOver(): boolean {
    return this.failoverState !== "none";
  }
}

export interface InstanceParts {
  readonly kind: InstanceKind;
  readonly name: string;
  readonly address: InstanceAddress;
  readonly master?: Instance;
  readonly options?: MasterOptions;
  readonly nowMs: number;
}

/** The options that count for an instance: its own for a master, its master's for the others. */
export function optionsOf(instance: Instance): MasterOptions {
  const options = instance.options ?? instance.master?.options;
  if (options === undefined) throw new Error(`${instance.name} belongs to no master`);
  return options;
}
