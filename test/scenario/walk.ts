// The ten points of the deployment, walked one after the other as its operators would, with redis-cli.
// Each step throws an AssertionError that says what was seen instead.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { waitFor } from "../support/wait-for";
import { commandLineOf, type Deployment, isAlive, type SentinelForm } from "./deployment";
import {
  DOWN_AFTER_MS,
  FIRST_MASTER,
  HOSTS,
  MASTER_NAME,
  PASSWORD,
  SENTINEL_PORT,
  SERVER_PORT,
} from "./deployment-files";

const [FIRST_REPLICA, , SECOND_REPLICA] = HOSTS;
const REPLICAS = [FIRST_REPLICA, SECOND_REPLICA];
const FORMS: readonly SentinelForm[] = [
  "redis-sentinel FILE",
  "redis-server FILE --sentinel",
  "both",
];
/** What a failover after `shutdown` may take, beside the time of the last look at it. */
const FAILOVER_MS = DOWN_AFTER_MS + 2000 + 500;
/** Real Sentinels look at the new master once a second, and need up to so much more. */
const REAL_SENTINEL_MS = 1500;
/** A Sentinel looks at roles every ten seconds, and waits eight before it contradicts one. */
const CONVERT_TIMEOUT_MS = 40_000;
const LINE = /^\d+:[XCSM] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.\-*#] /;

/** 2: daemons with pid files, logs and titles. */
export async function startServers(deployment: Deployment): Promise<void> {
  for (const host of HOSTS) {
    const run = await deployment.startServer(host);
    assert.equal(run.code, 0, `redis-server on ${host}: ${run.stderr}`);
    await waitFor(`the pid file of ${host}`, () => isAlive(deployment.serverPid(host)));
    assert.match(commandLineOf(deployment.serverPid(host)), new RegExp(`${host}:${SERVER_PORT}`));
    await waitFor(`${host} to be ready`, () =>
      deployment.serverLog(host).includes("Ready to accept connections"),
    );
    for (const line of deployment.serverLog(host).split("\n")) {
      if (/^\d+:[A-Z] /.test(line)) assert.match(line, LINE);
    }
  }
}

/** 3: the password, a first write, `save`, and what a replica has. */
export async function writeAndRead(deployment: Deployment): Promise<void> {
  const refused = await deployment.plainCli(FIRST_MASTER, SERVER_PORT, "get", "name");
  assert.match(refused, /NOAUTH Authentication required\./);
  assert.equal(await deployment.cli(FIRST_MASTER, "set", "name", "test"), "OK");
  for (const host of REPLICAS) await deployment.untilLinkIsUp(host);
  // The copies for the replicas are background saves too, beside which there is no other.
  assert.equal(await deployment.cli(FIRST_MASTER, "save"), "OK");
  for (const host of REPLICAS) {
    await waitFor(
      "the replica to have the key",
      async () => (await deployment.cli(host, "get", "name")) === "test",
    );
    assert.match(await deployment.cli(host, "set", "name", "other"), /^READONLY /);
  }
}

/** 4: what INFO says on both sides. */
export async function lookAtReplication(deployment: Deployment): Promise<void> {
  const master = await deployment.cli(FIRST_MASTER, "info", "replication");
  for (const expected of [
    /^role:master\r?$/m,
    /^connected_slaves:2\r?$/m,
    /^slave0:ip=127\.0\.0\.17[24],port=6379,state=online,offset=\d+,lag=[01]\r?$/m,
    /^slave1:ip=127\.0\.0\.17[24],port=6379,state=online,offset=\d+,lag=[01]\r?$/m,
    /^master_repl_offset:\d+\r?$/m,
    /^repl_backlog_active:1\r?$/m,
    /^repl_backlog_size:1048576\r?$/m,
    /^repl_backlog_first_byte_offset:\d+\r?$/m,
    /^repl_backlog_histlen:\d+\r?$/m,
  ]) {
    assert.match(master, expected);
  }
  for (const host of REPLICAS) {
    const text = await deployment.cli(host, "info", "replication");
    for (const expected of [
      /^role:slave\r?$/m,
      new RegExp(`^master_host:${FIRST_MASTER}\\r?$`, "m"),
      /^master_port:6379\r?$/m,
      /^master_link_status:up\r?$/m,
      /^master_last_io_seconds_ago:\d+\r?$/m,
      /^master_sync_in_progress:0\r?$/m,
      /^slave_repl_offset:\d+\r?$/m,
      /^slave_priority:100\r?$/m,
      /^slave_read_only:1\r?$/m,
      /^connected_slaves:0\r?$/m,
    ]) {
      assert.match(text, expected);
    }
  }
  assert.match(await deployment.cli(FIRST_MASTER, "info", "cpu"), /used_cpu_user:/);
  assert.match(await deployment.cli(FIRST_MASTER, "info", "memory"), /used_memory:/);
  assert.match(await deployment.cli(FIRST_MASTER, "info", "all"), /redis_version:/);
}

/** 5: a wrong masterauth is logged again and again, and put right while the server runs. */
export async function putPasswordRight(deployment: Deployment): Promise<void> {
  const host = SECOND_REPLICA;
  const count = (text: string) => deployment.serverLog(host).split(text).length - 1;
  await deployment.cli(host, "config", "set", "masterauth", "wrong");
  await deployment.cli(FIRST_MASTER, "client", "kill", "type", "slave");
  // The master forgets that the link was authenticated: a new connection has to give it again.
  await waitFor("two attempts that are refused", () => count("Unable to AUTH to MASTER") >= 2, {
    timeoutMs: 15_000,
  });
  await deployment.cli(host, "config", "set", "masterauth", PASSWORD);
  for (const one of REPLICAS) await deployment.untilLinkIsUp(one);
  assert.ok(count("Connecting to MASTER 127.0.0.173:6379") >= 2);
  assert.ok(count("MASTER <-> REPLICA sync started") >= 2);
}

/** 6: the first synchronisation was a full one, a cut link is resumed. */
export async function resume(deployment: Deployment): Promise<void> {
  assert.match(deployment.serverLog(FIRST_MASTER), /Full resync requested by replica/);
  assert.match(
    deployment.serverLog(FIRST_REPLICA),
    /MASTER <-> REPLICA sync: Finished with success/,
  );
  const before = Number(await deployment.field(FIRST_MASTER, "stats", "sync_partial_ok"));
  await deployment.cli(FIRST_MASTER, "client", "kill", "type", "slave");
  await waitFor(
    "partial resynchronisations",
    async () =>
      Number(await deployment.field(FIRST_MASTER, "stats", "sync_partial_ok")) >= before + 2,
  );
  for (const host of REPLICAS) await deployment.untilLinkIsUp(host);
}

/** 7: three Sentinels, started in the three ways, know each other and the replicas. */
export async function startSentinels(deployment: Deployment): Promise<void> {
  for (const [index, host] of HOSTS.entries()) {
    const run = await deployment.startSentinel(host, FORMS[index]);
    assert.equal(run.code, 0, `Sentinel on ${host}: ${run.stdout}${run.stderr}`);
    await waitFor(`the pid file of ${host}`, () => isAlive(deployment.sentinelPid(host)));
  }
  for (const host of HOSTS) await untilSentinelKnows(deployment, host);
  for (const host of HOSTS) {
    const title = commandLineOf(deployment.sentinelPid(host));
    assert.match(title, new RegExp(`(redis-sentinel|redis-server).*${host}:26379 \\[sentinel\\]`));
    const log = deployment.sentinelLog(host);
    assert.match(log, /Sentinel ID is [0-9a-f]{40}/);
    assert.match(log, /\+monitor master mymaster 127\.0\.0\.173 6379 quorum 2/);
    assert.match(log, /\+slave slave 127\.0\.0\.172:6379 127\.0\.0\.172 6379 @ mymaster /);
    assert.match(log, /\+sentinel sentinel [0-9a-f]{40} 127\.0\.0\.17[234] 26379 @ mymaster /);
  }
}

async function untilSentinelKnows(deployment: Deployment, host: string): Promise<void> {
  await waitFor(
    `the Sentinel on ${host} to know all`,
    async () => {
      const info = await deployment.sentinelCli(host, "info", "sentinel");
      return /name=mymaster,status=ok,address=127\.0\.0\.17\d:6379,slaves=2,sentinels=3/.test(info);
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
}

/** 8: `shutdown` of the master; the others go on, and so does a client; the old one comes back. */
export async function failOver(deployment: Deployment): Promise<string> {
  const redis = new Redis({
    sentinels: HOSTS.map((host) => ({ host, port: SENTINEL_PORT })),
    name: MASTER_NAME,
    password: PASSWORD,
    sentinelRetryStrategy: () => 100,
    retryStrategy: () => 100,
    maxRetriesPerRequest: null,
  });
  redis.on("error", () => undefined);
  try {
    assert.equal(await redis.set("by", "a client before"), "OK");
    const pid = deployment.serverPid(FIRST_MASTER);
    const begun = performance.now();
    await deployment.cli(FIRST_MASTER, "shutdown");
    await deployment.untilGone(pid);
    const isOther = async (): Promise<string | undefined> => {
      const [named] = await deployment.namedMasters();
      return named === FIRST_MASTER ? undefined : named;
    };
    const newMaster = await waitFor("another master", isOther, {
      timeoutMs: 20_000,
      intervalMs: 50,
    });
    const tookMs = performance.now() - begun;
    await deployment.untilMasterIs(newMaster, 10_000);
    assert.equal(await redis.set("by", "a client after"), "OK");
    const limitMs = FAILOVER_MS + (deployment.hasRealSentinel ? REAL_SENTINEL_MS : 0);
    assert.ok(tookMs <= limitMs, `the failover took ${Math.round(tookMs)} ms`);
    for (const host of REPLICAS) {
      if (host !== newMaster) await deployment.untilLinkIsUp(host);
    }
    assert.equal(await deployment.cli(newMaster, "get", "by"), "a client after");
    lookAtFailoverLogs(deployment, newMaster);
    await comeBack(deployment, newMaster);
    return newMaster;
  } finally {
    redis.disconnect();
  }
}

function lookAtFailoverLogs(deployment: Deployment, newMaster: string): void {
  const logs = HOSTS.map((host) => deployment.sentinelLog(host)).join("\n");
  for (const event of [
    "+sdown master mymaster 127.0.0.173 6379",
    "+odown master mymaster 127.0.0.173 6379 #quorum ",
    "+new-epoch 1",
    "+try-failover master mymaster 127.0.0.173 6379",
    "+vote-for-leader ",
    "+elected-leader master mymaster 127.0.0.173 6379",
    "+failover-state-select-slave master mymaster",
    `+selected-slave slave ${newMaster}:6379 ${newMaster} 6379 @ mymaster 127.0.0.173 6379`,
    "+failover-state-send-slaveof-noone slave",
    "+failover-state-wait-promotion slave",
    "+promoted-slave slave",
    "+failover-state-reconf-slaves master mymaster",
    `+switch-master mymaster 127.0.0.173 6379 ${newMaster} 6379`,
  ]) {
    assert.ok(logs.includes(event), `no ${event} in the logs of the Sentinels:\n${logs}`);
  }
}

/** The old master, started with its old file, is made a replica and catches up. */
async function comeBack(deployment: Deployment, newMaster: string): Promise<void> {
  const says = (text: string) => HOSTS.some((host) => deployment.sentinelLog(host).includes(text));
  const about = `slave ${FIRST_MASTER}:${SERVER_PORT} `;
  await waitFor("the old master to be missed", () => says(`+sdown ${about}`), {
    timeoutMs: 2 * DOWN_AFTER_MS,
  });
  const run = await deployment.startServer(FIRST_MASTER);
  assert.equal(run.code, 0, run.stderr);
  await waitFor(
    "the old master to be made a replica",
    async () => (await deployment.field(FIRST_MASTER, "replication", "master_host")) === newMaster,
    { timeoutMs: CONVERT_TIMEOUT_MS, intervalMs: 50 },
  );
  await deployment.untilLinkIsUp(FIRST_MASTER);
  assert.equal(await deployment.cli(FIRST_MASTER, "get", "by"), "a client after");
  assert.ok(says(`-sdown ${about}`), "no -sdown of the old master in the logs");
  assert.ok(says(`+convert-to-slave ${about}`), "no +convert-to-slave in the logs");
}

/** 9: the files have the new state, and a restart of every process comes back to it. */
export async function restartAll(deployment: Deployment, master: string): Promise<void> {
  for (const host of HOSTS) {
    const file = readFileSync(deployment.sentinelFile(host), "latin1");
    assert.match(file, new RegExp(`^sentinel monitor mymaster ${master} 6379 2$`, "m"));
    assert.match(file, /^sentinel known-(replica|slave) mymaster 127\.0\.0\.173 6379$/m);
    const server = readFileSync(deployment.serverFile(host), "latin1");
    const follows = new RegExp(`^(replicaof|slaveof) ${master} 6379$`, "m");
    if (host === master) assert.doesNotMatch(server, /^(replicaof|slaveof) /m);
    else assert.match(server, follows);
  }
  const pids = HOSTS.flatMap((host) => [deployment.serverPid(host), deployment.sentinelPid(host)]);
  for (const host of HOSTS) {
    await deployment.sentinelCli(host, "shutdown");
    await deployment.cli(host, "shutdown");
  }
  for (const pid of pids) await deployment.untilGone(pid);
  for (const host of HOSTS) {
    assert.equal((await deployment.startServer(host)).code, 0);
    assert.equal((await deployment.startSentinel(host)).code, 0);
  }
  for (const host of HOSTS) await untilSentinelKnows(deployment, host);
  await deployment.untilMasterIs(master, 10_000);
  assert.equal(await deployment.field(master, "replication", "role"), "master");
  for (const host of HOSTS) {
    if (host === master) continue;
    await deployment.untilLinkIsUp(host);
    assert.equal(await deployment.field(host, "replication", "master_host"), master);
  }
}

/** The whole walk, from point 2 to point 9. */
export async function walk(deployment: Deployment): Promise<void> {
  await startServers(deployment);
  await writeAndRead(deployment);
  await lookAtReplication(deployment);
  await putPasswordRight(deployment);
  await resume(deployment);
  await startSentinels(deployment);
  const newMaster = await failOver(deployment);
  await restartAll(deployment, newMaster);
}
