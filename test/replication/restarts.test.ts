// Servers that are started again with their files go on where the files end, without another copy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import {
  assertEqualData,
  assertEqualOffsets,
  field,
  linkIsUp,
  startMaster,
  startReplica,
} from "./pair";
import { PretendedReplica } from "./pretended-replica";

test("a replica that is started again is resumed from its file, in the stream's database", async (t) => {
  const master = await startMaster(t);
  const dir = tempDir(t);
  const first = await startReplica(t, master.port, {}, { dir });
  const writer = await master.client();
  let reader = await first.client();
  await linkIsUp(reader);
  await writer.call("SELECT", "5");
  await writer.call("SET", "before", "1");
  await assertEqualData(writer, reader);
  await reader.call("SHUTDOWN", "SAVE").catch(() => undefined);
  await first.exited;
  await writer.call("SET", "meanwhile", "1");
  const second = await startReplica(t, master.port, {}, { dir });
  reader = await second.client();
  await linkIsUp(reader);
  await assertEqualData(writer, reader);
  assert.equal(await field(writer, "stats", "sync_full"), "1");
  assert.equal(await field(writer, "stats", "sync_partial_ok"), "1");
  await reader.call("SELECT", "5");
  assert.equal(String(await reader.command("GET", "meanwhile")), "$1\r\n1\r\n");
  await Promise.all([writer.close(), reader.close()]);
});

test("replicas of a master that is started again from its file are resumed", async (t) => {
  const dir = tempDir(t);
  const config = { save: "", "enable-debug-command": "yes", "repl-diskless-sync-delay": 0 };
  const first = await ServerProcess.start({ dir, config }, t);
  const replica = await startReplica(t, first.port);
  const reader = await replica.client();
  await linkIsUp(reader);
  const writer = await first.client();
  await writer.call("SET", "a", "1");
  await assertEqualData(writer, reader);
  await stopAtEqualOffsets(first);
  const second = await ServerProcess.start({ dir, config, port: first.port }, t);
  const again = await second.client();
  await linkIsUp(reader);
  await again.call("SET", "b", "1");
  await assertEqualData(again, reader);
  assert.equal(await field(again, "stats", "sync_full"), "0");
  assert.equal(await field(again, "stats", "sync_partial_ok"), "1");
  await Promise.all([again.close(), reader.close()]);
});

test("a replica is told nothing behind the offset that the last file names", async (t) => {
  const dir = tempDir(t);
  const config = { save: "", "repl-diskless-sync": "no" };
  const master = await ServerProcess.start({ dir, config }, t);
  const replica = await PretendedReplica.start(master.port, t);
  const writer = await master.client();
  await writer.call("SET", "a", "1");
  const offset = Number(await field(writer, "replication", "master_repl_offset"));
  await waitFor("the stream", () => replica.offset >= offset);
  // Both are read in one turn: the end is to wait for the replica, and then it need not any more.
  master.kill("SIGSTOP");
  writer.send("SHUTDOWN", "SAVE");
  await delay(1);
  replica.confirm();
  await delay(1);
  master.kill("SIGCONT");
  await master.exited;
  await waitFor("the end of the link", () => replica.isClosed);
  const again = await (await ServerProcess.start({ dir, config }, t)).client();
  assert.equal(Number(await field(again, "replication", "master_repl_offset")), replica.offset);
  await Promise.all([writer.close(), again.close()]);
});

test("the append only file of a replica begins anew with each copy", async (t) => {
  const dir = tempDir(t);
  const config = { save: "", appendonly: "yes" };
  const replica = await ServerProcess.start({ dir, config }, t);
  const reader = await replica.client();
  await reader.call("SET", "old", "1");
  const master = await startMaster(t);
  const writer = await master.client();
  await writer.call("SET", "copied", "1");
  await reader.call("REPLICAOF", "127.0.0.1", String(master.port));
  await linkIsUp(reader);
  await writer.call("MULTI");
  await writer.call("SET", "streamed", "1");
  await writer.call("SELECT", "2");
  await writer.call("SET", "elsewhere", "1");
  await writer.call("EXEC");
  await assertEqualOffsets(writer, reader);
  await waitFor("the rewrite to end", async () => {
    return (await field(reader, "persistence", "aof_rewrite_in_progress")) === "0";
  });
  replica.kill("SIGKILL");
  await replica.exited;
  const again = await ServerProcess.start({ dir, config }, t);
  const client = await again.client();
  assert.equal(String(await client.command("EXISTS", "old", "copied", "streamed")), ":2\r\n");
  assert.equal(String(await client.command("GET", "old")), "$-1\r\n");
  await client.call("SELECT", "2");
  assert.equal(String(await client.command("GET", "elsewhere")), "$1\r\n1\r\n");
  await Promise.all([writer.close(), client.close()]);
});

async function stopAtEqualOffsets(server: ServerProcess): Promise<void> {
  const client = await server.client();
  await waitFor("the replica to confirm everything", async () => {
    const [line, offset] = await Promise.all([
      field(client, "replication", "slave0"),
      field(client, "replication", "master_repl_offset"),
    ]);
    return line.includes(`offset=${offset},`);
  });
  await client.call("SHUTDOWN", "SAVE").catch(() => undefined);
  await server.exited;
}
