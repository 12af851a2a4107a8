// Who may run what before it has authenticated: requirepass, AUTH, HELLO, and the tight limits of
// strangers. Each scenario runs against the real server as well: the expectations are its answers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";

const NO_AUTH = { error: "NOAUTH Authentication required." };
const WRONG_PASSWORD = {
  error: "WRONGPASS invalid username-password pair or user is disabled.",
};
/** A password with every kind of byte that a comparison could stumble over. */
const PASSWORD = Buffer.from("s\xc3\xa9cret \x01\xff", "latin1");
const PASSWORD_LINE = 'requirepass "s\\xc3\\xa9cret \\x01\\xff"\n';

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`authentication of ${program}`, { skip: !canRun(program) }, () => {
    let server: ServerProcess;
    before(async () => {
      server = await ServerProcess.start({ program, configFile: PASSWORD_LINE });
    });
    after(() => server?.stop());

    test("strangers may only come in or leave", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      assert.deepEqual(await client.call("PING"), NO_AUTH);
      assert.deepEqual(await client.call("CLIENT", "ID"), NO_AUTH);
      assert.deepEqual(await client.call("SELECT", "99"), NO_AUTH);
      const unknown = { error: "ERR unknown command 'NOSUCH', with args beginning with: 'x' " };
      assert.deepEqual(await client.call("NOSUCH", "x"), unknown);
      const arity = { error: "ERR wrong number of arguments for 'get' command" };
      assert.deepEqual(await client.call("GET"), arity);
      assert.equal(await client.call("RESET"), "RESET");
      assert.equal(await client.call("QUIT"), "OK");
      assert.deepEqual(await client.expectClose(), []);
    });

    test("only the right password lets in, and a wrong one does not let out", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      const wrong = [
        "",
        "s",
        "secret",
        Buffer.concat([PASSWORD, Buffer.of(0)]),
        PASSWORD.subarray(0, -1),
      ];
      for (const password of wrong) {
        assert.deepEqual(await client.call("AUTH", password), WRONG_PASSWORD);
      }
      assert.deepEqual(await client.call("AUTH", "Default", PASSWORD), WRONG_PASSWORD);
      assert.deepEqual(await client.call("AUTH", "default", "x"), WRONG_PASSWORD);
      assert.deepEqual(await client.call("PING"), NO_AUTH);
      assert.equal(await client.call("AUTH", "default", PASSWORD), "OK");
      assert.equal(await client.call("PING"), "PONG");
      assert.deepEqual(await client.call("AUTH", "x"), WRONG_PASSWORD);
      assert.equal(await client.call("PING"), "PONG");
      assert.equal(await client.call("RESET"), "RESET");
      assert.deepEqual(await client.call("PING"), NO_AUTH);
    });

    test("HELLO authenticates, and tells what it needs", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      const refusal = await client.call("HELLO", "3");
      assert.match(JSON.stringify(refusal), /"NOAUTH HELLO must be called with the client already/);
      assert.deepEqual(await client.call("HELLO", "3", "AUTH", "default", "no"), WRONG_PASSWORD);
      const wanted = await client.call("HELLO", "3", "AUTH", "default", PASSWORD, "SETNAME", "me");
      assert.ok(typeof wanted === "object" && wanted !== null && "map" in wanted);
      assert.equal(await client.call("CLIENT", "GETNAME"), "me");
    });

    test("strangers send ten arguments of 16 KiB at most", async () => {
      const long = await server.client();
      long.sendRaw("*11\r\n$4\r\nPING\r\n");
      assert.match(String(await long.expectClose()), /unauthenticated multibulk length/);
      const wide = await server.client();
      wide.sendRaw("*2\r\n$4\r\nECHO\r\n$16385\r\n");
      assert.match(String(await wide.expectClose()), /unauthenticated bulk length/);
    });

    test("an AUTH lifts the limits for what comes behind it in the same packet", async (t) => {
      const client = await server.client();
      t.after(() => client.close());
      const auth = Buffer.concat([
        Buffer.from(`*2\r\n$4\r\nAUTH\r\n$${PASSWORD.length}\r\n`),
        PASSWORD,
        Buffer.from("\r\n"),
      ]);
      const long = Buffer.from(`*2\r\n$4\r\nECHO\r\n$20000\r\n${"x".repeat(20000)}\r\n`);
      const many = Buffer.from(`*12\r\n$4\r\nMGET\r\n${"$1\r\nk\r\n".repeat(11)}`);
      client.sendRaw(Buffer.concat([auth, long, many]));
      assert.equal(String(await client.readReply()), "+OK\r\n");
      assert.equal((await client.readReply()).length, 20000 + 10);
      assert.match(String(await client.readReply()), /^\*11\r\n/);
    });

    test("who came while no password was needed stays when one is set", async (t) => {
      const client = await server.client();
      const other = await server.client();
      t.after(() => Promise.all([client.close(), other.close()]));
      assert.equal(await client.call("AUTH", PASSWORD), "OK");
      assert.equal(await client.call("CONFIG", "SET", "requirepass", ""), "OK");
      assert.equal(await other.call("PING"), "PONG");
      const early = await server.client();
      assert.equal(await client.call("CONFIG", "SET", "requirepass", PASSWORD), "OK");
      assert.deepEqual(await other.call("PING"), NO_AUTH);
      assert.equal(await early.call("PING"), "PONG");
      await early.close();
    });
  });
}
