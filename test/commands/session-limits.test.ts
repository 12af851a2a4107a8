// Who is not let in, and who is put out: maxclients, protected mode, idle clients, buffers that
// grow too far, all clients together, and requests of other protocols. Beside the real server.

import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

/** An address of this machine that is not the loopback's. */
const OUTER_ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;

/**
 * A client that has a place. It may have to wait for one: whoever left before it, such as the one that
 * found the server ready, is there until the server has seen its socket close.
 */
function letIn(server: ServerProcess): Promise<RawClient> {
  return waitFor("room for one more", async () => {
    const client = await server.client();
    return (await client.call("PING").catch(() => "")) === "PONG" ? client : null;
  });
}

for (const program of [OUR_SERVER, REAL_SERVER]) {
  describe(`limits of ${program}`, { skip: !canRun(program), concurrency: 4 }, () => {
    test("maxclients refuses with an error, until somebody leaves", async (t) => {
      const server = await ServerProcess.start({ program, config: { maxclients: 3 } }, t);
      const inside = await Promise.all([1, 2, 3].map(() => letIn(server)));
      for (let attempt = 0; attempt < 5; attempt++) {
        const refused = await server.client();
        const replies = await refused.expectClose();
        assert.deepEqual(replies.map(String), ["-ERR max number of clients reached\r\n"]);
      }
      // A killed client makes room at once, before its socket is known to be gone.
      const id = String(await inside[0]?.call("CLIENT", "ID"));
      assert.equal(await inside[1]?.call("CLIENT", "KILL", "ID", id), 1);
      const late = await letIn(server);
      await Promise.all([...inside, late].map((client) => client.close()));
    });

    test("a thousand refusals at once are all answered", async (t) => {
      const server = await ServerProcess.start({ program, config: { maxclients: 1 } }, t);
      const inside = await letIn(server);
      for (let round = 0; round < 5; round++) {
        const refused = await Promise.all(Array.from({ length: 40 }, () => server.client()));
        const replies = await Promise.all(refused.map((client) => client.expectClose()));
        for (const reply of replies) {
          assert.deepEqual(reply.map(String), ["-ERR max number of clients reached\r\n"]);
        }
      }
      assert.equal(await inside.call("PING"), "PONG");
      await inside.close();
    });

    test("protected mode keeps others out while there is no password", async (t) => {
      if (OUTER_ADDRESS === undefined) return t.skip("this machine has no outer address");
      const host = OUTER_ADDRESS;
      const open = await ServerProcess.start({ program, config: { bind: "0.0.0.0" } }, t);
      const stranger = await RawClient.connect({ host, port: open.port });
      const replies = await stranger.expectClose();
      assert.match(String(replies[0]), /^-DENIED Redis is running in protected mode/);
      const local = await open.client();
      assert.equal(await local.call("PING"), "PONG");
      await local.close();
      const settings = [{ requirepass: "x" }, { "protected-mode": "no" }];
      for (const setting of settings) {
        const config = { bind: "0.0.0.0", ...setting };
        const server = await ServerProcess.start({ program, config }, t);
        const guest = await RawClient.connect({ host, port: server.port });
        const auth = "requirepass" in setting ? await guest.call("AUTH", "x") : "OK";
        assert.equal(auth, "OK");
        assert.equal(await guest.call("PING"), "PONG");
        await guest.close();
      }
    });

    test("idle clients are closed; busy ones, monitors and held ones are not", async (t) => {
      const server = await ServerProcess.start({ program, config: { timeout: 1 } }, t);
      const [busy, idle, monitor, held] = await Promise.all([
        server.client(),
        server.client(),
        server.client(),
        server.client(),
      ]);
      const keepsBusy = setInterval(() => busy.send("PING"), 100);
      t.after(() => clearInterval(keepsBusy));
      assert.equal(await monitor.call("MONITOR"), "OK");
      const startMs = performance.now();
      busy.send("CLIENT", "PAUSE", "100000", "WRITE");
      assert.match(String(await busy.readReply()), /OK|PONG/);
      held.send("SET", "k", "v");
      await idle.expectClose();
      const idleMs = performance.now() - startMs;
      assert.ok(idleMs > 900 && idleMs < 4000, `closed after ${idleMs} ms`);
      await waitFor("two more seconds are over", () => performance.now() - startMs > 3500);
      assert.equal(busy.socket.destroyed, false);
      assert.equal(monitor.socket.destroyed, false);
      assert.equal(held.socket.destroyed, false);
      await Promise.all([busy, monitor, held].map((client) => client.close()));
    });

    test("a client that does not read is closed at the hard limit", async (t) => {
      const config = { "client-output-buffer-limit": ["normal", "1mb", "0", "0"] };
      const server = await ServerProcess.start({ program, config }, t);
      const admin = await server.client();
      await admin.call("SET", "big", Buffer.alloc(1 << 20));
      const client = await server.client();
      client.socket.pause();
      client.sendRaw(Buffer.concat(Array(100).fill(encodeCommand(["GET", "big"]))));
      await logLine(
        server,
        /Client id=\d+ addr=.* (scheduled to be closed ASAP|closed) for overcoming/,
      );
      await waitFor("only one is left", async () => isAlone(admin));
      assert.equal(await admin.call("STRLEN", "big"), 1 << 20);
      await Promise.all([client.close(), admin.close()]);
    });

    test("a client that stays over the soft limit is closed, one below is not", async (t) => {
      const config = { "client-output-buffer-limit": ["normal", "0", "300kb", "1"] };
      const server = await ServerProcess.start({ program, config }, t);
      const admin = await server.client();
      await admin.call("SET", "big", Buffer.alloc(1 << 20));
      const client = await server.client();
      client.socket.pause();
      client.sendRaw(Buffer.concat(Array(20).fill(encodeCommand(["GET", "big"]))));
      // The real server looks at the limit only when it writes.
      const pokes = setInterval(() => client.send("PING"), 200);
      t.after(() => clearInterval(pokes));
      client.socket.on("error", () => undefined);
      await logLine(
        server,
        /Client id=\d+ addr=.* (scheduled to be closed ASAP|closed) for overcoming/,
      );
      await waitFor("only one is left", async () => isAlone(admin));
      await Promise.all([client.close(), admin.close()]);
    });

    test("a request that never ends is cut off at the query buffer limit", async (t) => {
      const config = { "client-query-buffer-limit": "1mb" };
      const server = await ServerProcess.start({ program, config }, t);
      const admin = await server.client();
      const client = await server.client();
      client.socket.on("error", () => undefined);
      client.sendRaw(`*2\r\n$4\r\nECHO\r\n$4000000\r\n`);
      client.sendRaw(Buffer.alloc(2_000_000));
      await logLine(server, /Closing client that reached max query buffer length: .*id=\d+ addr=/);
      await waitFor("only one is left", async () => isAlone(admin));
      await Promise.all([client.close(), admin.close()]);
    });

    test("together over maxmemory-clients, the largest is evicted; NO-EVICT protects", async (t) => {
      const config = { "maxmemory-clients": "2mb" };
      const server = await ServerProcess.start({ program, config }, t);
      const admin = await server.client();
      assert.equal(await admin.call("CLIENT", "NO-EVICT", "ON"), "OK");
      const guarded = await server.client();
      assert.equal(await guarded.call("CLIENT", "NO-EVICT", "ON"), "OK");
      const [small, large] = await Promise.all([server.client(), server.client()]);
      await sendPart(small, 200_000);
      await sendPart(guarded, 1_000_000);
      await sendPart(large, 900_000);
      await logLine(server, /Evicting client: id=\d+ addr=/);
      await large.expectClose();
      assert.equal(small.socket.destroyed, false);
      assert.equal(guarded.socket.destroyed, false);
      assert.equal(await admin.call("PING"), "PONG");
      await Promise.all([admin, guarded, small].map((client) => client.close()));
    });

    test("CONFIG SET changes limits for clients that are there already", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      const admin = await server.client();
      const client = await server.client();
      assert.equal(await client.call("SET", "big", Buffer.alloc(2 << 20)), "OK");
      const set = async (name: string, value: string): Promise<void> => {
        assert.equal(await admin.call("CONFIG", "SET", name, value), "OK");
      };
      await set("proto-max-bulk-len", "1mb");
      const long = await server.client();
      assert.equal(await long.call("PING"), "PONG");
      long.sendRaw(`*2\r\n$4\r\nECHO\r\n$${2 << 20}\r\n`);
      assert.match(String(await long.expectClose()), /invalid bulk length/);
      await set("maxclients", "2");
      const refused = await server.client();
      assert.match(String(await refused.expectClose()), /max number of clients reached/);
      await set("maxclients", "100");
      const welcome = await server.client();
      assert.equal(await welcome.call("PING"), "PONG");
      await welcome.close();
      await set("client-output-buffer-limit", "normal 1mb 0 0");
      client.socket.on("error", () => undefined);
      client.socket.pause();
      client.sendRaw(Buffer.concat(Array(50).fill(encodeCommand(["GET", "big"]))));
      await logLine(server, /Client id=\d+ addr=.* (scheduled to be closed ASAP|closed) for over/);
      await waitFor("only one is left", async () => isAlone(admin));
      await client.close();
      await set("timeout", "1");
      await admin.expectClose();
    });

    test("a break of the protocol is answered, logged as verbose, and ends it", async (t) => {
      const server = await ServerProcess.start({ program, config: { loglevel: "verbose" } }, t);
      const breaks = [
        ["*x\r\n", "invalid multibulk length", "invalid mbulk count"],
        ["*1\r\n$-2\r\n", "invalid bulk length", "invalid bulk length"],
        ["*1\r\n:1\r\n", "expected '$', got ':'", "expected $ but got something else"],
        ['"\r\n', "unbalanced quotes in request", "unbalanced quotes in inline request"],
      ] as const;
      for (const [bytes, told, logged] of breaks) {
        const client = await server.client();
        client.sendRaw(bytes);
        const replies = await client.expectClose();
        assert.deepEqual(replies.map(String), [`-ERR Protocol error: ${told}\r\n`]);
        const words = logged.replace(/[$.]/g, "\\$&");
        await logLine(
          server,
          new RegExp(`Protocol error \\(${words}\\) from client: id=\\d+ addr`),
        );
      }
      await logLine(server, / - Accepted 127\.0\.0\.1:\d+/);
      await logLine(server, / - Client closed connection id=\d+ addr=/);
    });

    test("a request of HTTP is logged and closed before its body is run", async (t) => {
      const server = await ServerProcess.start({ program }, t);
      for (const head of ["POST / HTTP/1.1\r\n", "GET /\r\nHost: evil.example\r\n"]) {
        const browser = await server.client();
        browser.sendRaw(`${head}\r\nSET stolen 1\r\n`);
        await browser.expectClose();
      }
      await logLine(server, /Possible SECURITY ATTACK detected.* aborted\./);
      assert.equal(server.logs().match(/SECURITY ATTACK/g)?.length, 1);
      const client = await server.client();
      assert.equal(await client.call("EXISTS", "stolen"), 0);
      await client.close();
    });
  });
}

/** Sends a request but for its last bytes. */
async function sendPart(client: RawClient, sizeBytes: number): Promise<void> {
  client.socket.on("error", () => undefined);
  await new Promise((sent) => {
    const head = `*2\r\n$4\r\nECHO\r\n$${sizeBytes + 8}\r\n`;
    client.socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(sizeBytes)]), sent);
  });
}

async function isAlone(admin: RawClient): Promise<boolean> {
  return String(await admin.call("CLIENT", "LIST")).split("\n").length === 2;
}

async function logLine(server: ServerProcess, pattern: RegExp): Promise<void> {
  await waitFor(`a line ${pattern} in the log`, () => pattern.test(server.logs()));
}
