/**
 * Which replicas are so old that they need a file and a stream of their own making, and when the
 * stream is kept in words that they know.
 *
 * Redis 4.0 was the first that says `REPLCONF capa psync2`, so whoever introduces itself as a replica
 * (`REPLCONF listening-port`, which every Redis since 2.6 does) and does not say it is taken for a
 * Redis 3.2.1. Whoever does not introduce itself is no replica but a tool that reads the stream
 * (redis-cli --rdb and --replica), and is given what there is.
 */
import type { ReplicaCapabilities } from "./sync-answer";

/** repl-compat. `3.2`: the stream is always kept in old words. */
export type OldPeerPolicy = "auto" | "no" | "3.2";

export interface Introduction {
  /** 0 before it has been told. */
  readonly port: number;
  readonly capabilities: ReplicaCapabilities;
  /** REPLCONF rdb-only, which is of 7.0. */
  readonly wantsFileOnly: boolean;
}

export function isOldPeer(
  { port, capabilities, wantsFileOnly }: Introduction,
  policy: OldPeerPolicy,
): boolean {
  return policy !== "no" && port > 0 && !capabilities.psync2 && !wantsFileOnly;
}

/**
 * Whether the stream may go back to this server's own words: no old replica is there, and none that
 * was cut off may be expected to come back and read on.
 * @param noneSinceMs when the last of them left.
 */
export function areOldPeersForgotten(
  policy: OldPeerPolicy,
  oldPeers: number,
  noneSinceMs: number,
  timeoutMs: number,
  nowMs: number,
): boolean {
  return policy !== "3.2" && oldPeers === 0 && nowMs - noneSinceMs > timeoutMs;
}
