/**
 * What a server knows about its own replication, what can happen to it, and what it then wants done.
 *
 * Plain data: the decisions (step.ts) make a new state and a list of actions out of a state, an event
 * and the context of the moment; shells turn sockets, timers and files into events and carry out
 * the actions in their order. What always holds: only `step` makes states.
 */
import type { MasterAddress } from "../../config/special/replica-of";
import type { History } from "./history";

/**
 * How far the link to the master is. From `ping` to `psync` it awaits the reply to that step of the
 * handshake; in `header` the first line of the file; in `loading` nothing is read from it.
 */
export type LinkPhase =
  | "none"
  | "connect"
  | "connecting"
  | "ping"
  | "auth"
  | "port"
  | "address"
  | "capabilities"
  | "compression"
  | "psync"
  | "header"
  | "transfer"
  | "loading"
  | "connected";

/** Where a full synchronisation will end. */
export interface SyncPoint {
  readonly id: string;
  readonly offset: number;
}

export interface Link {
  readonly phase: LinkPhase;
  /** When the last attempt to connect began, in ms. */
  readonly startedMs: number;
  /** Steps of the handshake whose replies are to come after this one, in their order. */
  readonly awaited: readonly LinkPhase[];
  /** What the master said of the file that it sends; undefined when it knows SYNC only. */
  readonly sync: SyncPoint | undefined;
  /** How the file is ended and where it goes, once known. */
  readonly payload: Payload | undefined;
  /** The master knows SYNC only: it wants no ACK, and nothing can be resumed. */
  readonly isOldMaster: boolean;
  /** What follows the answer to PSYNC is going to be compressed. */
  readonly isCompressed?: boolean;
  /** Why the connection ended while what came over it was being loaded. */
  readonly lostReason: string | undefined;
  /** Since when there is no link, if there was one; in ms. */
  readonly downSinceMs: number | undefined;
}

export interface Payload {
  /** Either the size or the mark of 40 bytes that ends it. */
  readonly sizeBytes: number | undefined;
  readonly mark: string | undefined;
  /** `swap`: into memory beside the old data, which are dropped when all is there. */
  readonly into: "file" | "memory" | "swap";
  /** The old data are of the history that the new ones are of, so they are served meanwhile. */
  readonly keepsServing: boolean;
}

export interface Failover {
  readonly phase: "waiting-for-sync" | "failover-in-progress";
  readonly target: MasterAddress | undefined;
  /** When it is given up, or with FORCE carried out; 0 is never. */
  readonly endMs: number;
  readonly isForced: boolean;
  /** The target was asked to take over and the answer was lost: it may be a master by now. */
  readonly isUnanswered: boolean;
}

export interface ReplicationState {
  readonly history: History;
  /** Whom it follows; undefined for a master. */
  readonly master: MasterAddress | undefined;
  readonly link: Link;
  /** The data set is what (history.id, offset) says and the master may be asked for what follows:
   * Redis's cached master, while the link is down. */
  readonly canResume: boolean;
  /** The last copy that the master has sent was refused, because there was nothing in it. */
  readonly hasRefusedEmpty: boolean;
  readonly failover: Failover | undefined;
}

/** What RDB files keep (repl-id, repl-offset, repl-stream-db). */
export interface SavedReplication {
  readonly id: string;
  readonly offset: number;
  /** The database that the next command of the stream goes to. */
  readonly streamDb: number;
}

export interface LinkSettings {
  /** masteruser, masterauth; empty for none. */
  readonly user: string;
  readonly password: string;
  /** replica-announce-port or the port that it listens on. */
  readonly listeningPort: number;
  /** replica-announce-ip; empty for none. */
  readonly announceIp: string;
  /** repl-timeout. */
  readonly timeoutMs: number;
  /** repl-compression; absent: no. */
  readonly offersCompression?: boolean;
  readonly disklessLoad: "disabled" | "on-empty-db" | "swapdb";
  /** replica-refuse-empty-master. */
  readonly refusesEmptyMaster: boolean;
}

/** The moment of a step. */
export interface StepContext {
  readonly nowMs: number;
  /** master_repl_offset. */
  readonly offset: number;
  readonly isBacklogOpen: boolean;
  readonly isDatasetEmpty: boolean;
  readonly settings: LinkSettings;
  /** A replication id that nobody has. */
  newId(): string;
}

/** A replica of this server, as far as decisions need to know it. */
export interface ReplicaView {
  /** What it announced, or where it connects from. */
  readonly host: string;
  /** What it announced; 0 before. */
  readonly port: number;
  readonly isOnline: boolean;
  /** The last byte it has confirmed, and when; meaningless before the first time. */
  readonly ackOffset: number;
  readonly ackMs: number;
}

export type ReplicationEvent =
  /** REPLICAOF host port that changes something (see `isAlreadyFollowing`). */
  | { readonly kind: "follow"; readonly master: MasterAddress }
  /** The same, from the configuration: it connects at the first tick. */
  | { readonly kind: "follow-at-start"; readonly master: MasterAddress }
  /** REPLICAOF NO ONE, or a failover to this server. */
  | { readonly kind: "promote" }
  /** A file of the data set is about to be loaded at start and names its place in a history. */
  | { readonly kind: "restored"; readonly saved: SavedReplication }
  /** No replica for longer than repl-backlog-ttl (see `isBacklogForgotten`). */
  | { readonly kind: "backlog-forgotten"; readonly ttlSeconds: number }
  /** The first replica needs a full synchronisation and there is no backlog. */
  | { readonly kind: "backlog-needed" }
  /** The connection to the master is there. */
  | { readonly kind: "connected" }
  /** A line came, without its end, in a phase from `ping` to `header`. */
  | { readonly kind: "line"; readonly text: string }
  /** The whole file is on disk. */
  | { readonly kind: "payload-received"; readonly hasKeys: boolean }
  /** The file could not be kept; a whole sentence. */
  | { readonly kind: "payload-failed"; readonly problem: string }
  /** The data set of the master is in memory; beside the old one where it goes `into` "swap". */
  | { readonly kind: "loaded"; readonly hasKeys: boolean }
  | { readonly kind: "load-failed"; readonly problem: string }
  /** The connection is gone; `reason` as the system says it. */
  | { readonly kind: "closed"; readonly reason: string; readonly isProtocolBroken: boolean }
  /** Once per second, ten times while failing over. When the master was last heard, in ms. */
  | { readonly kind: "tick"; readonly lastReceivedMs: number }
  /** FAILOVER that `failoverRefusal` lets pass. */
  | {
      readonly kind: "failover";
      readonly target: MasterAddress | undefined;
      /** 0 is none. */
      readonly timeoutMs: number;
      readonly isForced: boolean;
    }
  | { readonly kind: "failover-abort" }
  /** Replicas may have caught up, or time passed; also sent before each tick. */
  | { readonly kind: "failover-check"; readonly replicas: readonly ReplicaView[] };

export type LogLevel = "verbose" | "notice" | "warning";

export type ReplicationAction =
  | { readonly kind: "log"; readonly level: LogLevel; readonly text: string }
  | { readonly kind: "connect"; readonly master: MasterAddress }
  /** A request to the master. */
  | { readonly kind: "send"; readonly words: readonly string[] }
  /** SYNC as an inline command, which is what servers without PSYNC are sent. */
  | { readonly kind: "send-sync" }
  /** Closes the connection and drops what has been received of a file. */
  | { readonly kind: "disconnect" }
  /** What comes from here on is compressed. */
  | { readonly kind: "decompress" }
  /** What follows the header line is a file. With `memory` and `swap` it is loaded as it comes. */
  | { readonly kind: "receive"; readonly payload: Payload }
  /** Empties the data set, before what is received is loaded or after that failed. */
  | { readonly kind: "empty" }
  /** Loads the file that was received. */
  | { readonly kind: "load-file" }
  /** What was received beside the old data set takes its place. */
  | { readonly kind: "swap-in" }
  /** Tells the master, which hears nothing while a copy is loaded, that this server lives. */
  | { readonly kind: "reassure" }
  /** From here on the link carries commands, the first of them after the backlog's offset. */
  | { readonly kind: "stream" }
  /** REPLCONF ACK. */
  | { readonly kind: "acknowledge" }
  | { readonly kind: "select-stream-db"; readonly db: number }
  | { readonly kind: "open-backlog"; readonly offset: number }
  /** Replicas have been dropped before. */
  | { readonly kind: "close-backlog" }
  | { readonly kind: "drop-replicas" }
  /** The next effect begins with SELECT. */
  | { readonly kind: "reselect" }
  /** Clients that wait are told that the server has changed its role. */
  | { readonly kind: "unblock-clients" }
  | { readonly kind: "pause-writes" }
  | { readonly kind: "resume-writes" };

export interface StepResult {
  readonly state: ReplicationState;
  readonly actions: readonly ReplicationAction[];
}
