// Servers that are started again with their files go on where the files end, without another copy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { assertEqualData, field, linkIsUp, startMaster, startReplica } from "./pair";

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
