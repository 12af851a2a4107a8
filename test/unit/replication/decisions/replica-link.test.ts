import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_ID } from "../../../../src/replication/decisions/history";
import { DecisionDriver, idOf, MASTER } from "./decision-driver";

const A = idOf("a");
const B = idOf("b");

// The expected lines are what redis-server 7.0.15 wrote and sent to a master made of such replies.

test("the handshake up to PSYNC", () => {
  const node = new DecisionDriver();
  node.after({ kind: "follow-at-start", master: MASTER });
  assert.deepEqual(node.tick(), [
    "* Connecting to MASTER 10.0.0.1:6379",
    "* MASTER <-> REPLICA sync started",
    "connect",
  ]);
  assert.deepEqual(node.after({ kind: "connected" }), [
    "* Non blocking connect for SYNC fired the event.",
    "> PING",
  ]);
  assert.deepEqual(node.line("+PONG"), [
    "* Master replied to PING, replication can continue...",
    "> REPLCONF listening-port 6380",
    "> REPLCONF capa eof capa psync2",
  ]);
  assert.deepEqual(node.line("+OK"), []);
  assert.deepEqual(node.line("+OK"), [
    "* Partial resynchronization not possible (no cached master)",
    "> PSYNC ? -1",
  ]);
  assert.deepEqual(node.line(""), []);
  assert.equal(node.state.link.phase, "psync");
});

test("it introduces itself with user, password and address when it has them", () => {
  const node = new DecisionDriver();
  node.settings = { ...node.settings, user: "u", password: "p w", announceIp: "1.2.3.4" };
  node.after({ kind: "follow", master: MASTER });
  node.after({ kind: "connected" });
  assert.deepEqual(node.line("-NOAUTH Authentication required.").slice(1), [
    "> AUTH u p w",
    "> REPLCONF listening-port 6380",
    "> REPLCONF ip-address 1.2.3.4",
    "> REPLCONF capa eof capa psync2",
  ]);
  assert.deepEqual(node.line("+OK"), []);
  assert.deepEqual(node.line("-ERR Unrecognized REPLCONF option: listening-port"), [
    "* (Non critical) Master does not understand REPLCONF listening-port: " +
      "-ERR Unrecognized REPLCONF option: listening-port",
  ]);
  assert.deepEqual(node.line("+OK"), []);
  assert.equal(node.state.link.phase, "capabilities");
});

test("a wrong password ends the attempt, and the next begins at the next tick", () => {
  const node = new DecisionDriver();
  node.settings = { ...node.settings, password: "p" };
  node.after({ kind: "follow", master: MASTER });
  node.after({ kind: "connected" });
  assert.ok(node.line("+PONG").includes("> AUTH p"));
  assert.deepEqual(node.line("-WRONGPASS invalid username-password pair or user is disabled."), [
    "# Unable to AUTH to MASTER: -WRONGPASS invalid username-password pair or user is disabled.",
    "disconnect",
  ]);
  assert.equal(node.state.link.phase, "connect");
  assert.equal(node.tick().at(-1), "connect");
});

test("without a password it is refused by PSYNC and SYNC, and tries once per second", () => {
  const node = new DecisionDriver();
  node.upToPsync();
  assert.deepEqual(node.line("-NOAUTH Authentication required."), [
    "# Unexpected reply to PSYNC from master: -NOAUTH Authentication required.",
    "* Retrying with SYNC...",
    "send-sync",
  ]);
  assert.deepEqual(node.line("-NOAUTH Authentication required."), [
    "# MASTER aborted replication with an error: NOAUTH Authentication required.",
    "disconnect",
  ]);
  assert.equal(node.state.link.phase, "connect");
});

test("an error to PING that means something else ends the attempt", () => {
  const node = new DecisionDriver();
  node.after({ kind: "follow", master: MASTER });
  node.after({ kind: "connected" });
  assert.deepEqual(node.line("-DENIED Redis is running in protected mode"), [
    "# Error reply to PING from master: '-DENIED Redis is running in protected mode'",
    "disconnect",
  ]);
});

test("a full synchronisation to disk", () => {
  const node = new DecisionDriver();
  node.upToPsync();
  assert.deepEqual(node.line(`+FULLRESYNC ${A} 1000`), [`* Full resync from master: ${A}:1000`]);
  assert.deepEqual(node.line("$89"), [
    "* MASTER <-> REPLICA sync: receiving 89 bytes from master to disk",
    "receive into file",
  ]);
  const before = node.state.history.id;
  assert.deepEqual(node.after({ kind: "payload-received", hasKeys: true }), [
    "* Discarding previously cached master state.",
    "drop-replicas",
    "close-backlog",
    "* MASTER <-> REPLICA sync: Flushing old data",
    "empty",
    "* MASTER <-> REPLICA sync: Loading DB in memory",
    "load-file",
  ]);
  assert.notEqual(node.state.history.id, before);
  assert.equal(node.state.canResume, false);
  assert.deepEqual(node.after({ kind: "loaded", hasKeys: true }), [
    "open-backlog 1000",
    "* MASTER <-> REPLICA sync: Finished with success",
    "stream",
  ]);
  assert.deepEqual(node.state.history, { id: A, secondId: NO_ID, secondOffset: -1 });
  assert.deepEqual(node.tick(), ["acknowledge"]);
});

test("a file with a mark is acknowledged when it has been loaded", () => {
  const node = new DecisionDriver();
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 7`);
  assert.deepEqual(node.line(`$EOF:${B}`), [
    "* MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to disk",
    "receive into file",
  ]);
  assert.equal(node.state.link.payload?.mark, B);
  node.after({ kind: "payload-received", hasKeys: true });
  assert.deepEqual(node.after({ kind: "loaded", hasKeys: true }).slice(-2), [
    "stream",
    "acknowledge",
  ]);
});

test("repl-diskless-load: memory for an empty data set, beside the old one with swapdb", () => {
  const node = new DecisionDriver();
  node.settings = { ...node.settings, disklessLoad: "on-empty-db" };
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 7`);
  const lines = node.line("$5");
  assert.equal(lines[0], "* MASTER <-> REPLICA sync: receiving 5 bytes from master to parser");
  assert.deepEqual(lines.slice(-3), [
    "empty",
    "* MASTER <-> REPLICA sync: Loading DB in memory",
    "receive into memory",
  ]);
  const failed = node.after({ kind: "load-failed", problem: "it is short" });
  assert.deepEqual(failed.slice(0, 2), [
    "# Failed trying to load the MASTER synchronization DB from socket: it is short",
    "empty",
  ]);

  const swap = new DecisionDriver();
  swap.settings = { ...swap.settings, disklessLoad: "swapdb" };
  swap.after({ kind: "restored", saved: { id: A, offset: 5, streamDb: 0 } });
  swap.upToPsync();
  swap.line(`+FULLRESYNC ${B} 7`);
  const { history } = swap.state;
  assert.equal(swap.line("$5").includes("empty"), false);
  assert.equal(swap.after({ kind: "load-failed", problem: "x" }).includes("empty"), false);
  assert.deepEqual(swap.state.history, history);
  assert.equal(swap.state.canResume, true);
  swap.upToPsync();
  swap.line(`+FULLRESYNC ${B} 7`);
  swap.line("$5");
  assert.ok(swap.after({ kind: "loaded", hasKeys: true }).includes("drop-replicas"));
  assert.equal(swap.state.history.id, B);
  assert.equal(swap.isBacklogOpen, true);
});

test("a cut link is resumed from the next byte, and a new id is learned", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 1000);
  node.offset = 1051;
  node.nowMs += 5000;
  assert.deepEqual(node.closed(), [
    "# Connection with master lost.",
    "* Caching the disconnected master state.",
    "disconnect",
    "* Reconnecting to MASTER 10.0.0.1:6379",
    "* MASTER <-> REPLICA sync started",
    "connect",
  ]);
  assert.equal(node.state.link.downSinceMs, node.nowMs);
  assert.deepEqual(node.upToPsync(), [
    `* Trying a partial resynchronization (request ${A}:1052).`,
    `> PSYNC ${A} 1052`,
  ]);
  assert.deepEqual(node.line(`+CONTINUE ${B}`), [
    "* Successful partial resynchronization with master.",
    `# Master replication ID changed to ${B}`,
    "drop-replicas",
    "* MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.",
    "stream",
  ]);
  assert.deepEqual(node.state.history, { id: B, secondId: A, secondOffset: 1052 });
  assert.equal(node.offset, 1051);
  assert.equal(node.state.link.downSinceMs, undefined);
});

test("a master of the first PSYNC continues without naming an id", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 10);
  node.nowMs += 5000;
  node.closed();
  node.upToPsync();
  assert.equal(node.line("+CONTINUE").at(-1), "stream");
  assert.equal(node.state.history.id, A);
});

test("+CONTINUE that was not asked for is not believed", () => {
  const node = new DecisionDriver();
  node.after({ kind: "follow-at-start", master: MASTER });
  node.tick();
  node.upToPsync();
  assert.deepEqual(node.line("+CONTINUE"), [
    "# Unexpected reply to PSYNC from master: +CONTINUE",
    "disconnect",
  ]);
  assert.equal(node.state.link.phase, "connect");
});

test("a malformed +FULLRESYNC ends the attempt and changes nothing", () => {
  const node = new DecisionDriver();
  for (const bad of [
    "+FULLRESYNC abc",
    `+FULLRESYNC ${A}`,
    `+FULLRESYNC ${A} -1`,
    `+FULLRESYNC ${A} 01`,
    `+FULLRESYNC ${A} 9007199254740993`,
    `+FULLRESYNC ${A} 1 2`,
    `+FULLRESYNC ${"g".repeat(40)} 1`,
    `+FULLRESYNC ${A}0 1`,
  ]) {
    node.upToPsync();
    const { history } = node.state;
    assert.deepEqual(node.line(bad), [
      "# Master replied with wrong +FULLRESYNC syntax.",
      "disconnect",
    ]);
    assert.deepEqual(node.state.history, history);
  }
});

test("a line that begins no file is refused", () => {
  const node = new DecisionDriver();
  for (const bad of ["hello", "$", "$-1", "$EOF:short", "$1e3", "+OK", "$99999999999999999999"]) {
    node.upToPsync();
    node.line(`+FULLRESYNC ${A} 5`);
    assert.match(node.line(bad)[0], /^# Bad protocol from MASTER, .* \(we received '/);
    assert.equal(node.state.link.phase, "connect");
    assert.equal(node.state.canResume, true);
  }
});

test("a master that cannot answer now is asked again each second", () => {
  const node = new DecisionDriver();
  for (const error of [
    "-NOMASTERLINK Can't SYNC while not connected",
    "-LOADING Redis is loading",
  ]) {
    node.upToPsync();
    assert.deepEqual(node.line(error), [
      `* Master is currently unable to PSYNC but should be in the future: ${error}`,
      "disconnect",
    ]);
    assert.equal(node.tick().at(-1), "connect");
  }
});

test("a server without PSYNC is asked by SYNC; its copy begins a history of its own", () => {
  const node = new DecisionDriver();
  node.upToPsync();
  assert.deepEqual(node.line("-ERR unknown command"), [
    "* Master does not support PSYNC or is in error state (reply: -ERR unknown command)",
    "* Retrying with SYNC...",
    "send-sync",
  ]);
  node.line("$89");
  node.after({ kind: "payload-received", hasKeys: true });
  const atLoad = node.state.history.id;
  assert.ok(node.after({ kind: "loaded", hasKeys: true }).includes("open-backlog 0"));
  assert.notEqual(node.state.history.id, atLoad);
  assert.deepEqual(node.tick(), []);
  node.offset = 50;
  node.nowMs += 5000;
  node.closed();
  assert.ok(node.upToPsync().includes("> PSYNC ? -1"));
});

test("what is not heard for repl-timeout is given up, in every phase", () => {
  const node = new DecisionDriver();
  const silent = () => {
    const heard = node.nowMs;
    node.nowMs += 60_000;
    assert.deepEqual(
      node.tick(heard).filter((text) => text !== "acknowledge"),
      [],
    );
    node.nowMs += 1;
    return node.tick(heard);
  };
  node.after({ kind: "follow", master: MASTER });
  assert.deepEqual(silent(), [
    "# Timeout connecting to the MASTER...",
    "disconnect",
    "* Reconnecting to MASTER 10.0.0.1:6379 after failure",
    "* MASTER <-> REPLICA sync started",
    "connect",
  ]);
  node.upToPsync();
  assert.equal(silent()[0], "# Timeout connecting to the MASTER...");
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 5`);
  assert.match(silent()[0], /^# Timeout receiving bulk data from MASTER/);
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 5`);
  node.line("$5");
  assert.match(silent()[0], /^# Timeout receiving bulk data from MASTER/);
  node.fullSync(A, 5);
  assert.deepEqual(silent().slice(0, 2), [
    "# MASTER timeout: no data nor PING received...",
    "# Connection with master lost.",
  ]);
  assert.equal(node.state.canResume, true);
});

test("a refused connection waits for the tick; a transfer that breaks is begun again at once", () => {
  const node = new DecisionDriver();
  node.after({ kind: "follow", master: MASTER });
  assert.deepEqual(node.closed("Connection refused"), [
    "# Error condition on socket for SYNC: Connection refused",
    "disconnect",
  ]);
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 5`);
  node.line("$5");
  node.nowMs += 2000;
  assert.deepEqual(node.closed("connection lost"), [
    "# I/O error trying to sync with MASTER: connection lost",
    "disconnect",
    "* Reconnecting to MASTER 10.0.0.1:6379 after failure",
    "* MASTER <-> REPLICA sync started",
    "connect",
  ]);
});

test("a link that ends while the file is loaded is noticed afterwards", () => {
  const node = new DecisionDriver();
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 5`);
  node.line("$5");
  node.after({ kind: "payload-received", hasKeys: true });
  assert.deepEqual(node.closed(), []);
  node.nowMs += 3000;
  const actions = node.after({ kind: "loaded", hasKeys: true });
  assert.ok(actions.includes("# Connection with master lost."));
  assert.equal(actions.at(-1), "connect");
  assert.equal(node.state.history.id, A);
  assert.ok(node.upToPsync().includes(`> PSYNC ${A} 6`));
});

test("after a stream that was no protocol nothing is resumed", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 10);
  node.after({ kind: "closed", reason: "Protocol error", isProtocolBroken: true });
  assert.ok(node.upToPsync().includes("> PSYNC ? -1"));
});

test("replica-refuse-empty-master: a copy without keys is refused before anything is done, once aloud", () => {
  const node = new DecisionDriver();
  node.fullSync(A, 1000);
  node.settings = { ...node.settings, refusesEmptyMaster: true };
  node.isDatasetEmpty = false;
  node.nowMs += 5000;
  node.closed();
  node.upToPsync();
  node.line(`+FULLRESYNC ${B} 7`);
  node.line("$5");
  const { history } = node.state;
  const lines = node.after({ kind: "payload-received", hasKeys: false });
  assert.match(
    lines[0],
    /^# MASTER <-> REPLICA sync refused: the master 10\.0\.0\.1:6379 has no data/,
  );
  assert.deepEqual(lines.slice(1), ["disconnect"]);
  assert.deepEqual(node.state.history, history);
  assert.equal(node.state.canResume, true);
  assert.equal(node.state.link.phase, "connect");

  const again = [...node.tick(), ...node.upToPsync(), ...node.line(`+FULLRESYNC ${B} 7`)];
  again.push(...node.line("$5"), ...node.after({ kind: "payload-received", hasKeys: false }));
  assert.deepEqual(
    again.filter((line) => /^[*#]/.test(line)),
    [],
  );
  node.tick();
  node.upToPsync();
  node.line(`+FULLRESYNC ${B} 7`);
  node.line("$5");
  const taken = node.after({ kind: "payload-received", hasKeys: true });
  assert.equal(taken[0], "* MASTER <-> REPLICA sync: no longer refused");
  assert.ok(taken.includes("empty"));
  assert.equal(node.state.hasRefusedEmpty, false);
});

test("replica-refuse-empty-master: beside the old data nothing takes their place", () => {
  const node = new DecisionDriver();
  node.settings = { ...node.settings, refusesEmptyMaster: true, disklessLoad: "swapdb" };
  node.isDatasetEmpty = false;
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 7`);
  node.line("$5");
  const lines = node.after({ kind: "loaded", hasKeys: false });
  assert.equal(lines.includes("swap-in"), false);
  assert.equal(lines.at(-1), "disconnect");
  node.after({ kind: "promote" });
  assert.equal(node.state.hasRefusedEmpty, false);
});

test("a copy that is loaded while it comes is given up when the master falls silent", () => {
  const node = new DecisionDriver();
  node.settings = { ...node.settings, disklessLoad: "swapdb" };
  node.upToPsync();
  node.line(`+FULLRESYNC ${A} 7`);
  node.line("$5");
  assert.equal(node.state.link.phase, "loading");
  assert.deepEqual(node.tick(), ["reassure"]);
  node.nowMs += node.settings.timeoutMs + 1;
  const lines = node.tick(node.nowMs - node.settings.timeoutMs - 1);
  assert.match(lines[0], /DB from socket: Connection timed out$/);
  assert.equal(node.state.link.phase, "connecting");
});
