import type { Caller } from "../command/call";
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

/** Classes of client-output-buffer-limit. */
export const CLASS_NORMAL = 0;
export const CLASS_REPLICA = 1;
export const CLASS_PUBSUB = 2;

export class Client implements Caller {
  /** Raised gates of the pipeline, one bit each. */
  gates = 0;
  name = "";
  libraryName = "";
  libraryVersion = "";
  /** Number of the selected database. */
  db = 0;
  resp3 = false;
  authenticated = false;
  userName = "default";
  replyMode = REPLY_ON;
  outputClass = CLASS_NORMAL;
  isMonitor = false;
  noEvict = false;
  noTouch = false;
  /** Full name of the command run last, for CLIENT LIST. */
  lastCommand = "NULL";
  lastInteractionMs: number;
  commandCount = 0;
  /** A close has been asked for; nothing of this client is run any more. */
  closing = false;
  /** Its requests are held by the transport (blocked or paused); later records are skipped. */
  held = false;
  /** Since when the soft output limit is exceeded, in ms; 0 when it is not. */
  overSoftLimitSinceMs = 0;

  constructor(
    readonly id: number,
    readonly slot: number,
    readonly address: SlotAddress,
    readonly createdMs: number,
  ) {
    this.lastInteractionMs = createdMs;
  }
}
