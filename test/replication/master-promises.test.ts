// What our master promises about its replicas: WAIT, min-replicas-to-write, FAILOVER, SHUTDOWN.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { TcpProxy } from "../support/tcp-proxy";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { Followed } from "./followed";
import { field, linkIsUp } from "./pair";

interface Copy {
  readonly proxy: TcpProxy;
  readonly server: ServerProcess;
  readonly client: RawClient;
}

async function addReplica(t: Cleanup, port: number, program: string): Promise<Copy> {
  const proxy = await TcpProxy.start(port, t);
  const config = { save: "", replicaof: ["127.0.0.1", String(proxy.port)] };
  const server = await ServerProcess.start({ program, config }, t);
  const client = await server.client();
  t.after(() => client.close());
  await linkIsUp(client);
  return { proxy, server, client };
}

async function startMaster(t: Cleanup, config = {}): Promise<[ServerProcess, RawClient]> {
  // At the end of a test nobody is to wait for a silent replica.
  const all = { save: "", "repl-diskless-sync-delay": 0, "shutdown-timeout": 0, ...config };
  const server = await ServerProcess.start({ config: all }, t);
  const client = await server.client();
  t.after(() => client.close());
  return [server, client];
}

suite("promises of our master", () => {
  test("WAIT counts replicas that hold the write, whoever is silent", async (t) => {
    const [server, client] = await startMaster(t);
    const copies = [
      await addReplica(t, server.port, REAL_SERVER),
      await addReplica(t, server.port, OUR_SERVER),
    ];
    const answers = new Set<unknown>();
    for (let round = 0; round < 60; round++) {
      if (round === 20) copies[0].proxy.silence();
      if (round === 40) copies[1].proxy.silence();
      await client.call("INCR", "n");
      const confirmed = await client.call("WAIT", "2", round < 20 ? "5000" : "20");
      const held = await Promise.all(copies.map((copy) => copy.client.call("GET", "n")));
      const holding = held.filter((value) => Number(String(value)) > round).length;
      assert.ok(Number(confirmed) <= holding, `${confirmed} confirmed, ${holding} hold it`);
      answers.add(confirmed);
    }
    assert.deepEqual([...answers].sort(), [0, 1, 2]);
  });

  test("WAIT replies as the real server does", async (t) => {
    const [, client] = await startMaster(t);
    const real = await ServerProcess.start({ program: REAL_SERVER, config: { save: "" } }, t);
    const other = await real.client();
    const questions = [
      ["WAIT", "0", "0"],
      ["WAIT", "x", "0"],
      ["WAIT", "0", "x"],
      ["WAIT", "1", "-1"],
      ["WAIT", "-1", "0"],
      ["WAIT", "1", "1"],
      ["REPLCONF"],
      ["PSYNC", "?", "x"],
      ["REPLCONF", "listening-port"],
      ["REPLCONF", "listening-port", "x"],
      ["REPLCONF", "listening-port", "1", "capa", "any", "ip-address", "1.2.3.4"],
      ["REPLCONF", "nothing", "1"],
      ["REPLCONF", "rdb-filter-only", "keys"],
      ["REPLCONF", "rdb-filter-only", "functions"],
      ["REPLCONF", "ip-address", "x".repeat(2000)],
      ["FAILOVER"],
      ["FAILOVER", "ABORT"],
      ["FAILOVER", "TIMEOUT", "0"],
      ["FAILOVER", "TO", "h", "x"],
      ["FAILOVER", "TO", "h", "1", "FORCE"],
      ["FAILOVER", "SOON"],
      ["ROLE"],
    ];
    for (const words of questions) {
      const [ours, theirs] = await Promise.all([client.command(...words), other.command(...words)]);
      assert.equal(
        ours.toString("latin1"),
        theirs.toString("latin1"),
        words.join(" ").slice(0, 60),
      );
    }
    await other.close();
  });

  test("INFO replication and ROLE tell of a replica as the real master does", async (t) => {
    const shapes = await Promise.all(
      [OUR_SERVER, REAL_SERVER].map(async (program) => {
        const config = { save: "", "repl-diskless-sync-delay": 0, "min-replicas-to-write": 1 };
        const server = await ServerProcess.start({ program, config }, t);
        const client = await server.client();
        const replica = await addReplica(t, server.port, REAL_SERVER);
        await waitFor("an online replica", async () => {
          return (await field(client, "replication", "slave0")).includes("state=online");
        });
        const info = (await client.command("INFO", "replication")).toString("latin1");
        const role = (await client.command("ROLE")).toString("latin1");
        await client.close();
        const port = String(replica.server.port);
        const shape = info.replaceAll(port, "PORT").replace(/[0-9a-f]{40}/g, "ID");
        const roleShape = role.replaceAll(port, "PORT").replace(/\d+/g, "N");
        return [shape.replace(/\d+/g, "N"), roleShape];
      }),
    );
    assert.deepEqual(shapes[0], shapes[1]);
  });

  test("writes are refused while too few replicas have been heard", async (t) => {
    const [server, client] = await startMaster(t, {
      "min-replicas-to-write": 1,
      "min-replicas-max-lag": 1,
    });
    const refusal = /^-NOREPLICAS Not enough good replicas to write/;
    assert.match(String(await client.command("SET", "k", "v")), refusal);
    assert.equal(String(await client.command("GET", "k")), "$-1\r\n");
    const { proxy } = await addReplica(t, server.port, OUR_SERVER);
    await waitFor("a write to be taken", async () => {
      return String(await client.command("SET", "k", "v")) === "+OK\r\n";
    });
    proxy.silence();
    await waitFor("writes to be refused", async () => {
      return refusal.test(String(await client.command("SET", "k", "v")));
    });
    await client.call("CONFIG", "SET", "min-replicas-to-write", "0");
    assert.equal(String(await client.command("SET", "k", "v")), "+OK\r\n");
  });

  for (const [name, program] of Object.entries({ real: REAL_SERVER, own: OUR_SERVER })) {
    test(`FAILOVER hands the role to a ${name} replica and loses no write`, async (t) => {
      const [server, client] = await startMaster(t);
      const config = { save: "", replicaof: ["127.0.0.1", String(server.port)] };
      const replica = await ServerProcess.start({ program, config }, t);
      const other = await replica.client();
      await linkIsUp(other);
      const writer = await server.client();
      for (let i = 0; i < 2000; i++) writer.send("INCR", "n");
      assert.equal(String(await client.command("FAILOVER")), "+OK\r\n");
      let written = 0;
      for (let i = 0; i < 2000; i++) {
        const reply = String(await writer.readReply());
        if (reply.startsWith(":")) written = Number(reply.slice(1));
        else assert.match(reply, /^-(READONLY|UNBLOCKED)/);
      }
      await waitFor("the replica to be master", async () => {
        return (await field(other, "replication", "role")) === "master";
      });
      await linkIsUp(client);
      assert.equal(await other.call("INCR", "n"), written + 1);
      await waitFor(
        "the write",
        async () => String(await client.call("GET", "n")) !== String(written),
      );
      assert.equal(await field(client, "replication", "role"), "slave");
      assert.equal(await field(client, "replication", "master_failover_state"), "no-failover");
      await Promise.all([writer.close(), other.close()]);
    });
  }

  test("SHUTDOWN waits for a replica that is behind, and can be called off", async (t) => {
    const pair = await Followed.start(t, REAL_SERVER, { "shutdown-timeout": 60 });
    await pair.follow();
    await pair.toMaster.call("SET", "k", "first");
    pair.replica.kill("SIGSTOP");
    const asking = await pair.master.client();
    for (let i = 0; i < 100; i++) await pair.toMaster.call("SET", "k", `value ${i}`);
    asking.send("SHUTDOWN");
    await waitFor("the wait", () => pair.master.logs().includes("Waiting for replicas"));
    const leftMs = Number(await field(pair.toMaster, "server", "shutdown_in_milliseconds"));
    assert.ok(leftMs > 30_000 && leftMs <= 60_000, `${leftMs}`);
    assert.equal(String(await pair.toMaster.command("SHUTDOWN", "ABORT")), "+OK\r\n");
    assert.equal(await field(pair.toMaster, "server", "shutdown_in_milliseconds"), "");
    assert.match(String(await asking.readReply()), /^-ERR Errors trying to SHUTDOWN/);
    assert.equal(String(await pair.toMaster.command("SET", "k", "last")), "+OK\r\n");
    asking.send("SHUTDOWN");
    await waitFor("the wait", () => pair.master.logs().split("Waiting for replicas").length === 3);
    pair.replica.kill("SIGCONT");
    assert.equal((await pair.master.exited).code, 0);
    assert.match(pair.master.logs(), /1 of 1 replicas are in sync when shutting down\./);
    assert.equal(String(await pair.toReplica.call("GET", "k")), "last");
    await asking.close();
  });
});
