// A replica whose old connection is dead, which its master has not noticed, counts once for WAIT.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { field } from "./pair";
import { PretendedReplica } from "./pretended-replica";

const CONFIG = { "repl-diskless-sync": "no" };

/** A master with a replica for each of these ports, which each have confirmed what they were sent. */
async function confirmed(
  t: Parameters<typeof PretendedReplica.start>[1],
  ports: readonly string[],
) {
  const server = await ServerProcess.start({ config: CONFIG }, t);
  const client = await server.client();
  const replicas: PretendedReplica[] = [];
  for (const port of ports) {
    const greeting = ["REPLCONF", "listening-port", port];
    const replica = await PretendedReplica.start(server.port, t, greeting);
    replicas.push(replica);
    // Only the first one: what is waited for has been confirmed over both connections.
    if (replicas.length === 1) await client.call("SET", "key", "value");
    const offset = await field(client, "replication", "master_repl_offset");
    await waitFor("the write", () => replica.offset >= Number(offset));
    // Once, and not what comes later: as over a connection that dies now.
    replica.send("REPLCONF", "ACK", String(replica.offset));
    await waitFor("its confirmation", async () => {
      const line = await field(client, "replication", `slave${replicas.length - 1}`);
      return line.includes("state=online") && line.includes(`offset=${offset},`);
    });
  }
  return { client, replicas };
}

test("WAIT counts a replica once that came back over another connection", async (t) => {
  const { client } = await confirmed(t, ["7001", "7001"]);
  assert.equal(await client.call("WAIT", "2", "300"), 1);
  await client.close();
});

test("two replicas that say they are at one place count as two when both confirm", async (t) => {
  const { client, replicas } = await confirmed(t, ["7001", "7001"]);
  for (const replica of replicas) replica.confirm();
  assert.equal(await client.call("WAIT", "2", "5000"), 2);
  await client.close();
});

test("replicas at different places count each", async (t) => {
  const { client, replicas } = await confirmed(t, ["7001", "7002"]);
  for (const replica of replicas) replica.confirm();
  assert.equal(await client.call("WAIT", "2", "5000"), 2);
  await client.close();
});
