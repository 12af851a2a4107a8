// What DEBUG DIGEST does not tell: consumer groups, the expiry of fields, and forms of values that
// redis-server 7.0 does not have.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RDB_TYPES } from "../../src/rdb/rdb-format";
import { canRun, REAL_SERVER } from "../support/server-process";
import { NodeSender } from "./node-sender";
import { newNode, startReal, withDirectory } from "./random-data";
import { payloadOf, rdbLength, rdbLength64, rdbString } from "./rdb-bytes";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const FAR_MS = 33_177_117_420_000;

const GROUP_COMMANDS = [
  "XADD s 1-1 a 1 b 2",
  "XADD s 1-2 a 3 b 4",
  "XADD s 2-0 other 5",
  "XADD s 18446744073709551614-7 a x b y",
  "XDEL s 1-2",
  "XGROUP CREATE s g 0",
  "XGROUP CREATE s empty $",
  "XGROUP CREATE s told 1-1 ENTRIESREAD 3",
  "XGROUP CREATECONSUMER s g idle",
  "XREADGROUP GROUP g alice COUNT 1 STREAMS s >",
  "XREADGROUP GROUP g bob STREAMS s >",
  "XCLAIM s g alice 0 2-0 RETRYCOUNT 9",
  "XADD e 5-5 a 1",
  "XDEL e 5-5",
  "XGROUP CREATE e g 0",
];
const GROUP_QUESTIONS = ["XINFO GROUPS s", "XINFO GROUPS e", "XPENDING s g", "XPENDING s empty"]
  .concat(["XLEN s", "XLEN e", "XRANGE s - +", "XINFO STREAM s", "XINFO STREAM e"])
  .concat(["XREADGROUP GROUP g alice STREAMS s 0", "XREADGROUP GROUP g bob STREAMS s 0"]);

test("consumer groups go to redis-server and back", { skip: NO_SERVER }, () =>
  withDirectory(async (dir) => {
    const real = await startReal(dir);
    const client = await real.client();
    try {
      const from = new NodeSender(newNode(1));
      const back = new NodeSender(newNode(1));
      for (const command of GROUP_COMMANDS) from.send(...command.split(" "));
      for (const key of ["s", "e"]) {
        await client.command("RESTORE", key, "0", from.bulk("DUMP", key));
        const dumped = await client.command("DUMP", key);
        back.send("RESTORE", key, "0", dumped.subarray(dumped.indexOf("\n") + 1, -2));
      }
      for (const question of GROUP_QUESTIONS) {
        const words = question.split(" ");
        const answer = from.send(...words).toString();
        assert.equal((await client.command(...words)).toString(), answer, question);
        assert.equal(back.send(...words).toString(), answer, question);
      }
    } finally {
      await client.close();
      await real.stop();
    }
  }),
);

test("all that is known of consumers is kept by DUMP and RESTORE", () => {
  const from = new NodeSender(newNode(1));
  const back = new NodeSender(newNode(1));
  for (const command of GROUP_COMMANDS) from.send(...command.split(" "));
  back.send("RESTORE", "s", "0", from.bulk("DUMP", "s"));
  const questions = ["XINFO CONSUMERS s g", "XPENDING s g - + 10", "XPENDING s g - + 10 alice"];
  for (const question of questions) {
    const known = (sender: NodeSender): string[] =>
      withoutTimes(
        sender
          .send(...question.split(" "))
          .toString()
          .split("\r\n"),
      );
    assert.deepEqual(known(back), known(from));
  }
});

/** Without what is behind `idle` and `inactive`, or in front of a number of deliveries. */
function withoutTimes(lines: string[]): string[] {
  return lines.filter((line, index) => {
    const isTime = /^(idle|inactive)$/.test(lines[index - 1] ?? "") && line.startsWith(":");
    return !isTime && !(line.startsWith(":") && lines[index + 1]?.startsWith(":"));
  });
}

test("fields keep their expiries, and expire by them when their hash was restored", () => {
  for (const limit of ["512", "1"]) {
    const from = new NodeSender(newNode(1));
    const fuzz = newNode(1);
    const back = new NodeSender(fuzz);
    from.fuzz.set("hash-max-listpack-entries", limit);
    fuzz.set("hash-max-listpack-entries", limit);
    from.send("HSET", "h", "a", "1", "b", "2", "c", "3", "d", "4");
    from.send("HPEXPIREAT", "h", String(FAR_MS), "FIELDS", "1", "b");
    const soonMs = fuzz.clock.nowMs() + 60_000;
    from.send("HPEXPIREAT", "h", String(soonMs), "FIELDS", "2", "c", "d");
    assert.equal(back.send("RESTORE", "h", "0", from.bulk("DUMP", "h")).toString(), "+OK\r\n");
    const times = ["HPEXPIRETIME", "h", "FIELDS", "4", "a", "b", "c", "d"];
    const told = `*4\r\n:-1\r\n:${FAR_MS}\r\n:${soonMs}\r\n:${soonMs}\r\n`;
    assert.equal(from.send(...times).toString(), told);
    assert.equal(back.send(...times).toString(), told);
    assert.equal(
      back.send("OBJECT", "ENCODING", "h").toString(),
      from.send("OBJECT", "ENCODING", "h").toString(),
    );
    fuzz.clock.advance(70_000);
    for (let ticks = 0; ticks < 100; ticks++) fuzz.tick();
    assert.equal(back.send("HLEN", "h").toString(), ":2\r\n");
  }
});

test("tables of fields with expiries are read as 7.4 writes them, and as it did before", () => {
  const leastMs = 20_000_000_000_000;
  const least = Buffer.alloc(8);
  least.writeBigInt64LE(BigInt(leastMs));
  const far = rdbLength64(BigInt(leastMs));
  const fields = (first: Buffer): Buffer =>
    Buffer.concat([
      rdbLength(2),
      first,
      rdbString("f"),
      rdbString("v"),
      rdbLength(0),
      rdbString("g"),
      rdbString("w"),
    ]);
  const payloads = [
    payloadOf(
      Buffer.concat([Buffer.from([RDB_TYPES.HASH_METADATA]), least, fields(rdbLength(1))]),
      12,
    ),
    payloadOf(Buffer.concat([Buffer.from([RDB_TYPES.HASH_METADATA_PRE_GA]), fields(far)]), 12),
  ];
  for (const payload of payloads) {
    const sender = new NodeSender(newNode(1));
    assert.equal(sender.send("RESTORE", "h", "0", payload).toString(), "+OK\r\n");
    const reply = sender.send("HPEXPIRETIME", "h", "FIELDS", "2", "f", "g").toString();
    assert.equal(reply, `*2\r\n:${leastMs}\r\n:-1\r\n`);
  }
});

test("minus zero stays one where a later member is too long for a listpack", () => {
  const sender = new NodeSender(newNode(1));
  const scores = ["-1", "x".repeat(100), "-0", "a"];
  sender.send("ZADD", "z", ...scores);
  const told = sender.send("ZRANGE", "z", "0", "-1", "WITHSCORES").toString();
  assert.match(told, /\r\n-0\r\n/);
  sender.send("RESTORE", "copy", "0", sender.bulk("DUMP", "z"));
  assert.equal(sender.send("ZRANGE", "copy", "0", "-1", "WITHSCORES").toString(), told);
});
