// Who is down: silence, wrong roles, reboots, scripts that block; and TILT, in which nobody is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf, SentinelRig } from "../sentinel-rig";

const MASTER_NODE = "10.0.0.1 6379";

function has(rig: SentinelRig, start: string): boolean {
  return rig.told.some((text) => text.startsWith(start));
}

test("a process that hangs is down like one that ended", () => {
  const rig = SentinelRig.settled();
  const master = rig.peers.get(MASTER_NODE);
  if (master) master.isHanging = true;
  const fromMs = rig.nowMs;
  rig.runUntil("+sdown master");
  const tookMs = rig.nowMs - fromMs;
  assert.ok(tookMs >= 1000 && tookMs <= 2300, `${tookMs} ms`);
  if (master) master.isHanging = false;
  rig.runUntil("-sdown master", 20_000);
});

test("a process that comes back in time is never down", () => {
  const rig = SentinelRig.settled();
  for (let times = 0; times < 20; times++) {
    rig.kill(MASTER_NODE);
    rig.restart(MASTER_NODE);
    rig.run(3050);
  }
  assert.ok(!has(rig, "+sdown"));
});

test("errors other than LOADING and MASTERDOWN are as bad as silence", () => {
  for (const [error, isDown] of [
    ["LOADING Redis is loading the dataset in memory", false],
    ["MASTERDOWN Link with MASTER is down", false],
    ["NOAUTH Authentication required.", true],
    ["BUSY Redis is busy running a script.", true],
  ] as const) {
    const rig = SentinelRig.settled();
    rig.node(1).pingError = error;
    rig.run(5000);
    assert.equal(has(rig, "+sdown master"), isDown, error);
    const lines = rig.told.filter((text) => text.startsWith("Ignored"));
    const isNoted = error.startsWith("NOAUTH");
    const line = `Ignored "${error}" in reply to PING from master mymaster 10.0.0.1 6379`;
    assert.deepEqual(lines, isNoted ? [line] : []);
    const kills = rig.node(1).orders.filter((text) => text === "SCRIPT KILL");
    assert.equal(kills.length, error.startsWith("BUSY") ? 1 : 0);
  }
});

test("a master that says it is a replica is down after two more INFO periods", () => {
  const rig = SentinelRig.settled();
  rig.node(1).follow("10.0.0.3", "6379");
  rig.run(20_000);
  assert.ok(has(rig, "-role-change master mymaster"));
  assert.ok(!has(rig, "+sdown"));
  rig.run(12_000);
  assert.ok(has(rig, "+sdown master"));
});

test("a master that reboots and only loads is down after its reboot period", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.rebootDownAfterMs = 3000;
  rig.node(1).runId = idOf(700);
  rig.node(1).pingError = "LOADING";
  rig.runUntil("+reboot");
  const fromMs = rig.nowMs;
  rig.runUntil("+sdown master");
  assert.ok(rig.nowMs - fromMs >= 2900 && rig.nowMs - fromMs <= 3300);
  rig.node(1).pingError = undefined;
  rig.runUntil("-sdown master");
});

test("replicas and Sentinels are down as well, and the others are told of it no less", () => {
  const rig = SentinelRig.settled();
  rig.kill("10.0.0.2 6379");
  rig.kill("10.0.1.3 26379");
  rig.run(3000);
  assert.ok(has(rig, "+sdown slave 10.0.0.2:6379"));
  assert.ok(has(rig, `+sdown sentinel ${idOf(3)}`));
});

test("after a pause nothing is decided for the tilt period", () => {
  const rig = SentinelRig.settled();
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  rig.kill(MASTER_NODE);
  rig.pause(5000);
  rig.run(29_000);
  assert.ok(has(rig, "+tilt #tilt mode entered"));
  assert.ok(!has(rig, "+sdown"));
  rig.runUntil("+switch-master");
  assert.ok(has(rig, "-tilt #tilt mode exited"));
});

test("a step of the calendar, either way, is a tilt too", () => {
  for (const stepMs of [-50_000, 2500]) {
    const rig = SentinelRig.settled();
    rig.wallStepMs = stepMs;
    rig.run(200);
    assert.equal(has(rig, "+tilt"), true);
    assert.equal(rig.model.isInTilt, true);
    rig.run(31_000);
    assert.equal(rig.model.isInTilt, false);
  }
});

test("in tilt links, pings and hellos go on", () => {
  const rig = SentinelRig.settled();
  rig.wallStepMs = -50_000;
  rig.run(200);
  const hellos = rig.node(2).hellos.length;
  rig.run(10_000);
  assert.ok(rig.node(2).hellos.length > hellos + 3);
});
