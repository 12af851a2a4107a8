// CLIENT PAUSE: what is stopped, that it is run later, once, and in its order.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`CLIENT PAUSE of ${program}`, { skip: !canRun(program) }, () => {
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

    test("a pipeline stops at its first write and goes on there", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.equal(await admin.call("SET", "k", "0"), "OK");
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      const commands = [["GET", "k"], ["INCR", "k"], ["GET", "k"], ["INCR", "k"], ["PING"]];
      client.sendRaw(Buffer.concat(commands.map(encodeCommand)));
      assert.equal(String(await client.readReply()), "$1\r\n0\r\n");
      await untilFlag(admin, "b");
      assert.equal(await admin.call("GET", "k"), "0");
      assert.equal(client.unreadReplies(), 0);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      const rest = [await client.readReply(), await client.readReply(), await client.readReply()];
      assert.equal(rest.join(""), ":1\r\n$1\r\n1\r\n:2\r\n");
      assert.equal(String(await client.readReply()), "+PONG\r\n");
    });

    test("an inline command waits too, and so does what is sent later", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.equal(await admin.call("SET", "k", "0"), "OK");
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      client.sendRaw('SET k "inline value"\r\n');
      await untilFlag(admin, "b");
      client.sendRaw("APPEND k !\r\nGET k\r\n");
      assert.equal(await admin.call("GET", "k"), "0");
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(String(await client.readReply()), "+OK\r\n");
      assert.equal(String(await client.readReply()), ":13\r\n");
      assert.equal(String(await client.readReply()), "$13\r\ninline value!\r\n");
    });

    test("errors come at once, because nothing has to wait for them", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      assert.match(JSON.stringify(await client.call("SET", "k")), /wrong number of arguments/);
      assert.match(JSON.stringify(await client.call("NOSUCH")), /unknown command/);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
    });

    test("CLIENT REPLY SKIP before a paused command still means that command", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      client.sendRaw("CLIENT REPLY SKIP\r\nSET k skipped\r\nECHO a\r\n");
      await untilFlag(admin, "b");
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(String(await client.readReply()), "$1\r\na\r\n");
      assert.equal(await client.call("GET", "k"), "skipped");
    });

    test("a held client can be killed, and nothing of it is run", async () => {
      const client = await server.client();
      const id = await client.call("CLIENT", "ID");
      assert.equal(await admin.call("SET", "k", "before"), "OK");
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      client.send("SET", "k", "after");
      await untilFlag(admin, "b");
      assert.equal(await admin.call("CLIENT", "KILL", "ID", String(id)), 1);
      assert.deepEqual(await client.expectClose(), []);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(await admin.call("GET", "k"), "before");
    });

    test("a held client that hangs up is forgotten", async () => {
      const client = await server.client();
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      client.send("SET", "k", "late");
      await untilFlag(admin, "b");
      await client.close();
      await waitFor("only the administrator is there", async () =>
        /^[^\n]*\n$/.test(String(await admin.call("CLIENT", "LIST"))),
      );
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
    });

    test("a pause of everything ends by itself, in the order of the commands", async (t) => {
      const clients = await Promise.all([1, 2, 3].map(() => server.client()));
      t.after(() => Promise.all(clients.map((client) => client.close())));
      assert.equal(await admin.call("SET", "k", ""), "OK");
      assert.equal(await admin.call("CLIENT", "PAUSE", "300", "ALL"), "OK");
      const replies = clients.map((client, index) =>
        client.call("APPEND", "k", `${index}${index}`),
      );
      const lengths = await Promise.all(replies);
      assert.deepEqual([...lengths].sort(), [2, 4, 6]);
      assert.equal(await admin.call("STRLEN", "k"), 6);
    });

    test("a second pause only makes the first one longer or stronger", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      assert.equal(await admin.call("CLIENT", "PAUSE", "1", "WRITE"), "OK");
      client.send("SET", "k", "v");
      await untilFlag(admin, "b");
      assert.equal(client.unreadReplies(), 0);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(String(await client.readReply()), "+OK\r\n");
    });
  });
}

/** Waits until a client's line in CLIENT LIST has the flag. */
async function untilFlag(admin: RawClient, flag: string): Promise<void> {
  await waitFor(`a client with flag ${flag}`, async () =>
    new RegExp(` flags=[^ ]*${flag}`).test(String(await admin.call("CLIENT", "LIST"))),
  );
}
