// Messages of other Sentinels: new ones, moved ones, replaced ones; epochs and newer configurations.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idOf, OWN_ID, SentinelRig } from "../sentinel-rig";

const AT_MASTER = "@ mymaster 10.0.0.1 6379";

test("a Sentinel that moved is found at its new place, for all masters", () => {
  const rig = SentinelRig.settled();
  rig.monitor("second", 2);
  rig.hear(rig.helloOf(2).replace("mymaster", "second"));
  const from = rig.told.length;
  rig.hear(rig.helloOf(2).replace("10.0.1.2", "10.0.1.22"));
  assert.deepEqual(rig.told.slice(from), [
    `+sentinel-address-switch master mymaster 10.0.0.1 6379 ip 10.0.1.22 port 26379 for ${idOf(2)}`,
    `+sentinel-address-update sentinel ${idOf(2)} 10.0.1.22 26379 ${AT_MASTER} ` +
      "1 additional matching instances",
  ]);
  for (const master of rig.model.masters.values()) {
    assert.equal(master.sentinels.get(idOf(2))?.address.ip, "10.0.1.22");
  }
});

test("another id at the same address takes the place of the first", () => {
  const rig = SentinelRig.settled();
  const from = rig.told.length;
  rig.hear(rig.helloOf(2).replace(idOf(2), idOf(8)));
  assert.deepEqual(rig.told.slice(from), [
    `+sentinel-invalid-addr sentinel ${idOf(2)} 10.0.1.2 26379 ${AT_MASTER}`,
    `+sentinel sentinel ${idOf(8)} 10.0.1.2 26379 ${AT_MASTER}`,
  ]);
  assert.deepEqual([...rig.master.sentinels.keys()], [idOf(3), idOf(8)]);
});

test("a newer epoch is saved and followed, an older one is not", () => {
  const rig = SentinelRig.settled();
  const { saves } = rig;
  rig.hear(rig.helloOf(2, 6));
  assert.equal(rig.told.at(-1), "+new-epoch 6");
  assert.equal(rig.saves, saves + 1);
  rig.hear(rig.helloOf(2, 5));
  assert.equal(rig.model.currentEpoch, 6);
});

test("a newer configuration is followed, and the replicas are carried over", () => {
  const rig = SentinelRig.settled();
  const from = rig.told.length;
  rig.hear(rig.helloOf(2, 3, "10.0.0.3,6379", 3));
  assert.deepEqual(rig.told.slice(from), [
    "+new-epoch 3",
    `+config-update-from sentinel ${idOf(2)} 10.0.1.2 26379 ${AT_MASTER}`,
    "+switch-master mymaster 10.0.0.1 6379 10.0.0.3 6379",
    "+slave slave 10.0.0.2:6379 10.0.0.2 6379 @ mymaster 10.0.0.3 6379",
    "+slave slave 10.0.0.1:6379 10.0.0.1 6379 @ mymaster 10.0.0.3 6379",
  ]);
  assert.equal(rig.master.configEpoch, 3);
  assert.equal(rig.master.sentinels.size, 2);
  const before = rig.told.length;
  rig.hear(rig.helloOf(3, 4, "10.0.0.3,6379", 4));
  assert.deepEqual(rig.told.slice(before), ["+new-epoch 4"]);
  assert.equal(rig.master.configEpoch, 4);
});

test("a new master is connected to at once, whenever the old one was last tried", () => {
  for (const afterMs of [1000, 1200, 1400, 1600, 1800, 2000]) {
    const rig = SentinelRig.settled();
    rig.kill("10.0.0.1 6379");
    rig.node(2).follow("NO", "ONE");
    rig.run(afterMs);
    rig.hear(rig.helloOf(2, 1, "10.0.0.2,6379", 1));
    rig.run(150);
    assert.equal(rig.master.link.areCommandsConnected, true);
    rig.run(3000);
    assert.ok(!rig.told.some((text) => text.startsWith("+sdown master mymaster 10.0.0.2")));
  }
});

test("a configuration whose host is not known yet is followed when it comes again", () => {
  const rig = SentinelRig.settled();
  rig.hear(rig.helloOf(2, 3, "db-3.example,6379", 3));
  assert.equal(rig.master.configEpoch, 0);
  assert.equal(rig.master.address.ip, "10.0.0.1");
});

test("a name that stands for the same address is no other master", () => {
  const rig = SentinelRig.settled();
  rig.master.address = { host: "DB-1.example", ip: "10.0.0.1", port: 6379 };
  const before = rig.told.length;
  rig.hear(rig.helloOf(2, 0, "db-1.EXAMPLE,6379", 2));
  rig.hear(rig.helloOf(2, 0, "10.0.0.1,6379", 3));
  assert.equal(rig.told.length, before);
  assert.equal(rig.master.configEpoch, 3);
});

test("hello is said every two seconds over everybody, as announced", () => {
  const rig = SentinelRig.settled();
  rig.model.announceIp = "192.0.2.7";
  rig.model.announcePort = 1234;
  const count = rig.node(2).hellos.length;
  rig.run(20_000);
  const said = rig.node(2).hellos.slice(count);
  assert.ok(said.length >= 9 && said.length <= 10, `${said.length}`);
  assert.equal(said.at(-1), `192.0.2.7,1234,${OWN_ID},0,mymaster,10.0.0.1,6379,0`);
  assert.ok(rig.sentinel(3).hellos.length > 8);
});

test("a replica that follows another master for too long is corrected", () => {
  const rig = SentinelRig.settled();
  if (rig.master.options) rig.master.options.failoverTimeoutMs = 15_000;
  rig.node(2).follow("10.9.9.9", "6379");
  rig.run(14_000);
  assert.deepEqual(rig.node(2).orders, []);
  rig.runUntil("+fix-slave-config", 30_000);
  assert.equal(rig.node(2).masterHost, "10.0.0.1");
});

test("a replica that became a master is corrected after some hellos, not before", () => {
  const rig = SentinelRig.settled();
  rig.node(2).follow("NO", "ONE");
  rig.runUntil("-role-change", 20_000);
  const seenMs = rig.nowMs;
  rig.runUntil("+convert-to-slave", 60_000);
  assert.ok(rig.nowMs - seenMs > 8000);
  assert.equal(rig.node(2).role, "slave");
});
