/** What another Sentinel answers when it is asked about the master: whether it is down, and its vote. */
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import type { PeerReply } from "../model/sentinel-event";
import { ignoreInput } from "./bad-input";
import { readId } from "./peer-text";
import { elementsOf, epochOf, errorOf } from "./reply-shape";

interface Opinion {
  readonly isDown: boolean;
  /** `*` when it voted for nobody. */
  readonly leader: string;
  readonly epoch: number;
}

export function onAskReply(draft: Draft, sentinel: Instance, reply: PeerReply): void {
  if (sentinel.asksUnderWay > 0) sentinel.asksUnderWay -= 1;
  if (sentinel.outdatedAsks > 0) {
    sentinel.outdatedAsks -= 1;
    return;
  }
  // What is an error now may be an answer later; until then its old opinion grows stale.
  if (errorOf(reply) !== undefined) return;
  const opinion = parseOpinion(reply);
  if (opinion === undefined) {
    ignoreInput(draft, sentinel, "an answer about the master that makes no sense");
    return;
  }
  sentinel.lastMasterDownReplyMs = draft.nowMs;
  sentinel.saysMasterIsDown = opinion.isDown;
  if (opinion.leader === "*") return;
  if (sentinel.leaderEpoch !== opinion.epoch) {
    draft.log("notice", `${sentinel.name} voted for ${opinion.leader} ${opinion.epoch}`);
  }
  sentinel.leader = opinion.leader;
  sentinel.leaderEpoch = opinion.epoch;
}

function parseOpinion(reply: PeerReply): Opinion | undefined {
  const elements = elementsOf(reply);
  if (elements === undefined || elements.length !== 3) return undefined;
  const [down, leader] = elements;
  const epoch = epochOf(elements[2]);
  if ((down !== 0 && down !== 1) || typeof leader !== "string" || epoch === undefined) {
    return undefined;
  }
  if (leader !== "*" && readId(leader) === undefined) return undefined;
  return { isDown: down === 1, leader, epoch };
}
