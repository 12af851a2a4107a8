/**
 * When a whole copy is begun, for whom, and how it travels: one copy at a time, joined by everybody
 * who can still read all of what was written since it began.
 */
import type { LogLine, ReplicaCapabilities } from "./sync-answer";

export interface FullSyncSettings {
  /** repl-diskless-sync, -delay, -max-replicas (0: no such number). */
  readonly isDiskless: boolean;
  readonly delayMs: number;
  readonly maxReplicas: number;
}

/** A replica that waits for a copy to begin. */
export interface WaitingReplica {
  readonly capabilities: ReplicaCapabilities;
  /** Names what it wants of the data set; only equals share a copy. Empty: all of it. */
  readonly filter: string;
  /** It cannot read files of the usual version; see old-peer.ts. Absent: it can. */
  readonly isOldPeer?: boolean;
  /** When it asked, in ms. */
  readonly sinceMs: number;
}

/** What the one background job is doing. */
export type RunningJob =
  | { readonly kind: "none" }
  /** A rewrite, or a save that no replica waits for. */
  | { readonly kind: "other"; readonly isSave: boolean }
  /**
   * A copy to disk, for replicas with these needs, as of this offset. Only while one of them still
   * waits for it: its place in the backlog keeps what has been written since. Then it is `other`.
   */
  | {
      readonly kind: "disk-sync";
      readonly offset: number;
      readonly capabilities: ReplicaCapabilities;
      readonly filter: string;
      readonly isOldPeer?: boolean;
    }
  | { readonly kind: "socket-sync" };

export type FullSyncPlan =
  /** It gets the file that is being written, and the stream from `offset` on. */
  | { readonly kind: "join"; readonly offset: number; readonly log: LogLine }
  /** Until the job has ended, or the delay; see `dueFullSync`. */
  | { readonly kind: "wait"; readonly log: LogLine }
  /** `startFullSync` with those that wait. */
  | { readonly kind: "start" };

export interface FullSyncStart {
  readonly target: "disk" | "sockets";
  /** Those of `waiting` it is for. */
  readonly replicas: readonly number[];
  readonly log: LogLine;
}

/** For a replica that has just been told it needs one. */
export function planFullSync(
  replica: WaitingReplica,
  job: RunningJob,
  settings: FullSyncSettings,
): FullSyncPlan {
  switch (job.kind) {
    case "disk-sync":
      if (canJoin(replica, job)) {
        const log = notice("Waiting for end of BGSAVE for SYNC");
        return { kind: "join", offset: job.offset, log };
      }
      return wait(
        "Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC",
      );
    case "socket-sync":
      return wait("Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC");
    case "other":
      return job.isSave
        ? wait("Can't attach the replica to the current BGSAVE. Waiting for next BGSAVE for SYNC")
        : wait(
            "No BGSAVE in progress, but another BG operation is active. " +
              "BGSAVE for replication delayed",
          );
    case "none":
      if (settings.isDiskless && replica.capabilities.eof && settings.delayMs > 0) {
        return wait("Delay next BGSAVE for diskless SYNC");
      }
      return { kind: "start" };
  }
}

/** Whether those that wait have waited enough. Asked once per second while no job runs. */
export function dueFullSync(
  waiting: readonly WaitingReplica[],
  settings: FullSyncSettings,
  nowMs: number,
): FullSyncStart | undefined {
  if (waiting.length === 0) return undefined;
  const start = startFullSync(waiting, settings);
  if (settings.isDiskless) {
    const { maxReplicas, delayMs } = settings;
    const isFull = maxReplicas > 0 && start.replicas.length >= maxReplicas;
    const longestMs = Math.max(...start.replicas.map((index) => nowMs - waiting[index].sinceMs));
    if (!isFull && longestMs < delayMs) return undefined;
  }
  return start;
}

/** A copy for the first that waits and all that want the same. `waiting` is not empty. */
export function startFullSync(
  waiting: readonly WaitingReplica[],
  settings: FullSyncSettings,
): FullSyncStart {
  const { filter } = waiting[0];
  const replicas = [...waiting.keys()].filter((index) => wantSame(waiting[index], waiting[0]));
  const isEofForAll = replicas.every((index) => waiting[index].capabilities.eof);
  const wantsSockets = settings.isDiskless || filter !== "";
  const target = wantsSockets && isEofForAll ? "sockets" : "disk";
  const name = target === "sockets" ? "replicas sockets" : "disk";
  return { target, replicas, log: notice(`Starting BGSAVE for SYNC with target: ${name}`) };
}

/** It must understand all that those understand for whom the file is being written. */
function canJoin(replica: WaitingReplica, job: Omit<WaitingReplica, "sinceMs">): boolean {
  const { eof, psync2 } = replica.capabilities;
  const { capabilities } = job;
  return wantSame(replica, job) && (eof || !capabilities.eof) && (psync2 || !capabilities.psync2);
}

/** Whether one file serves both. */
function wantSame(
  one: Pick<WaitingReplica, "filter" | "isOldPeer">,
  other: Pick<WaitingReplica, "filter" | "isOldPeer">,
): boolean {
  return one.filter === other.filter && (one.isOldPeer ?? false) === (other.isOldPeer ?? false);
}

function wait(text: string): FullSyncPlan {
  return { kind: "wait", log: notice(text) };
}

function notice(text: string): LogLine {
  return { level: "notice", text };
}
