// What may happen while MIGRATE waits for the other server, which Redis does not allow to happen:
// everybody else goes on, and no value that is newer than what was sent is lost.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { RecordingNode } from "../support/recording-node";
import type { Reply } from "../support/reply";
import { encodeCommand } from "../support/resp-encode";
import { waitFor } from "../support/wait-for";
import { PretendedTarget } from "./pretended-target";

const HOST = "127.0.0.1";
const LONG_MS = "10000";

function changed(count: number, all: number): Reply {
  return {
    error:
      `ERR ${count} of ${all} keys were changed while they were migrated: ` +
      "they are not deleted here, and the target instance has their former values",
  };
}

describe("while MIGRATE waits", () => {
  let node: RecordingNode;
  let target: PretendedTarget;
  let mover: RawClient;
  let other: RawClient;

  beforeEach(async () => {
    node = new RecordingNode();
    await node.start();
    target = await PretendedTarget.listen();
    mover = await RawClient.connect({ port: node.port });
    other = await RawClient.connect({ port: node.port });
  });
  afterEach(async () => {
    await mover.close();
    await other.close();
    await target.close();
    await node.stop();
  });

  /** Asks for keys to be moved to database 0; resolves when so many have been sent. */
  async function begin(sent: number, ...words: string[]): Promise<{ reply: Promise<Reply> }> {
    const port = String(target.port);
    const reply = mover.call("MIGRATE", HOST, port, "", "0", LONG_MS, "KEYS", ...words);
    await target.until("SELECT");
    target.answer("+OK");
    await target.until("RESTORE", sent);
    return { reply };
  }

  async function line(text: string): Promise<Reply> {
    return other.call(...text.split(" "));
  }

  test("others are answered, the client's own requests come after it, in order", async () => {
    await line("MSET a 1 b 2");
    const { reply } = await begin(1, "a");
    const own = mover.call("EXISTS", "a", "b");
    assert.equal(await line("PING"), "PONG");
    assert.equal(await line("GET a"), "1");
    assert.equal(mover.unreadReplies(), 0);
    target.answer("+OK");
    assert.equal(await reply, "OK");
    assert.equal(await own, 1);
  });

  test("what was acknowledged is deleted, told of and passed on as DEL", async () => {
    await line("MSET a 1 b 2 c 3");
    await line("CONFIG SET notify-keyspace-events KEA");
    const listener = await RawClient.connect({ port: node.port });
    await listener.call("PSUBSCRIBE", "__keyevent@0__:*");
    const { reply } = await begin(3, "a", "b", "c");
    node.sink.take();
    target.answer("+OK");
    await waitFor("the first to be gone", async () => (await line("EXISTS a b c")) === 2);
    assert.equal(node.sink.take().toString(), encodeCommand(["DEL", "a"]).toString());
    assert.match((await listener.readReply()).toString(), /:del\r\n\$1\r\na\r\n$/);
    target.answer("-BUSYKEY is there", "+OK");
    const error = "ERR Target instance replied with error: BUSYKEY is there";
    assert.deepEqual(await reply, { error });
    assert.equal(node.sink.take().toString(), encodeCommand(["DEL", "c"]).toString());
    assert.equal(await line("EXISTS b"), 1);
    assert.match(
      String(await line("INFO commandstats")),
      /cmdstat_migrate:calls=1,.*failed_calls=1/,
    );
    await listener.close();
  });

  test("a watched key that is moved away spoils the transaction", async () => {
    await line("SET a 1");
    await line("WATCH a");
    const { reply } = await begin(1, "a");
    target.answer("+OK");
    assert.equal(await reply, "OK");
    await line("MULTI");
    await line("PING");
    assert.equal(await line("EXEC"), null);
  });

  const CHANGES: readonly (readonly [name: string, change: string, left: number])[] = [
    ["overwritten", "SET a new", 1],
    ["changed in its place", "APPEND a new", 1],
    ["given an expiry", "EXPIRE a 1000", 1],
    ["deleted", "DEL a", 0],
    ["renamed", "RENAME a b", 0],
    ["flushed", "FLUSHALL", 0],
    ["swapped away", "SWAPDB 0 1", 0],
  ];
  for (const [name, change, left] of CHANGES) {
    test(`a key that is ${name} meanwhile is not deleted, and the client is told`, async () => {
      await line("SET a 1");
      const { reply } = await begin(1, "a");
      await line(change);
      const digest = String(await line("DEBUG DIGEST"));
      node.sink.take();
      target.answer("+OK");
      assert.deepEqual(await reply, changed(1, 1));
      assert.equal(await line("EXISTS a"), left);
      assert.equal(String(await line("DEBUG DIGEST")), digest);
      assert.equal(node.sink.take().length, 0);
    });
  }

  test("a stream that something was acknowledged in meanwhile is kept", async () => {
    await line("XADD s 1-1 f v");
    await line("XGROUP CREATE s g 0");
    await line("XREADGROUP GROUP g c STREAMS s >");
    await line("XADD t 1-1 f v");
    const { reply } = await begin(2, "s", "t");
    assert.equal(await line("XACK s g 1-1"), 1);
    target.answer("+OK", "+OK");
    assert.deepEqual(await reply, changed(1, 2));
    assert.equal(await line("EXISTS s t"), 1);
  });

  test("a key whose time comes meanwhile is rightly gone", async () => {
    await line("SET a 1 PX 40");
    const { reply } = await begin(1, "a");
    await waitFor("it to expire", async () => (await line("EXISTS a")) === 0);
    target.answer("+OK");
    assert.equal(await reply, "OK");
  });

  test("a key that is named twice is moved once", async () => {
    await line("SET a 1");
    const { reply } = await begin(2, "a", "a");
    target.answer("+OK", "+OK");
    assert.equal(await reply, "OK");
    assert.equal(await line("EXISTS a"), 0);
  });

  test("no key is sent before the database was selected", async () => {
    await line("SET a 1");
    const reply = mover.call("MIGRATE", HOST, String(target.port), "a", "7", LONG_MS);
    await target.until("SELECT");
    target.answer("-ERR DB index is out of range");
    const error = "ERR Target instance replied with error: ERR DB index is out of range";
    assert.deepEqual(await reply, { error });
    assert.equal(target.count("RESTORE"), 0);
    assert.equal(await line("EXISTS a"), 1);
  });

  test("a database that cannot be is asked for, too", async () => {
    await line("SET a 1");
    const reply = mover.call("MIGRATE", HOST, String(target.port), "a", "-1", LONG_MS);
    await target.until("SELECT");
    target.answer("-ERR DB index is out of range");
    await reply;
    assert.equal(target.count("RESTORE"), 0);
  });

  test("what was acknowledged is gone when the connection breaks, the rest stays", async () => {
    await line("MSET a 1 b 2 c 3");
    const { reply } = await begin(3, "a", "b", "c");
    target.answer("+OK");
    await waitFor("the first to be gone", async () => (await line("EXISTS a")) === 0);
    target.hangUp();
    const error = "IOERR error or timeout reading to target instance";
    assert.deepEqual(await reply, { error });
    assert.equal(await line("EXISTS b c"), 2);
    // They are moved by the next that comes, on a connection of its own.
    await line("SET b new");
    const again = mover.call("MIGRATE", HOST, String(target.port), "b", "0", LONG_MS);
    await target.until("SELECT", 2);
    assert.equal(target.connections, 2);
    target.answer("+OK");
    await target.until("RESTORE", 4);
    target.answer("+OK");
    assert.equal(await again, "OK");
  });

  test("it goes on when its client is gone", async () => {
    await line("MSET a 1 b 2");
    const { reply } = await begin(2, "a", "b");
    const ended = assert.rejects(reply);
    await mover.close();
    await ended;
    await waitFor("it to be forgotten", async () => {
      return /connected_clients:1\r/.test(String(await line("INFO clients")));
    });
    target.answer("+OK", "+OK");
    await waitFor("both to be gone", async () => (await line("EXISTS a b")) === 0);
  });

  test("nothing is deleted while writes are paused", async () => {
    await line("SET a 1");
    const { reply } = await begin(1, "a");
    await line("CLIENT PAUSE 150 WRITE");
    const start = performance.now();
    target.answer("+OK");
    assert.equal(await reply, "OK");
    assert.ok(performance.now() - start > 100);
    assert.equal(await line("EXISTS a"), 0);
  });

  test("only some keys are on their way at a time", async () => {
    const keys = Array.from({ length: 1200 }, (_, i) => `k${i}`);
    for (const key of keys) await line(`SET ${key} 1`);
    const { reply } = await begin(500, ...keys);
    assert.equal(await line("PING"), "PONG");
    assert.equal(target.count("RESTORE"), 500);
    // One that was not sent yet is sent as it is then.
    await line("DEL k1100");
    for (let sent = 0; sent < keys.length - 1; sent += 100) {
      const count = Math.min(100, keys.length - 1 - sent);
      await target.until("RESTORE", sent + count);
      target.answer(...Array.from({ length: count }, () => "+OK"));
    }
    assert.equal(await reply, "OK");
    assert.equal(target.count("RESTORE"), keys.length - 1);
    assert.equal(await line("DBSIZE"), 0);
  });

  test("it is refused between MULTI and EXEC, and the transaction with it", async () => {
    await line("SET a 1");
    await line("MULTI");
    const error = "ERR MIGRATE is not allowed inside a transaction: it waits for another server";
    assert.deepEqual(await line(`MIGRATE ${HOST} ${target.port} a 0 1000`), { error });
    await line("SET b 1");
    assert.match(JSON.stringify(await line("EXEC")), /EXECABORT/);
    assert.equal(await line("EXISTS a b"), 1);
  });

  test("passwords are not shown by MONITOR and SLOWLOG", async () => {
    await line("SET a 1");
    await line("CONFIG SET slowlog-log-slower-than 0");
    const monitor = await RawClient.connect({ port: node.port });
    await monitor.call("MONITOR");
    const port = String(target.port);
    const reply = mover.call("MIGRATE", HOST, port, "a", "0", LONG_MS, "AUTH2", "me", "hush");
    await target.until("AUTH");
    target.answer("+OK", "+OK");
    await target.until("RESTORE");
    target.answer("+OK");
    assert.equal(await reply, "OK");
    const shown = (await monitor.readReply()).toString();
    assert.match(shown, /"MIGRATE"/i);
    assert.doesNotMatch(shown, /hush/);
    const slow = JSON.stringify(await line("SLOWLOG GET 100"));
    assert.match(slow, /MIGRATE/);
    assert.doesNotMatch(slow, /hush/);
    await monitor.close();
  });
});
