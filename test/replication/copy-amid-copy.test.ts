// A server that is being sent a copy while it makes one itself for a replica of its own.

import { test } from "node:test";
import { ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { assertEqualData, field, linkIsUp } from "./pair";

const CONFIG = {
  save: "",
  "enable-debug-command": "yes",
  "repl-diskless-sync-delay": 0,
  "shutdown-timeout": 0,
};

async function start(t: Cleanup, config = {}) {
  const server = await ServerProcess.start({ config: { ...CONFIG, ...config } }, t);
  const client = await server.client();
  t.after(() => client.close());
  return { server, client };
}

for (const isDiskless of ["yes", "no"]) {
  test(`a copy that is under way ends with the history that it is of (repl-diskless-sync ${isDiskless})`, async (t) => {
    const [top, middle, bottom] = await Promise.all([
      start(t),
      start(t, { "repl-diskless-sync": isDiskless }),
      start(t),
    ]);
    await top.client.call("SET", "of", "top");
    await middle.client.call("DEBUG", "POPULATE", "300", "key", "10");
    await middle.client.call("CONFIG", "SET", "rdb-key-save-delay", "20000");
    await bottom.client.call("REPLICAOF", "127.0.0.1", String(middle.server.port));
    await waitFor("the copy to be under way", async () => {
      return (await field(middle.client, "persistence", "rdb_bgsave_in_progress")) === "1";
    });
    await middle.client.call("REPLICAOF", "127.0.0.1", String(top.server.port));
    await linkIsUp(middle.client);
    await middle.client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
    await linkIsUp(bottom.client);
    await top.client.call("SET", "written", "after");
    for (const { client } of [middle, bottom]) await assertEqualData(top.client, client);
  });
}
