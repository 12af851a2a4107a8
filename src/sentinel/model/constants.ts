/** The times and limits of Sentinel, as Redis has them: peers of both kinds rely on them. In ms. */

export const DEFAULT_PORT = 26379;
/** Instances are pinged this often, or each `down-after-milliseconds` when that is less. */
export const PING_PERIOD_MS = 1000;
export const INFO_PERIOD_MS = 10_000;
/** Replicas of a master that is down or failing over are asked this often. */
export const URGENT_INFO_PERIOD_MS = 1000;
/** Other Sentinels are asked about a master that is down this often. */
export const ASK_PERIOD_MS = 1000;
export const HELLO_PERIOD_MS = 2000;
/** A ping without an answer this old, and the link is opened anew if the answer stays out. */
export const MIN_LINK_RECONNECT_PERIOD_MS = 15_000;
/** Attempts to connect to one instance begin at least this far apart. */
export const RECONNECT_PERIOD_MS = 1000;
/** A step of the clock, forward or backward, that says nothing can be trusted for a while. */
export const TILT_TRIGGER_MS = 2000;
export const TILT_PERIOD_MS = 30_000;
export const DEFAULT_DOWN_AFTER_MS = 30_000;
export const DEFAULT_FAILOVER_TIMEOUT_MS = 180_000;
export const DEFAULT_PARALLEL_SYNCS = 1;
export const DEFAULT_REPLICA_PRIORITY = 100;
/** An election is over after this, or after the failover timeout when that is less. */
export const ELECTION_TIMEOUT_MS = 10_000;
/** Candidates step forward this far apart at most, so that one of them wins. */
export const MAX_DESYNC_MS = 1000;
/** A replica that was told its new master is told again after this. */
export const RECONF_TIMEOUT_MS = 10_000;
/** Requests on one link that have no answer yet; beyond it none is sent. */
export const MAX_PENDING_COMMANDS = 100;
/** Ticks come this often, and a random part later, so that Sentinels do not act as one. */
export const TICK_MS = 100;
/** Epochs beyond it are not believed: each failover counts one up, so nothing honest comes near. */
export const MAX_EPOCH = 2 ** 52;
/** Longer ones are not looked at. */
export const MAX_HELLO_LENGTH = 4096;
export const MAX_INFO_LENGTH = 4 * 1024 * 1024;
export const MAX_HOST_LENGTH = 255;
/** Input of one peer that makes no sense is logged this often at most. */
export const BAD_INPUT_LOG_PERIOD_MS = 60_000;
/** An attempt to save that failed is made again after this. */
export const SAVE_RETRY_MS = 1000;
/** A master that hands over by itself stops writes for this long at most. */
export const HAND_OVER_PAUSE_MS = 10_000;
/** A fresh id is taken this often at most. */
export const FRESH_ID_PERIOD_MS = 60_000;
export const HELLO_CHANNEL = "__sentinel__:hello";
/** 40 hexadecimal digits. */
export const RUN_ID_LENGTH = 40;
/** Limits of what strangers can make a Sentinel remember. */
export const MAX_REPLICAS = 1000;
export const MAX_SENTINELS = 1000;
export const SCRIPT_MAX_RUNTIME_MS = 60_000;
/** Doubled with each retry. */
export const SCRIPT_RETRY_DELAY_MS = 30_000;
