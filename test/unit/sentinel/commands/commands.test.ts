// What SENTINEL's subcommands do that no real Sentinel can be asked about: what this project adds, and
// what hostile arguments come to. Everything else is compared with the real one: test/sentinel.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { idOf, MASTER, SentinelRig } from "../sentinel-rig";
import { CommandRig } from "./command-rig";

const LONG = "x".repeat(20_000);

function settled(): CommandRig {
  return new CommandRig(SentinelRig.settled());
}

describe("SENTINEL FORGET", () => {
  test("drops one replica or Sentinel that is not there any more", () => {
    const rig = settled();
    const { master } = rig.sentinel;
    assert.equal(rig.run("FORGET", "mymaster", "replica", "10.0.0.3", "6379"), "OK");
    assert.deepEqual([...master.replicas.keys()], ["10.0.0.2:6379"]);
    assert.equal(rig.run("FORGET", "mymaster", "SENTINEL", "10.0.1.2", "26379"), "OK");
    assert.deepEqual([...master.sentinels.keys()], [idOf(3)]);
    assert.ok(rig.sentinel.told.some((text) => text.startsWith("-slave slave 10.0.0.3:6379 ")));
  });

  test("says what is wrong and drops nothing", () => {
    const rig = settled();
    const { master } = rig.sentinel;
    const wrong: readonly (readonly [string[], string])[] = [
      [["nope", "replica", "10.0.0.3", "6379"], "ERR No such master with that name"],
      [["mymaster", "replica", "10.0.0.9", "6379"], "ERR No such replica of that master"],
      [["mymaster", "sentinel", "10.0.0.3", "6379"], "ERR No such sentinel of that master"],
      [["mymaster", "master", "10.0.0.3", "6379"], "ERR syntax error"],
      [["mymaster", "replica", "10.0.0.3", "x"], "ERR Invalid port number."],
      [["mymaster", "replica", "10.0.0.3", "65536"], "ERR Invalid port number."],
      [["mymaster", "replica", LONG, "6379"], "ERR No such replica of that master"],
    ];
    for (const [words, error] of wrong) assert.deepEqual(rig.run("FORGET", ...words), { error });
    assert.equal(master.replicas.size, 2);
    assert.equal(master.sentinels.size, 2);
  });

  test("says when that could not be saved", () => {
    const rig = settled();
    rig.sentinel.canSave = false;
    assert.deepEqual(rig.run("FORGET", "mymaster", "replica", "10.0.0.3", "6379"), {
      error: "ERR Failed to save config file. Check server logs.",
    });
  });
});

describe("SENTINEL FAILOVER", () => {
  test("with COORDINATED lets the master itself hand over", () => {
    const rig = settled();
    assert.equal(rig.run("FAILOVER", "mymaster", "CoorDinated"), "OK");
    assert.equal(rig.sentinel.master.isCoordinated, true);
    assert.deepEqual(rig.run("FAILOVER", "mymaster", "coordinated"), {
      error: "INPROG Failover already in progress",
    });
  });

  test("with COORDINATED needs a master that can be asked", () => {
    const rig = settled();
    rig.sentinel.master.isSubjectivelyDown = true;
    const reply = rig.run("FAILOVER", "mymaster", "COORDINATED");
    assert.match(JSON.stringify(reply), /ERR The master cannot be asked to hand over/);
    assert.equal(rig.sentinel.master.failoverState, "none");
  });

  test("takes no other word", () => {
    const rig = settled();
    assert.deepEqual(rig.run("FAILOVER", "mymaster", "now"), { error: "ERR syntax error" });
    const tooMany = rig.run("FAILOVER", "mymaster", "coordinated", "x");
    assert.deepEqual(tooMany, { error: "ERR syntax error" });
    assert.equal(rig.sentinel.master.failoverState, "none");
  });
});

describe("SENTINEL SET of this project's options", () => {
  test("changes the grace of an empty master and the script that may veto", () => {
    const rig = settled();
    const { options } = rig.sentinel.master;
    assert.equal(rig.run("SET", "mymaster", "empty-master-grace", "5000"), "OK");
    assert.equal(options?.emptyMasterGraceMs, 5000);
    const denied = rig.run("SET", "mymaster", "pre-failover-script", "/bin/fence");
    assert.match(JSON.stringify(denied), /Reconfiguration of scripts path is denied/);
    rig.sentinel.model.denyScriptsReconfig = false;
    assert.equal(rig.run("SET", "mymaster", "pre-failover-script", "/bin/fence"), "OK");
    assert.equal(options?.preFailoverScript, "/bin/fence");
    const missing = rig.run("SET", "mymaster", "pre-failover-script", "/nope");
    assert.match(JSON.stringify(missing), /Pre-failover script seems non existing/);
  });

  test("opens the links anew for another password", () => {
    const rig = settled();
    const { link } = rig.sentinel.master;
    assert.equal(link.areCommandsConnected, true);
    assert.equal(rig.run("SET", "mymaster", "auth-pass", "new"), "OK");
    assert.equal(link.areCommandsConnected, false);
    rig.sentinel.run(3000);
    assert.equal(link.areCommandsConnected, true);
    assert.ok(rig.sentinel.told.includes(`+set master mymaster ${MASTER} 6379 auth-pass ******`));
  });

  test("tells of each option and saves once", () => {
    const rig = settled();
    const { saves, told } = rig.sentinel;
    const from = told.length;
    assert.equal(rig.run("SET", "mymaster", "quorum", "1", "parallel-syncs", "9"), "OK");
    assert.equal(rig.sentinel.saves, saves + 1);
    const events = ["quorum 1", "parallel-syncs 9"];
    const expected = events.map((text) => `+set master mymaster ${MASTER} 6379 ${text}`);
    assert.deepEqual(told.slice(from), expected);
  });
});

describe("SENTINEL IS-MASTER-DOWN-BY-ADDR", () => {
  const ask = (rig: CommandRig, epoch: string, id: string) =>
    rig.run("IS-MASTER-DOWN-BY-ADDR", MASTER, "6379", epoch, id);
  const nobody = [0, "*", 0];

  test("gives no vote in an epoch that nobody honest comes to, nor to who has no id", () => {
    const rig = settled();
    const { currentEpoch } = rig.sentinel.model;
    for (const epoch of ["-1", "9007199254740993", "9223372036854775807"]) {
      assert.deepEqual(ask(rig, epoch, idOf(2)), nobody);
    }
    assert.deepEqual(ask(rig, "5", LONG), nobody);
    assert.equal(rig.sentinel.model.currentEpoch, currentEpoch);
  });

  test("tells a vote only when it could be saved", () => {
    const rig = settled();
    rig.sentinel.canSave = false;
    assert.deepEqual(ask(rig, "5", idOf(2)), nobody);
    rig.sentinel.canSave = true;
    assert.deepEqual(ask(rig, "6", idOf(2)), [0, idOf(2), 6]);
    assert.deepEqual(ask(rig, "6", idOf(3)), [0, idOf(2), 6]);
  });
});

describe("SENTINEL MONITOR", () => {
  test("looks a name up where names are allowed, and answers then", async () => {
    const rig = settled();
    rig.names.set("db.local", "10.0.0.9");
    const denied = rig.run("MONITOR", "other", "db.local", "6379", "1");
    assert.deepEqual(denied, { error: "ERR Invalid IP address or hostname specified" });
    rig.sentinel.model.resolveHostnames = true;
    assert.equal(rig.run("MONITOR", "other", "db.local", "6379", "1"), undefined);
    await new Promise(setImmediate);
    assert.equal(rig.takeReply(), "OK");
    assert.deepEqual(rig.sentinel.model.masters.get("other")?.address, {
      host: "db.local",
      ip: "10.0.0.9",
      port: 6379,
    });
    assert.equal(rig.run("MONITOR", "third", "nope.local", "6379", "1"), undefined);
    await new Promise(setImmediate);
    assert.deepEqual(rig.takeReply(), { error: "ERR Invalid IP address or hostname specified" });
  });

  test("keeps names of any bytes apart and takes none that is endless", () => {
    const rig = settled();
    for (const name of ["__proto__", "constructor", "", "a b\r\n", "\u0000"]) {
      assert.equal(rig.run("MONITOR", name, "10.0.0.9", "6379", "1"), "OK");
      assert.equal(rig.run("REMOVE", name), "OK");
    }
    assert.deepEqual(rig.run("MONITOR", LONG, "10.0.0.9", "6379", "1"), {
      error: "ERR syntax error",
    });
    assert.deepEqual(rig.run("MASTER", LONG), { error: "ERR No such master with that name" });
    assert.equal(rig.run("GET-MASTER-ADDR-BY-NAME", LONG), null);
    assert.equal(rig.run("RESET", LONG), 0);
  });
});

describe("SENTINEL PENDING-SCRIPTS", () => {
  test("shows what runs and what waits", () => {
    const rig = settled();
    const { nowMs } = rig.sentinel;
    rig.pending.push(
      { argv: ["/bin/x", "a"], isRunning: true, pid: 7, startMs: nowMs - 50, runs: 1 },
      { argv: ["/bin/y"], isRunning: false, pid: 0, startMs: nowMs + 900, runs: 2 },
      { argv: ["/bin/z"], isRunning: false, pid: 0, startMs: 0, runs: 0 },
    );
    const shown = (rig.run("PENDING-SCRIPTS") as unknown[]).map(String);
    assert.deepEqual(shown, [
      "argv,/bin/x,a,flags,running,pid,7,run-time,50,retry-num,1",
      "argv,/bin/y,flags,scheduled,pid,0,run-delay,900,retry-num,2",
      "argv,/bin/z,flags,scheduled,pid,0,run-delay,0,retry-num,0",
    ]);
  });
});
