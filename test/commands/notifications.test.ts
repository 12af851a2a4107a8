// Keyspace notifications as subscribers see them: the same stream of messages from our server and
// the real one, for every command line below and for each set of classes.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { wordsOf } from "../support/published-events";
import type { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

const END = "\x00end of a line";

const COMMANDS = `
  SET a 1
  SET a 2 EX 100
  SET a 2 KEEPTTL
  SET b 1 NX EX 100
  SET c 3 GET
  GET nope
  MGET a nope b nope2
  SETNX d 1
  SETEX d 100 x
  PSETEX e 100000 x
  GETSET f x
  GETDEL f
  GETEX d PERSIST
  GETEX d EX 100
  MSET a 1 g 2 a 3
  MSETNX i 1 j 2
  APPEND a x
  APPEND k x
  SETRANGE a 3 x
  SETRANGE m 3 x
  INCR o
  DECRBY o 3
  INCRBYFLOAT p 1.5
  INCR a
  STRLEN nope
  EXPIRE o 100
  PERSIST o
  EXPIRE o 0
  PEXPIREAT p 1
  RENAME a z
  RENAMENX z y
  COPY y z
  COPY y z DB 1 REPLACE
  MOVE y 2
  DEL b nope c
  UNLINK d
  EXISTS nope g nope
  TYPE nope
  TTL nope
  TOUCH nope g
  OBJECT ENCODING nope
  SET late v PXAT 1
  GET late
  SET late v PXAT 1
  SET late w
  SET "\\x00\\xff\\r\\n" v
  SET "" v
  SET __proto__ v
  DEL __proto__
  SELECT 3
  SET other v
  DEL other
  SELECT 0
  SWAPDB 0 1
  RPUSH list 1 2 3
  LPOP list
  RPOPLPUSH list list2
  LTRIM list 5 9
  SADD set 1 2
  SREM set 1
  SMOVE set set2 2
  SUNIONSTORE set3 set2 nope
  HSET hash f 1 g 2
  HINCRBY hash f 1
  HDEL hash f g
  ZADD zset 1 a 2 b
  ZINCRBY zset 1 a
  ZREM zset a b
  SETBIT bits 3 1
  BITOP NOT bits2 bits
  LLEN nope
  SMEMBERS nope
  HGETALL nope
  ZRANGE nope 0 -1
  MULTI
  SET m1 1
  INCR m1
  DEL m1
  EXEC
  RANDOMKEY
  FLUSHDB
  FLUSHALL
`;

const CLASSES = ["KEA", "AKEnm", "K$g", "Eg$x", "KEn", "Km", "Kx", "KEe", "A", "K", ""];

describe("keyspace notifications", { skip: !canRun(OUR_SERVER) }, () => {
  const servers: ServerProcess[] = [];
  let clients: RawClient[];

  before(async () => {
    const config = { "enable-debug-command": "yes" };
    servers.push(await ServerProcess.start({ config }));
    servers.push(await ServerProcess.start({ program: REAL_SERVER, config }));
    clients = await Promise.all(servers.map((server) => server.client()));
    for (const client of clients) await client.command("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  });
  after(async () => {
    for (const client of clients) await client.close();
    for (const server of servers) await server.stop();
  });

  for (const classes of CLASSES) {
    test(`of the classes '${classes}' are those of the real server`, async () => {
      const streams = await Promise.all(
        clients.map(async (client, index) => {
          await client.command("CONFIG", "SET", "notify-keyspace-events", classes);
          const listener = await servers[index]?.client();
          assert.ok(listener);
          const marker = await servers[index]?.client();
          assert.ok(marker);
          const messages = await streamOf(client, listener, marker);
          await marker.close();
          await listener.close();
          return messages;
        }),
      );
      assert.deepEqual(streams[0], streams[1]);
      assert.equal(
        (streams[0] ?? []).length > LINES.length,
        /[KE].*[A$gxnm]|A.*[KE]/.test(classes),
      );
    });
  }

  test("who listens on the connection that makes the change gets the same messages", async () => {
    const streams = await Promise.all(
      servers.map(async (server) => {
        const client = await server.client();
        await client.command("HELLO", "3");
        await client.command("CONFIG", "SET", "notify-keyspace-events", "KEA");
        await client.command("PSUBSCRIBE", "__key*");
        const replies: string[] = [];
        for (const words of [
          ["SET", "own", "1"],
          ["DEL", "own"],
        ]) {
          client.send(...words);
          for (let count = 0; count < 3; count++) replies.push(String(await client.readReply()));
        }
        await client.close();
        // Ours come behind the reply, as since 7.2; the real server's come before it.
        return replies.filter((reply) => reply.startsWith(">"));
      }),
    );
    assert.deepEqual(streams[0], streams[1]);
    assert.equal(streams[0]?.length, 4);
  });

  test("keys that expire by themselves are told of, without a command", async () => {
    for (const [index, client] of clients.entries()) {
      await client.command("CONFIG", "SET", "notify-keyspace-events", "Ex");
      await client.command("DEBUG", "SET-ACTIVE-EXPIRE", "1");
      const listener = await servers[index]?.client();
      assert.ok(listener);
      await listener.command("SUBSCRIBE", "__keyevent@0__:expired");
      await client.command("SET", "short", "v", "PX", "20");
      const message = String(await listener.readReply());
      assert.match(message, /__keyevent@0__:expired\r\n\$5\r\nshort\r\n$/);
      await client.command("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      await listener.close();
    }
  });

  test("evicted keys are told of", async () => {
    for (const [index, client] of clients.entries()) {
      await client.command("FLUSHALL");
      await client.command("CONFIG", "SET", "notify-keyspace-events", "Ke");
      const listener = await servers[index]?.client();
      assert.ok(listener);
      await listener.command("PSUBSCRIBE", "__keyspace@0__:*");
      await client.command("SET", "victim", "v".repeat(100));
      await client.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
      await client.command("CONFIG", "SET", "maxmemory", "1");
      while (Number(await client.call("DBSIZE")) > 0) await delay(1);
      const message = String(await listener.readReply());
      assert.match(message, /__keyspace@0__:victim\r\n\$7\r\nevicted\r\n$/);
      await client.command("CONFIG", "SET", "maxmemory", "0");
      await listener.close();
    }
  });
});

const LINES = COMMANDS.split("\n")
  .map((line) => line.trim())
  .filter((line) => line !== "");

/** Everything that a subscriber to all channels gets for each line, with a line per message. */
async function streamOf(
  client: RawClient,
  listener: RawClient,
  marker: RawClient,
): Promise<string[]> {
  await listener.command("PSUBSCRIBE", "*");
  const stream: string[] = [];
  for (const line of LINES) {
    await client.command(...wordsOf(line));
    await marker.command("PUBLISH", "end", END);
    stream.push(line);
    for (;;) {
      const message = String(await listener.readReply());
      if (message.includes(END)) break;
      stream.push(message);
    }
  }
  return stream;
}
