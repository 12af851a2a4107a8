/** Where a failover is: going to the next state, and ending it before a replica was promoted. */
import type { Draft } from "../model/draft";
import type { FailoverState, Instance } from "../model/instance";
import { endFailover } from "./reset";

export function enter(draft: Draft, master: Instance, state: FailoverState): void {
  master.failoverState = state;
  master.failoverStateSinceMs = draft.nowMs;
}

/** Ends a failover before a replica was promoted. */
export function abortFailover(draft: Draft, master: Instance, type: string): void {
  draft.event("warning", type, master);
  endFailover(master);
  master.failoverStateSinceMs = draft.nowMs;
}
