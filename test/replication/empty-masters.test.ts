// replica-refuse-empty-master: a master that has been started again without its data does not take
// them away from its replicas, whichever way copies come.

import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { FakeMaster, plainFile } from "./fake-master";
import { assertEqualData, field, linkIsUp, startReplica } from "./pair";

const MASTER_CONFIG = {
  save: "",
  "enable-debug-command": "yes",
  "repl-diskless-sync-delay": 0,
  "shutdown-timeout": 0,
};
const REFUSED = /refused: the master 127\.0\.0\.1:\d+ has no data/g;

interface Scene {
  readonly replica: ServerProcess;
  readonly reader: RawClient;
  readonly writer: RawClient;
}

/** The master had data, its replica has them, and the master has come back without. */
async function refused(
  t: TestContext,
  program: string,
  load: string,
  diskless: string,
): Promise<Scene> {
  const config = { ...MASTER_CONFIG, "repl-diskless-sync": diskless };
  const first = await ServerProcess.start({ program, config }, t);
  const filler = await first.client();
  await filler.call("DEBUG", "POPULATE", "500", "key", "20");
  const replica = await startReplica(t, first.port, {
    "repl-diskless-load": load,
    "replica-refuse-empty-master": "yes",
  });
  const reader = await replica.client();
  await linkIsUp(reader);
  assert.equal(await field(reader, "replication", "master_refused_empty"), "0");
  await filler.close();
  first.kill("SIGKILL");
  await first.exited;
  const second = await ServerProcess.start({ program, config, port: first.port }, t);
  await waitFor("it to be refused", () => isRefusing(reader), { timeoutMs: 8000 });
  assert.equal(await field(reader, "replication", "master_link_status"), "down");
  assert.equal(await reader.call("DBSIZE"), 500);
  const writer = await second.client();
  t.after(() => Promise.all([reader.close(), writer.close()]));
  return { replica, reader, writer };
}

async function isRefusing(reader: RawClient): Promise<boolean> {
  return (await field(reader, "replication", "master_refused_empty")) === "1";
}

const WAYS = [
  ["disabled", "no", OUR_SERVER],
  ["disabled", "yes", REAL_SERVER],
  ["on-empty-db", "yes", OUR_SERVER],
  ["swapdb", "yes", OUR_SERVER],
  ["swapdb", "no", REAL_SERVER],
] as const;

suite("a master that has come back without data", { concurrency: 3 }, () => {
  for (const [load, diskless, program] of WAYS) {
    const way = `repl-diskless-load ${load}, repl-diskless-sync ${diskless}, ${program}`;
    test(`is refused until it has a key again: ${way}`, async (t) => {
      const { replica, reader, writer } = await refused(t, program, load, diskless);
      const syncs = Number(await field(writer, "stats", "sync_full"));
      await waitFor("another attempt", async () => {
        return Number(await field(writer, "stats", "sync_full")) > syncs + 1;
      });
      assert.equal(replica.logs().match(REFUSED)?.length, 1);
      assert.equal(await reader.call("DBSIZE"), 500);
      await writer.call("SET", "again", "1");
      await linkIsUp(reader);
      await assertEqualData(writer, reader);
      assert.equal(await field(reader, "replication", "master_refused_empty"), "0");
      assert.match(replica.logs(), /no longer refused/);
    });
  }

  test("is obeyed once the directive is turned off", async (t) => {
    const { reader, writer } = await refused(t, OUR_SERVER, "disabled", "yes");
    await reader.call("CONFIG", "SET", "replica-refuse-empty-master", "no");
    await linkIsUp(reader);
    assert.equal(await reader.call("DBSIZE"), 0);
    await assertEqualData(writer, reader);
    assert.equal(await field(reader, "replication", "master_refused_empty"), "");
  });

  test("is left by REPLICAOF NO ONE, and may then follow who has the data", async (t) => {
    const { replica, reader, writer } = await refused(t, OUR_SERVER, "swapdb", "yes");
    await reader.call("REPLICAOF", "NO", "ONE");
    assert.equal(await reader.call("DBSIZE"), 500);
    await writer.call("REPLICAOF", "127.0.0.1", String(replica.port));
    await linkIsUp(writer);
    await assertEqualData(reader, writer);
  });
});

test("a replica without data of its own obeys an empty master", async (t) => {
  const master = await FakeMaster.start(t, (socket) => {
    const file = plainFile([]);
    socket.write(`+FULLRESYNC ${"a".repeat(40)} 1\r\n$${file.length}\r\n`);
    socket.write(file);
  });
  for (const load of ["disabled", "on-empty-db", "swapdb"]) {
    const replica = await startReplica(t, master.port, {
      "repl-diskless-load": load,
      "replica-refuse-empty-master": "yes",
    });
    const reader = await replica.client();
    await linkIsUp(reader);
    await reader.close();
  }
});
