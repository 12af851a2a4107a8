import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_ID } from "../../../../src/replication/decisions/history";
import { isAlreadyFollowing } from "../../../../src/replication/decisions/role";
import { savedReplication } from "../../../../src/replication/decisions/saved-replication";
import { DecisionDriver, idOf, MASTER } from "./decision-driver";

const A = idOf("a");
const OTHER = { host: "10.0.0.2", port: 6379 };

test("a master that becomes a replica asks for what follows its own writes", () => {
  const node = new DecisionDriver();
  node.after({ kind: "backlog-needed" });
  const { id } = node.state.history;
  node.offset = 77;
  const actions = node.after({ kind: "follow", master: MASTER });
  assert.equal(actions[0], "unblock-clients");
  assert.match(actions[1], /^\* Before turning into a replica, using my own master parameters/);
  assert.ok(node.upToPsync().includes(`> PSYNC ${id} 78`));
});

test("a replica that gets another master keeps its place, and its replicas", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 100);
  node.offset = 150;
  const actions = node.after({ kind: "follow", master: OTHER });
  assert.equal(actions.includes("drop-replicas"), false);
  assert.deepEqual(
    actions.filter((text) => !text.startsWith("*")),
    ["# Connection with master lost.", "disconnect", "unblock-clients", "connect"],
  );
  node.after({ kind: "connected" });
  node.line("+PONG");
  node.line("+OK");
  assert.ok(node.line("+OK").includes(`> PSYNC ${A} 151`));
});

test("a promoted replica begins a history of its own and keeps the old one up to here", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 100);
  node.offset = 150;
  const actions = node.after({ kind: "promote" });
  const { history } = node.state;
  assert.deepEqual({ ...history, id: "" }, { id: "", secondId: A, secondOffset: 151 });
  assert.ok(
    actions.includes(
      `# Setting secondary replication ID to ${A}, valid up to offset: 151. ` +
        `New replication ID is ${history.id}`,
    ),
  );
  assert.deepEqual(actions.slice(-2), ["drop-replicas", "reselect"]);
  assert.equal(node.state.link.phase, "none");
  assert.deepEqual(node.after({ kind: "promote" }), []);
});

test("REPLICAOF the master it follows is no change; the host has no case", () => {
  const node = new DecisionDriver();
  assert.equal(isAlreadyFollowing(node.state, MASTER), false);
  node.after({ kind: "follow", master: { host: "Db.Example", port: 1 } });
  assert.equal(isAlreadyFollowing(node.state, { host: "db.eXample", port: 1 }), true);
  assert.equal(isAlreadyFollowing(node.state, { host: "db.example", port: 2 }), false);
});

test("a replica restarted from its file goes on where the file ends", () => {
  const node = new DecisionDriver();
  node.after({ kind: "follow-at-start", master: MASTER });
  const actions = node.after({ kind: "restored", saved: { id: A, offset: 500, streamDb: 3 } });
  assert.deepEqual([actions[0], actions.at(-1)], ["open-backlog 500", "select-stream-db"]);
  node.tick();
  assert.ok(node.upToPsync().includes(`> PSYNC ${A} 501`));
});

test("a master restarted from its file has a new history after the file's", () => {
  const node = new DecisionDriver();
  const { id } = node.state.history;
  node.after({ kind: "restored", saved: { id: A, offset: 500, streamDb: 0 } });
  assert.deepEqual(node.state.history, { id, secondId: A, secondOffset: 501 });
  assert.equal(node.offset, 500);
});

test("a backlog that is given up takes the history with it", () => {
  const node = new DecisionDriver();
  node.after({ kind: "backlog-needed" });
  const { id } = node.state.history;
  assert.deepEqual(node.after({ kind: "backlog-forgotten", ttlSeconds: 3600 }), [
    "close-backlog",
    "* Replication backlog freed after 3600 seconds without connected replicas.",
  ]);
  assert.notEqual(node.state.history.id, id);
  assert.equal(node.state.history.secondId, NO_ID);
});

test("a file names the place in the history only where that means something", () => {
  const node = new DecisionDriver();
  assert.equal(savedReplication(node.state, 0, false, 0), undefined);
  node.after({ kind: "backlog-needed" });
  const { id } = node.state.history;
  assert.deepEqual(savedReplication(node.state, 9, true, -1), { id, offset: 9, streamDb: 0 });
  node.fullSync(A, 100);
  assert.deepEqual(savedReplication(node.state, 100, true, 4), { id: A, offset: 100, streamDb: 4 });
  node.after({ kind: "closed", reason: "x", isProtocolBroken: true });
  assert.equal(savedReplication(node.state, 100, true, 4), undefined);
});
