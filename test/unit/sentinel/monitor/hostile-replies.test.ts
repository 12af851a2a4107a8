// Replies and messages of any shape and content: never an exception, never another master, and a log
// line now and then.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerReply, RequestKind } from "../../../../src/sentinel/model/sentinel-event";
import { type SeededRandom, withSeed } from "../../../support/seeds";
import { idOf, SentinelRig } from "../sentinel-rig";

const REQUESTS: RequestKind[] = [
  "ping",
  "info",
  "hello",
  "ask",
  "reconfigure",
  "hand-over",
  "script-kill",
];

const TEXTS = ["", "PONG", "*", "-1", "\0", "role:master", "LOADING", "BUSY", "é\xff", idOf(2)];

function randomReply(random: SeededRandom, depth = 0): PeerReply {
  switch (random.below(depth > 3 ? 5 : 6)) {
    case 0:
      return TEXTS[random.below(TEXTS.length)];
    case 1:
      return random.below(3) - 1;
    case 2:
      return 2n ** 63n - BigInt(random.below(5));
    case 3:
      return null;
    case 4:
      return { error: TEXTS[random.below(TEXTS.length)] };
    default:
      return Array.from({ length: random.below(4) }, () => randomReply(random, depth + 1));
  }
}

test("replies of any kind to any request change nothing that counts", async () => {
  await withSeed((random) => {
    const rig = SentinelRig.settled();
    const { master } = rig;
    const everybody = [master, ...master.replicas.values(), ...master.sentinels.values()];
    for (let round = 0; round < 5000; round++) {
      const instance = everybody[random.below(everybody.length)];
      const request = REQUESTS[random.below(REQUESTS.length)];
      rig.apply({ kind: "reply", instance, request, reply: randomReply(random) });
      assert.ok(instance.link.pendingCommands >= 0);
    }
    assert.equal(master.address.ip, "10.0.0.1");
    assert.equal(master.replicas.size, 2);
    assert.equal(master.sentinels.size, 2);
    assert.equal(rig.model.currentEpoch, 0);
    assert.equal(master.failoverState, "none");
    const lines = rig.told.filter((text) => text.startsWith("Ignored"));
    assert.ok(lines.length >= 1 && lines.length <= everybody.length, lines.join("\n"));
  });
});

test("a peer's text can forge no line of the log", () => {
  const rig = SentinelRig.settled();
  const reply = "no\n1:X 01 Jan 2026 00:00:00.000 # +switch-master mymaster";
  rig.apply({ kind: "reply", instance: rig.master, request: "ping", reply });
  assert.ok(rig.told.at(-1)?.startsWith('Ignored "no\\n1:X'));
});

test("messages that make no sense are ignored, with a line per minute", () => {
  const rig = SentinelRig.settled();
  const before = rig.told.length;
  for (let round = 0; round < 100; round++) {
    rig.hear(`10.0.1.9,26379,${idOf(9)},1,mymaster,10.0.0.9,6379,99999999999999999999`);
  }
  assert.deepEqual(rig.told.slice(before), ["Ignored a malformed hello message"]);
  assert.equal(rig.master.address.ip, "10.0.0.1");
  rig.run(61_000);
  rig.hear("");
  assert.equal(rig.told.slice(before).length, 2);
});

test("messages about masters that are not watched are for others", () => {
  const rig = SentinelRig.settled();
  const before = rig.told.length;
  rig.hear(`10.0.1.9,26379,${idOf(9)},5,__proto__,10.0.0.9,6379,5`);
  assert.equal(rig.told.length, before);
  assert.equal(rig.model.currentEpoch, 0);
});

test("nobody can make a Sentinel remember more than a thousand others", () => {
  const rig = SentinelRig.settled();
  for (let index = 0; index < 1500; index++) {
    rig.hear(`10.9.0.1,${index + 1},${idOf(1000 + index)},0,mymaster,10.0.0.1,6379,0`);
  }
  assert.equal(rig.master.sentinels.size, 1000);
});
