// Scripts of a Sentinel as real programs: what they are told beside what a real Sentinel tells them,
// and a script that forbids a failover.

import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { OUR_SENTINEL, REAL_SENTINEL, REAL_SERVER, ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

/** A script that appends its arguments to a file, a line for each run, and then does more. */
function recorder(dir: string, name: string, more = ""): string {
  const path = join(dir, `${name}.sh`);
  // Several may run at once: each line is written at one go.
  const record = `line=$(printf '%s|' "$@"); echo "$line" >> '${join(dir, name)}'`;
  writeFileSync(path, `#!/bin/sh\n${record}\n${more}\n`);
  chmodSync(path, 0o755);
  return path;
}

function recorded(dir: string, name: string): string[] {
  const path = join(dir, name);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

describe("the notification script", () => {
  test("is told of warnings in the words of the real one", async (t) => {
    const port = await freePort();
    const seen = await Promise.all(
      [OUR_SENTINEL, REAL_SENTINEL].map(async (program) => {
        const dir = tempDir(t);
        const lines = [
          `sentinel monitor mymaster 127.0.0.1 ${port} 1`,
          "sentinel down-after-milliseconds mymaster 300",
          `sentinel notification-script mymaster ${recorder(dir, "told")}`,
        ];
        const configFile = `${lines.join("\n")}\n`;
        await ServerProcess.start({ program, configFile }, t);
        // The two run beside each other, and either may be the first to write.
        const isTold = () =>
          ["+sdown|", "+odown|"].every((type) =>
            recorded(dir, "told").some((line) => line.startsWith(type)),
          );
        await waitFor("the script to be told", isTold);
        return recorded(dir, "told").filter((line) => /^\+([so]down|monitor)\|/.test(line));
      }),
    );
    assert.deepEqual(seen[0]?.sort(), seen[1]?.sort());
    assert.ok(seen[0]?.includes(`+sdown|master mymaster 127.0.0.1 ${port}|`));
  });

  test("is tried again later when it ends with 1, and waits meanwhile for all to see", async (t) => {
    const dir = tempDir(t);
    const lines = [
      "sentinel monitor mymaster 127.0.0.1 1 9",
      `sentinel notification-script mymaster ${recorder(dir, "told", "exit 1")}`,
    ];
    const configFile = `${lines.join("\n")}\n`;
    const sentinel = await ServerProcess.start({ program: OUR_SENTINEL, configFile }, t);
    const client = await sentinel.client();
    t.after(() => client.close());
    const waits = async (): Promise<boolean> => {
      const info = String(await client.call("INFO", "sentinel"));
      return (
        recorded(dir, "told").length > 0 &&
        info.includes("sentinel_running_scripts:0\r") &&
        info.includes("sentinel_scripts_queue_length:1\r")
      );
    };
    await waitFor("the script to wait", waits);
    const pending = JSON.stringify(await client.call("SENTINEL", "PENDING-SCRIPTS"));
    assert.match(pending, /"flags","scheduled"/);
    assert.match(pending, /"retry-num","1"/);
    const delayMs = Number(/"run-delay","(\d+)"/.exec(pending)?.[1]);
    assert.ok(delayMs > 20_000 && delayMs <= 30_000, pending);
  });
});

describe("the script before a failover", () => {
  test("forbids it, then allows it, and clients are told by a script of theirs", async (t) => {
    const dir = tempDir(t);
    const config = { "repl-diskless-sync-delay": "0" };
    const master = await ServerProcess.start({ program: REAL_SERVER, config }, t);
    const replicaof = ["127.0.0.1", String(master.port)];
    const replica = await ServerProcess.start(
      { program: REAL_SERVER, config: { ...config, replicaof } },
      t,
    );
    const verdict = join(dir, "verdict");
    writeFileSync(verdict, "1");
    const lines = [
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds mymaster 300",
      "sentinel failover-timeout mymaster 500",
      `sentinel pre-failover-script mymaster ${recorder(dir, "asked", `exit $(cat ${verdict})`)}`,
      `sentinel client-reconfig-script mymaster ${recorder(dir, "moved")}`,
    ];
    const configFile = `${lines.join("\n")}\n`;
    const sentinel = await ServerProcess.start({ program: OUR_SENTINEL, configFile }, t);
    await waitFor("the replica to be known", () => sentinel.logs().includes("+slave slave "));
    const replication = async (): Promise<string> => {
      // Sentinel closes the connections of clients when it changes the role.
      const client = await replica.client();
      try {
        return String(await client.call("INFO", "replication"));
      } finally {
        await client.close();
      }
    };
    const isFollowing = async () => (await replication()).includes("master_link_status:up");
    await waitFor("the replica to follow", isFollowing);

    master.kill("SIGKILL");
    await waitFor("the veto", () => sentinel.logs().includes("-failover-abort-denied-by-script"));
    assert.match(await replication(), /role:slave/);
    writeFileSync(verdict, "0");
    await waitFor("the switch", () => sentinel.logs().includes("+switch-master mymaster"));
    assert.match(await replication(), /role:master/);

    const from = `127.0.0.1|${master.port}|`;
    for (const line of recorded(dir, "asked")) {
      assert.equal(line, `mymaster|leader|start|${from}`);
    }
    assert.ok(recorded(dir, "asked").length >= 2);
    await waitFor("the script of clients", () => recorded(dir, "moved").length > 0);
    assert.deepEqual(recorded(dir, "moved"), [
      `mymaster|leader|start|${from}127.0.0.1|${replica.port}|`,
    ]);
  });
});
