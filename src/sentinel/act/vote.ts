/**
 * Whom this Sentinel supports as the one that fails a master over.
 *
 * What always holds: one vote per master and epoch, also across restarts, because the state is saved
 * before the vote is told; epochs never fall.
 */
import { MAX_DESYNC_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";

export interface Vote {
  /** The id of the Sentinel that is supported; empty when nobody was yet. */
  readonly leader: string;
  readonly epoch: number;
}

/**
 * The vote in `requestEpoch`: for `candidateId` if none was given in it yet, else the one given last,
 * with its epoch. It is told only if what was saved in front of it (action `save`) could be saved.
 */
export function voteFor(
  draft: Draft,
  master: Instance,
  requestEpoch: number,
  candidateId: string,
): Vote {
  const { model } = draft;
  raiseEpoch(draft, master, requestEpoch);
  if (master.leaderEpoch < requestEpoch && model.currentEpoch <= requestEpoch) {
    master.leader = candidateId;
    master.leaderEpoch = model.currentEpoch;
    // Whoever supports another leaves it the time to do the work.
    if (candidateId !== model.myId) {
      master.failoverStartMs = draft.nowMs + draft.context.random() * MAX_DESYNC_MS;
    }
    draft.save();
    draft.plainEvent("warning", "+vote-for-leader", `${candidateId} ${master.leaderEpoch}`, master);
  }
  return { leader: master.leader, epoch: master.leaderEpoch };
}

/** Follows an epoch that is newer than the own one; it is saved before it is told. */
export function raiseEpoch(draft: Draft, master: Instance, epoch: number): void {
  const { model } = draft;
  if (epoch <= model.currentEpoch) return;
  model.currentEpoch = epoch;
  draft.save();
  draft.plainEvent("warning", "+new-epoch", `${epoch}`, master);
}
