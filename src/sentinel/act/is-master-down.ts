/** The answer to SENTINEL IS-MASTER-DOWN-BY-ADDR: what this Sentinel thinks of a master, and its vote. */
import type { Draft } from "../model/draft";
import { voteFor } from "./vote";

export interface MasterDownQuestion {
  readonly ip: string;
  readonly port: number;
  readonly epoch: number;
  /** Who asks for a vote; `*` when none is asked for. */
  readonly candidateId: string;
}

export interface MasterDownAnswer {
  readonly isDown: boolean;
  /** The id of whom it votes for; `*` for nobody, or when no vote was asked for. */
  readonly leader: string;
  /** Of the vote; 0 without one. */
  readonly epoch: number;
}

/**
 * Answers, and votes when asked to. Before the leader is told the caller looks whether the model is
 * saved (`model.isSaved`, after carrying out the actions): if not, the leader is `*` and the epoch 0.
 */
export function answerIsMasterDown(draft: Draft, question: MasterDownQuestion): MasterDownAnswer {
  const { model } = draft;
  const { ip, port } = question;
  for (const master of model.masters.values()) {
    if (master.address.ip !== ip || master.address.port !== port) continue;
    const isDown = !model.isInTilt && master.isSubjectivelyDown;
    if (question.candidateId === "*") return { isDown, leader: "*", epoch: 0 };
    const vote = voteFor(draft, master, question.epoch, question.candidateId);
    return { isDown, leader: vote.leader === "" ? "*" : vote.leader, epoch: vote.epoch };
  }
  return { isDown: false, leader: "*", epoch: 0 };
}
