// INFO of data nodes: what Sentinel reads in it, and texts that are none.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { parseInfo } from "../../../../src/sentinel/monitor/info-report";
import { RawClient } from "../../../support/raw-client";
import { withSeed } from "../../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../../support/server-process";
import { idOf } from "../sentinel-rig";
import { ToyDataNode } from "../toy-nodes";

const REPLICA = [
  "# Server",
  `run_id:${idOf(5)}`,
  "# Replication",
  "role:slave",
  "master_host:10.0.0.1",
  "master_port:6379",
  "master_link_status:down",
  "master_link_down_since_seconds:12",
  "slave_repl_offset:345",
  "slave_priority:10",
  "replica_announced:0",
  "master_repl_offset:346",
  "# Keyspace",
  "db0:keys=3,expires=0,avg_ttl=0",
  "",
].join("\r\n");

test("the fields of a replica are read", () => {
  assert.deepEqual(parseInfo(REPLICA), {
    role: "slave",
    runId: idOf(5),
    masterHost: "10.0.0.1",
    masterPort: 6379,
    isMasterLinkUp: false,
    masterLinkDownMs: 12_000,
    replOffset: 345,
    priority: 10,
    isAnnounced: false,
    masterReplOffset: 346,
    holdsKeys: true,
    replicas: [],
  });
});

test("replicas of a master are read in both forms, and bad lines skipped", () => {
  const lines = [
    "role:master",
    "slave0:ip=10.0.0.2,port=6380,state=online,offset=1,lag=0",
    "slave1:10.0.0.3,6381,online",
    "slave2:ip=,port=6380,state=online",
    "slave3:ip=10.0.0.4,port=0,state=online",
    "slave4:",
    "slave_read_only:1",
    "slave5:ip=10.0.0.5,port=6379x",
    "# Keyspace",
  ];
  const report = parseInfo(lines.join("\n"));
  assert.deepEqual(report?.replicas, [
    { host: "10.0.0.2", port: 6380 },
    { host: "10.0.0.3", port: 6381 },
  ]);
  assert.equal(report?.holdsKeys, false);
});

test("a replica that never had its master is taken for one that had it just now, as by Redis", () => {
  const report = parseInfo("role:slave\r\nmaster_link_down_since_seconds:-1\r\n");
  assert.equal(report?.masterLinkDownMs, 1);
});

test("a text with a field that no server writes is no report", () => {
  const wrong = [
    ["role:slave", "role:sentinel"],
    [`run_id:${idOf(5)}`, "run_id:short"],
    ["master_port:6379", "master_port:66000"],
    ["master_host:10.0.0.1", "master_host:a b"],
    ["slave_repl_offset:345", "slave_repl_offset:1e9"],
    ["slave_priority:10", "slave_priority:-1"],
    ["since_seconds:12", "since_seconds:99999999999"],
    ["master_repl_offset:346", "master_repl_offset:99999999999999999999"],
  ];
  for (const [good, bad] of wrong) assert.equal(parseInfo(REPLICA.replace(good, bad)), undefined);
  for (const text of ["", "PONG", "role", "role:", "\r\n".repeat(1000)]) {
    assert.equal(parseInfo(text), undefined);
  }
  assert.equal(parseInfo(`role:master\r\n${"x".repeat(5 << 20)}`), undefined);
});

test("no more replicas are read than are kept", () => {
  const lines = ["role:master"];
  for (let index = 0; index < 5000; index++) lines.push(`slave${index}:ip=10.1.1.1,port=1,x`);
  assert.equal(parseInfo(lines.join("\r\n"))?.replicas.length, 1000);
});

test("random and mutated texts never throw", async () => {
  await withSeed((random) => {
    const info = new ToyDataNode(idOf(9)).info() + REPLICA;
    for (let round = 0; round < 5000; round++) {
      const at = random.below(info.length);
      const added = String.fromCharCode(random.below(256)).repeat(random.below(4));
      const text = info.slice(0, at) + added + info.slice(at + random.below(40));
      const report = parseInfo(text);
      if (report !== undefined) assert.match(report.role, /^(master|slave)$/);
    }
  });
});

test("the INFO of a real server is read", { skip: !existsSync(REAL_SERVER) }, async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER, config: { save: "" } }, t);
  const client = await RawClient.connect({ port: server.port });
  await client.call("SET", "key", "value");
  const report = parseInfo(String(await client.call("INFO")));
  await client.close();
  assert.equal(report?.role, "master");
  assert.equal(report?.holdsKeys, true);
  assert.equal(report?.masterReplOffset, 0);
  assert.equal(report?.isLoading, false);
  assert.match(report?.runId ?? "", /^[0-9a-f]{40}$/);
});
