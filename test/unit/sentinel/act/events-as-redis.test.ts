// The events of our decisions are those that real Sentinels told in the same situations (recorded by
// record-real-events.ts): same names, same fields, same order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginForcedFailover } from "../../../../src/sentinel/act/forced-failover";
import { voteFor } from "../../../../src/sentinel/act/vote";
import { idOf, SentinelRig } from "../sentinel-rig";
import { followerEvents, forcedEvents, leaderEvents } from "./real-events";

const MASTER_NODE = "10.0.0.1 6379";
/** When other Sentinels stop to say that the old master is down depends on moments. */
const BY_CHANCE = /^-odown|^\+odown .* 3\/2$/;
/** Below the log level of the recording. */
const VERBOSE = /^[+-]role-change/;

/** Without what comes by chance, and with the votes of others, who answer in any order, at the end. */
function comparable(told: readonly string[]): string[] {
  const named = told.map((text) => {
    let shown = text;
    for (const index of [1, 2, 3]) shown = shown.split(idOf(index)).join(`<id${index}>`);
    return shown;
  });
  const kept = named.filter((text) => !BY_CHANCE.test(text) && !VERBOSE.test(text));
  const votes = kept.filter((text) => text.includes(" voted for ")).sort();
  return [...kept.filter((text) => !text.includes(" voted for ")), ...votes];
}

test("the leader of a failover tells what a real one tells", () => {
  const rig = SentinelRig.settled();
  const from = rig.told.length;
  for (const index of [2, 3]) rig.sentinel(index).saysDown = true;
  rig.kill(MASTER_NODE);
  rig.runUntil("+sdown slave");
  rig.node(1).replicas = [];
  rig.restart(MASTER_NODE);
  rig.runUntil("+convert-to-slave");
  assert.deepEqual(comparable(rig.told.slice(from)), comparable(leaderEvents));
  assert.equal(rig.node(1).role, "slave");
  assert.equal(rig.node(1).masterHost, "10.0.0.2");
});

test("a Sentinel that follows tells what a real one tells", () => {
  const rig = SentinelRig.settled();
  const from = rig.told.length;
  rig.kill(MASTER_NODE);
  rig.runUntil("+sdown");
  rig.change((draft) => voteFor(draft, rig.master, 1, idOf(2)));
  rig.node(2).follow("NO", "ONE");
  rig.hear(rig.helloOf(2, 1, "10.0.0.2,6379", 1));
  rig.runUntil("+sdown slave");
  rig.restart(MASTER_NODE);
  rig.runUntil("-sdown slave");
  // In the recording the leader is the first Sentinel, here the second.
  const recorded = followerEvents.map((text) =>
    text.replace("<id1>", "<id2>").replace("10.0.1.1", "10.0.1.2"),
  );
  assert.deepEqual(comparable(rig.told.slice(from)), comparable(recorded));
});

test("a forced failover tells what a real one tells", () => {
  const rig = SentinelRig.settled();
  rig.model.currentEpoch = 1;
  const from = rig.told.length;
  assert.equal(
    rig.change((draft) => beginForcedFailover(draft, rig.master)),
    "begun",
  );
  rig.runUntil("+switch-master");
  assert.deepEqual(comparable(rig.told.slice(from)), comparable(forcedEvents));
});
