// What the session remembers: statistics, pauses of several purposes, lines of clients, passwords.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Config } from "../../../src/config/config";
import { CLOSED_BY_PEER, STATS_BYTES_IN, STATS_WORDS } from "../../../src/net/transport";
import { KIND_MASTER, KIND_REPLICA } from "../../../src/session/client";
import { clientLine } from "../../../src/session/client-line";
import { InstantRate } from "../../../src/session/instant-rate";
import { PAUSE_ALL, PAUSE_NONE, PAUSE_WRITE } from "../../../src/session/pauses";
import { RecentPeak } from "../../../src/session/recent-peak";
import { RequirePass } from "../../../src/session/require-pass";
import { SessionRig } from "./session-rig";

describe("statistics", () => {
  test("a rate is the mean of the last sixteen samples, in seconds", () => {
    const rate = new InstantRate();
    for (let tick = 0; tick <= 16; tick++) rate.sample(tick * 50, 1000 + tick * 100);
    assert.equal(rate.perSecond, 500);
    for (let tick = 17; tick <= 24; tick++) rate.sample(800, 1000 + tick * 100);
    assert.equal(rate.perSecond, 250);
    rate.sample(0, 3500);
    assert.ok(rate.perSecond >= 0, "a counter that was reset is no negative rate");
    rate.sample(10, 3500);
    assert.ok(Number.isFinite(rate.perSecond));
  });

  test("a peak is forgotten after eight seconds", () => {
    const peak = new RecentPeak();
    for (let second = 0; second < 4; second++) peak.note(second === 1 ? 70 : 5, second * 1000);
    assert.equal(peak.value, 70);
    for (let second = 4; second < 8; second++) peak.note(5, second * 1000);
    assert.equal(peak.value, 70);
    peak.note(5, 8000);
    assert.equal(peak.value, 5);
  });

  test("traffic of clients that are gone stays counted, until it is reset", () => {
    const rig = new SessionRig();
    const bytesIn = (slot: number, bytes: number): void => {
      rig.transport.memory.stats[slot * STATS_WORDS + STATS_BYTES_IN] = bytes;
    };
    const { stats } = rig.session;
    rig.join(1);
    rig.join(2);
    bytesIn(1, 100);
    bytesIn(2, 10);
    assert.equal(stats.totalInputBytes, 110);
    rig.disconnect(1, CLOSED_BY_PEER);
    assert.equal(stats.totalInputBytes, 110);
    rig.join(1);
    bytesIn(1, 1);
    assert.equal(stats.totalInputBytes, 111);
    stats.reset();
    assert.equal(stats.totalInputBytes, 0);
    bytesIn(2, 30);
    assert.equal(stats.totalInputBytes, 20);
    rig.disconnect(2, CLOSED_BY_PEER);
    assert.equal(stats.totalInputBytes, 20);
    assert.equal(stats.connectionsReceived, 0);
  });

  test("failed logins are counted", () => {
    const rig = new SessionRig();
    rig.set("requirepass", "secret");
    rig.join(1);
    rig.exchange(1, "AUTH no", "HELLO 3 AUTH default no", "AUTH nobody secret", "AUTH secret");
    assert.equal(rig.session.stats.accessDeniedAuth, 3);
  });
});

describe("pauses", () => {
  test("of several purposes hold until the last one that stops a command has ended", () => {
    const rig = new SessionRig();
    const { pauses } = rig.session;
    const nowMs = rig.clock.nowMs();
    pauses.begin("failover", PAUSE_WRITE, nowMs + 5000);
    pauses.begin("command", PAUSE_ALL, nowMs + 1000);
    assert.equal(pauses.kind, PAUSE_ALL);
    pauses.tick(nowMs + 999);
    assert.equal(pauses.kind, PAUSE_ALL);
    pauses.tick(nowMs + 1000);
    assert.equal(pauses.kind, PAUSE_WRITE);
    pauses.end("command");
    assert.equal(pauses.isPaused, true);
    pauses.end("failover");
    assert.equal(pauses.kind, PAUSE_NONE);
  });

  test("replicas and monitors are not stopped", () => {
    const rig = new SessionRig();
    rig.join(1).kind = KIND_REPLICA;
    rig.join(2);
    rig.exchange(2, "MONITOR");
    rig.session.pauses.begin("command", PAUSE_ALL, rig.clock.nowMs() + 1000);
    assert.equal(rig.exchange(1, "PING"), "+PONG\r\n");
    assert.match(rig.exchange(2, "PING"), /\+PONG\r\n/);
    assert.equal(rig.session.pauses.heldCount, 0);
  });

  test("are over for whoever comes after their end, without waiting for a tick", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.session.pauses.begin("command", PAUSE_ALL, rig.clock.nowMs() + 1000);
    rig.clock.advance(1000);
    assert.equal(rig.exchange(1, "PING"), "+PONG\r\n");
  });
});

describe("a client's line", () => {
  test("has a letter for each thing that is special", () => {
    const rig = new SessionRig();
    const { clientMemory } = rig.session;
    const client = rig.join(1, { isUnix: true, remote: "/tmp/sock:0", local: "/tmp/sock:0" });
    const flags = () =>
      / flags=([^ ]*) /.exec(clientLine(client, clientMemory, rig.clock.nowMs()))?.[1];
    assert.equal(flags(), "U");
    client.channels = 2;
    client.queued = 0;
    client.held = true;
    client.noEvict = true;
    client.noTouch = true;
    assert.equal(flags(), "PxbUeT");
    client.kind = KIND_REPLICA;
    assert.equal(flags(), "SPxbUeT");
    client.isMonitor = true;
    assert.equal(flags(), "OPxbUeT");
    const plain = rig.join(2);
    assert.match(clientLine(plain, clientMemory, rig.clock.nowMs()), / flags=N /);
    plain.kind = KIND_MASTER;
    assert.match(clientLine(plain, clientMemory, rig.clock.nowMs()), / flags=M /);
  });

  test("shows no negative times when the clock was set back", () => {
    const rig = new SessionRig();
    const client = rig.join(1);
    const line = clientLine(client, rig.session.clientMemory, rig.clock.nowMs() - 5000);
    assert.match(line, / age=0 idle=0 /);
  });

  test("MONITOR names a unix socket by its path", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.join(2, { isUnix: true, remote: "/tmp/a b.sock:0" });
    rig.exchange(1, "MONITOR");
    rig.take(1);
    rig.exchange(2, "PING");
    const [seconds] = [Math.floor(rig.clock.nowMs() / 1000)];
    assert.equal(rig.take(1), `+${seconds}.000000 [0 unix:/tmp/a b.sock] "PING"\r\n`);
  });
});

describe("requirepass", () => {
  test("lets in by the exact bytes, whatever they are", () => {
    const config = new Config({ currentDirectory: () => "/", changeDirectory: () => undefined });
    const credentials = new RequirePass(config);
    const changes: boolean[] = [];
    credentials.onChange(() => changes.push(credentials.isOpen));
    const set = (text: string): void => {
      const pairs = [["requirepass", text]] as const;
      assert.equal(config.set(pairs, { local: true, loading: false }), undefined);
    };
    const name = Buffer.from("default");
    const enters = (password: string) =>
      credentials.userOf(name, Buffer.from(password, "latin1")) === "default";
    assert.equal(credentials.isOpen, true);
    assert.equal(enters("anything"), true);
    set("a\0\xff");
    assert.equal(credentials.isOpen, false);
    assert.deepEqual(["a\0\xff", "a", "a\0", "a\0\xfe", ""].map(enters), [
      true,
      false,
      false,
      false,
      false,
    ]);
    assert.equal(
      credentials.userOf(Buffer.from("DEFAULT"), Buffer.from("a\0\xff", "latin1")),
      undefined,
    );
    set("");
    assert.deepEqual(changes, [false, true]);
    assert.deepEqual([credentials.hasUser("default"), credentials.hasUser("me")], [true, false]);
  });
});
