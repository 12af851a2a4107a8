// What a replica shows of its master among its clients, beside a replica that is a real server.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import {
  assertEqualOffsets,
  field,
  linkIsUp,
  startMaster,
  startRealReplica,
  startReplica,
} from "./pair";

/** Those that say what the master is, and not how its connection happens to be. */
const COMPARED = "addr name flags db sub psub ssub multi qbuf cmd user redir resp".split(" ");

function fieldsOf(line: string): Map<string, string> {
  return new Map(line.split(" ").map((pair) => pair.split("=") as [string, string]));
}

describe("the master of a replica", () => {
  const cleanups: (() => unknown)[] = [];
  const cleanup = { after: (action: () => unknown) => void cleanups.push(action) };
  let master: ServerProcess;
  let writer: RawClient;
  let ours: RawClient;
  let real: RawClient;
  before(async () => {
    master = await startMaster(cleanup);
    writer = await master.client();
    const replica = await startReplica(cleanup, master.port);
    ours = await replica.client();
    real = await startRealReplica(cleanup, master.port);
    await linkIsUp(ours);
  });
  after(async () => {
    for (const client of [writer, ours, real]) await client.close();
    for (const action of cleanups.reverse()) await action();
  });

  async function masterLine(replica: RawClient): Promise<Map<string, string>> {
    return fieldsOf(String(await replica.call("CLIENT", "LIST", "TYPE", "master")).trim());
  }

  async function inSync(): Promise<void> {
    await assertEqualOffsets(writer, ours);
    await assertEqualOffsets(writer, real);
  }

  test("is one of its clients, with the flag M and what it was last told", async () => {
    await writer.call("SELECT", "3");
    await writer.call("SET", "k", "v");
    await inSync();
    const shown = [await masterLine(ours), await masterLine(real)].map((fields) =>
      COMPARED.map((name) => `${name}=${fields.get(name)}`).join(" "),
    );
    assert.equal(shown[0], shown[1]);
    assert.match(shown[0], /flags=M db=3 .*cmd=set user=\(superuser\)/);
    assert.equal(await field(ours, "clients", "connected_clients"), "2");
    assert.equal(await field(real, "clients", "connected_clients"), "2");
    const id = (await masterLine(ours)).get("id") ?? "";
    const byId = String(await ours.call("CLIENT", "LIST", "ID", id));
    assert.match(byId, /^id=\d+ .* flags=M .*\n$/);
  });

  test("is watched by MONITOR, command by command, transactions too", async () => {
    const watching = await Promise.all(
      [ours, real].map(async ({ socket }) => {
        const watcher = await RawClient.connect({ port: socket.remotePort ?? 0 });
        await watcher.call("MONITOR");
        return watcher;
      }),
    );
    for (const words of [
      ["SELECT", "2"],
      ["SET", "a", "1"],
      ["MULTI"],
      ["INCR", "a"],
      ["PEXPIREAT", "a", "99999999999999"],
      ["EXEC"],
      ["SPOP", "none"],
      ["DEL", "a"],
    ]) {
      await writer.call(...words);
    }
    const lines = await Promise.all(
      watching.map(async (watcher) => {
        const shown: string[] = [];
        while (!/"DEL" "a"$/.test(shown.at(-1) ?? "")) {
          const text = String(await watcher.readReply()).trim();
          // When the master pings its replicas is chance.
          if (!/"ping"$/i.test(text)) shown.push(text.replace(/^\+\d+\.\d{6} /, ""));
        }
        await watcher.close();
        return shown;
      }),
    );
    assert.deepEqual(lines[0], lines[1]);
    assert.match(lines[0][0], /^\[2 127\.0\.0\.1:\d+\] "SELECT" "2"$/);
  });

  test("is killed by its type, and followed again where the stream was", async () => {
    const before = Number(await field(writer, "stats", "sync_partial_ok"));
    const former = await masterLine(ours);
    for (const filter of [
      ["TYPE", "master"],
      ["ID", former.get("id") ?? ""],
    ]) {
      assert.equal(await ours.call("CLIENT", "KILL", ...filter), 1);
      await waitFor("it to be back", async () => (await masterLine(ours)).get("flags") === "M");
    }
    assert.equal(await ours.call("CLIENT", "KILL", former.get("addr") ?? ""), "OK");
    await waitFor("it to be back", async () => (await masterLine(ours)).get("flags") === "M");
    const now = await masterLine(ours);
    for (const name of ["id", "db", "cmd"]) assert.equal(now.get(name), former.get(name));
    await waitFor("three partial copies", async () => {
      return Number(await field(writer, "stats", "sync_partial_ok")) === before + 3;
    });
    assert.equal(await field(writer, "stats", "sync_full"), "2");
    await writer.call("SET", "after", "1");
    await inSync();
  });

  test("counts in the traffic of INFO as the real server counts it", async () => {
    await ours.call("CONFIG", "RESETSTAT");
    await real.call("CONFIG", "RESETSTAT");
    await writer.call("CONFIG", "RESETSTAT");
    await writer.call("SET", "large", "x".repeat(1 << 19));
    await inSync();
    for (const replica of [ours, real]) {
      const bytes = Number(await field(replica, "stats", "total_net_repl_input_bytes"));
      assert.ok(bytes > 1 << 19 && bytes < (1 << 19) + 1000, `${bytes}`);
      assert.ok(Number(await field(replica, "stats", "total_net_input_bytes")) > bytes);
      assert.equal(await field(replica, "stats", "total_net_repl_output_bytes"), "0");
      await waitFor("the rate", async () => {
        return Number(await field(replica, "stats", "instantaneous_input_repl_kbps")) > 10;
      });
    }
  });

  test("no more once there is none", async () => {
    await ours.call("REPLICAOF", "NO", "ONE");
    assert.equal(String(await ours.call("CLIENT", "LIST", "TYPE", "master")), "");
    assert.equal(await field(ours, "clients", "connected_clients"), "1");
  });
});

test("DEBUG REPLICATE sends replicas what is run nowhere else, and INFO counts it", async (t) => {
  const config = { "enable-debug-command": "yes", "repl-diskless-sync-delay": 0 };
  const master = await ServerProcess.start({ config }, t);
  const replica = await startRealReplica(t, master.port);
  const writer = await master.client();
  await writer.call("SET", "k", "old");
  assert.equal(await writer.call("DEBUG", "REPLICATE", "SET", "k", "other"), "OK");
  await assertEqualOffsets(writer, replica);
  assert.equal(await replica.call("GET", "k"), "other");
  assert.equal(await writer.call("GET", "k"), "old");
  const sent = Number(await field(writer, "stats", "total_net_repl_output_bytes"));
  assert.ok(sent > 100, `${sent}`);
  assert.ok(Number(await field(writer, "stats", "total_net_output_bytes")) > sent);
  assert.equal(await field(writer, "clients", "connected_clients"), "1");
  await waitFor("the rate", async () => {
    return Number(await field(writer, "stats", "instantaneous_output_repl_kbps")) > 0;
  });
  await Promise.all([writer.close(), replica.close()]);
});
