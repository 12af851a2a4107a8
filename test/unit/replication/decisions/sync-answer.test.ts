import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Asker,
  answerSync,
  type SyncRequest,
} from "../../../../src/replication/decisions/sync-answer";
import { DecisionDriver, idOf, MASTER } from "./decision-driver";

const A = idOf("a");
const ASKER: Asker = {
  name: "10.0.0.3:6381",
  capabilities: { eof: true, psync2: true },
  isFiltered: false,
  hasPendingOutput: false,
};

/** A promoted replica: `A` up to 150, then its own id; the backlog holds 101..180. */
function promoted(): DecisionDriver {
  const node = new DecisionDriver();
  node.fullSync(A, 100);
  node.offset = 150;
  node.after({ kind: "promote" });
  node.offset = 180;
  return node;
}

function ask(node: DecisionDriver, request: Partial<SyncRequest>, asker: Partial<Asker> = {}) {
  const backlog = { isOpen: node.isBacklogOpen, firstOffset: 101, offset: node.offset };
  const whole: SyncRequest = { command: "psync", id: "?", offset: -1, isFailover: false };
  return answerSync(node.state, backlog, { ...whole, ...request }, { ...ASKER, ...asker });
}

function textsOf(answer: ReturnType<typeof ask>): string[] {
  return "logs" in answer ? answer.logs.map(({ text }) => text) : [];
}

test("who has the id, or had it before the histories parted, reads on", () => {
  const node = promoted();
  const { id } = node.state.history;
  const answer = ask(node, { id, offset: 150 });
  assert.deepEqual(answer, {
    kind: "continue",
    line: `+CONTINUE ${id}`,
    from: 150,
    logs: [
      { level: "notice", text: "Replica 10.0.0.3:6381 asks for synchronization" },
      {
        level: "notice",
        text:
          "Partial resynchronization request from 10.0.0.3:6381 accepted. " +
          "Sending 31 bytes of backlog starting from offset 150.",
      },
    ],
  });
  assert.equal(ask(node, { id: id.toUpperCase(), offset: 181 }).kind, "continue");
  assert.equal(ask(node, { id: A, offset: 101 }).kind, "continue");
  assert.equal(ask(node, { id: A, offset: 151 }).kind, "continue");
});

test("replicas without psync2 are not told the id", () => {
  const node = promoted();
  const answer = ask(node, { id: A, offset: 120 }, { capabilities: { eof: true, psync2: false } });
  assert.equal(answer.kind === "continue" && answer.line, "+CONTINUE");
});

test("who has other writes, or comes too late, gets a whole copy, and the log says why", () => {
  const node = promoted();
  const { id } = node.state.history;
  const former = ask(node, { id: A, offset: 152 });
  assert.deepEqual(textsOf(former).slice(1), [
    "Partial resynchronization not accepted: Requested offset for second ID was 152, " +
      "but I can reply up to 151",
  ]);
  assert.equal(former.kind === "full" && former.isPartialRefused, true);
  assert.deepEqual(textsOf(ask(node, { id: idOf("b"), offset: 150 })).slice(1), [
    `Partial resynchronization not accepted: Replication ID mismatch (Replica asked for ` +
      `'${idOf("b")}', my replication IDs are '${id}' and '${A}')`,
  ]);
  assert.deepEqual(textsOf(ask(node, { id, offset: 100 })).slice(1), [
    "Unable to partial resync with replica 10.0.0.3:6381 for lack of backlog " +
      "(Replica request was: 100).",
  ]);
  assert.match(
    textsOf(ask(node, { id, offset: 182 }))[2],
    /^Warning: replica .* greater than the master replication offset\.$/,
  );
  const fresh = ask(node, {});
  assert.deepEqual(textsOf(fresh).slice(1), ["Full resync requested by replica 10.0.0.3:6381"]);
  assert.equal(fresh.kind === "full" && fresh.isPartialRefused, false);
  const old = ask(node, { command: "sync" });
  assert.deepEqual(textsOf(old), ["Replica 10.0.0.3:6381 asks for synchronization"]);
});

test("nothing is continued without a backlog", () => {
  const node = new DecisionDriver();
  assert.equal(ask(node, { id: node.state.history.id, offset: 1 }).kind, "full");
  assert.equal(ask(node, { id: node.state.history.secondId, offset: 0 }).kind, "full");
});

test("what is refused", () => {
  const node = promoted();
  const error = (request: Partial<SyncRequest>, asker: Partial<Asker> = {}) => {
    const answer = ask(node, request, asker);
    return answer.kind === "refuse" ? answer.error : answer.kind;
  };
  const { id } = node.state.history;
  assert.equal(error({ id, isFailover: true }), "PSYNC FAILOVER can't be sent to a master.");
  assert.equal(
    error({}, { hasPendingOutput: true }),
    "SYNC and PSYNC are invalid with pending output",
  );
  const capabilities = { eof: false, psync2: true };
  assert.equal(
    error({}, { isFiltered: true, capabilities }),
    "Filtered replica requires EOF capability",
  );
  node.after({ kind: "failover", target: undefined, timeoutMs: 0, isForced: false });
  assert.equal(error({ id, offset: 180 }), "-NOMASTERLINK Can't SYNC while failing over");
  node.after({ kind: "failover-abort" });
  node.after({ kind: "follow", master: MASTER });
  assert.equal(
    error({ id, offset: 180 }),
    "-NOMASTERLINK Can't SYNC while not connected with my master",
  );
  assert.equal(error({ id: A, isFailover: true }), "PSYNC FAILOVER replid must match my replid.");
  assert.equal(error({ id, isFailover: true }), "promote");
});
