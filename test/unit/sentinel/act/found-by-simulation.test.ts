// What simulated histories (test/sim/sentinel) have found wrong, in small.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginForcedFailover } from "../../../../src/sentinel/act/forced-failover";
import { SentinelRig } from "../sentinel-rig";

const MASTER_NODE = "10.0.0.1 6379";

function killMaster(rig: SentinelRig): void {
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  rig.kill(MASTER_NODE);
}

function has(rig: SentinelRig, type: string): boolean {
  return rig.told.some((text) => text.startsWith(`${type} `));
}

/** A failover that has promoted the second node and goes on, because the third finds no master there. */
function promoteSecond(): SentinelRig {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.failoverTimeoutMs = 5000;
  rig.node(3).isMasterLinkUp = false;
  killMaster(rig);
  rig.runUntil("+promoted-slave");
  assert.equal(rig.master.failoverState, "reconf_slaves");
  return rig;
}

test("what others said before a tilt does not make a master down after it", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.sentinel(index).abstains = true;
  killMaster(rig);
  rig.runUntil("+odown");
  rig.pause(5000);
  for (const index of [2, 3]) rig.sentinel(index).saysDown = false;
  rig.runUntil("-tilt");
  assert.equal(rig.master.isObjectivelyDown, false);
});

test("what others said of the server at the old address says nothing of the new master", () => {
  const rig = SentinelRig.settled();
  rig.sentinel(3).isHanging = true;
  killMaster(rig);
  rig.runUntil("+switch-master");
  const late = [...rig.master.sentinels.values()].find(({ outdatedAsks }) => outdatedAsks > 0);
  assert.ok(late !== undefined);
  rig.apply({ kind: "reply", instance: late, request: "ask", reply: [1, "*", 0] });
  for (const { saysMasterIsDown } of rig.master.sentinels.values()) {
    assert.equal(saysMasterIsDown, false);
  }
});

test("a failover is led in the epoch of its votes, also when the epoch was raised meanwhile", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.sentinel(index).abstains = true;
  killMaster(rig);
  rig.runUntil("+try-failover");
  rig.hear(rig.helloOf(2, 5));
  for (const index of [2, 3]) rig.sentinel(index).abstains = false;
  rig.runUntil("+promoted-slave");
  assert.equal(rig.master.configEpoch, 5);
  assert.deepEqual([...rig.sentinel(3).votes.keys()], ["5"]);
});

test("a replica is preferred to whoever came back as a master", () => {
  const rig = SentinelRig.settled(2, (settling) => {
    settling.node(2).priority = 1;
  });
  rig.node(2).role = "master";
  killMaster(rig);
  rig.runUntil("+promoted-slave");
  assert.ok(has(rig, "+selected-slave slave 10.0.0.3:6379"));
});

test("replicas that follow the promoted one are not told to follow the old master again", () => {
  const rig = promoteSecond();
  rig.kill("10.0.0.2 6379");
  rig.restart(MASTER_NODE);
  rig.run(60_000);
  assert.ok(has(rig, "-sdown master"));
  assert.ok(!rig.node(3).orders.includes("SLAVEOF 10.0.0.1 6379"));
});

test("a newer configuration that names the old master again ends the failover from it", () => {
  const rig = promoteSecond();
  rig.restart(MASTER_NODE);
  rig.hear(rig.helloOf(2, 7, "10.0.0.1,6379", 7));
  assert.equal(rig.master.isFailingOver, false);
  assert.equal(rig.master.address.ip, "10.0.0.1");
  assert.ok(rig.told.includes("+switch-master mymaster 10.0.0.2 6379 10.0.0.1 6379"));
  rig.run(5000);
  assert.match(rig.sentinel(2).hellos.at(-1) ?? "", /,7,mymaster,10\.0\.0\.1,6379,7$/);
});

test("a failover of an epoch that is older than the configuration is not gone on with", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.sentinel(index).abstains = true;
  killMaster(rig);
  rig.runUntil("+try-failover");
  rig.hear(rig.helloOf(2, 7, "10.0.0.1,6379", 7));
  assert.ok(has(rig, "-failover-abort-superseded"));
  assert.deepEqual([rig.master.failoverState, rig.master.configEpoch], ["none", 7]);
});

test("of two masters of one epoch, which ordered failovers can make, the lower address holds", () => {
  const rig = SentinelRig.settled();
  rig.hear(rig.helloOf(2, 3, "10.0.0.2,6379", 3));
  assert.equal(rig.master.address.ip, "10.0.0.2");
  rig.hear(rig.helloOf(3, 3, "10.0.0.3,6379", 3));
  assert.equal(rig.master.address.ip, "10.0.0.2");
  assert.ok(has(rig, "+master-conflict"));
  rig.hear(rig.helloOf(3, 3, "10.0.0.1,6379", 3));
  assert.equal(rig.master.address.ip, "10.0.0.1");
  assert.ok(rig.told.includes("+switch-master mymaster 10.0.0.2 6379 10.0.0.1 6379"));
});

test("a failover that is ordered in tilt begins to promote only after it", () => {
  const rig = SentinelRig.settled();
  rig.wallStepMs = -50_000;
  rig.run(200);
  rig.change((draft) => beginForcedFailover(draft, rig.master));
  rig.run(20_000);
  assert.deepEqual(rig.node(2).orders, []);
  rig.runUntil("+switch-master");
});

test("where the master follows a replica that follows it, a replica is promoted all the same", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) {
    rig.sentinel(index).saysDown = true;
    rig.node(index).isMasterLinkUp = false;
    rig.node(index).masterLinkDownSeconds = 25;
  }
  rig.node(1).follow("10.0.0.2", "6379");
  rig.runUntil("+promoted-slave");
});
