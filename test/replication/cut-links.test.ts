// Our server as a replica of the real one whose connection is cut, in the stream and in the copy.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { withSeed } from "../support/seeds";
import { TcpProxy } from "../support/tcp-proxy";
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

test("a link that is cut, closed and kept silent is resumed, without another copy", async (t) => {
  await withSeed(async (random) => {
    const master = await startMaster(t, { "repl-backlog-size": "64mb" });
    const proxy = await TcpProxy.start(master.port, t);
    const replica = await startReplica(t, proxy.port, { "repl-timeout": 2 });
    const writer = await master.client();
    await writer.call("CONFIG", "SET", "repl-ping-replica-period", "1");
    const reader = await replica.client();
    await linkIsUp(reader);
    const beside = await startRealReplica(t, master.port);
    for (const trouble of ["cut", "close", "cut", "silence", "cut"] as const) {
      await sendRandom(writer, random, 300);
      const { connections } = proxy;
      proxy[trouble]();
      await sendRandom(writer, random, 300);
      await waitFor("another connection", () => proxy.connections > connections);
      await linkIsUp(reader);
    }
    await assertEqualData(writer, reader, beside);
    assert.equal(await field(writer, "stats", "sync_full"), "2");
    assert.ok(Number(await field(writer, "stats", "sync_partial_ok")) >= 5);
    await Promise.all([writer.close(), reader.close(), beside.close()]);
  });
});

test("a copy that is cut after any number of bytes is begun again and leaves no file", async (t) => {
  await withSeed(async (random) => {
    const master = await startMaster(t);
    const writer = await master.client();
    await writer.call("DEBUG", "POPULATE", "2000", "key", "50");
    const proxy = await TcpProxy.start(master.port, t);
    const replica = await startReplica(t, proxy.port);
    const reader = await replica.client();
    for (let i = 0; i < 5; i++) {
      proxy.cutAfterBytes = random.below(100_000);
      const { connections } = proxy;
      await reader.call("REPLICAOF", "NO", "ONE");
      await reader.call("REPLICAOF", "127.0.0.1", String(proxy.port));
      await waitFor("a second attempt", async () => {
        const isUp = (await field(reader, "replication", "master_link_status")) === "up";
        return isUp || proxy.connections > connections + 1;
      });
    }
    proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
    proxy.cut();
    await linkIsUp(reader);
    await assertEqualData(writer, reader);
    assert.deepEqual(
      readdirSync(replica.dir).filter((name) => name.startsWith("temp-")),
      [],
    );
    await Promise.all([writer.close(), reader.close()]);
  });
});
