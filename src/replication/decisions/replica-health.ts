/** Which replicas count: for min-replicas-to-write, for WAIT, and which have been silent too long. */
import type { ReplicaView } from "./replication-state";

const MS_PER_SECOND = 1000;

/** `min-replicas-to-write`, `min-replicas-max-lag`; either of them 0 switches the check off. */
export interface GoodReplicaSettings {
  readonly toWrite: number;
  readonly maxLagSeconds: number;
}

/** Online replicas that have been heard within the lag, which is counted in whole seconds. */
export function goodReplicas(
  replicas: readonly ReplicaView[],
  maxLagSeconds: number,
  nowMs: number,
): number {
  let good = 0;
  for (const { isOnline, ackMs } of replicas) {
    if (isOnline && lagSeconds(ackMs, nowMs) <= maxLagSeconds) good += 1;
  }
  return good;
}

/** Whether writes are refused with NOREPLICAS. */
export function lacksGoodReplicas(
  good: number,
  { toWrite, maxLagSeconds }: GoodReplicaSettings,
): boolean {
  return toWrite > 0 && maxLagSeconds > 0 && good < toWrite;
}

/** How many replicas have confirmed the byte at `offset`: what WAIT counts. */
export function acknowledgedBy(replicas: readonly ReplicaView[], offset: number): number {
  let count = 0;
  for (const { isOnline, ackOffset } of replicas) if (isOnline && ackOffset >= offset) count += 1;
  return count;
}

export interface SilentReplicaView {
  readonly phase: "waiting" | "receiving-from-disk" | "receiving-from-memory" | "online";
  /** It asked by SYNC and confirms nothing. */
  readonly isOld: boolean;
  readonly ackMs: number;
  /** When it last took bytes of a file that is sent to it as it is made. */
  readonly lastWriteMs: number;
}

/** The line for the log when a replica is to be dropped because it has been silent too long. */
export function silentReplicaLog(
  { phase, isOld, ackMs, lastWriteMs }: SilentReplicaView,
  name: string,
  nowMs: number,
  timeoutMs: number,
): string | undefined {
  if (phase === "online" && !isOld && nowMs - ackMs > timeoutMs) {
    return `Disconnecting timedout replica (streaming sync): ${name}`;
  }
  if (phase === "receiving-from-memory" && nowMs - lastWriteMs > timeoutMs) {
    return `Disconnecting timedout replica (full sync): ${name}`;
  }
  return undefined;
}

/** A master keeps its backlog for replicas that may come back, but not for ever. 0 is for ever. */
export function isBacklogForgotten(
  isMaster: boolean,
  isBacklogOpen: boolean,
  replicaCount: number,
  noReplicasSinceMs: number,
  ttlSeconds: number,
  nowMs: number,
): boolean {
  if (!isMaster || !isBacklogOpen || replicaCount > 0 || ttlSeconds === 0) return false;
  return nowMs - noReplicasSinceMs > ttlSeconds * MS_PER_SECOND;
}

/** `lag` in INFO. */
export function lagSeconds(ackMs: number, nowMs: number): number {
  return Math.floor((nowMs - ackMs) / MS_PER_SECOND);
}
