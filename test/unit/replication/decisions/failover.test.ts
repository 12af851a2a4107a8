import assert from "node:assert/strict";
import { test } from "node:test";
import { failoverRefusal } from "../../../../src/replication/decisions/failover";
import type { ReplicaView } from "../../../../src/replication/decisions/replication-state";
import { DecisionDriver, idOf } from "./decision-driver";

const TARGET = { host: "10.0.0.2", port: 6379 };
const REQUEST = { target: undefined, timeoutMs: 0, isForced: false };

function replica(ackOffset: number, change: Partial<ReplicaView> = {}): ReplicaView {
  return { ...TARGET, isOnline: true, ackOffset, ackMs: 0, ...change };
}

function masterAt(offset: number): DecisionDriver {
  const node = new DecisionDriver();
  node.after({ kind: "backlog-needed" });
  node.offset = offset;
  return node;
}

function check(node: DecisionDriver, ...replicas: ReplicaView[]): string[] {
  return node.after({ kind: "failover-check", replicas });
}

test("what FAILOVER is refused for", () => {
  const node = masterAt(10);
  const refusal = (request: object, ...replicas: ReplicaView[]) =>
    failoverRefusal(node.state, { ...REQUEST, ...request }, replicas);
  assert.equal(refusal({}), "FAILOVER requires connected replicas.");
  assert.equal(refusal({}, replica(1)), undefined);
  const half = "FAILOVER with force option requires both a timeout and target HOST and IP.";
  assert.equal(refusal({ isForced: true, timeoutMs: 5 }, replica(1)), half);
  assert.equal(refusal({ isForced: true, target: TARGET }, replica(1)), half);
  assert.equal(
    refusal({ target: { host: "10.0.0.2", port: 1 } }, replica(1)),
    "FAILOVER target HOST and PORT is not a replica.",
  );
  assert.equal(
    refusal({ target: TARGET }, replica(1, { isOnline: false })),
    "FAILOVER target replica is not online.",
  );
  node.after({ kind: "failover", ...REQUEST });
  assert.equal(refusal({}, replica(1)), "FAILOVER already in progress.");
  node.after({ kind: "failover-abort" });
  node.after({ kind: "follow", master: TARGET });
  assert.equal(refusal({}, replica(1)), "FAILOVER is not valid when server is a replica.");
});

test("writes wait, the target catches up, is asked to take over and followed", () => {
  const node = masterAt(100);
  const { id } = node.state.history;
  assert.deepEqual(node.after({ kind: "failover", ...REQUEST, target: TARGET }), [
    "pause-writes",
    "* FAILOVER requested to 10.0.0.2:6379.",
  ]);
  assert.deepEqual(check(node, replica(99)), []);
  assert.deepEqual(check(node, replica(100, { isOnline: false })), []);
  assert.deepEqual(check(node, replica(100, { port: 1 })), []);
  const actions = check(node, replica(100));
  assert.equal(actions[0], "* Failover target 10.0.0.2:6379 is synced, failing over.");
  assert.equal(actions.at(-1), "connect");
  assert.ok(node.upToPsync().includes(`> PSYNC ${id} 101 FAILOVER`));
  assert.equal(node.state.failover?.phase, "failover-in-progress");
  assert.ok(node.line(`+CONTINUE ${idOf("b")}`).includes("resume-writes"));
  assert.equal(node.state.failover, undefined);
  assert.deepEqual(node.state.history, { id: idOf("b"), secondId: id, secondOffset: 101 });
});

test("without a target the first replica that has everything is taken", () => {
  const node = masterAt(100);
  assert.ok(node.after({ kind: "failover", ...REQUEST }).includes("* FAILOVER requested."));
  check(node, replica(99, { host: "10.0.0.9" }), replica(100));
  assert.deepEqual(node.state.master, TARGET);
});

test("at its timeout it is given up, or carried out when it is forced", () => {
  const node = masterAt(100);
  node.after({ kind: "failover", ...REQUEST, target: TARGET, timeoutMs: 500 });
  node.nowMs += 499;
  assert.deepEqual(check(node, replica(99)), []);
  node.nowMs += 1;
  assert.deepEqual(check(node, replica(99)), [
    "* Aborting failover to 10.0.0.2:6379. Replica never caught up before timeout",
    "resume-writes",
  ]);
  assert.equal(node.state.master, undefined);
  node.after({ kind: "failover", target: TARGET, timeoutMs: 500, isForced: true });
  node.nowMs += 500;
  assert.equal(
    check(node, replica(99))[0],
    "* Failover to 10.0.0.2:6379 time out exceeded, failing over.",
  );
  assert.deepEqual(node.state.master, TARGET);
});

test("ABORT and a target that refuses leave this server the master, with a new history", () => {
  const node = masterAt(100);
  const { id } = node.state.history;
  node.after({ kind: "failover", ...REQUEST, target: TARGET });
  assert.deepEqual(node.after({ kind: "failover-abort" }), [
    "* Aborting failover to 10.0.0.2:6379. Failover manually aborted",
    "resume-writes",
  ]);
  assert.equal(node.state.history.id, id);
  for (const answer of [
    "-ERR PSYNC FAILOVER replid must match my replid.",
    "-NOMASTERLINK Can't SYNC while not connected with my master",
    "-LOADING Redis is loading the dataset in memory",
    "+FULLRESYNC nonsense",
  ]) {
    const { id: before } = node.state.history;
    node.after({ kind: "failover", ...REQUEST, target: TARGET });
    check(node, replica(100));
    node.upToPsync();
    const actions = node.line(answer);
    assert.ok(
      actions.includes(
        "* Aborting failover to 10.0.0.2:6379. Failover target rejected psync request",
      ),
    );
    assert.equal(actions.at(-1), "resume-writes");
    assert.ok(actions.includes("disconnect"));
    assert.equal(node.state.master, undefined);
    assert.deepEqual([node.state.history.secondId, node.state.history.secondOffset], [before, 101]);
  }
});

test("a lost answer of the target does not make two masters", () => {
  const node = masterAt(100);
  const { id } = node.state.history;
  node.after({ kind: "failover", ...REQUEST, target: TARGET });
  check(node, replica(100));
  node.upToPsync();
  node.closed();
  assert.equal(node.state.failover?.phase, "failover-in-progress");
  assert.ok(node.upToPsync().includes(`> PSYNC ${id} 101 FAILOVER`));
  assert.ok(node.line("-ERR PSYNC FAILOVER can't be sent to a master.").includes("resume-writes"));
  assert.deepEqual(node.state.master, TARGET);
  assert.ok(node.upToPsync().includes(`> PSYNC ${id} 101`));
});
