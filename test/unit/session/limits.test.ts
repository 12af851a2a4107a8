// Limits of clients with a clock that is moved by hand: control words of the transport, soft output
// limits, idle and stuck clients, memory of all clients together, who is let in.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  CLOSED_BY_PEER,
  CLOSED_OUTPUT_LIMIT,
  CLOSED_QUERY_LIMIT,
  CONTROL_FLAGS,
  CONTROL_OUTPUT_LIMIT_KIB,
  CONTROL_WORDS,
  FLAG_UNAUTHENTICATED,
  STATS_BYTES_OUT,
  STATS_PENDING_OUTPUT,
  STATS_QUERY_BYTES,
  STATS_WORDS,
} from "../../../src/net/transport";
import { KIND_REPLICA } from "../../../src/session/client";
import { followTransportSettings } from "../../../src/session/transport-settings";
import { SessionRig } from "./session-rig";

const MIB = 1024 * 1024;

function control(rig: SessionRig, slot: number, word: number): number | undefined {
  return rig.transport.memory.control[slot * CONTROL_WORDS + word];
}

function setStat(rig: SessionRig, slot: number, word: number, value: number): void {
  rig.transport.memory.stats[slot * STATS_WORDS + word] = value;
}

/** Lets seconds pass, with a look at every client in each. */
function passSeconds(rig: SessionRig, seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    rig.clock.advance(1000);
    rig.session.rounds.tick(rig.clock.nowMs(), rig.clock.monotonicMs());
  }
}

describe("words for the transport", () => {
  test("strangers are marked, and only as long as a password is needed", () => {
    const rig = new SessionRig();
    rig.join(1);
    assert.equal(control(rig, 1, CONTROL_FLAGS), 0);
    rig.set("requirepass", "secret");
    assert.equal(control(rig, 1, CONTROL_FLAGS), 0);
    rig.join(2);
    assert.equal(control(rig, 2, CONTROL_FLAGS), FLAG_UNAUTHENTICATED);
    rig.exchange(2, "AUTH secret");
    assert.equal(control(rig, 2, CONTROL_FLAGS), 0);
    rig.exchange(2, "RESET");
    assert.equal(control(rig, 2, CONTROL_FLAGS), FLAG_UNAUTHENTICATED);
    rig.set("requirepass", "");
    assert.equal(control(rig, 2, CONTROL_FLAGS), 0);
    rig.set("requirepass", "other");
    assert.equal(control(rig, 2, CONTROL_FLAGS), FLAG_UNAUTHENTICATED);
  });

  test("hard output limits follow the class of the client and the configuration", () => {
    const rig = new SessionRig();
    const normal = rig.join(1);
    const replica = rig.join(2);
    const subscriber = rig.join(3);
    replica.kind = KIND_REPLICA;
    subscriber.channels = 1;
    for (const client of [normal, replica, subscriber]) rig.session.outputLimits.apply(client);
    const limits = () => [1, 2, 3].map((slot) => control(rig, slot, CONTROL_OUTPUT_LIMIT_KIB));
    // What waits for a replica is not all with the transport, which so has no limit for it.
    assert.deepEqual(limits(), [0, 0, 32 * 1024]);
    rig.set("client-output-buffer-limit", "normal 1500 0 0 pubsub 0 0 0");
    assert.deepEqual(limits(), [2, 0, 0]);
    rig.set("client-output-buffer-limit", `normal ${2 ** 50} 0 0`);
    assert.equal(limits()[0], 0xffffffff);
  });

  test("a replica's limit counts the stream that is kept for it, and is no less than the backlog", () => {
    const rig = new SessionRig();
    const replica = rig.join(1);
    replica.kind = KIND_REPLICA;
    const isOver = (kept: number, pending: number): boolean => {
      replica.streamBytes = kept;
      setStat(rig, 1, STATS_PENDING_OUTPUT, pending);
      return rig.session.outputLimits.exceedsHard(replica);
    };
    const limit = 256 * MIB;
    assert.equal(isOver(limit - 10, 10), false);
    assert.equal(isOver(limit - 10, 11), true);
    rig.set("repl-backlog-size", String(512 * MIB));
    assert.equal(isOver(512 * MIB, 0), false);
    assert.equal(isOver(512 * MIB, 1), true);
    rig.set("client-output-buffer-limit", "replica 0 0 0");
    assert.equal(isOver(2 ** 40, 0), false);
  });

  test("settings reach the transport at once and with every change", () => {
    const rig = new SessionRig();
    followTransportSettings(rig.config, rig.transport);
    assert.equal(rig.transport.settings?.maxBulkBytes, 512 * 1024 * 1024);
    rig.set("proto-max-bulk-len", "1mb", "client-query-buffer-limit", "2mb", "tcp-keepalive", "7");
    assert.deepEqual(rig.transport.settings, {
      maxBulkBytes: 1024 * 1024,
      maxQueryBytes: 2 * 1024 * 1024,
      tcpKeepAliveSeconds: 7,
    });
  });
});

describe("rounds", () => {
  test("the soft limit closes only who stays above it", () => {
    const rig = new SessionRig();
    rig.set("client-output-buffer-limit", "normal 0 1000 3");
    rig.join(1);
    rig.join(2);
    setStat(rig, 1, STATS_PENDING_OUTPUT, 1001);
    setStat(rig, 2, STATS_PENDING_OUTPUT, 1001);
    passSeconds(rig, 3);
    setStat(rig, 2, STATS_PENDING_OUTPUT, 10);
    passSeconds(rig, 1);
    setStat(rig, 2, STATS_PENDING_OUTPUT, 1001);
    passSeconds(rig, 3);
    assert.deepEqual(rig.transport.closed, [{ slot: 1, afterOutput: false }]);
    assert.match(rig.log.join("\n"), /warning Client id=1 .* closed for overcoming of output/);
    assert.equal(rig.session.stats.outputLimitDisconnections, 1);
  });

  test("who sends or takes bytes is not idle, who sent something long ago is", () => {
    const rig = new SessionRig();
    rig.set("timeout", "5");
    rig.join(1);
    rig.join(2);
    setStat(rig, 2, STATS_PENDING_OUTPUT, 5000);
    for (let second = 0; second < 8; second++) {
      setStat(rig, 2, STATS_BYTES_OUT, second * 100);
      passSeconds(rig, 1);
    }
    assert.deepEqual(rig.transport.closed, [{ slot: 1, afterOutput: false }]);
    passSeconds(rig, 7);
    assert.equal(rig.transport.closed.length, 2);
  });

  test("a closing client that takes nothing of its last replies is cut off", () => {
    const rig = new SessionRig();
    rig.join(1);
    rig.exchange(1, "QUIT");
    setStat(rig, 1, STATS_PENDING_OUTPUT, 5000);
    for (let second = 0; second < 100; second++) {
      setStat(rig, 1, STATS_BYTES_OUT, second);
      passSeconds(rig, 1);
    }
    assert.deepEqual(rig.transport.closed, [{ slot: 1, afterOutput: true }]);
    passSeconds(rig, 62);
    assert.deepEqual(rig.transport.closed[1], { slot: 1, afterOutput: false });
  });

  test("many clients are visited in turn, all within a second", () => {
    const rig = new SessionRig();
    rig.set("timeout", "1");
    for (let slot = 0; slot < 60; slot++) rig.join(slot);
    // The clients have been idle for long when somebody begins to look.
    rig.session.rounds.tick(rig.clock.nowMs(), 0);
    rig.clock.advance(5000);
    for (let tick = 0; tick < 10; tick++) {
      rig.session.rounds.tick(rig.clock.nowMs(), (tick + 1) * 100);
      assert.equal(rig.transport.closed.length, (tick + 1) * 6);
    }
  });
});

describe("maxmemory-clients", () => {
  test("is bytes, or a part of maxmemory, and never too little", () => {
    const rig = new SessionRig();
    const { eviction } = rig.session;
    assert.equal(eviction.limitBytes, 0);
    rig.set("maxmemory-clients", "10mb");
    assert.equal(eviction.limitBytes, 10 * 1024 * 1024);
    rig.set("maxmemory-clients", "5%");
    assert.equal(eviction.limitBytes, 0);
    rig.set("maxmemory", "100mb");
    assert.equal(eviction.limitBytes, 5 * 1024 * 1024);
    rig.set("maxmemory-clients", "1");
    assert.equal(eviction.limitBytes, 128 * 1024);
  });

  test("evicts the largest until it is enough, never replicas nor the protected", () => {
    const rig = new SessionRig();
    rig.set("maxmemory-clients", "1mb");
    const sizes = [300_000, 500_000, 400_000, 900_000, 900_000];
    const clients = sizes.map((size, slot) => {
      const client = rig.join(slot);
      setStat(rig, slot, STATS_QUERY_BYTES, size);
      return client;
    });
    const [, , , guarded, replica] = clients;
    assert.ok(guarded && replica);
    guarded.noEvict = true;
    replica.kind = KIND_REPLICA;
    rig.session.eviction.run(rig.clock.nowMs());
    assert.deepEqual(
      rig.transport.closed.map((one) => one.slot),
      [1, 2, 0],
    );
    assert.equal(rig.session.stats.evictedClients, 3);
    rig.log.length = 0;
    setStat(rig, 3, STATS_QUERY_BYTES, 2_000_000);
    rig.session.eviction.run(rig.clock.nowMs());
    rig.session.eviction.run(rig.clock.nowMs());
    assert.deepEqual(rig.log, [
      "warning Over client maxmemory after evicting all evictable clients",
    ]);
  });
});

describe("the door", () => {
  test("the refused are told why, get no id, and are not counted as clients", () => {
    const rig = new SessionRig();
    rig.set("maxclients", "2");
    rig.join(1);
    rig.join(2);
    assert.equal(rig.connect(3), undefined);
    assert.equal(rig.take(3), "-ERR max number of clients reached\r\n");
    assert.deepEqual(rig.transport.closed, [{ slot: 3, afterOutput: true }]);
    assert.equal(rig.exchange(3, "PING"), "");
    rig.disconnect(3, CLOSED_BY_PEER);
    const { stats } = rig.session;
    assert.deepEqual([stats.connectionsReceived, stats.rejectedConnections], [2, 1]);
    rig.exchange(1, "CLIENT KILL ID 2");
    // The killed client's socket may take its time; its place is free at once.
    assert.equal(rig.join(4).id, 3);
  });

  test("protected mode lets in this machine only", () => {
    const rig = new SessionRig();
    const from = (remoteIp: string) => ({ remoteIp, remote: `${remoteIp}:1234` });
    const refused = (ip: string): boolean => {
      const isRefused = rig.connect(10, from(ip)) === undefined;
      rig.disconnect(10, CLOSED_BY_PEER);
      return isRefused;
    };
    for (const ip of ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"]) {
      assert.equal(refused(ip), false, ip);
    }
    for (const ip of ["10.0.0.1", "128.0.0.1", "::2", "::ffff:10.0.0.1", "fe80::1"]) {
      assert.equal(refused(ip), true, ip);
      assert.match(rig.take(10), /^-DENIED Redis is running in protected mode[^\r\n]*\r\n$/);
      rig.transport.closed.length = 0;
    }
    assert.ok(rig.connect(11, { isUnix: true, remoteIp: "", remote: "/tmp/sock:0" }));
    rig.set("requirepass", "x");
    assert.equal(refused("10.0.0.1"), false);
    rig.set("requirepass", "", "protected-mode", "no");
    assert.equal(refused("10.0.0.1"), false);
  });

  test("says why clients went, and counts it", () => {
    const rig = new SessionRig();
    for (const slot of [1, 2, 3]) rig.join(slot);
    rig.log.length = 0;
    rig.disconnect(1, CLOSED_OUTPUT_LIMIT);
    rig.disconnect(2, CLOSED_QUERY_LIMIT);
    rig.disconnect(3, CLOSED_BY_PEER);
    assert.match(rig.log[0] ?? "", /^warning Client id=1 .* scheduled to be closed ASAP for over/);
    assert.match(rig.log[1] ?? "", /^warning Closing client that reached max query buffer length/);
    assert.match(rig.log[2] ?? "", /^verbose Client closed connection id=3 /);
    const { stats } = rig.session;
    assert.deepEqual([stats.outputLimitDisconnections, stats.queryLimitDisconnections], [1, 1]);
  });

  test("warns of foreign protocols once a minute", () => {
    const rig = new SessionRig();
    const attack = (slot: number): void => {
      rig.join(slot);
      assert.equal(rig.exchange(slot, ">POST / HTTP/1.1", ">PING"), "");
    };
    const warnings = () => rig.log.filter((line) => line.startsWith("warning Possible SECURITY"));
    attack(1);
    attack(2);
    assert.equal(warnings().length, 1);
    rig.clock.advance(61_000);
    attack(3);
    assert.equal(warnings().length, 2);
    assert.match(warnings()[1] ?? "", / Connection from 127\.0\.0\.1:50003 aborted\.$/);
  });

  test("names the system's reason when accepting fails", () => {
    const rig = new SessionRig();
    rig.session.door.acceptFailed(24);
    assert.deepEqual(rig.log, ["warning Accepting client connection: too many open files"]);
  });
});
