// The end of a server: signals, SHUTDOWN, what is left behind, and what others still get; lines of
// the log and exit codes beside a real server's.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { logLines } from "./log-lines";

const SERVERS = [OUR_SERVER, REAL_SERVER] as const;

/** What the log says from the moment of the end on. */
function lastLines(server: ServerProcess): string[] {
  const lines = logLines(server.logs());
  const last = lines.findLastIndex((line) => line.includes("Ready to accept"));
  return lines.slice(last + 1);
}

/** Both servers' ways to end when `act` has been done to them, as lines and exit. */
async function bothEnd(
  config: Record<string, string>,
  act: (server: ServerProcess) => unknown,
  t: { after(action: () => unknown): void },
): Promise<void> {
  const ends: unknown[] = [];
  for (const program of SERVERS) {
    const server = await ServerProcess.start({ program, config }, t);
    await act(server);
    ends.push([await server.exited, lastLines(server)]);
  }
  assert.deepEqual(ends[0], ends[1]);
}

describe("a signal", () => {
  test("SIGTERM and SIGINT end the server in order", async (t) => {
    await bothEnd({}, (server) => server.kill("SIGTERM"), t);
    await bothEnd({}, (server) => server.kill("SIGINT"), t);
  });

  test("takes the options of its directive", async (t) => {
    const config = { "shutdown-on-sigterm": "nosave now", save: "60 1" };
    await bothEnd(config, (server) => server.kill("SIGTERM"), t);
  });

  test("removes pid file and unix socket, and says so", async (t) => {
    const config = { pidfile: "redis.pid", unixsocket: "redis.sock" };
    const check = (server: ServerProcess) => {
      assert.equal(readFileSync(join(server.dir, "redis.pid"), "latin1"), `${server.pid}\n`);
      server.kill("SIGTERM");
    };
    await bothEnd(config, check, t);
    const server = await ServerProcess.start({ config }, t);
    server.kill("SIGTERM");
    await server.exited;
    assert.deepEqual(
      ["redis.pid", "redis.sock"].map((name) => existsSync(join(server.dir, name))),
      [false, false],
    );
  });

  test("SIGHUP and SIGUSR1 are ignored, and no debugger opens", async (t) => {
    const server = await ServerProcess.start({}, t);
    server.kill("SIGHUP");
    server.kill("SIGUSR1");
    const client = await server.client();
    for (let count = 0; count < 3; count++) assert.equal(await client.call("PING"), "PONG");
    assert.doesNotMatch(server.logs(), /[Dd]ebugger/);
    await client.close();
  });

  test("saves when there are save points", async (t) => {
    const config = { save: "3600 1" };
    await bothEnd(config, (server) => server.kill("SIGTERM"), t);
    const server = await ServerProcess.start({ config }, t);
    const dir = server.dir;
    const client = await server.client();
    await client.call("SET", "a", "1");
    server.kill("SIGTERM");
    await server.exited;
    assert.equal(existsSync(join(dir, "dump.rdb")), true);
  });

  test("that asks to save is refused while that fails, unless it forces", async (t) => {
    const config = {
      "shutdown-on-sigterm": "save",
      "shutdown-on-sigint": "save force",
      "enable-protected-configs": "yes",
    };
    const act = async (server: ServerProcess) => {
      const client = await server.client();
      await client.call("CONFIG", "SET", "dir", "/proc");
      server.kill("SIGTERM");
      await waitFor("refusal", () => server.logs().includes("Errors trying to shut down"));
      assert.equal(await client.call("PING"), "PONG");
      await client.close();
      server.kill("SIGINT");
    };
    const [ours, real] = await Promise.all(
      SERVERS.map(async (program) => {
        const server = await ServerProcess.start({ program, config }, t);
        await act(server);
        await server.exited;
        return lastLines(server).map((line) => line.replaceAll(String(server.pid), "PID"));
      }),
    );
    assert.deepEqual(ours, real);
  });
});

describe("SHUTDOWN", () => {
  test("ends the server and closes the connection without a reply", async (t) => {
    for (const words of [["NOSAVE"], ["nosave", "now"], ["NOSAVE", "FORCE"]]) {
      const server = await ServerProcess.start({}, t);
      const client = await server.client();
      client.send("SHUTDOWN", ...words);
      assert.deepEqual(await client.expectClose(), []);
      assert.deepEqual(await server.exited, { code: 0, signal: null });
    }
  });

  test("logs what a real one logs", async (t) => {
    const act = async (server: ServerProcess) => {
      const client = await server.client();
      client.send("SHUTDOWN", "NOSAVE");
      await client.closed;
    };
    await bothEnd({}, act, t);
  });

  test("runs nothing behind it, and sends what was replied before it", async (t) => {
    for (const env of [{}, { REDIS_NATIVE_ADDON: "off" }]) {
      const server = await ServerProcess.start({ env }, t);
      const [first, other] = await Promise.all([server.client(), server.client()]);
      assert.equal(await other.call("SET", "big", "x".repeat(5_000_000)), "OK");
      first.sendRaw("PING\r\nGET big\r\nSHUTDOWN NOSAVE\r\nPING\r\n");
      const replies = await first.expectClose();
      assert.deepEqual(
        replies.map((reply) => reply.length),
        ["+PONG\r\n".length, "$5000000\r\n".length + 5_000_002],
      );
      await other.closed;
      assert.equal((await server.exited).code, 0);
    }
  });

  test("refuses what it cannot make sense of, and saving that it cannot do", async (t) => {
    const config = { "enable-protected-configs": "yes" };
    const server = await ServerProcess.start({ config }, t);
    const client = await server.client();
    assert.deepEqual(await client.call("SHUTDOWN", "ABORT"), {
      error: "ERR No shutdown in progress.",
    });
    await client.call("CONFIG", "SET", "dir", "/proc");
    assert.deepEqual(await client.call("SHUTDOWN", "SAVE"), {
      error: "ERR Errors trying to SHUTDOWN. Check logs.",
    });
    assert.equal(await client.call("PING"), "PONG");
    await client.close();
  });
});

describe("an unexpected exception", () => {
  const secret = "value-that-nobody-may-see";

  test("ends the server with a report that holds no values", async (t) => {
    for (const word of ["PANIC", "SEGFAULT"]) {
      const server = await ServerProcess.start({ config: { "enable-debug-command": "yes" } }, t);
      const client = await server.client();
      await client.call("SET", "some-key", secret);
      await client.call("CLIENT", "SETNAME", "the-client");
      client.send("DEBUG", word, secret);
      assert.deepEqual(await client.expectClose(), []);
      assert.deepEqual(await server.exited, { code: 1, signal: null });
      const report = /=== REDIS BUG REPORT START[\s\S]*=== REDIS BUG REPORT END\. /.exec(
        server.logs(),
      );
      assert.ok(report !== null, server.logs());
      for (const expected of [
        /crashed by an unexpected exception \(a command\)/,
        /STACK TRACE ------\n {4}at /,
        /command:debug\narguments:3\n/,
        /CURRENT CLIENT INFO ------\nid=\d+ addr=127\.0\.0\.1:\d+ .*name=the-client/,
        /connected_clients:1\ndb0:keys=1\n/,
        /transport:native/,
      ]) {
        assert.match(report[0], expected);
      }
      assert.equal(server.logs().includes(secret), false);
    }
  });

  test("outside of a command is one too, thrown or rejected", async (t) => {
    for (const [mistake, origin] of [
      ["throw new Error('late mistake')", "uncaughtException"],
      ["Promise.reject(new Error('late mistake'))", "unhandledRejection"],
    ]) {
      const dir = tempDir(t);
      const hook = join(dir, "hook.js");
      writeFileSync(hook, `process.on("SIGUSR2", () => { ${mistake}; });\n`);
      const server = await ServerProcess.start({ env: { NODE_OPTIONS: `--require ${hook}` } }, t);
      server.kill("SIGUSR2");
      assert.deepEqual(await server.exited, { code: 1, signal: null });
      assert.match(server.logs(), new RegExp(`exception \\(${origin}\\): Error: late mistake\n`));
      assert.match(server.logs(), /BUG REPORT END/);
    }
  });

  test("is one line without crash-log-enabled", async (t) => {
    const config = { "enable-debug-command": "yes", "crash-log-enabled": "no" };
    const server = await ServerProcess.start({ config }, t);
    const client = await server.client();
    client.send("DEBUG", "PANIC");
    await client.closed;
    assert.equal((await server.exited).code, 1);
    assert.match(server.logs(), /# Redis 7\.2\.4 crashed by an unexpected exception/);
    assert.doesNotMatch(server.logs(), /BUG REPORT/);
  });
});
