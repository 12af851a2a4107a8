// Votes: one per master and epoch, saved before they are told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerIsMasterDown } from "../../../../src/sentinel/act/is-master-down";
import { voteFor } from "../../../../src/sentinel/act/vote";
import { idOf, OWN_ID, SentinelRig } from "../sentinel-rig";

const QUESTION = { ip: "10.0.0.1", port: 6379 };

function vote(rig: SentinelRig, epoch: number, id: string): [string, number] {
  const { leader, epoch: voted } = rig.change((draft) => voteFor(draft, rig.master, epoch, id));
  return [leader, voted];
}

test("the first candidate of an epoch has the vote, also when others ask later", () => {
  const rig = SentinelRig.settled();
  assert.deepEqual(vote(rig, 5, idOf(2)), [idOf(2), 5]);
  assert.deepEqual(vote(rig, 5, idOf(3)), [idOf(2), 5]);
  assert.deepEqual(vote(rig, 4, idOf(3)), [idOf(2), 5]);
  assert.deepEqual(vote(rig, 6, idOf(3)), [idOf(3), 6]);
  assert.equal(rig.model.currentEpoch, 6);
});

test("no vote is given in an epoch that is over", () => {
  const rig = SentinelRig.settled();
  rig.model.currentEpoch = 9;
  assert.deepEqual(vote(rig, 8, idOf(2)), ["", 0]);
  assert.equal(rig.master.leaderEpoch, 0);
});

test("the state is saved before the vote is told", () => {
  const rig = SentinelRig.settled();
  const from = rig.actions.length;
  vote(rig, 5, idOf(2));
  const kinds = rig.actions.slice(from).map((action) => action.kind);
  assert.deepEqual(kinds, ["save", "event", "event"]);
  assert.deepEqual(rig.told.slice(-2), ["+new-epoch 5", `+vote-for-leader ${idOf(2)} 5`]);
  vote(rig, 5, idOf(3));
  assert.equal(rig.actions.slice(from).length, 3);
});

test("whoever votes for another waits before it tries itself", () => {
  const rig = SentinelRig.settled();
  vote(rig, 5, idOf(2));
  const startMs = rig.master.failoverStartMs;
  assert.ok(startMs >= rig.nowMs && startMs <= rig.nowMs + 1000);
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  rig.kill("10.0.0.1 6379");
  rig.run(60_000);
  assert.equal(rig.model.currentEpoch, 5);
});

test("a question is answered with the opinion, and with a vote only when one is asked for", () => {
  const rig = SentinelRig.settled();
  const ask = (candidateId: string, epoch = 3): unknown =>
    rig.change((draft) => answerIsMasterDown(draft, { ...QUESTION, epoch, candidateId }));
  assert.deepEqual(ask("*"), { isDown: false, leader: "*", epoch: 0 });
  assert.equal(rig.model.currentEpoch, 0);
  rig.kill("10.0.0.1 6379");
  rig.run(1500);
  assert.deepEqual(ask("*"), { isDown: true, leader: "*", epoch: 0 });
  assert.deepEqual(ask(idOf(3)), { isDown: true, leader: idOf(3), epoch: 3 });
  rig.model.isInTilt = true;
  assert.deepEqual(ask(idOf(2)), { isDown: false, leader: idOf(3), epoch: 3 });
});

test("a question about an address that is no master's is answered with no", () => {
  const rig = SentinelRig.settled();
  const question = { ip: "10.0.0.2", port: 6379, epoch: 9, candidateId: idOf(2) };
  const answer = rig.change((draft) => answerIsMasterDown(draft, question));
  assert.deepEqual(answer, { isDown: false, leader: "*", epoch: 0 });
  assert.equal(rig.model.currentEpoch, 0);
});

test("who others voted for gets this Sentinel's vote too, else it votes for itself", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  for (const index of [2, 3]) rig.sentinel(index).votes.set("1", idOf(2));
  rig.kill("10.0.0.1 6379");
  rig.run(3000);
  // It has voted for itself when it began; the others elect the second.
  assert.ok(rig.told.includes(`+vote-for-leader ${OWN_ID} 1`));
  assert.ok(!rig.told.some((text) => text.startsWith("+elected-leader")));
});
