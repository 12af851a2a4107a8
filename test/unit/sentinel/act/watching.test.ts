// What commands decide: monitoring, removing, resetting, forgetting, options, the quorum.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkQuorum } from "../../../../src/sentinel/act/quorum-check";
import { resetMatching } from "../../../../src/sentinel/act/reset";
import { forget, removeMaster } from "../../../../src/sentinel/act/watching";
import { idOf, SentinelRig } from "../sentinel-rig";

const AT_MASTER = "@ mymaster 10.0.0.1 6379";

test("a master that is removed is left alone", () => {
  const rig = SentinelRig.settled();
  const { master } = rig;
  rig.change((draft) => removeMaster(draft, master));
  assert.equal(rig.told.at(-1), "-monitor master mymaster 10.0.0.1 6379");
  const from = rig.actions.length;
  rig.run(5000);
  assert.deepEqual(rig.actions.slice(from), []);
  // A reply that was under way is nobody's.
  rig.apply({ kind: "reply", instance: master, request: "info", reply: "role:slave\r\n" });
  assert.equal(master.roleReported, "master");
});

test("a reset forgets everybody, and finds them again", () => {
  const rig = SentinelRig.settled();
  assert.equal(
    rig.change((draft) => resetMatching(draft, "other*")),
    0,
  );
  assert.equal(
    rig.change((draft) => resetMatching(draft, "my*")),
    1,
  );
  assert.equal(rig.told.at(-1), "+reset-master master mymaster 10.0.0.1 6379");
  assert.equal(rig.master.replicas.size + rig.master.sentinels.size, 0);
  rig.run(3000);
  assert.equal(rig.master.replicas.size, 2);
  rig.hear(rig.helloOf(2));
  assert.equal(rig.told.at(-1), `+sentinel sentinel ${idOf(2)} 10.0.1.2 26379 ${AT_MASTER}`);
});

test("one ghost is forgotten, and the others stay", () => {
  const rig = SentinelRig.settled();
  const drop = (kind: "replica" | "sentinel", ip: string, port: number): boolean =>
    rig.change((draft) => forget(draft, rig.master, kind, ip, port));
  assert.equal(drop("replica", "10.0.0.9", 6379), false);
  assert.equal(drop("replica", "10.0.0.2", 6379), true);
  assert.equal(rig.told.at(-1), `-slave slave 10.0.0.2:6379 10.0.0.2 6379 ${AT_MASTER}`);
  assert.equal(drop("sentinel", "10.0.1.3", 26379), true);
  assert.equal(rig.told.at(-1), `-sentinel sentinel ${idOf(3)} 10.0.1.3 26379 ${AT_MASTER}`);
  assert.deepEqual([...rig.master.replicas.keys()], ["10.0.0.3:6379"]);
  assert.deepEqual([...rig.master.sentinels.keys()], [idOf(2)]);
});

test("the quorum and the majority are of those that can be reached", () => {
  const rig = SentinelRig.settled(3);
  assert.deepEqual(checkQuorum(rig.master), {
    usable: 3,
    reachesQuorum: true,
    reachesMajority: true,
  });
  rig.kill("10.0.1.2 26379");
  rig.run(2000);
  assert.deepEqual(checkQuorum(rig.master), {
    usable: 2,
    reachesQuorum: false,
    reachesMajority: true,
  });
  rig.kill("10.0.1.3 26379");
  rig.run(2000);
  assert.equal(checkQuorum(rig.master).reachesMajority, false);
});

test("what is monitored is told at the start", () => {
  const rig = SentinelRig.settled();
  rig.apply({ kind: "start" });
  assert.equal(rig.told.at(-1), "+monitor master mymaster 10.0.0.1 6379 quorum 2");
});
