// A command of the stream that has come in part, and what else is run on the replica before its end.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { wholeFile } from "../persistence/rdb-bytes";
import { encodeCommand } from "../support/resp-encode";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FakeMaster } from "./fake-master";
import { field, linkIsUp } from "./pair";

const START = 1000;
const RDB_VERSION = 10;

test("the append only file is loaded amid a command of the stream, which is whole afterwards", async (t) => {
  const file = wholeFile(RDB_VERSION, true, []);
  let toReplica: Socket | undefined;
  const master = await FakeMaster.start(t, (socket) => {
    toReplica = socket;
    socket.write(`+FULLRESYNC ${"a".repeat(40)} ${START}\r\n$${file.length}\r\n`);
    socket.write(file);
  });
  const config = { save: "", appendonly: "yes", "enable-debug-command": "yes" };
  const replica = await ServerProcess.start({ config }, t);
  const client = await replica.client();
  await client.call("REPLICAOF", "127.0.0.1", String(master.port));
  await linkIsUp(client);
  await waitFor("its first base", async () => {
    return (await field(client, "persistence", "aof_rewrite_in_progress")) === "0";
  });
  const first = encodeCommand(["SET", "first", "x".repeat(300_000)]);
  // More than is kept of the memory for the stream, so that it has to grow.
  const value = "0123456789".repeat(300_000);
  const transaction = Buffer.concat(
    [["MULTI"], ["SET", "second", value], ["INCR", "third"], ["EXEC"]].map(encodeCommand),
  );
  const cutAt = 2_000_000;
  toReplica?.write(first);
  toReplica?.write(transaction.subarray(0, cutAt));
  const received = first.length + cutAt;
  await waitFor("the first half", async () => {
    return Number(await field(client, "stats", "total_net_repl_input_bytes")) >= received;
  });
  assert.equal(await client.call("DEBUG", "LOADAOF"), "OK");
  assert.equal(await client.call("STRLEN", "first"), 300_000);
  assert.equal(await client.call("EXISTS", "second"), 0);
  assert.equal(
    Number(await field(client, "replication", "slave_repl_offset")),
    START + first.length,
  );
  toReplica?.write(transaction.subarray(cutAt));
  await waitFor("the other half", async () => (await client.call("GET", "third")) !== null);
  assert.equal(String(await client.call("GET", "second")), value);
  const whole = START + first.length + transaction.length;
  assert.equal(Number(await field(client, "replication", "slave_repl_offset")), whole);
  assert.doesNotMatch(replica.logs(), /CRITICAL|Protocol error/);
  await client.close();
});
