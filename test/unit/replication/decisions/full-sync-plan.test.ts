import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dueFullSync,
  planFullSync,
  startFullSync,
  type WaitingReplica,
} from "../../../../src/replication/decisions/full-sync-plan";

const BOTH = { eof: true, psync2: true };
const OLD = { eof: false, psync2: false };
const DISK = { isDiskless: false, delayMs: 5000, maxReplicas: 0 };
const DISKLESS = { ...DISK, isDiskless: true };

function replica(change: Partial<WaitingReplica> = {}): WaitingReplica {
  return { capabilities: BOTH, filter: "", sinceMs: 0, ...change };
}

test("a copy is begun at once to disk, and after the delay to sockets", () => {
  assert.equal(planFullSync(replica(), { kind: "none" }, DISK).kind, "start");
  assert.equal(planFullSync(replica(), { kind: "none" }, DISKLESS).kind, "wait");
  assert.equal(
    planFullSync(replica(), { kind: "none" }, { ...DISKLESS, delayMs: 0 }).kind,
    "start",
  );
  const old = replica({ capabilities: OLD });
  assert.equal(planFullSync(old, { kind: "none" }, DISKLESS).kind, "start");
  assert.equal(startFullSync([old], DISKLESS).target, "disk");
});

test("a copy to disk is joined by who understands all that it was made for", () => {
  const job = { kind: "disk-sync", offset: 77, capabilities: OLD, filter: "" } as const;
  const plan = planFullSync(replica(), job, DISK);
  assert.equal(plan.kind === "join" && plan.offset, 77);
  const newer = { ...job, capabilities: BOTH };
  assert.equal(planFullSync(replica({ capabilities: OLD }), newer, DISK).kind, "wait");
  assert.equal(planFullSync(replica({ filter: "functions" }), job, DISK).kind, "wait");
});

test("any other job is waited for", () => {
  const text = (job: Parameters<typeof planFullSync>[1]) => {
    const plan = planFullSync(replica(), job, DISK);
    return plan.kind === "wait" ? plan.log.text : plan.kind;
  };
  assert.match(text({ kind: "socket-sync" }), /^Current BGSAVE has socket target/);
  assert.match(text({ kind: "other", isSave: true }), /^Can't attach the replica to the current/);
  assert.match(text({ kind: "other", isSave: false }), /another BG operation is active/);
});

test("those that wait are served together when the first has waited long enough", () => {
  const waiting = [replica({ sinceMs: 1000 }), replica({ sinceMs: 4000 })];
  assert.equal(dueFullSync([], DISK, 0), undefined);
  assert.equal(dueFullSync(waiting, DISKLESS, 5999), undefined);
  const start = dueFullSync(waiting, DISKLESS, 6000);
  assert.deepEqual([start?.target, start?.replicas], ["sockets", [0, 1]]);
  assert.equal(start?.log.text, "Starting BGSAVE for SYNC with target: replicas sockets");
  assert.ok(dueFullSync(waiting, { ...DISKLESS, maxReplicas: 2 }, 4000));
  assert.equal(dueFullSync(waiting, DISK, 1000)?.target, "disk");
});

test("only those share a copy that want the same, and a mark only if all understand it", () => {
  const mixed = [replica({ filter: "f" }), replica(), replica({ filter: "f" })];
  assert.deepEqual(startFullSync(mixed, DISK).replicas, [0, 2]);
  assert.equal(startFullSync(mixed, DISK).target, "sockets");
  const old = [replica(), replica({ capabilities: OLD })];
  assert.equal(startFullSync(old, DISKLESS).target, "disk");
});
