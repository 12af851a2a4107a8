/** Who leads a failover: the Sentinel that most voted for in its epoch. */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { majorityOf } from "./quorum-check";
import { voteFor } from "./vote";

/**
 * The id of the leader in `epoch`; undefined while there is none. It needs the votes of more than half
 * of all Sentinels known for the master, and of no fewer than the quorum. This Sentinel votes too, if it
 * has not yet: for whom most others voted, or for itself.
 */
export function findLeader(draft: Draft, master: Instance, epoch: number): string | undefined {
  const { model } = draft;
  const votes = new Map<string, number>();
  for (const { leader, leaderEpoch } of master.sentinels.values()) {
    if (leader !== "" && leaderEpoch === epoch) count(votes, leader);
  }
  const own = voteFor(draft, master, epoch, mostVoted(votes) ?? model.myId);
  if (own.leader !== "" && own.epoch === epoch) count(votes, own.leader);
  const winner = mostVoted(votes);
  if (winner === undefined) return undefined;
  const needed = Math.max(majorityOf(master), optionsOf(master).quorum);
  return (votes.get(winner) ?? 0) >= needed ? winner : undefined;
}

function count(votes: Map<string, number>, leader: string): void {
  votes.set(leader, (votes.get(leader) ?? 0) + 1);
}

function mostVoted(votes: ReadonlyMap<string, number>): string | undefined {
  let winner: string | undefined;
  let most = 0;
  for (const [leader, number] of votes) {
    if (number <= most) continue;
    winner = leader;
    most = number;
  }
  return winner;
}
