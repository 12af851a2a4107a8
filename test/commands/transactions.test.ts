// Transactions as others see them: CLIENT LIST, statistics, SLOWLOG, pauses, limits, HELLO. What each
// command answers is compared line by line in test/parity/scripts/transactions.ts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

const MEBIBYTE = 1024 * 1024;

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`transactions of ${program}`, { skip: !canRun(program) }, () => {
    let server: ServerProcess;
    let admin: RawClient;
    let client: RawClient;
    before(async () => {
      server = await ServerProcess.start({ program });
      admin = await server.client();
      client = await server.client();
    });
    after(async () => {
      await admin?.close();
      await client?.close();
      await server?.stop();
    });

    async function fields(of = client): Promise<Map<string, string>> {
      const id = String(await ownId(of));
      const line = String(await admin.call("CLIENT", "LIST", "ID", id));
      return new Map(line.split(" ").map((pair) => pair.split("=") as [string, string]));
    }

    const ids = new Map<RawClient, unknown>();
    async function ownId(of: RawClient): Promise<unknown> {
      if (!ids.has(of)) ids.set(of, await of.call("CLIENT", "ID"));
      return ids.get(of);
    }

    async function all(...commands: string[][]): Promise<void> {
      for (const command of commands) await client.call(...command);
    }

    test("CLIENT LIST tells what is queued, and that a watched key has changed", async () => {
      assert.equal((await fields()).get("multi"), "-1");
      await all(["WATCH", "k"], ["MULTI"], ["SET", "k", "x".repeat(1000)], ["GET", "k"]);
      const queued = await fields();
      assert.equal(queued.get("multi"), "2");
      assert.equal(queued.get("flags"), "x");
      assert.equal(queued.get("cmd"), "get");
      assert.ok(Number(queued.get("multi-mem")) >= 1000);
      assert.ok(Number(queued.get("tot-mem")) >= Number(queued.get("multi-mem")));
      await admin.call("SET", "k", "1");
      assert.equal((await fields()).get("flags"), "xd");
      assert.equal(await client.call("EXEC"), null);
      assert.equal((await fields()).get("flags"), "N");
      assert.equal((await fields()).get("multi-mem"), "0");
    });

    test("what cannot run any more is not kept", async () => {
      await all(["MULTI"], ["NOSUCH"], ["SET", "k", "x".repeat(1000)]);
      assert.equal((await fields()).get("multi"), "0");
      await client.call("DISCARD");
    });

    test("the inner commands are counted, an inner error is not EXEC's", async () => {
      await admin.call("CONFIG", "RESETSTAT");
      await all(["MULTI"], ["SET", "n", "x"], ["INCR", "n"], ["GET", "n"], ["EXEC"], ["EXEC"]);
      const stats = String(await admin.call("INFO", "commandstats"));
      const told = [...stats.matchAll(/cmdstat_(\w+):calls=(\d+).*failed_calls=(\d+)/g)];
      const counts = told.map(([, name, calls, failed]) => `${name} ${calls} ${failed}`).sort();
      assert.deepEqual(
        counts,
        ["config|resetstat 1 0", "exec 2 1", "get 1 0", "incr 1 1", "multi 1 0", "set 1 0"].filter(
          (line) => !line.startsWith("config"),
        ),
      );
      const processed = /total_commands_processed:(\d+)/.exec(
        String(await admin.call("INFO", "stats")),
      );
      assert.ok(Number(processed?.[1]) >= 6);
    });

    test("SLOWLOG holds the inner commands and not EXEC", async () => {
      await admin.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
      await admin.call("SLOWLOG", "RESET");
      await all(["MULTI"], ["SET", "k", "slow"], ["GET", "k"], ["EXEC"]);
      await admin.call("CONFIG", "SET", "slowlog-log-slower-than", "-1");
      const entries = (await admin.call("SLOWLOG", "GET")) as unknown as [
        number,
        number,
        number,
        string[],
        string,
      ][];
      const address = entries[1]?.[4];
      const commands = entries.filter((entry) => entry[4] === address).map((entry) => entry[3]);
      assert.deepEqual(
        commands.map((words) => words.join(" ")),
        ["GET k", "SET k slow", "MULTI"],
      );
    });

    test("writes wait for the end of a pause when they are queued, and so does EXEC", async () => {
      await all(["MULTI"], ["SET", "k", "1"]);
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      client.sendRaw(Buffer.concat([["GET", "k"], ["EXEC"]].map(encodeCommand)));
      assert.equal(String(await client.readReply()), "+QUEUED\r\n");
      await waitFor("EXEC to wait", async () => (await fields()).get("flags") === "xb");
      assert.equal(client.unreadReplies(), 0);
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(String(await client.readReply()), "*2\r\n+OK\r\n$1\r\n1\r\n");
      assert.equal(await admin.call("CLIENT", "PAUSE", "100000", "WRITE"), "OK");
      await all(["MULTI"], ["GET", "k"]);
      client.send("SET", "k", "2");
      await waitFor("SET to wait", async () => (await fields()).get("flags") === "xb");
      assert.equal(await admin.call("CLIENT", "UNPAUSE"), "OK");
      assert.equal(String(await client.readReply()), "+QUEUED\r\n");
      assert.deepEqual(await client.call("EXEC"), ["1", "OK"]);
    });

    // 7.0 counts only what it has not read yet; 7.2 counts the queue as well, and so do we.
    const counts = { skip: program === REAL_SERVER };
    test("a queue longer than client-query-buffer-limit ends the connection", counts, async () => {
      await admin.call("CONFIG", "SET", "client-query-buffer-limit", String(MEBIBYTE));
      const greedy = await server.client();
      await greedy.call("MULTI");
      const value = "x".repeat(MEBIBYTE / 4);
      for (let i = 0; i < 6; i++) greedy.send("SET", `k${i}`, value);
      await greedy.expectClose();
      assert.equal(await admin.call("EXISTS", "k0"), 0);
      const stats = String(await admin.call("INFO", "stats"));
      assert.match(stats, /client_query_buffer_limit_disconnections:1/);
      await admin.call("CONFIG", "SET", "client-query-buffer-limit", "1gb");
    });

    test("who leaves runs nothing and watches nothing", async () => {
      const leaver = await server.client();
      await leaver.call("WATCH", "left");
      await leaver.call("MULTI");
      await leaver.call("SET", "left", "1");
      const before = String(await admin.call("INFO", "clients"));
      await leaver.close();
      const connected = (text: string) => Number(/connected_clients:(\d+)/.exec(text)?.[1]);
      await waitFor("the client to be gone", async () => {
        return connected(String(await admin.call("INFO", "clients"))) < connected(before);
      });
      assert.equal(await admin.call("EXISTS", "left"), 0);
      assert.equal(await admin.call("SET", "left", "2"), "OK");
    });

    test("HELLO changes the protocol within EXEC's reply", async () => {
      const other = await server.client();
      for (const words of [["MULTI"], ["GET", "none"], ["HELLO", "3"], ["GET", "none"]]) {
        await other.call(...words);
      }
      const reply = String(await other.command("EXEC"));
      assert.ok(reply.startsWith("*3\r\n$-1\r\n%7\r\n"), reply.slice(0, 40));
      assert.ok(reply.endsWith("_\r\n"));
      assert.equal(String(await other.command("GET", "none")), "_\r\n");
      await other.close();
    });

    test("a transaction sent in one piece, inline and quoted, is one", async () => {
      const other = await server.client();
      other.sendRaw('MULTI\r\nSET "a key" "a \\x41 value"\r\nGET "a key"\r\nEXEC\r\nPING\r\n');
      const replies: string[] = [];
      for (let i = 0; i < 5; i++) replies.push(String(await other.readReply()));
      const [, , , exec, pong] = replies;
      assert.equal(exec, "*2\r\n+OK\r\n$9\r\na A value\r\n");
      assert.equal(pong, "+PONG\r\n");
      await other.close();
    });

    test("ten thousand commands in one transaction", async () => {
      const count = 10_000;
      const commands = [["MULTI"], ["DEL", "counter"]];
      for (let i = 0; i < count; i++) commands.push(["INCR", "counter"]);
      commands.push(["EXEC"]);
      client.sendRaw(Buffer.concat(commands.map(encodeCommand)));
      for (let i = 0; i <= count + 1; i++) await client.readReply();
      const replies = String(await client.readReply()).split("\r\n");
      assert.equal(replies[0], `*${count + 1}`);
      assert.equal(replies[count + 1], `:${count}`);
    });
  });
}
