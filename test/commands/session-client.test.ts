// CLIENT LIST and CLIENT KILL where the parity scripts cannot look: addresses, ages, order, and
// commands that a client had sent before it was killed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

/** Fields of 7.0 in order; ours goes on with those of 7.2. */
const FIELDS =
  "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem " +
  "rbs rbp obl oll omem tot-mem events cmd user redir resp";

function fieldsOf(line: string): Map<string, string> {
  return new Map(
    line
      .trim()
      .split(" ")
      .map((pair) => {
        const [name = "", value = ""] = pair.split(/=(.*)/);
        return [name, value];
      }),
  );
}

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`CLIENT of ${program}`, { skip: !canRun(program) }, () => {
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

    /** A connection that the server has taken: accept() may come later than connect(). */
    async function join(): Promise<RawClient> {
      const client = await server.client();
      assert.equal(await client.call("PING"), "PONG");
      return client;
    }

    async function idOf(client: RawClient): Promise<string> {
      return String(await client.call("CLIENT", "ID"));
    }

    async function isGone(client: RawClient): Promise<boolean> {
      const found = await admin.call("CLIENT", "LIST", "ID", await idOf(admin));
      assert.match(String(found), /^id=/);
      return client.socket.destroyed || client.socket.readableEnded;
    }

    test("a line has every field in Redis's order, with real values", async (t) => {
      const client = await join();
      t.after(() => client.close());
      await client.call("CLIENT", "SETNAME", "me");
      await client.call("SELECT", "5");
      const line = String(await client.call("CLIENT", "INFO"));
      const fields = fieldsOf(line);
      assert.equal([...fields.keys()].slice(0, 28).join(" "), FIELDS);
      const { localAddress, localPort } = client.socket;
      assert.equal(fields.get("addr"), `${localAddress}:${localPort}`);
      assert.equal(fields.get("laddr"), `127.0.0.1:${server.port}`);
      assert.equal(fields.get("id"), await idOf(client));
      // A second may begin in between.
      assert.match(`${fields.get("age")} ${fields.get("idle")}`, /^[01] [01]$/);
      const shown = ["name", "flags", "db", "multi", "cmd", "user", "resp"];
      assert.deepEqual(
        shown.map((name) => fields.get(name)),
        ["me", "N", "5", "-1", "client|info", "default", "2"],
      );
      assert.equal(fields.get("argv-mem"), "10");
      assert.ok(Number(fields.get("tot-mem")) > 0);
      const other = fieldsOf(String(await admin.call("CLIENT", "LIST", "ID", await idOf(client))));
      assert.equal(other.get("cmd"), "client|id");
      assert.equal(other.get("argv-mem"), "0");
    });

    test("lists go by age, also when slots are used again", async (t) => {
      if (program === REAL_SERVER) return t.skip("its cron turns the list of clients round");
      const clients = await Promise.all([1, 2, 3, 4, 5].map(() => join()));
      await clients[1]?.close();
      await clients[3]?.close();
      await waitFor("two clients are gone", async () => {
        const list = String(await admin.call("CLIENT", "LIST"));
        return list.split("\n").length - 1 === 4;
      });
      const late = await Promise.all([join(), join()]);
      t.after(() => Promise.all([...clients, ...late].map((client) => client.close())));
      const ids = [...String(await admin.call("CLIENT", "LIST")).matchAll(/^id=(\d+) /gm)];
      const numbers = ids.map((match) => Number(match[1]));
      assert.equal(numbers.length, 6);
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      );
    });

    test("what a client has sent but the server not taken is in omem", async (t) => {
      const client = await join();
      t.after(() => client.close());
      const id = await idOf(client);
      await admin.call("SET", "big", Buffer.alloc(1 << 20));
      client.socket.pause();
      client.sendRaw(Buffer.concat(Array(40).fill(encodeCommand(["GET", "big"]))));
      await waitFor("output waits", async () => {
        const fields = fieldsOf(String(await admin.call("CLIENT", "LIST", "ID", id)));
        const waits = Number(fields.get("omem")) > 1 << 20 && fields.get("events") === "rw";
        return waits && Number(fields.get("tot-mem")) > Number(fields.get("omem"));
      });
    });

    test("a request that is not complete is in qbuf", async (t) => {
      const client = await join();
      t.after(() => client.close());
      const id = await idOf(client);
      client.sendRaw(`*2\r\n$4\r\nECHO\r\n$50000\r\n${"x".repeat(40000)}`);
      await waitFor("the bytes are held", async () => {
        const fields = fieldsOf(String(await admin.call("CLIENT", "LIST", "ID", id)));
        return Number(fields.get("qbuf")) >= 40000;
      });
    });

    test("KILL finds clients by either address", async () => {
      const one = await join();
      const { localAddress, localPort } = one.socket;
      const address = `${localAddress}:${localPort}`;
      assert.equal(await admin.call("CLIENT", "KILL", address), "OK");
      assert.deepEqual(await one.expectClose(), []);
      assert.deepEqual(await admin.call("CLIENT", "KILL", address), {
        error: "ERR No such client",
      });
      const others = await Promise.all([join(), join()]);
      const local = `127.0.0.1:${server.port}`;
      assert.equal(await admin.call("CLIENT", "KILL", "LADDR", local), 2);
      for (const other of others) assert.deepEqual(await other.expectClose(), []);
      assert.equal(await admin.call("PING"), "PONG");
    });

    test("who kills himself gets the reply and nothing more", async () => {
      const client = await join();
      const id = await idOf(client);
      client.sendRaw(`CLIENT KILL ID ${id} SKIPME no\r\nPING\r\nSET self 1\r\n`);
      assert.deepEqual((await client.expectClose()).map(String), [":1\r\n"]);
      assert.equal(await admin.call("EXISTS", "self"), 0);
    });

    test("nothing that a killed client had sent is run any more", async () => {
      const victims = await Promise.all(Array.from({ length: 8 }, () => join()));
      const ids = await Promise.all(victims.map(idOf));
      const kills = ids.map((id) => `CLIENT KILL ID ${id}\r\n`).join("");
      // The victims' writes arrive while the administrator's kills are being read.
      admin.sendRaw(kills);
      for (const victim of victims) victim.sendRaw("INCR victims\r\n".repeat(50));
      const replies = [];
      for (const _ of ids) replies.push(String(await admin.readReply()));
      assert.deepEqual(
        replies,
        ids.map(() => ":1\r\n"),
      );
      const count = await admin.call("GET", "victims");
      await Promise.all(victims.map((victim) => victim.expectClose().catch(() => [])));
      assert.equal(await admin.call("GET", "victims"), count);
      for (const victim of victims) assert.ok(await isGone(victim));
    });

    test("MAXAGE spares younger clients", async (t) => {
      const client = await join();
      t.after(() => client.close());
      const reply = await admin.call("CLIENT", "KILL", "MAXAGE", "1000");
      if (program === REAL_SERVER) return assert.deepEqual(reply, { error: "ERR syntax error" });
      assert.equal(reply, 0);
      assert.equal(await client.call("PING"), "PONG");
      assert.deepEqual(await admin.call("CLIENT", "KILL", "MAXAGE", "0"), {
        error: "ERR maxage should be greater than 0",
      });
      await waitFor("the client is a second old", async () => {
        const fields = fieldsOf(String(await client.call("CLIENT", "INFO")));
        return Number(fields.get("age")) >= 1;
      });
      assert.equal(await admin.call("CLIENT", "KILL", "MAXAGE", "1"), 1);
      await client.expectClose();
    });

    test("words longer than any message can repeat do no harm", async (t) => {
      const client = await join();
      t.after(() => client.close());
      const long = "x".repeat(1 << 20);
      const words = [
        [long, long],
        ["CLIENT", long],
        ["HELLO", "3", long],
        ["CLIENT", "KILL", "TYPE", long],
        ["CLIENT", "KILL", "USER", long],
        ["CLIENT", "KILL", long],
        ["CLIENT", "LIST", "TYPE", long],
        ["CLIENT", "PAUSE", long],
      ];
      for (const args of words) {
        const reply = await client.call(...args);
        assert.ok(typeof reply === "object" && reply !== null && "error" in reply, args[0]);
      }
      assert.equal(await client.call("PING"), "PONG");
    });
  });
}
