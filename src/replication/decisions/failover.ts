/**
 * FAILOVER: a master hands its role to one of its replicas. Writes are paused, the replica catches
 * up to the last byte, the master asks it to take over (PSYNC .. FAILOVER) and follows it.
 *
 * What always holds: while it runs no client writes; it ends with one master, which is the target
 * once that has accepted, else this server.
 */
import type { MasterAddress } from "../../config/special/replica-of";
import type { Draft } from "./draft";
import type { ReplicationState, ReplicaView } from "./replication-state";
import { follow, promote } from "./role";

export interface FailoverRequest {
  readonly target: MasterAddress | undefined;
  /** 0 is none. */
  readonly timeoutMs: number;
  readonly isForced: boolean;
}

/** The error that FAILOVER gets now, or undefined when it may begin. */
export function failoverRefusal(
  state: ReplicationState,
  { target, timeoutMs, isForced }: FailoverRequest,
  replicas: readonly ReplicaView[],
): string | undefined {
  if (state.failover !== undefined) return "FAILOVER already in progress.";
  if (state.master !== undefined) return "FAILOVER is not valid when server is a replica.";
  if (replicas.length === 0) return "FAILOVER requires connected replicas.";
  if (isForced && (timeoutMs === 0 || target === undefined)) {
    return "FAILOVER with force option requires both a timeout and target HOST and IP.";
  }
  if (target === undefined) return undefined;
  const replica = replicaAt(replicas, target);
  if (replica === undefined) return "FAILOVER target HOST and PORT is not a replica.";
  return replica.isOnline ? undefined : "FAILOVER target replica is not online.";
}

export function beginFailover(draft: Draft, request: FailoverRequest): void {
  const { target, timeoutMs, isForced } = request;
  const endMs = timeoutMs === 0 ? 0 : draft.context.nowMs + timeoutMs;
  draft.setFailover({ phase: "waiting-for-sync", target, endMs, isForced, isUnanswered: false });
  draft.do({ kind: "pause-writes" });
  draft.notice(`FAILOVER requested${target === undefined ? "" : ` to ${nameOf(target)}`}.`);
}

export function abortFailover(draft: Draft, why: string): void {
  const { failover } = draft.state;
  if (failover === undefined) return;
  const { target, phase } = failover;
  draft.notice(`Aborting failover${target === undefined ? "" : ` to ${nameOf(target)}`}. ${why}`);
  if (phase === "failover-in-progress") promote(draft);
  endFailover(draft);
}

/** The target has taken over or there is nothing to be handed over any more. */
export function endFailover(draft: Draft): void {
  if (draft.state.failover === undefined) return;
  draft.setFailover(undefined);
  draft.do({ kind: "resume-writes" });
}

/** True when there was a failover and the target's answer to PSYNC has ended it. */
export function failoverRejected(draft: Draft): boolean {
  if (draft.state.failover?.phase !== "failover-in-progress") return false;
  abortFailover(draft, "Failover target rejected psync request");
  return true;
}

/**
 * The connection ended between the question and its answer. Redis gives up and stays a master, and
 * so there may be two; here the target is asked again.
 */
export function failoverUnanswered(draft: Draft): void {
  const { failover } = draft.state;
  if (failover?.phase === "failover-in-progress") {
    draft.setFailover({ ...failover, isUnanswered: true });
  }
}

export function checkFailover(draft: Draft, replicas: readonly ReplicaView[]): void {
  const { failover } = draft.state;
  if (failover?.phase !== "waiting-for-sync") return;
  const { target, endMs, isForced } = failover;
  if (endMs > 0 && draft.context.nowMs >= endMs) {
    if (!isForced || target === undefined) {
      abortFailover(draft, "Replica never caught up before timeout");
      return;
    }
    draft.notice(`Failover to ${nameOf(target)} time out exceeded, failing over.`);
    handOver(draft, target);
    return;
  }
  const { offset } = draft.context;
  const chosen =
    target === undefined
      ? replicas.find((replica) => replica.isOnline && replica.ackOffset === offset)
      : replicaAt(replicas, target);
  if (chosen === undefined || !chosen.isOnline || chosen.ackOffset !== offset) return;
  draft.notice(`Failover target ${nameOf(chosen)} is synced, failing over.`);
  handOver(draft, { host: chosen.host, port: chosen.port });
}

function handOver(draft: Draft, target: MasterAddress): void {
  const { failover } = draft.state;
  if (failover === undefined) return;
  draft.setFailover({ ...failover, target, phase: "failover-in-progress" });
  follow(draft, target);
}

function replicaAt(
  replicas: readonly ReplicaView[],
  { host, port }: MasterAddress,
): ReplicaView | undefined {
  return replicas.find((replica) => replica.host === host && replica.port === port);
}

function nameOf({ host, port }: MasterAddress): string {
  return `${host}:${port}`;
}
