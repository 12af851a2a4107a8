// Our server as a replica of the real one: whole copies, the stream, refusals, promotion.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { withSeed } from "../support/seeds";
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

for (const [form, diskless] of [
  ["with a mark", "yes"],
  ["of a known size", "no"],
]) {
  test(`a copy ${form}, then the stream of random commands of all types`, async (t) => {
    await withSeed(async (random) => {
      const master = await startMaster(t, { "repl-diskless-sync": diskless });
      const writer = await master.client();
      await sendRandom(writer, random, 2000);
      const replica = await startReplica(t, master.port);
      const reader = await replica.client();
      await linkIsUp(reader);
      const beside = await startRealReplica(t, master.port);
      await sendRandom(writer, random, 4000);
      await assertEqualData(writer, reader, beside);
      assert.equal(await field(writer, "stats", "sync_full"), "2");
      assert.deepEqual(
        readdirSync(replica.dir).filter((name) => name.startsWith("temp-")),
        [],
      );
      await Promise.all([writer.close(), reader.close(), beside.close()]);
    });
  });
}

test("what a replica refuses and hides, and what it is after a promotion", async (t) => {
  const master = await startMaster(t);
  const replica = await startReplica(t, master.port, { "replica-serve-stale-data": "no" });
  const writer = await master.client();
  const reader = await replica.client();
  await linkIsUp(reader);
  await writer.call("SET", "brief", "1", "PX", "30");
  await writer.call("SET", "kept", "1");
  await assertEqualData(writer, reader);
  assert.equal(
    String(await reader.command("SET", "a", "1")),
    "-READONLY You can't write against a read only replica.\r\n",
  );
  await delay(40);
  assert.equal(String(await reader.command("GET", "brief")), "$-1\r\n");
  const role = String(await reader.command("ROLE")).split("\r\n");
  assert.deepEqual(role.slice(0, 7), [
    "*5",
    "$5",
    "slave",
    "$9",
    "127.0.0.1",
    `:${master.port}`,
    "$9",
  ]);
  assert.equal(role[7], "connected");
  await reader.call("CONFIG", "SET", "replica-read-only", "no");
  assert.equal(String(await reader.command("SET", "own", "1")), "+OK\r\n");
  await master.stop();
  await waitFor("the link to be down", async () => {
    return (await field(reader, "replication", "master_link_status")) === "down";
  });
  assert.equal(
    String(await reader.command("GET", "kept")),
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
  );
  await reader.call("REPLICAOF", "NO", "ONE");
  assert.equal(String(await reader.command("GET", "kept")), "$1\r\n1\r\n");
  assert.equal(await field(reader, "replication", "role"), "master");
  await Promise.all([writer.close(), reader.close()]);
});

test("a wrong password is refused once per second, and the link comes up when it is right", async (t) => {
  const master = await startMaster(t, { requirepass: "right" });
  const replica = await startReplica(t, master.port, { masterauth: "wrong" });
  const reader = await replica.client();
  const refusal = "Unable to AUTH to MASTER: -WRONGPASS";
  await waitFor("two refusals", () => replica.logs().split(refusal).length > 2);
  await reader.call("CONFIG", "SET", "masterauth", "right");
  await linkIsUp(reader);
  await reader.close();
});
