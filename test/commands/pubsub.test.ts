// Publishing where the parity scripts cannot look: transactions, slow subscribers, INFO, and many
// subscribers at once.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const MEBIBYTE = 1024 * 1024;

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`publishing with ${program}`, { skip: !canRun(program) }, () => {
    let server: ServerProcess;
    let admin: RawClient;
    before(async () => {
      server = await ServerProcess.start({ program });
      admin = await server.client();
    });
    after(async () => {
      await admin?.close();
      await server?.stop();
    });

    async function field(section: string, name: string): Promise<number> {
      const text = String(await admin.call("INFO", section));
      return Number(new RegExp(`^${name}:(\\d+)\r$`, "m").exec(text)?.[1]);
    }

    test("a subscriber that does not read is closed at its limit, others go on", async (t) => {
      await admin.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
      const slow = await server.client();
      const quick = await server.client();
      t.after(() => Promise.all([slow.close(), quick.close()]));
      await slow.call("CLIENT", "SETNAME", "slow");
      await slow.call("SUBSCRIBE", "flood");
      await quick.call("SUBSCRIBE", "flood");
      slow.socket.pause();
      const text = Buffer.alloc(64 * 1024, "x");
      const before = await field("stats", "client_output_buffer_limit_disconnections");
      let sent = 0;
      await waitFor("the slow one is closed", async () => {
        sent++;
        return (await admin.call("PUBLISH", "flood", text)) === 1;
      });
      for (let received = 0; received < sent; received++) {
        assert.ok((await quick.readReply()).includes("flood"));
      }
      assert.ok(sent * text.length > MEBIBYTE);
      assert.doesNotMatch(String(await admin.call("CLIENT", "LIST")), /name=slow/);
      if (program === OUR_SERVER) {
        const closed = await field("stats", "client_output_buffer_limit_disconnections");
        assert.equal(closed, before + 1);
      }
      assert.match(
        server.logs(),
        /name=slow .* (closed|scheduled to be closed ASAP) for overcoming/,
      );
    });

    test("SUBSCRIBE within a transaction", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      await client.call("MULTI");
      for (const words of [
        ["SUBSCRIBE", "a", "b"],
        ["GET", "x"],
      ]) {
        assert.equal(await client.call(...words), "QUEUED");
      }
      const reply = String(await client.command("EXEC"));
      assert.equal(reply.slice(0, 4), "*2\r\n");
      // A confirmation per channel: what the array counts and what it holds differ.
      assert.match(String(await client.readReply()), /^\$-1\r\n$/);
      assert.equal(await admin.call("PUBLISH", "b", "1"), 1);
      assert.match(String(await client.readReply()), /message/);
    });

    test("counts of subscriptions are in INFO, and go with the clients", async () => {
      const clients = await Promise.all([1, 2, 3].map(() => server.client()));
      for (const client of clients) {
        await client.command("SUBSCRIBE", "one");
        await client.command("PSUBSCRIBE", "two*");
        await client.command("SSUBSCRIBE", "three");
      }
      const names = ["pubsub_channels", "pubsub_patterns", "pubsubshard_channels"];
      for (const name of names) assert.equal(await field("stats", name), 1, name);
      for (const client of clients) await client.close();
      await waitFor("all are gone", async () => (await field("clients", "connected_clients")) <= 2);
      for (const name of names) assert.equal(await field("stats", name), 0, name);
    });

    test("many subscribers get every message, in order", async () => {
      const clients = await Promise.all(Array.from({ length: 200 }, () => server.client()));
      await Promise.all(clients.map((client) => client.command("SUBSCRIBE", "all")));
      for (let n = 0; n < 50; n++) assert.equal(await admin.call("PUBLISH", "all", `${n}`), 200);
      for (const client of clients) {
        for (let n = 0; n < 50; n++) {
          assert.match(String(await client.readReply()), new RegExp(`\r\n${n}\r\n$`));
        }
      }
      await Promise.all(clients.map((client) => client.close()));
    });
  });
}

test("a message to oneself never lies within the reply of a transaction", async (t) => {
  const server = await ServerProcess.start({}, t);
  const client = await server.client();
  t.after(() => client.close());
  await client.command("HELLO", "3");
  await client.command("SUBSCRIBE", "self");
  await client.command("CLIENT", "TRACKING", "ON");
  for (const words of ["MULTI", "GET k", "PUBLISH self 1", "SET k 1", "PUBLISH self 2"]) {
    await client.command(...words.split(" "));
  }
  assert.deepEqual(await client.call("EXEC"), [null, 1, "OK", 1]);
  const pushes = [];
  for (let count = 0; count < 3; count++) pushes.push(await client.call("PING", "wrong", "arity"));
  assert.deepEqual(pushes, [
    { push: ["message", "self", "1"] },
    { push: ["invalidate", ["k"]] },
    { push: ["message", "self", "2"] },
  ]);
});
