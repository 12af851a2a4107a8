// Chains of replicas, ours and redis-server's in turns: the same bytes at the same offsets everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import {
  assertEqualData,
  field,
  linkIsUp,
  sendRandom,
  startMaster,
  startRealReplica,
  startReplica,
} from "./pair";

test("a chain of five, of both kinds, has one history", async (t) => {
  await withSeed(async (random) => {
    const master = await startMaster(t);
    const writer = await master.client();
    await sendRandom(writer, random, 500);
    const beside = await startRealReplica(t, master.port);
    const clients = [];
    let { port } = master;
    for (const options of [{}, { program: REAL_SERVER }, {}, {}]) {
      const server = await startReplica(t, port, { "repl-diskless-sync-delay": 0 }, options);
      const client = await server.client();
      await linkIsUp(client);
      clients.push(client);
      ({ port } = server);
    }
    await sendRandom(writer, random, 1500);
    for (const client of clients) await assertEqualData(writer, client, beside);
    const ids = await Promise.all(
      [writer, ...clients].map((client) => field(client, "replication", "master_replid")),
    );
    assert.equal(new Set(ids).size, 1);
    for (const client of clients.slice(0, 3)) {
      assert.equal(await field(client, "stats", "sync_full"), "1");
    }
    await Promise.all([writer, beside, ...clients].map((client) => client.close()));
  });
});

test("a replica in the middle that is promoted takes those behind it along", async (t) => {
  const master = await startMaster(t);
  const writer = await master.client();
  const middle = await startReplica(t, master.port, { "repl-diskless-sync-delay": 0 });
  const newMaster = await middle.client();
  await linkIsUp(newMaster);
  const last = await startReplica(t, middle.port, {}, { program: REAL_SERVER });
  const reader = await last.client();
  await linkIsUp(reader);
  await writer.call("SELECT", "4");
  await writer.call("SET", "a", "1");
  await assertEqualData(writer, newMaster);
  await assertEqualData(writer, reader);
  await newMaster.call("REPLICAOF", "NO", "ONE");
  await newMaster.call("SELECT", "7");
  await newMaster.call("SET", "b", "2");
  await assertEqualData(newMaster, reader);
  // The old master has nothing that the new one has not: it follows without a copy.
  await writer.call("REPLICAOF", "127.0.0.1", String(middle.port));
  await linkIsUp(writer);
  await assertEqualData(newMaster, writer);
  await waitFor("two replicas", async () => {
    return (await field(newMaster, "replication", "connected_slaves")) === "2";
  });
  assert.equal(await field(newMaster, "stats", "sync_full"), "1");
  await Promise.all([writer, newMaster, reader].map((client) => client.close()));
});
