// CONFIG SET as far as it changes what the server does: where it listens, how often it ticks, what
// it bears; and CONFIG REWRITE into a file that starts the same server again. Words and values are
// compared in the parity scripts.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function startWithClient(
  t: Cleanup,
  config: Record<string, string | readonly string[]> = {},
  env: NodeJS.ProcessEnv = {},
  program = OUR_SERVER,
): Promise<{ server: ServerProcess; client: RawClient }> {
  const server = await ServerProcess.start({ config, env, program }, t);
  const client = await server.client();
  t.after(() => client.close());
  return { server, client };
}

for (const addon of ["on", "off"]) {
  const env = addon === "off" ? { REDIS_NATIVE_ADDON: "off" } : {};
  describe(`CONFIG SET port and bind, with the addon ${addon}`, () => {
    test("the new port is served, the old one is not, and connections stay", async (t) => {
      const { server, client } = await startWithClient(t, {}, env);
      const port = await freePort();
      assert.equal(await client.call("CONFIG", "SET", "port", String(port)), "OK");
      assert.deepEqual(
        await Promise.all([listens("127.0.0.1", port), listens("127.0.0.1", server.port)]),
        [true, false],
      );
      assert.match(String(await client.call("INFO", "server")), new RegExp(`tcp_port:${port}\r`));
      const other = await RawClient.connect({ port });
      assert.equal(await other.call("PING"), "PONG");
      await other.close();
      // Nobody new, and then the first port once more.
      assert.equal(await client.call("CONFIG", "SET", "port", "0"), "OK");
      assert.equal(await listens("127.0.0.1", port), false);
      assert.equal(await client.call("CONFIG", "SET", "port", String(server.port)), "OK");
      assert.equal(await listens("127.0.0.1", server.port), true);
    });

    test("a port that is taken changes nothing, in Redis's words", async (t) => {
      const holder = await ServerProcess.start({}, t);
      const replies: Reply[] = [];
      for (const program of [OUR_SERVER, REAL_SERVER]) {
        const { server, client } = await startWithClient(t, {}, env, program);
        const taken = String(holder.port);
        replies.push(await client.call("CONFIG", "SET", "hz", "77", "port", taken));
        assert.deepEqual(await client.call("CONFIG", "GET", "hz"), ["hz", "10"]);
        assert.deepEqual(await client.call("CONFIG", "GET", "port"), ["port", String(server.port)]);
        assert.equal(await listens("127.0.0.1", server.port), true);
        assert.match(
          server.logs(),
          /# Failed applying new configuration\. Possibly related to new port/,
        );
      }
      assert.deepEqual(replies[0], replies[1]);
    });

    test("addresses come and go, also where all of them overlap one", async (t) => {
      const { server, client } = await startWithClient(t, {}, env);
      const { port } = server;
      const served = () =>
        Promise.all(["127.0.0.1", "127.0.0.2"].map((host) => listens(host, port)));
      for (const [bind, expected] of [
        ["127.0.0.1 127.0.0.2", [true, true]],
        ["127.0.0.2", [false, true]],
        ["*", [true, true]],
        ["127.0.0.1", [true, false]],
        ["", [false, false]],
        ["localhost -192.0.2.1", [true, false]],
      ] as const) {
        assert.equal(await client.call("CONFIG", "SET", "bind", bind), "OK", bind);
        assert.deepEqual(await served(), expected, `bind ${bind}`);
      }
    });

    test("an address that is not there leaves all as it was, in Redis's words", async (t) => {
      const replies: Reply[][] = [];
      for (const program of [OUR_SERVER, REAL_SERVER]) {
        const { server, client } = await startWithClient(t, { bind: "*" }, env, program);
        const all: Reply[] = [];
        for (const bind of ["127.0.0.1 192.0.2.1", "no-such-host.invalid"]) {
          all.push(await client.call("CONFIG", "SET", "bind", bind));
          all.push(await client.call("CONFIG", "GET", "bind"));
          assert.equal(await listens("127.0.0.2", server.port), true);
        }
        replies.push(all);
      }
      assert.deepEqual(replies[0], replies[1]);
    });

    test("what a client sends behind it is answered behind it, and others go on", async (t) => {
      const { server, client } = await startWithClient(t, {}, env);
      const other = await server.client();
      const ports = [await freePort(), await freePort()];
      client.sendRaw(`SET k 1\r\nCONFIG SET port ${ports[0]}\r\nINCR k\r\nCONFIG GET port\r\n`);
      other.sendRaw(`CONFIG SET port ${ports[1]}\r\nPING\r\n`);
      const replies: Buffer[] = [];
      for (let count = 0; count < 4; count++) replies.push(await client.readReply());
      assert.deepEqual(
        replies.slice(0, 3).map((reply) => reply.toString("latin1")),
        ["+OK\r\n", "+OK\r\n", ":2\r\n"],
      );
      assert.deepEqual([await other.readReply(), await other.readReply()].map(String), [
        "+OK\r\n",
        "+PONG\r\n",
      ]);
      const [, port] = (await client.call("CONFIG", "GET", "port")) as string[];
      assert.equal(await listens("127.0.0.1", Number(port)), true);
      await other.close();
    });

    test("a client that leaves meanwhile is forgotten, and the port is changed", async (t) => {
      const { server, client } = await startWithClient(t, {}, env);
      const leaver = await server.client();
      const port = await freePort();
      leaver.send("CONFIG", "SET", "port", String(port));
      await leaver.close();
      await waitFor("new port", () => listens("127.0.0.1", port));
      assert.equal(await client.call("PING"), "PONG");
    });
  });
}

describe("CONFIG SET takes effect", () => {
  const info = async (client: RawClient, section: string, field: string): Promise<string> => {
    const text = String(await client.call("INFO", section));
    return new RegExp(`^${field}:(.*)\r$`, "m").exec(text)?.[1] ?? "";
  };

  test("hz and dynamic-hz", async (t) => {
    const { server, client } = await startWithClient(t);
    await client.call("CONFIG", "SET", "hz", "50");
    assert.equal(await info(client, "server", "hz"), "50");
    await client.call("CONFIG", "SET", "hz", "1");
    const crowd = await Promise.all(Array.from({ length: 230 }, () => server.client()));
    assert.deepEqual(
      [await info(client, "server", "hz"), await info(client, "server", "configured_hz")],
      ["2", "1"],
    );
    await client.call("CONFIG", "SET", "dynamic-hz", "no");
    assert.equal(await info(client, "server", "hz"), "1");
    await Promise.all(crowd.map((one) => one.close()));
  });

  test("maxclients, also beyond what the server was started with", async (t) => {
    const { server, client } = await startWithClient(t, { maxclients: "5" });
    await client.call("CONFIG", "SET", "maxclients", "1");
    const refused = await server.client();
    assert.deepEqual((await refused.expectClose()).map(String), [
      "-ERR max number of clients reached\r\n",
    ]);
    await client.call("CONFIG", "SET", "maxclients", "200");
    const crowd = await Promise.all(Array.from({ length: 150 }, () => server.client()));
    for (const one of crowd) assert.equal(await one.call("PING"), "PONG");
    await Promise.all(crowd.map((one) => one.close()));
  });

  test("limits of requests and replies", async (t) => {
    const { server, client } = await startWithClient(t);
    await client.call("CONFIG", "SET", "proto-max-bulk-len", "1mb");
    const big = await server.client();
    big.sendRaw("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048577\r\n");
    assert.match(String((await big.expectClose())[0]), /invalid bulk length/);
    await client.call("CONFIG", "SET", "client-query-buffer-limit", "1mb");
    const long = await server.client();
    long.sendRaw(
      `*4\r\n$4\r\nMSET\r\n$1\r\nk\r\n$1048000\r\n${"x".repeat(1_048_000)}\r\n$9000\r\n`,
    );
    long.sendRaw("y".repeat(8000));
    await long.expectClose();
    await client.call("CONFIG", "SET", "client-output-buffer-limit", "normal 1mb 0 0");
    await client.call("SET", "k", "x".repeat(1_000_000));
    const greedy = await server.client();
    greedy.socket.pause();
    greedy.sendRaw("GET k\r\n".repeat(50));
    await waitFor("limit", async () =>
      /client_output_buffer_limit_disconnections:1\r/.test(
        String(await client.call("INFO", "stats")),
      ),
    );
    await greedy.close();
  });

  test("memory, its policy and its clock", async (t) => {
    const { client } = await startWithClient(t);
    await client.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-log-factor", "0");
    await client.call("SET", "k", "v");
    for (let count = 0; count < 20; count++) await client.call("GET", "k");
    assert.equal(await client.call("OBJECT", "FREQ", "k"), 25);
    await client.call("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction");
    assert.match(String(await client.command("SET", "l", "v")), /^-OOM /);
    await client.call("CONFIG", "SET", "maxmemory", "0");
    assert.equal(await client.call("SET", "l", "v"), "OK");
  });

  test("the directory, for the files that come after", async (t) => {
    const { server, client } = await startWithClient(t, { "enable-protected-configs": "local" });
    assert.equal(await client.call("CONFIG", "SET", "dir", "/"), "OK");
    assert.deepEqual(await client.call("CONFIG", "GET", "dir"), ["dir", "/"]);
    server.kill("SIGTERM");
    assert.equal((await server.exited).code, 0);
  });

  test("save points and the options of signals at the end", async (t) => {
    const { server, client } = await startWithClient(t, { save: "60 1" });
    await client.call("CONFIG", "SET", "save", "");
    server.kill("SIGTERM");
    await server.exited;
    assert.doesNotMatch(server.logs(), /save points/);
  });

  test("the crash report", async (t) => {
    const { server, client } = await startWithClient(t, { "enable-debug-command": "local" });
    await client.call("CONFIG", "SET", "crash-log-enabled", "no");
    client.send("DEBUG", "PANIC");
    await server.exited;
    assert.doesNotMatch(server.logs(), /BUG REPORT/);
  });

  test("a password is asked for from the next connection on", async (t) => {
    const { server, client } = await startWithClient(t);
    await client.call("CONFIG", "SET", "requirepass", "secret");
    const other = await server.client();
    assert.match(String(await other.command("GET", "k")), /^-NOAUTH/);
    assert.equal(await other.call("AUTH", "secret"), "OK");
    await other.close();
  });
});

describe("permissions", () => {
  test("protected directives need theirs, as in Redis", async (t) => {
    const seen: Reply[][] = [];
    for (const program of [OUR_SERVER, REAL_SERVER]) {
      const replies: Reply[] = [];
      for (const permission of ["no", "local", "yes"]) {
        const config = { "enable-protected-configs": permission };
        const { client } = await startWithClient(t, config, {}, program);
        replies.push(await client.call("CONFIG", "SET", "dbfilename", "other.rdb"));
        replies.push(await client.call("CONFIG", "SET", "hz", "20", "dir", "/tmp"));
        replies.push(await client.call("CONFIG", "GET", "hz"));
      }
      seen.push(replies);
    }
    assert.deepEqual(seen[0], seen[1]);
  });
});

describe("CONFIG REWRITE", () => {
  const FILE = "# a comment that stays\nport 0\nunixsocket redis.sock\n\nhz 20 # not a comment\n";

  test("writes what has changed, and the file starts the same server again", async (t) => {
    const configFile = FILE.replace(" # not a comment", "");
    const dir = (await ServerProcess.start({}, t)).dir;
    const config = { unixsocket: "redis.sock" };
    const first = await ServerProcess.start({ configFile, config, port: 0, dir }, t);
    const client = await first.client();
    await client.call("CONFIG", "SET", "hz", "33", "requirepass", 'se"cret', "maxmemory", "100mb");
    assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
    await client.close();
    await first.stop();
    const text = readFileSync(join(dir, "redis.conf"), "latin1");
    assert.match(text, /^# a comment that stays\nport 0\nunixsocket "redis\.sock"\n\nhz 33\n/);
    assert.match(text, /\nuser default on #[0-9a-f]{64} ~\* &\* \+@all\n/);
    const again = await ServerProcess.start({ configFile: text, config, port: 0, dir }, t);
    const other = await again.client();
    assert.equal(await other.call("AUTH", 'se"cret'), "OK");
    assert.deepEqual(await other.call("CONFIG", "GET", "hz"), ["hz", "33"]);
    assert.deepEqual(await other.call("CONFIG", "GET", "maxmemory"), ["maxmemory", "104857600"]);
    await other.close();
  });

  test("a real server starts with the file that was written", async (t) => {
    const { dir } = await ServerProcess.start({}, t);
    const first = await ServerProcess.start({ configFile: "hz 20\n", dir }, t);
    const client = await first.client();
    await client.call("CONFIG", "SET", "maxclients", "77", "requirepass", "x y");
    assert.equal(await client.call("CONFIG", "REWRITE"), "OK");
    await client.close();
    await first.stop();
    const configFile = readFileSync(join(dir, "redis.conf"), "latin1");
    const real = await ServerProcess.start({ program: REAL_SERVER, configFile, dir }, t);
    const other = await real.client();
    assert.equal(await other.call("AUTH", "x y"), "OK");
    assert.deepEqual(await other.call("CONFIG", "GET", "maxclients"), ["maxclients", "77"]);
    await other.close();
  });

  test("fails in Redis's words without a file, or where none can be written", async (t) => {
    const seen: Reply[][] = [];
    for (const program of [OUR_SERVER, REAL_SERVER]) {
      const replies: Reply[] = [];
      const bare = await ServerProcess.start({ program }, t);
      const bareClient = await bare.client();
      replies.push(await bareClient.call("CONFIG", "REWRITE"));
      await bareClient.close();
      const server = await ServerProcess.start({ program, configFile: "hz 11\n" }, t);
      const client = await server.client();
      await client.call("CONFIG", "SET", "hz", "12");
      rmSync(server.dir, { recursive: true, force: true });
      replies.push(await client.call("CONFIG", "REWRITE"), await client.call("PING"));
      await client.close();
      seen.push(replies);
    }
    assert.deepEqual(seen[0], seen[1]);
  });
});
