// SENTINEL FAILOVER ... COORDINATED: the master hands over by itself, or everything stays as it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginForcedFailover } from "../../../../src/sentinel/act/forced-failover";
import { SentinelRig } from "../sentinel-rig";

function begin(rig: SentinelRig): string {
  return rig.change((draft) => beginForcedFailover(draft, rig.master, true));
}

test("the master is asked, and both sides are told again what they are", () => {
  const rig = SentinelRig.settled();
  const master = rig.node(1);
  master.onHandOver = (host, port) => {
    assert.equal(`${host} ${port}`, "10.0.0.2 6379");
    master.follow(host, `${port}`);
    rig.node(2).follow("NO", "ONE");
  };
  assert.equal(begin(rig), "begun");
  rig.runUntil("+switch-master");
  assert.equal(master.orders[0], "FAILOVER TO 10.0.0.2 6379 TIMEOUT 10000");
  assert.equal(master.orders[2], "SLAVEOF 10.0.0.2 6379");
  assert.equal(rig.node(2).orders[1], "SLAVEOF NO ONE");
  assert.equal(rig.node(3).masterHost, "10.0.0.2");
  rig.run(30_000);
  assert.ok(!rig.told.some((text) => text.startsWith("+convert-to-slave")));
  assert.equal(rig.master.address.ip, "10.0.0.2");
});

test("a master that refuses keeps its place", () => {
  const rig = SentinelRig.settled();
  rig.node(1).overrides.set("FAILOVER", { error: "ERR unknown command 'FAILOVER'" });
  assert.equal(begin(rig), "begun");
  rig.run(100);
  assert.ok(rig.told.some((text) => text.startsWith("-failover-abort-master-refused")));
  assert.equal(rig.master.failoverState, "none");
  assert.deepEqual(rig.node(2).orders, []);
});

test("a hand-over that takes too long is called off", () => {
  const rig = SentinelRig.settled();
  assert.equal(begin(rig), "begun");
  rig.runUntil("-failover-abort-slave-timeout");
  rig.run(100);
  assert.equal(rig.node(1).orders.at(-1), "FAILOVER ABORT");
  assert.equal(rig.master.address.ip, "10.0.0.1");
  assert.deepEqual(rig.node(2).orders, []);
});

test("a master that is down cannot hand over", () => {
  const rig = SentinelRig.settled();
  rig.kill("10.0.0.1 6379");
  rig.run(100);
  assert.equal(begin(rig), "master-unreachable");
});
