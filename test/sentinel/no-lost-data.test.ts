// What Sentinel adds to keep data, in real processes: a coordinated failover loses no write that was
// acknowledged, and a master that comes back empty is replaced by a replica that still has the data.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { OUR_SENTINEL, REAL_SENTINEL, REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { Fleet, MASTER_NAME } from "./fleet";

const SERVERS = [REAL_SERVER, REAL_SERVER, REAL_SERVER];
const CONFIG = { "repl-diskless-sync-delay": 0, save: '""' };
const HAS_PEERS = existsSync(REAL_SERVER) && existsSync(REAL_SENTINEL);
/** Writes in a row before the roles change. */
const WRITES = 500;
const GRACE_MS = 30_000;

/** Counts up at one server until that takes no more; the last count that it acknowledged. */
async function countUp(client: RawClient, counted: (count: number) => void): Promise<number> {
  for (let last = 0; ; ) {
    try {
      const reply = await client.call("INCR", "counter");
      if (typeof reply !== "number") return last;
      last = reply;
      counted(last);
    } catch {
      return last;
    }
  }
}

test("a coordinated failover loses no acknowledged write", { skip: !HAS_PEERS }, async (t) => {
  const sentinels = [OUR_SENTINEL, REAL_SENTINEL, REAL_SENTINEL];
  const fleet = await Fleet.start({ servers: SERVERS, sentinels, config: CONFIG }, t);
  const [old] = fleet.nodes;
  let count = 0;
  const writer = await old.process.client();
  const ended = countUp(writer, (last) => {
    count = last;
  });
  await waitFor("some writes", () => count > WRITES);
  const [ours] = fleet.sentinels;
  const reply = await ours.ask("SENTINEL", "FAILOVER", MASTER_NAME, "COORDINATED");
  assert.equal(String(reply), "OK");
  const acknowledged = await ended;
  assert.ok(acknowledged > WRITES);
  for (const sentinel of fleet.sentinels) {
    await waitFor("the switch", async () => (await fleet.masterPortBy(sentinel)) !== old.port);
  }
  const port = await fleet.masterPortBy(ours);
  const client = await fleet.nodeAt(port).process.client();
  assert.equal(Number(String(await client.call("GET", "counter"))), acknowledged);
  // The old master has been made a replica by itself, and its configuration says so.
  const former = await old.process.client();
  await waitFor("the old master's link", async () =>
    String(await former.call("INFO", "replication")).includes("master_link_status:up"),
  );
  assert.equal(
    String(await former.call("CONFIG", "GET", "replicaof")),
    `replicaof,127.0.0.1 ${port}`,
  );
  await Promise.all([writer, client, former].map((one) => one.close()));
});

test("a master that comes back empty is not followed", { skip: !HAS_PEERS }, async (t) => {
  const options = {
    servers: SERVERS,
    sentinels: [OUR_SENTINEL, OUR_SENTINEL, OUR_SENTINEL],
    config: CONFIG,
    downAfterMs: 5000,
    sentinelLines: [`sentinel empty-master-grace ${MASTER_NAME} ${GRACE_MS}`],
  };
  const fleet = await Fleet.start(options, t);
  const [master] = fleet.nodes;
  const client = await master.process.client();
  await client.call("SET", "precious", "data");
  // So that its replicas are not sent the emptiness in the moment in which they come back.
  await client.call("CONFIG", "SET", "repl-diskless-sync-delay", "5");
  await client.call("CONFIG", "REWRITE");
  for (const sentinel of fleet.sentinels) {
    await sentinel.ask("SENTINEL", "DEBUG", "INFO-PERIOD", "200");
    await waitFor("everybody's keys to be known", async () => {
      const cache = JSON.stringify(await sentinel.ask("SENTINEL", "INFO-CACHE", MASTER_NAME));
      return cache.split("db0:keys=1").length - 1 === SERVERS.length;
    });
  }
  master.process.kill("SIGKILL");
  await master.process.exited;
  await client.close();
  await master.startAgain();
  for (const sentinel of fleet.sentinels) {
    await waitFor("the switch", async () => (await fleet.masterPortBy(sentinel)) !== master.port);
  }
  const next = await fleet.nodeAt(await fleet.masterPortBy(fleet.sentinels[0])).process.client();
  assert.equal(String(await next.call("GET", "precious")), "data");
  await next.close();
});
