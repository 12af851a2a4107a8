// Failovers: who leads, which replica, what a failed save, a veto, a refusal or a crash does to them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginForcedFailover } from "../../../../src/sentinel/act/forced-failover";
import { OWN_ID, SentinelRig } from "../sentinel-rig";

const MASTER_NODE = "10.0.0.1 6379";

/** The others agree that the master is down as soon as they are asked. */
function killMaster(rig: SentinelRig): void {
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  rig.kill(MASTER_NODE);
}

function has(rig: SentinelRig, type: string): boolean {
  return rig.told.some((text) => text.startsWith(`${type} `));
}

test("a replica is a master soon after the time to be down", () => {
  const rig = SentinelRig.settled();
  killMaster(rig);
  const killedMs = rig.nowMs;
  rig.runUntil("+promoted-slave");
  assert.ok(rig.nowMs - killedMs <= 1000 + 300, `${rig.nowMs - killedMs} ms`);
});

test("replicas are told by one transaction", () => {
  const rig = SentinelRig.settled();
  killMaster(rig);
  rig.runUntil("+switch-master");
  const rest = ["CONFIG REWRITE", "CLIENT KILL TYPE normal", "CLIENT KILL TYPE pubsub", "EXEC"];
  assert.deepEqual(rig.node(2).orders, ["MULTI", "SLAVEOF NO ONE", ...rest]);
  assert.deepEqual(rig.node(3).orders, ["MULTI", "SLAVEOF 10.0.0.2 6379", ...rest]);
  assert.equal(rig.master.address.ip, "10.0.0.2");
  assert.equal(rig.master.configEpoch, 1);
  const hello = rig.sentinel(2).hellos.at(-1);
  assert.equal(hello, `10.0.1.1,26379,${OWN_ID},1,mymaster,10.0.0.2,6379,1`);
});

test("without the quorum nothing happens", () => {
  const rig = SentinelRig.settled(3);
  rig.sentinel(2).saysDown = true;
  rig.kill(MASTER_NODE);
  rig.run(60_000);
  assert.ok(has(rig, "+sdown"));
  assert.ok(!has(rig, "+odown"));
  assert.equal(rig.model.currentEpoch, 0);
});

test("with the quorum but no majority nobody is elected", () => {
  const rig = SentinelRig.settled(1, (settling) => {
    for (const index of [4, 5]) settling.addSentinel(index);
  });
  for (const index of [2, 3, 4, 5]) rig.sentinel(index).abstains = true;
  rig.sentinel(2).abstains = false;
  rig.kill(MASTER_NODE);
  rig.runUntil("-failover-abort-not-elected");
  assert.ok(!has(rig, "+elected-leader"));
  assert.deepEqual(rig.node(2).orders, []);
  assert.equal(rig.master.address.ip, "10.0.0.1");
});

test("the next attempt comes after twice the timeout of failovers", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.failoverTimeoutMs = 5000;
  for (const index of [2, 3]) rig.sentinel(index).abstains = true;
  killMaster(rig);
  rig.runUntil("+try-failover");
  const firstMs = rig.nowMs;
  rig.runUntil("-failover-abort-not-elected");
  rig.runUntil("+try-failover");
  const betweenMs = rig.nowMs - firstMs;
  assert.ok(betweenMs >= 9900 && betweenMs <= 11_300, `${betweenMs} ms`);
  assert.equal(rig.model.currentEpoch, 2);
  assert.equal(rig.told.filter((text) => text.startsWith("Next failover delay")).length, 1);
});

test("the replica with the best priority is chosen, then the one with most data", () => {
  const byPriority = SentinelRig.settled(2, (rig) => {
    rig.node(2).priority = 200;
    rig.node(2).offset = 5000;
  });
  killMaster(byPriority);
  byPriority.runUntil("+switch-master");
  assert.equal(byPriority.master.address.ip, "10.0.0.3");
  const byData = SentinelRig.settled();
  // It has received more since INFO was last asked for periodically.
  byData.node(3).offset = 1001;
  killMaster(byData);
  byData.runUntil("+switch-master");
  assert.equal(byData.master.address.ip, "10.0.0.3");
});

test("a replica of priority 0, or one long without its master, is never chosen", () => {
  const rig = SentinelRig.settled(2, (settling) => {
    settling.node(2).priority = 0;
    settling.node(3).isMasterLinkUp = false;
    settling.node(3).masterLinkDownSeconds = 100;
  });
  killMaster(rig);
  rig.runUntil("-failover-abort-no-good-slave");
  assert.equal(rig.master.address.ip, "10.0.0.1");
});

test("a choice waits for replicas that are slow to say how far they are", () => {
  const rig = SentinelRig.settled();
  rig.run(9000);
  for (const index of [2, 3]) rig.node(index).infoDelayMs = 3000;
  killMaster(rig);
  rig.runUntil("+failover-state-select-slave");
  rig.run(1000);
  assert.ok(!has(rig, "+selected-slave") && !has(rig, "-failover-abort-no-good-slave"));
  rig.runUntil("+switch-master");
});

test("replicas that never say how far they are end the failover in seconds", () => {
  const rig = SentinelRig.settled();
  rig.run(9000);
  for (const index of [2, 3]) rig.node(index).infoDelayMs = 60_000;
  killMaster(rig);
  rig.runUntil("+failover-state-select-slave");
  const begunMs = rig.nowMs;
  rig.runUntil("-failover-abort-no-good-slave");
  assert.ok(rig.nowMs - begunMs <= 5200, `${rig.nowMs - begunMs} ms`);
});

test("parallel-syncs replicas at a time are told the new master", () => {
  const rig = SentinelRig.settled(2, (settling) => {
    for (const index of [4, 5]) {
      settling.addNode(index).follow("10.0.0.1", "6379");
      settling.node(1).replicas.push([`10.0.0.${index}`, 6379]);
    }
    for (const index of [3, 4, 5]) settling.node(index).isMasterLinkUp = false;
  });
  if (rig.master.options) rig.master.options.parallelSyncs = 2;
  killMaster(rig);
  rig.runUntil("+slave-reconf-inprog");
  rig.run(3000);
  const told = [3, 4, 5].filter((index) => rig.node(index).orders.length > 0);
  assert.equal(told.length, 2);
  rig.node(told[0]).isMasterLinkUp = true;
  rig.run(3000);
  assert.ok([3, 4, 5].every((index) => rig.node(index).orders.length > 0));
  for (const index of [3, 4, 5]) rig.node(index).isMasterLinkUp = true;
  rig.runUntil("+switch-master");
});

test("the failover ends for timeout when a replica never follows", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.failoverTimeoutMs = 4000;
  rig.node(3).isMasterLinkUp = false;
  killMaster(rig);
  rig.runUntil("+failover-end-for-timeout");
  assert.ok(has(rig, "+switch-master"));
});

test("a replica that does not become a master aborts the failover in time", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.failoverTimeoutMs = 4000;
  rig.node(2).overrides.set("EXEC", { error: "EXECABORT" });
  killMaster(rig);
  rig.runUntil("-failover-abort-slave-timeout");
  assert.equal(rig.master.promoted, undefined);
  assert.equal(rig.master.address.ip, "10.0.0.1");
});

test("what cannot be saved is not told, and saving is tried each second", () => {
  const rig = SentinelRig.settled();
  rig.canSave = false;
  killMaster(rig);
  rig.run(5000);
  assert.ok(has(rig, "+odown"));
  for (const index of [2, 3]) {
    assert.equal(rig.sentinel(index).votes.size, 0);
    const ownHellos = rig.sentinel(index).hellos.filter((text) => text.includes(`${OWN_ID},1,`));
    assert.deepEqual(ownHellos, []);
  }
  const { saves } = rig;
  rig.run(3000);
  assert.ok(rig.saves - saves >= 2 && rig.saves - saves <= 4);
  rig.canSave = true;
  rig.runUntil("+switch-master");
});

test("an elected leader may be made to crash, or after the promotion", () => {
  const first = SentinelRig.settled();
  first.model.crashesAfterElection = true;
  killMaster(first);
  first.run(5000);
  assert.ok(first.isCrashed);
  assert.ok(!has(first, "+selected-slave"));
  const second = SentinelRig.settled();
  second.model.crashesAfterPromotion = true;
  killMaster(second);
  second.run(5000);
  assert.ok(second.isCrashed);
  assert.equal(second.node(2).role, "master");
  assert.equal(second.node(3).orders.length, 0);
});

test("the script may veto, allow, or never answer", () => {
  for (const allows of [true, false, undefined]) {
    const rig = SentinelRig.settled();
    if (rig.master.options) {
      rig.master.options.preFailoverScript = "/fence";
      rig.master.options.failoverTimeoutMs = 5000;
    }
    killMaster(rig);
    rig.runUntil("+failover-state-select-slave");
    rig.run(1000);
    const asked = rig.actions.filter(({ kind }) => kind === "run-pre-failover-script");
    assert.equal(asked.length, 1);
    assert.equal(rig.node(2).orders.length, 0);
    const end = { kind: "pre-failover-script", master: rig.master } as const;
    if (allows !== undefined) rig.apply({ ...end, allows });
    if (allows) rig.runUntil("+switch-master");
    else if (allows === undefined) rig.runUntil("-failover-abort-script-timeout");
    else assert.ok(has(rig, "-failover-abort-denied-by-script"));
    assert.equal(rig.node(2).orders.length > 0, allows === true);
  }
});

test("the scripts of clients are called by the leader and by those who follow", () => {
  const leader = SentinelRig.settled();
  if (leader.master.options) leader.master.options.clientReconfigScript = "/tell";
  killMaster(leader);
  leader.runUntil("+switch-master");
  assert.deepEqual(scriptArgs(leader), [
    ["mymaster", "leader", "start", "10.0.0.1", "6379", "10.0.0.2", "6379"],
  ]);
  const observer = SentinelRig.settled();
  if (observer.master.options) observer.master.options.clientReconfigScript = "/tell";
  observer.hear(observer.helloOf(2, 1, "10.0.0.3,6379", 1));
  assert.deepEqual(scriptArgs(observer), [
    ["mymaster", "observer", "start", "10.0.0.1", "6379", "10.0.0.3", "6379"],
  ]);
});

function scriptArgs(rig: SentinelRig): (readonly string[])[] {
  return rig.actions.flatMap((action) =>
    action.kind === "client-reconfig-script" ? [action.args] : [],
  );
}

test("a forced failover needs a good replica, and none under way", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.node(index).priority = 0;
  rig.run(11_000);
  const force = (): string => rig.change((draft) => beginForcedFailover(draft, rig.master));
  assert.equal(force(), "no-good-replica");
  rig.node(3).priority = 1;
  rig.run(11_000);
  assert.equal(force(), "begun");
  assert.equal(force(), "in-progress");
  rig.runUntil("+switch-master");
  assert.equal(rig.master.address.ip, "10.0.0.3");
});
