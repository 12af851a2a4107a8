/**
 * What can happen to a Sentinel, and what it then wants done: the two ends of a step (act/step.ts).
 *
 * Plain data. Shells make events out of sockets, timers and commands, and carry out actions in their
 * order; the simulator does the same with a virtual world. What always holds: when an action `save`
 * fails, those behind it that are marked as telling (see `isTelling`) are not carried out.
 */
import type { Instance, InstanceLink } from "./instance";

/** An error reply of a peer. */
export interface PeerError {
  readonly error: string;
}

/** Strings of either kind are byte text; an integer beyond 2^53 is a bigint. */
export type PeerReply = string | number | bigint | null | PeerError | readonly PeerReply[];

/**
 * What a request was for, so that its reply is understood. Words of one `reconfigure` go out in a row:
 * together they are a transaction.
 */
export type RequestKind =
  | "ping"
  | "info"
  | "hello"
  | "ask"
  | "reconfigure"
  | "hand-over"
  | "script-kill";

export type SentinelEvent =
  /** The state has been loaded; links may be opened from the next tick on. */
  | { readonly kind: "start" }
  | { readonly kind: "tick" }
  | { readonly kind: "connected"; readonly link: InstanceLink; readonly of: LinkKind }
  | {
      readonly kind: "closed";
      readonly link: InstanceLink;
      readonly of: LinkKind;
      /** In the system's words. */
      readonly reason: string;
    }
  /**
   * A reply to a request that was sent for `instance`; each request has one, or `closed` comes. A
   * request that was not carried out, because saving failed, is replied to with an error too.
   */
  | {
      readonly kind: "reply";
      readonly instance: Instance;
      readonly request: RequestKind;
      readonly reply: PeerReply;
    }
  /** A message on the hello channel: over an events link, or by PUBLISH of another Sentinel. */
  | { readonly kind: "hello"; readonly link: InstanceLink | undefined; readonly text: string }
  /** The script that may veto a failover has ended. */
  | { readonly kind: "pre-failover-script"; readonly master: Instance; readonly allows: boolean };

export type LinkKind = "commands" | "events";

export type SentinelAction =
  /**
   * Logged, published on the channel `type` (but for debug), and told to the notification script of
   * the master (for warnings). `text` is without the type.
   */
  | {
      readonly kind: "event";
      readonly level: "debug" | "verbose" | "notice" | "warning";
      readonly type: string;
      readonly text: string;
      /** Whose script is told; undefined for events of the Sentinel itself. */
      readonly master: Instance | undefined;
    }
  | { readonly kind: "log"; readonly level: "debug" | "notice" | "warning"; readonly text: string }
  /**
   * Opens a link to the address of its first user; `connected` or `closed` follows. An open one of the
   * kind is closed first. `opening` is sent as soon as it is connected, and the replies to it are told
   * to nobody: AUTH, CLIENT SETNAME, and SUBSCRIBE for events. Messages of the hello channel on an
   * events link become `hello`.
   */
  | {
      readonly kind: "connect";
      readonly link: InstanceLink;
      readonly of: LinkKind;
      readonly opening: readonly (readonly string[])[];
    }
  /** Closes without `closed` being told; requests without an answer are forgotten. */
  | { readonly kind: "disconnect"; readonly link: InstanceLink; readonly of: LinkKind }
  /** A request over the commands link; `words` are byte text. */
  | {
      readonly kind: "send";
      readonly instance: Instance;
      readonly request: RequestKind;
      readonly words: readonly string[];
      readonly isTelling: boolean;
    }
  /** Writes the state and syncs it; `isSaved` of the model tells afterwards whether that worked. */
  | { readonly kind: "save" }
  | {
      readonly kind: "client-reconfig-script";
      readonly master: Instance;
      readonly args: readonly string[];
    }
  /** Asks whether the failover may go on; `pre-failover-script` follows, also after its time limit. */
  | {
      readonly kind: "run-pre-failover-script";
      readonly master: Instance;
      readonly args: readonly string[];
    }
  /** SENTINEL SIMULATE-FAILURE: ends the process at once. */
  | { readonly kind: "crash" };

/** The moment of a step. */
export interface StepContext {
  /** Of a monotonic clock. */
  readonly nowMs: number;
  /** Since 1970: to notice that the clock was changed. */
  readonly wallMs: number;
  /** Evenly distributed from 0 to below 1. */
  random(): number;
  /**
   * The address that a name stands for, as far as it is known; a name that is not known is looked up
   * meanwhile. An address stands for itself.
   */
  resolve(host: string): string | undefined;
  /** The port this Sentinel listens on, and the address that the link comes from; empty if unknown. */
  readonly listeningPort: number;
  localAddress(link: InstanceLink): string;
}
