// WAITAOF, and what replicas tell of their append only files, with real servers of 7.0 on either end.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { field, linkIsUp, startMaster, startReplica } from "./pair";
import { PretendedReplica } from "./pretended-replica";

const FAST = { "repl-diskless-sync-delay": 0, "shutdown-timeout": 0 };
const ALWAYS = { ...FAST, appendonly: "yes", appendfsync: "always" };

async function started(
  t: Cleanup,
  config: Record<string, string | number>,
): Promise<{ server: ServerProcess; client: RawClient }> {
  const server = await ServerProcess.start({ config }, t);
  const client = await server.client();
  t.after(() => client.close());
  return { server, client };
}

describe("WAITAOF", () => {
  test("refuses what Redis refuses, and replies at once where nothing has to be waited for", async (t) => {
    const { client } = await started(t, FAST);
    const ask = async (...words: string[]) => String(await client.command("WAITAOF", ...words));
    assert.match(
      await ask("2", "0", "0"),
      /^-ERR value is out of range, value must between 0 and 1/,
    );
    assert.match(
      await ask("-1", "0", "0"),
      /^-ERR value is out of range, value must between 0 and/,
    );
    assert.match(await ask("x", "0", "0"), /^-ERR value is not an integer or out of range/);
    assert.match(await ask("0", "-1", "0"), /^-ERR value is out of range, must be positive/);
    assert.match(await ask("0", "0", "-1"), /^-ERR timeout is negative/);
    assert.match(
      await ask("1", "0", "0"),
      /^-ERR WAITAOF cannot be used when numlocal is set but app/,
    );
    assert.equal(await ask("0", "0", "0"), "*2\r\n:0\r\n:0\r\n");
    assert.equal(await ask("0", "1", "10"), "*2\r\n:0\r\n:0\r\n");
    await client.call("REPLICAOF", "127.0.0.1", "1");
    assert.match(await ask("0", "0", "0"), /^-ERR WAITAOF cannot be used with replica instances\./);
  });

  test("waits for the disk of this server, or finds it there under always", async (t) => {
    const { client } = await started(t, ALWAYS);
    client.send("SET", "a", "1");
    client.send("WAITAOF", "1", "0", "0");
    assert.equal(String(await client.readReply()), "+OK\r\n");
    assert.deepEqual(await client.readReply().then(String), "*2\r\n:1\r\n:0\r\n");
    await client.call("CONFIG", "SET", "appendfsync", "everysec");
    await client.call("SET", "a", "2");
    assert.deepEqual(await client.call("WAITAOF", "1", "0", "0"), [1, 0]);
    await client.call("CONFIG", "SET", "appendfsync", "no");
    await client.call("SET", "a", "3");
    assert.deepEqual(await client.call("WAITAOF", "1", "0", "50"), [0, 0]);
    await client.call("MULTI");
    await client.call("SET", "a", "4");
    await client.call("WAITAOF", "1", "0", "0");
    assert.deepEqual(await client.call("EXEC"), ["OK", [0, 0]]);
  });

  test("ends with an error when the file is turned off, and by CLIENT UNBLOCK", async (t) => {
    const { server, client } = await started(t, { ...ALWAYS, appendfsync: "no" });
    const admin = await server.client();
    t.after(() => admin.close());
    const id = String(await client.call("CLIENT", "ID"));
    const isBlocked = async () => (await field(admin, "clients", "blocked_clients")) === "1";
    await client.call("SET", "a", "1");
    client.send("WAITAOF", "1", "0", "0");
    await waitFor("it to wait", isBlocked);
    assert.equal(await admin.call("CLIENT", "UNBLOCK", id), 1);
    assert.equal(String(await client.readReply()), "*2\r\n:0\r\n:0\r\n");
    client.send("WAITAOF", "1", "0", "0");
    await waitFor("it to wait", isBlocked);
    await admin.call("CONFIG", "SET", "appendonly", "no");
    assert.match(
      String(await client.readReply()),
      /^-ERR WAITAOF cannot be used when numlocal is set/,
    );
    await admin.call("SET", "a", "2");
    assert.equal(await admin.call("CONFIG", "SET", "appendonly", "yes"), "OK");
    await waitFor("the first base", async () => {
      return (await field(admin, "persistence", "aof_rewrite_in_progress")) === "0";
    });
    assert.deepEqual(await client.call("WAITAOF", "1", "0", "10"), [1, 0]);
  });

  test("counts replicas whose files have it on the disk", async (t) => {
    const { server, client } = await started(t, ALWAYS);
    const replica = await startReplica(t, server.port, {
      appendonly: "yes",
      "shutdown-timeout": 0,
    });
    const other = await startReplica(t, server.port, { "shutdown-timeout": 0 });
    for (const one of [replica, other]) {
      const reader = await one.client();
      await linkIsUp(reader);
      await waitFor("its first base", async () => {
        return (await field(reader, "persistence", "aof_rewrite_in_progress")) === "0";
      });
      await reader.close();
    }
    for (let i = 0; i < 3; i++) {
      await client.call("SET", "k", String(i));
      assert.deepEqual(await client.call("WAITAOF", "1", "1", "5000"), [1, 1]);
    }
    // The other one has no file, so there are never two.
    await client.call("SET", "k", "last");
    assert.deepEqual(await client.call("WAIT", "2", "5000"), 2);
    assert.deepEqual(await client.call("WAITAOF", "1", "1", "5000"), [1, 1]);
    assert.deepEqual(await client.call("WAITAOF", "1", "2", "50"), [1, 1]);
    replica.kill("SIGSTOP");
    await client.call("SET", "k", "unseen");
    assert.deepEqual(await client.call("WAITAOF", "1", "1", "100"), [1, 0]);
    replica.kill("SIGCONT");
    assert.deepEqual(await client.call("WAITAOF", "1", "1", "5000"), [1, 1]);
    assert.equal(await client.call("WAIT", "2", "5000"), 2);
  });

  test("believes what a replica says of itself, and no replica of 7.0 says anything", async (t) => {
    const { server, client } = await started(t, { ...FAST, "repl-diskless-sync": "no" });
    const replica = await PretendedReplica.start(server.port, t);
    await client.call("SET", "k", "v");
    const offset = await field(client, "replication", "master_repl_offset");
    await waitFor("the stream", () => replica.offset >= Number(offset));
    replica.send("REPLCONF", "ACK", offset);
    assert.equal(await client.call("WAIT", "1", "5000"), 1);
    assert.deepEqual(await client.call("WAITAOF", "0", "1", "50"), [0, 0]);
    // What the wait before has asked replicas is part of the stream.
    const now = await field(client, "replication", "master_repl_offset");
    const waits = client.call("WAITAOF", "0", "1", "0");
    replica.send("REPLCONF", "ACK", now, "FACK", String(Number(now) - 1));
    replica.send("REPLCONF", "ACK", now, "FACK", now);
    assert.deepEqual(await waits, [0, 1]);
    const config = { replicaof: ["127.0.0.1", String(server.port)], appendonly: "yes" };
    const real = await ServerProcess.start({ program: REAL_SERVER, config }, t);
    const reader = await real.client();
    await linkIsUp(reader);
    replica.confirm();
    await client.call("SET", "k", "w");
    assert.equal(await client.call("WAIT", "2", "5000"), 2);
    assert.deepEqual(await client.call("WAITAOF", "0", "1", "50"), [0, 0]);
    await reader.close();
  });
});

test("a master of 7.0 reads the ACK of a replica that tells of its file, and nothing else", async (t) => {
  const master = await startMaster(t);
  const replica = await startReplica(t, master.port, ALWAYS);
  const [writer, reader] = [await master.client(), await replica.client()];
  await linkIsUp(reader);
  await writer.call("SET", "k", "v");
  assert.equal(await writer.call("WAIT", "1", "5000"), 1);
  const { length } = await writer.command("INFO", "errorstats");
  await writer.call("SET", "k", "w");
  assert.equal(await writer.call("WAIT", "1", "5000"), 1);
  assert.equal((await writer.command("INFO", "errorstats")).length, length);
  assert.match(await field(writer, "replication", "slave0"), /state=online/);
  assert.doesNotMatch(replica.logs(), /CRITICAL|error/i);
  await Promise.all([writer.close(), reader.close()]);
});
