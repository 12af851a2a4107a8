// Guards that Redis lacks: other masters of the same epoch, a cloned id, a master without its data.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf, OWN_ID, SentinelRig } from "../sentinel-rig";

const MASTER_NODE = "10.0.0.1 6379";

test("another master of the same epoch is told once, and nothing is done", () => {
  const rig = SentinelRig.settled();
  const before = rig.told.length;
  for (let times = 0; times < 3; times++) rig.hear(rig.helloOf(2, 0, "10.0.9.9,6379"));
  assert.deepEqual(rig.told.slice(before), [
    `+master-conflict sentinel ${idOf(2)} 10.0.1.2 26379 @ mymaster 10.0.0.1 6379 ` +
      "#another master of the same epoch is 10.0.9.9 6379",
  ]);
  assert.equal(rig.master.address.ip, "10.0.0.1");
  rig.hear(rig.helloOf(2));
  rig.hear(rig.helloOf(2, 0, "10.0.9.9,6379"));
  assert.equal(rig.told.length, before + 2);
});

test("an older configuration is no conflict and is not followed", () => {
  const rig = SentinelRig.settled();
  rig.master.configEpoch = 4;
  const before = rig.told.length;
  rig.hear(rig.helloOf(2, 0, "10.0.9.9,6379", 3));
  assert.equal(rig.told.length, before);
  assert.equal(rig.master.address.ip, "10.0.0.1");
});

test("a clone of this Sentinel makes it take a fresh id, once", () => {
  const rig = SentinelRig.settled();
  const own = `10.0.1.1,26379,${OWN_ID},0,mymaster,10.0.0.1,6379,0`;
  rig.hear(own);
  assert.equal(rig.model.myId, OWN_ID);
  const { saves } = rig;
  rig.hear(own.replace("10.0.1.1", "10.0.1.7"));
  const fresh = rig.model.myId;
  assert.match(fresh, /^[0-9a-f]{40}$/);
  assert.notEqual(fresh, OWN_ID);
  assert.equal(rig.saves, saves + 1);
  assert.equal(rig.told.at(-1), `+fresh-id ${fresh} #${OWN_ID} is used by 10.0.1.7 26379 too`);
  rig.hear(own.replace("10.0.1.1", "10.0.1.7").replace(OWN_ID, fresh));
  assert.equal(rig.model.myId, fresh);
});

/** The master is started again without its data, before anybody took it for down. */
function comeBackEmpty(rig: SentinelRig): void {
  const master = rig.node(1);
  rig.kill(MASTER_NODE);
  rig.run(50);
  master.runId = idOf(777);
  master.keys = 0;
  master.masterReplOffset = 0;
  rig.restart(MASTER_NODE);
}

test("a master that comes back empty counts as down for its grace", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.emptyMasterGraceMs = 20_000;
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  comeBackEmpty(rig);
  rig.runUntil("+empty-master");
  rig.runUntil("+switch-master");
  assert.equal(rig.master.address.ip, "10.0.0.2");
});

test("when the others do not agree it is followed after its grace", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.emptyMasterGraceMs = 5000;
  comeBackEmpty(rig);
  rig.runUntil("+sdown");
  const downMs = rig.nowMs;
  rig.runUntil("-sdown");
  assert.ok(rig.nowMs - downMs >= 4900 && rig.nowMs - downMs <= 5300);
  rig.run(60_000);
  assert.equal(rig.told.filter((text) => text.startsWith("+sdown")).length, 1);
});

test("an empty master is followed where there is no grace, or where its replicas are empty", () => {
  for (const graceMs of [0, 20_000]) {
    const rig = SentinelRig.settled(2, (settling) => {
      if (graceMs > 0) for (const index of [2, 3]) settling.node(index).keys = 0;
    });
    if (rig.master.options) rig.master.options.emptyMasterGraceMs = graceMs;
    comeBackEmpty(rig);
    rig.run(30_000);
    assert.ok(!rig.told.some((text) => text.startsWith("+sdown")));
    assert.ok(rig.told.some((text) => text.startsWith("+reboot")));
  }
});

test("a master that was emptied on purpose is no concern", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.emptyMasterGraceMs = 20_000;
  rig.node(1).keys = 0;
  rig.node(1).masterReplOffset = 1001;
  rig.run(30_000);
  assert.ok(!rig.told.some((text) => text.startsWith("+empty-master")));
});
