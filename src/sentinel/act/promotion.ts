/** Making the chosen replica a master: by telling it, or by asking the master to hand over. */
import { HAND_OVER_PAUSE_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { shownText } from "../monitor/bad-input";
import { commandName } from "../monitor/requests";
import { abortFailover, enter } from "./failover-state";
import { reconfigure } from "./reconfigure";

export function beginPromotion(draft: Draft, master: Instance): void {
  const { promoted } = master;
  if (promoted === undefined) return;
  const isTold = master.isCoordinated
    ? handOver(draft, master, promoted)
    : reconfigure(draft, promoted, undefined);
  if (isTold) {
    draft.event("notice", "+failover-state-wait-promotion", promoted);
    enter(draft, master, "wait_promotion");
  } else {
    waitForPromotion(draft, master);
  }
}

/**
 * The master stops writes, waits until the replica has all of them, and makes it the master itself. It
 * knows the replica by the host that its INFO gave. What it does when the time is over is nothing: that
 * no write is lost goes before that the roles are changed.
 */
function handOver(draft: Draft, master: Instance, replica: Instance): boolean {
  const { host, port } = replica.address;
  const pauseMs = Math.min(optionsOf(master).failoverTimeoutMs, HAND_OVER_PAUSE_MS);
  const words = [commandName(master, "FAILOVER"), "TO", host, `${port}`, "TIMEOUT", `${pauseMs}`];
  return draft.send(master, "hand-over", words, true);
}

/** Waits for the INFO that shows a master, up to the timeout of failovers. */
export function waitForPromotion(draft: Draft, master: Instance): void {
  const { failoverTimeoutMs } = optionsOf(master);
  const limitMs = master.isCoordinated
    ? Math.min(failoverTimeoutMs, HAND_OVER_PAUSE_MS) + draft.model.times.infoPeriodMs
    : failoverTimeoutMs;
  if (draft.nowMs - master.failoverStateSinceMs <= limitMs) return;
  if (master.isCoordinated) {
    draft.send(master, "hand-over", [commandName(master, "FAILOVER"), "ABORT"], true);
  }
  const { promoted } = master;
  // Redis tells of the master here, not of the replica.
  if (promoted !== undefined) abortFailover(draft, master, "-failover-abort-slave-timeout");
}

/** The master will not hand over; an error to `FAILOVER ABORT` finds no failover any more. */
export function onHandOverRefused(draft: Draft, master: Instance, error: string): void {
  if (master.failoverState !== "wait_promotion" || !master.isCoordinated) return;
  draft.log("warning", `The master ${master.name} refused to hand over: ${shownText(error)}`);
  abortFailover(draft, master, "-failover-abort-master-refused");
}
