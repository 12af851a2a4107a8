// Append only files that redis-server has written, loaded by a real process: the data set is what
// redis-server makes of the same files.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CommandSource, GRAMMARS } from "../parity/grammar";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { type SeededRandom, withSeed } from "../support/seeds";
import { canRun, REAL_SERVER } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { LEFT_OUT } from "./aof-bytes";
import { dataDir, digest, info, REAL, startIn } from "./saved-server";

const skip = canRun(REAL_SERVER) ? false : "there is no redis-server";
const AOF = { appendonly: "yes" };
const COMMANDS = 300;
/** They hold the connection, or end it. */
const HOLDING = ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "BLPOP", "BRPOP", "RESET", "QUIT"];

const words = (...commands: string[][]): Buffer =>
  Buffer.concat(commands.map((command) => encodeCommand(command)));

/** Random commands, some of them in transactions, and at the end nothing that will expire. */
async function live(client: RawClient, random: SeededRandom): Promise<void> {
  const left = [...LEFT_OUT, ...HOLDING];
  const blocking = /^(B[LRZ]|XREAD|SUBS|PSUBS|SSUBS|CLIENT|MONITOR|AUTH|WAIT|SHUTDOWN|SAVE|BGSAVE)/;
  const usable = GRAMMARS.filter(({ name }) => !left.includes(name) && !blocking.test(name));
  const source = new CommandSource(random, usable);
  for (let i = 0; i < COMMANDS; i++) {
    if (random.chance(0.1)) {
      await client.command("MULTI");
      await client.command("SET", `t${random.below(9)}`, String(random.word()));
      await client.command("LPUSH", "transacted", String(i));
      await client.command("EXEC");
    }
    await client.command(...source.next());
  }
  await client.command("DISCARD");
  await client.command("RESET");
}

async function keepForever(client: RawClient): Promise<void> {
  for (let db = 0; db < 16; db++) {
    await client.command("SELECT", String(db));
    await client.call("EVAL", PERSIST_ALL, "0");
  }
}

const PERSIST_ALL =
  "for _, key in ipairs(redis.call('keys', '*')) do redis.call('persist', key) end return 1";

describe("what redis-server has written", { skip }, () => {
  for (const preamble of ["yes", "no"]) {
    test(`is loaded: rewritten amid transactions, aof-use-rdb-preamble ${preamble}`, (t) =>
      withSeed(async (random) => {
        const dir = dataDir(t);
        const config = { ...AOF, "aof-use-rdb-preamble": preamble, "aof-timestamp-enabled": "yes" };
        const real = await startIn(dir, t, { ...REAL, config });
        await live(real.client, random);
        await keepForever(real.client);
        await real.client.call("BGREWRITEAOF");
        await live(real.client, random);
        await waitFor("the rewrite", async () => {
          return (await info(real.client)).get("aof_rewrite_in_progress") === "0" || null;
        });
        await keepForever(real.client);
        await real.server.stop();
        const again = await startIn(dir, t, { ...REAL, config: { ...AOF, save: "" } });
        const expected = await digest(again.client);
        await again.server.stop();
        const ours = await startIn(dir, t, { config: { ...AOF, save: "" } });
        assert.equal(await digest(ours.client), expected);
        assert.match(ours.server.logs(), /DB loaded from base file appendonly\.aof\.\d\.base/);
        assert.match(ours.server.logs(), /DB loaded from append only file: \d+\.\d{3} seconds/);
        await ours.client.call("DEBUG", "LOADAOF");
        assert.equal(await digest(ours.client), expected);
      }));
  }

  test("as one file, by an older version, is taken over as redis-server does", async (t) => {
    const commands = words(["SELECT", "2"], ["SET", "a", "1"], ["RPUSH", "l", "x", "y"]);
    const lists: string[][] = [];
    for (const options of [REAL, {}]) {
      const dir = dataDir(t);
      writeFileSync(join(dir, "appendonly.aof"), commands);
      const { server, client } = await startIn(dir, t, { ...options, config: AOF });
      assert.match(server.logs(), /Successfully migrated an old-style AOF (configuration|file)/);
      assert.ok(!existsSync(join(dir, "appendonly.aof")));
      const manifest = readFileSync(join(dir, "appendonlydir", "appendonly.aof.manifest"), "utf8");
      lists.push([manifest, await digest(client)]);
      await server.stop();
    }
    assert.deepEqual(lists[1], lists[0]);
  });
});
