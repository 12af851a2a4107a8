import assert from "node:assert/strict";
import { test } from "node:test";
import {
  planFullSync,
  startFullSync,
  type WaitingReplica,
} from "../../../../src/replication/decisions/full-sync-plan";
import { areOldPeersForgotten, isOldPeer } from "../../../../src/replication/decisions/old-peer";
import { answerSync } from "../../../../src/replication/decisions/sync-answer";
import { DecisionDriver, idOf } from "./decision-driver";

const OLD = { eof: true, psync2: false };
const NEW = { eof: true, psync2: true };
const DISK = { isDiskless: false, delayMs: 0, maxReplicas: 0 };

test("old is who introduces itself as a replica and does not know psync2", () => {
  const old = { port: 6380, capabilities: OLD, wantsFileOnly: false };
  assert.equal(isOldPeer(old, "auto"), true);
  assert.equal(isOldPeer(old, "3.2"), true);
  assert.equal(isOldPeer(old, "no"), false);
  assert.equal(isOldPeer({ ...old, capabilities: NEW }, "auto"), false);
  // redis-cli --replica and --rdb, which read the newest of all.
  assert.equal(isOldPeer({ ...old, port: 0 }, "auto"), false);
  assert.equal(isOldPeer({ ...old, wantsFileOnly: true }, "auto"), false);
});

test("old words are kept for as long as an old replica may come back", () => {
  assert.equal(areOldPeersForgotten("auto", 0, 1000, 60_000, 61_000), false);
  assert.equal(areOldPeersForgotten("auto", 0, 1000, 60_000, 61_001), true);
  assert.equal(areOldPeersForgotten("auto", 1, 1000, 60_000, 99_000), false);
  assert.equal(areOldPeersForgotten("3.2", 0, 1000, 60_000, 99_000), false);
});

test("an old replica shares a copy with its like alone", () => {
  const replica = (isOld: boolean): WaitingReplica => ({
    capabilities: NEW,
    filter: "",
    isOldPeer: isOld,
    sinceMs: 0,
  });
  const job = { kind: "disk-sync", offset: 7, capabilities: OLD, filter: "" } as const;
  assert.equal(planFullSync(replica(true), job, DISK).kind, "wait");
  assert.equal(planFullSync(replica(false), { ...job, isOldPeer: true }, DISK).kind, "wait");
  assert.equal(planFullSync(replica(true), { ...job, isOldPeer: true }, DISK).kind, "join");
  const mixed = [replica(false), replica(true), replica(false)];
  assert.deepEqual(startFullSync(mixed, DISK).replicas, [0, 2]);
});

test("an old replica reads on only where all is in words that it knows", () => {
  const node = new DecisionDriver();
  node.fullSync(idOf("a"), 100);
  const { id } = node.state.history;
  const ask = (offset: number) =>
    answerSync(
      node.state,
      { isOpen: true, firstOffset: 1, offset: 180 },
      { command: "psync", id, offset, isFailover: false },
      {
        name: "replica",
        capabilities: OLD,
        isFiltered: false,
        hasPendingOutput: false,
        readableFrom: 150,
      },
    );
  assert.equal(ask(149).kind, "full");
  const answer = ask(150);
  assert.equal(answer.kind === "continue" && answer.line, "+CONTINUE");
});
