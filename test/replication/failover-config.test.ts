// FAILOVER changes the roles of two servers without REPLICAOF: the configuration of both follows, so
// that CONFIG REWRITE and a restart keep the roles.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const CONFIG = { save: "", "repl-diskless-sync-delay": 0 };

test("after FAILOVER the configuration names whom a server follows now", async (t) => {
  const first = await ServerProcess.start({ config: CONFIG }, t);
  const config = { ...CONFIG, replicaof: ["127.0.0.1", `${first.port}`] };
  const second = await ServerProcess.start({ config }, t);
  const clients = [first, second].map(({ port }) => RawClient.connect({ port }));
  const [old, next] = await Promise.all(clients);
  const has = async (client: RawClient, line: string): Promise<boolean> =>
    String(await client.call("INFO", "replication")).includes(line);
  await waitFor("the replica", () => has(old, "state=online"));
  await waitFor(
    "the failover",
    async () => String(await old.call("FAILOVER")) === "OK" || has(old, "role:slave"),
  );
  await waitFor("the new roles", () => has(next, "role:master"));
  await waitFor("the old master's link", () => has(old, "master_link_status:up"));
  assert.deepEqual(
    String(await old.call("CONFIG", "GET", "replicaof")),
    `replicaof,127.0.0.1 ${second.port}`,
  );
  assert.deepEqual(String(await next.call("CONFIG", "GET", "replicaof")), "replicaof,");
  await Promise.all([old.close(), next.close()]);
});
