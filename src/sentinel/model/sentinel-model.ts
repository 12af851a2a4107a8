/**
 * All that a Sentinel knows and has decided: itself, and the masters that it watches.
 *
 * Data only. What always holds: `masters` is by name; what a restart must find again (see `state/`) is
 * saved before anybody is told of it.
 */
import {
  ASK_PERIOD_MS,
  DEFAULT_DOWN_AFTER_MS,
  DEFAULT_FAILOVER_TIMEOUT_MS,
  ELECTION_TIMEOUT_MS,
  HELLO_PERIOD_MS,
  INFO_PERIOD_MS,
  MIN_LINK_RECONNECT_PERIOD_MS,
  PING_PERIOD_MS,
  RECONF_TIMEOUT_MS,
  SCRIPT_MAX_RUNTIME_MS,
  SCRIPT_RETRY_DELAY_MS,
  TILT_PERIOD_MS,
  TILT_TRIGGER_MS,
} from "./constants";
import type { Instance } from "./instance";

export class SentinelModel {
  /** 40 hexadecimal digits; chosen at the first start and kept in the state file. */
  myId = "";
  currentEpoch = 0;
  readonly masters = new Map<string, Instance>();
  /** Nothing is decided for a while, because the clock or this process was not to be trusted. */
  isInTilt = false;
  tiltSinceMs = 0;
  /** Moments of the tick before, monotonic and since 1970; 0 before the first one. */
  lastTickMs = 0;
  lastTickWallMs = 0;
  /** Where others find this Sentinel; empty and 0 for what the links show. */
  announceIp = "";
  announcePort = 0;
  resolveHostnames = false;
  announceHostnames = false;
  denyScriptsReconfig = true;
  /** What it says to other Sentinels (sentinel-user, sentinel-pass). */
  sentinelUser = "";
  sentinelPass = "";
  /** Its own `requirepass`, which is said to other Sentinels where `sentinelPass` is empty. */
  ownPassword = "";
  /** SENTINEL SIMULATE-FAILURE. */
  crashesAfterElection = false;
  crashesAfterPromotion = false;
  /** False when the last attempt to save failed: nothing new is told to anybody until it works. */
  isSaved = true;
  /** When saving was last tried. */
  lastSaveMs = 0;
  /** Addresses (`ip,port`) under which this Sentinel has announced itself since it started. */
  readonly announcedAs = new Set<string>();
  /** When a message of nobody known that made no sense was last logged. */
  badInputLoggedMs = 0;
  /** When a fresh id was last taken; 0 for never. */
  freshIdMs = 0;
  /** Tunable by SENTINEL DEBUG, each named as there. */
  readonly times = new SentinelTimes();
}

/** The times that SENTINEL DEBUG can change, for tests; see constants.ts for what they are. */
export class SentinelTimes {
  infoPeriodMs = INFO_PERIOD_MS;
  pingPeriodMs = PING_PERIOD_MS;
  askPeriodMs = ASK_PERIOD_MS;
  publishPeriodMs = HELLO_PERIOD_MS;
  defaultDownAfterMs = DEFAULT_DOWN_AFTER_MS;
  defaultFailoverTimeoutMs = DEFAULT_FAILOVER_TIMEOUT_MS;
  tiltTriggerMs = TILT_TRIGGER_MS;
  tiltPeriodMs = TILT_PERIOD_MS;
  replicaReconfTimeoutMs = RECONF_TIMEOUT_MS;
  minLinkReconnectPeriodMs = MIN_LINK_RECONNECT_PERIOD_MS;
  electionTimeoutMs = ELECTION_TIMEOUT_MS;
  scriptMaxRuntimeMs = SCRIPT_MAX_RUNTIME_MS;
  scriptRetryDelayMs = SCRIPT_RETRY_DELAY_MS;
}
