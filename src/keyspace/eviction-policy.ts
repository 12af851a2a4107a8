import type { ValueOf } from "../config/rows/table";

/**
 * The eight policies of `maxmemory-policy`: which keys may go, and which of them first.
 */

/** Nothing goes: commands that need memory are refused. */
export const RANK_NOTHING = 0;
/** The key that was not used for the longest time. */
export const RANK_IDLE = 1;
/** The key that is used least often. */
export const RANK_SELDOM_USED = 2;
/** The key that expires first. */
export const RANK_EXPIRES_SOON = 3;
/** Any. */
export const RANK_RANDOM = 4;

export interface EvictionPolicy {
  readonly rank: number;
  /** Only keys with an expiry may go. */
  readonly expiringOnly: boolean;
}

const POLICIES: ReadonlyMap<ValueOf<"maxmemory-policy">, EvictionPolicy> = new Map([
  ["noeviction", { rank: RANK_NOTHING, expiringOnly: false }],
  ["allkeys-lru", { rank: RANK_IDLE, expiringOnly: false }],
  ["allkeys-lfu", { rank: RANK_SELDOM_USED, expiringOnly: false }],
  ["allkeys-random", { rank: RANK_RANDOM, expiringOnly: false }],
  ["volatile-lru", { rank: RANK_IDLE, expiringOnly: true }],
  ["volatile-lfu", { rank: RANK_SELDOM_USED, expiringOnly: true }],
  ["volatile-random", { rank: RANK_RANDOM, expiringOnly: true }],
  ["volatile-ttl", { rank: RANK_EXPIRES_SOON, expiringOnly: true }],
]);

export function evictionPolicy(name: ValueOf<"maxmemory-policy">): EvictionPolicy {
  const policy = POLICIES.get(name);
  if (policy === undefined) throw new Error(`no eviction policy ${name}`);
  return policy;
}
