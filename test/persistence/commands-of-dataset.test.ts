// Random data sets told as the commands of an AOF: a node and redis-server that run them have the
// same data.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AofCommandWriter } from "../../src/keyspace/aof-command-writer";
import { CommandsOfDataset } from "../../src/persistence/aof/commands-of-dataset";
import { valueRewriters } from "../../src/server/value-codecs";
import { FuzzClient } from "../fuzz/fuzz-client";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { withSeed } from "../support/seeds";
import { canRun, REAL_SERVER, ServerProcess } from "../support/server-process";
import { NodeSender } from "./node-sender";
import { differences, digestOf, filled, LOW_LIMITS, newNode, withDirectory } from "./random-data";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const PIECE_BYTES = 65536;
const ROUNDS = Number(process.env.ROUND_TRIPS ?? 3);

function told({ node }: FuzzNode, timestampSeconds?: number): Buffer {
  const parts: Buffer[] = [];
  const writer = new AofCommandWriter(node.memory, (bytes, length) => {
    parts.push(Buffer.from(bytes.slice(0, length)));
  });
  const data = {
    functions: [],
    databases: node.keyspace.databases.map(({ index, size, expiring, dict }) => ({
      index,
      size,
      expiring,
      header: dict.ref,
    })),
  };
  new CommandsOfDataset(node.memory, valueRewriters(node.memory), writer, data).write(
    timestampSeconds,
  );
  return Buffer.concat(parts);
}

function run(commands: Buffer, into: FuzzNode): void {
  const client = new FuzzClient(into.transport);
  into.transport.turn();
  for (let at = 0; at < commands.length; at += PIECE_BYTES) {
    client.write(commands.subarray(at, at + PIECE_BYTES));
    client.sendRest();
    into.transport.turn();
  }
  assert.equal(client.lastReply.includes("ERR"), false, client.lastReply.toString("latin1"));
}

test("a node that runs the commands has the same data", () =>
  withSeed((random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      const limits = random.chance(0.5) ? LOW_LIMITS : [];
      const fuzz = filled(random, seed + round, limits);
      const again = newNode(seed + round, limits);
      run(told(fuzz), again);
      assert.deepEqual(differences(again, fuzz), []);
      assert.equal(digestOf(again), digestOf(fuzz));
    }
  }));

test("redis-server reads the commands", { skip: NO_SERVER }, () =>
  withSeed(async (random, seed) => {
    for (let round = 0; round < ROUNDS; round++) {
      await withDirectory(async (dir) => {
        const fuzz = filled(random, seed + round);
        writeFileSync(join(dir, "appendonly.aof"), told(fuzz, 1_700_000_000));
        const config = { appendonly: "yes", "enable-debug-command": "yes" };
        const real = await ServerProcess.start({ program: REAL_SERVER, dir, config });
        const client = await real.client();
        try {
          const digest = (await client.command("DEBUG", "DIGEST")).toString().slice(1, -2);
          assert.equal(digest, digestOf(fuzz), real.logs());
        } finally {
          await client.close();
          await real.stop();
        }
      });
    }
  }),
);

test("what digests leave out is told too: groups, deleted entries, field expiry, large values", () => {
  const sender = new NodeSender(newNode(1));
  sender.send("XADD", "empty", "5-1", "f", "v");
  sender.send("XDEL", "empty", "5-1");
  sender.send("XADD", "s", "1-1", "f", "v");
  for (let i = 2; i < 9; i++) sender.send("XADD", "s", `${i}-0`, "f", "v", "g", `${i}`);
  sender.send("XDEL", "s", "8-0");
  sender.send("XGROUP", "CREATE", "s", "g", "0");
  sender.send("XGROUP", "CREATE", "s", "other", "3-0");
  sender.send("XGROUP", "CREATECONSUMER", "s", "g", "idle");
  sender.send("XREADGROUP", "GROUP", "g", "busy", "COUNT", "3", "STREAMS", "s", ">");
  sender.send("HSET", "h", "a", "1", "b", "2");
  sender.send("HPEXPIREAT", "h", "99999999999999", "FIELDS", "1", "a");
  sender.send("SET", "big", Buffer.alloc(900_000, 7), "PXAT", "99999999999999");
  sender.send("RPUSH", "l", Buffer.alloc(300_000, 1), "", Buffer.from([0, 255, 13, 10]));
  const again = new NodeSender(newNode(2));
  run(told(sender.fuzz), again.fuzz);
  assert.equal(digestOf(again.fuzz), digestOf(sender.fuzz));
  for (const command of [
    ["XINFO", "STREAM", "empty"],
    ["XINFO", "GROUPS", "s"],
    ["XPENDING", "s", "g"],
    ["XPENDING", "s", "g", "-", "+", "9", "busy"],
    ["HPEXPIRETIME", "h", "FIELDS", "2", "a", "b"],
    ["PEXPIRETIME", "big"],
  ]) {
    const [one, other] = [again, sender].map((node) => node.send(...command).toString("latin1"));
    assert.equal(withoutIdle(one), withoutIdle(other), command.join(" "));
  }
});

/** How long an entry has been pending, and how a tree lies, is of no interest. */
function withoutIdle(reply: string): string {
  return reply.replace(/:\d+\r\n:1\r\n/g, ":idle\r\n:1\r\n");
}
