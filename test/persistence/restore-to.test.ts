// `redis-server --restore-to`: the data set of a moment, from files that redis-server has written.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "../support/run-program";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { withDirectory } from "./random-data";

const skip = canRun(REAL_SERVER) ? false : "there is no redis-server";

function contentOf(dir: string): [string, string][] {
  return readdirSync(dir)
    .sort()
    .map((name) => [name, readFileSync(join(dir, name), "latin1")]);
}

/** Runs commands in one second, and returns it when it is over. */
async function inOneSecond(run: () => Promise<unknown>): Promise<number> {
  await waitFor("the beginning of a second", async () => Date.now() % 1000 < 300 || null);
  const seconds = Math.floor(Date.now() / 1000);
  await run();
  await waitFor("the next second", async () => Date.now() >= (seconds + 1) * 1000 || null);
  return seconds;
}

test("the data set of a moment comes back, for this server and for redis-server", { skip }, () =>
  withDirectory(async (dir) => {
    const config = { appendonly: "yes", "aof-timestamp-enabled": "yes" };
    const real = await ServerProcess.start({ program: REAL_SERVER, dir, config });
    const client = await real.client();
    const first = await inOneSecond(() => client.command("RPUSH", "list", "1", "2"));
    const second = await inOneSecond(() => client.command("RPUSH", "list", "3"));
    await client.command("DEL", "list");
    await client.close();
    await real.stop();
    const before = contentOf(join(dir, "appendonlydir"));
    for (const [when, expected] of [
      [String(first), "1,2"],
      [new Date(second * 1000).toISOString(), "1,2,3"],
    ] as const) {
      const { code, stdout, stderr } = await runProgram(OUR_SERVER, [
        "--dir",
        dir,
        "--restore-to",
        when,
      ]);
      assert.equal(code, 0, stderr);
      const directory = /--appenddirname (\S+)/.exec(stdout)?.[1] ?? "";
      assert.deepEqual(contentOf(join(dir, "appendonlydir")), before);
      for (const program of [REAL_SERVER, OUR_SERVER]) {
        const restored = await ServerProcess.start({
          program,
          dir,
          config: { ...config, appenddirname: directory },
        });
        const reader = await restored.client();
        assert.deepEqual(String(await reader.call("LRANGE", "list", "0", "-1")), expected);
        await reader.close();
        await restored.stop();
      }
      const again = await runProgram(OUR_SERVER, ["--restore-to", when, "--dir", dir]);
      assert.equal(again.code, 1);
      assert.match(again.stderr, /is there already/);
    }
  }),
);

test("what cannot be restored is told, and leaves nothing behind", () =>
  withDirectory(async (dir) => {
    for (const [args, pattern] of [
      [["--restore-to"], /'' is no time/],
      [["--restore-to", "soon"], /'soon' is no time/],
      [["--restore-to", "100"], /There is no append only file to restore from/],
    ] as const) {
      const { code, stderr, stdout } = await runProgram(OUR_SERVER, ["--dir", dir, ...args]);
      assert.equal(code, 1, stdout);
      assert.match(stderr, pattern);
      assert.deepEqual(readdirSync(dir), []);
    }
  }));
