import type { Caller } from "../command/call";
import type { Command } from "../command/command";
import type { SlotAddress } from "../net/transport";

/**
 * One connected client: what the server remembers of it between commands.
 *
 * Data only. A client lives from its ACCEPTED to its CLOSED record; `slot` is its name towards the
 * transport and is used again afterwards, `id` never is.
 */
export const REPLY_ON = 0;
export const REPLY_OFF = 1;
/** The next command's reply is dropped, this one's (CLIENT REPLY SKIP itself) too. */
export const REPLY_SKIP_NEXT = 2;
export const REPLY_SKIP_THIS = 3;

/**
 * Bits of `Client.after`: its reply mode, messages that wait for the end of its command, and what
 * CLIENT CACHING has said of the next one.
 */
const AFTER_REPLY_MODE = 3;
export const AFTER_PUSHES = 4;
export const AFTER_CACHING = 8;

/** Bits of `Client.tracking`: how it tracks keys for its cache; 0 when it does not. */
export const TRACKING_ON = 1;
export const TRACKING_BROADCAST = 2;
export const TRACKING_OPT_IN = 4;
export const TRACKING_OPT_OUT = 8;
export const TRACKING_NO_LOOP = 16;
/** The client that invalidations are redirected to is gone. */
export const TRACKING_BROKEN = 32;

/** What stands at the other end. */
export const KIND_NORMAL = 0;
export const KIND_REPLICA = 1;
export const KIND_MASTER = 2;

export class Client implements Caller {
  /** Raised gates of the pipeline, one bit each. */
  gates = 0;
  name = "";
  libraryName = "";
  libraryVersion = "";
  /** Number of the selected database. */
  db = 0;
  resp3 = false;
  /** May run commands although the default user needs a password. */
  authenticated = false;
  /** Byte text, as all names that users choose. */
  userName = "default";
  /** What has to be seen to when its command has ended: bits of AFTER_*, 0 for most clients. */
  after = 0;
  kind = KIND_NORMAL;
  isMonitor = false;
  noEvict = false;
  noTouch = false;
  /** Subscriptions to channels, patterns and shard channels. */
  channels = 0;
  patterns = 0;
  shardChannels = 0;
  subscriptionBytes = 0;
  /** Bits of TRACKING_*. */
  tracking = 0;
  /** The id of the client that gets its invalidations; 0 for itself. */
  redirectId = 0;
  /** What the prefixes take that it broadcasts for. */
  prefixBytes = 0;
  /** Commands queued by MULTI, and the bytes they take; -1 outside of a transaction. */
  queued = -1;
  queuedBytes = 0;
  /** Bits of the flags of all commands queued. */
  queuedFlags = 0;
  /** Bytes that its watched keys take. */
  watchedBytes = 0;
  /** A watched key has changed: EXEC will run nothing. */
  isDirty = false;
  /** Bytes of the request that waits in a blocking command. */
  waitingBytes = 0;
  /** Bytes of the stream of replication that are kept for it. */
  streamBytes = 0;
  /** The command looked up last, for CLIENT LIST; undefined when there was none of that name. */
  lastCommand: Command<never> | undefined;
  lastInteractionMs: number;
  commandCount = 0;
  /** A close has been asked for; nothing of this client is run any more. */
  closing = false;
  /** Its requests are held by the transport (blocked or paused); later records are skipped. */
  held = false;
  /** What is held begins with the command that was being run: it will be run again. */
  heldWithCurrent = false;
  /** Since when the soft output limit is exceeded, in ms; 0 when it is not. */
  overSoftLimitSinceMs = 0;
  /** Bytes in and out at the last visit of ClientRounds, to notice a peer that is busy sending. */
  bytesSeen = 0;

  constructor(
    readonly id: number,
    readonly slot: number,
    readonly address: SlotAddress,
    readonly createdMs: number,
  ) {
    this.lastInteractionMs = createdMs;
  }

  /** One of REPLY_*. */
  get replyMode(): number {
    return this.after & AFTER_REPLY_MODE;
  }

  set replyMode(mode: number) {
    this.after = (this.after & ~AFTER_REPLY_MODE) | mode;
  }

  get isSubscriber(): boolean {
    return this.channels + this.patterns + this.shardChannels > 0;
  }
}
