// The start of a server as others see it: its log beside a real server's, where it listens, and why
// it does not.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { RawClient } from "../support/raw-client";
import { type ProgramRun, runProgram } from "../support/run-program";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { type Cleanup, tempDir } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { logLines } from "./log-lines";

const SERVERS = [OUR_SERVER, REAL_SERVER] as const;

/** Both servers' runs of a start that fails. */
async function bothFail(args: readonly string[], t: Cleanup): Promise<ProgramRun[]> {
  const cwd = tempDir(t);
  const runs: ProgramRun[] = [];
  for (const program of SERVERS) runs.push(await runProgram(program, args, { cwd }));
  return runs;
}

function assertSameFailure(runs: readonly ProgramRun[]): void {
  const [ours, real] = runs;
  assert.deepEqual(logLines(ours?.stdout ?? ""), logLines(real?.stdout ?? ""));
  assert.deepEqual([ours?.code, ours?.stderr], [real?.code, real?.stderr]);
  assert.equal(ours?.code, 1);
}

async function takePort(t: Cleanup): Promise<number> {
  const server: Server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  t.after(() => server.close());
  return port;
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

describe("the log of a start", () => {
  test("has Redis's lines in Redis's order, up to the first client", async (t) => {
    const logs: string[][] = [];
    for (const program of SERVERS) {
      const server = await ServerProcess.start({ program }, t);
      const text = () => server.logs().replaceAll(String(server.port), "PORT");
      await waitFor("ready line", () => text().includes("Ready to accept connections\n"));
      logs.push(logLines(text()));
    }
    assert.deepEqual(logs[0], logs[1]);
  });

  test("names the project and its version beside Redis's", async (t) => {
    const server = await ServerProcess.start({}, t);
    await waitFor("line", () => /C [^\n]* \* redis-server-ts \d+\.\d+\.\d+/.test(server.logs()));
  });

  test("warns of a start without any argument", async (t) => {
    const cwd = tempDir(t);
    const port = await takePortOrNone(t);
    if (port === undefined) return t.skip("port 6379 is in use by somebody else");
    const run = await runProgram(OUR_SERVER, [], { cwd });
    assert.match(
      run.stdout,
      /:C [\s\S]*# Warning: no config file specified, using the default config\./,
    );
    assert.doesNotMatch(run.stdout, /Configuration loaded/);
    assert.equal(run.code, 1);
  });

  test("shows the drawing when it is asked for, else one line", async (t) => {
    const [drawn, plain] = await Promise.all([
      ServerProcess.start({ config: { "always-show-logo": "yes" } }, t),
      ServerProcess.start({}, t),
    ]);
    await waitFor("drawing", () => /Running in standalone mode[\s\S]*Port: \d+/.test(drawn.logs()));
    await waitFor("line", () => /\* Running mode=standalone, port=\d+\./.test(plain.logs()));
    assert.doesNotMatch(drawn.logs(), /Running mode=/);
  });

  test("warns when the system cuts the backlog", async (t) => {
    const server = await ServerProcess.start({ config: { "tcp-backlog": "2147483647" } }, t);
    await waitFor("warning", () =>
      /# WARNING: The TCP backlog setting of 2147483647 cannot be enforced because \/proc/.test(
        server.logs(),
      ),
    );
  });

  test("says that directives without a meaning here have none", async (t) => {
    const server = await ServerProcess.start({ config: { "io-threads": "4" } }, t);
    await waitFor("notice", () => server.logs().includes("'io-threads' has no effect"));
  });
});

/** Holds 6379, on which a start without arguments fails then; undefined when somebody has it. */
function takePortOrNone(t: Cleanup): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(6379, () => {
      t.after(() => server.close());
      resolve(6379);
    });
  });
}

describe("a start that fails", () => {
  test("because the port is taken", async (t) => {
    const port = await takePort(t);
    assertSameFailure(await bothFail(["--port", String(port), "--bind", "127.0.0.1"], t));
  });

  test("because an address is not of this machine", async (t) => {
    const port = String(await freePort());
    assertSameFailure(await bothFail(["--port", port, "--bind", "127.0.0.1", "192.0.2.1"], t));
  });

  test("because a name is nobody's", async (t) => {
    const port = String(await freePort());
    assertSameFailure(await bothFail(["--port", port, "--bind", "no-such-host.invalid"], t));
  });

  test("because the unix socket cannot be made", async (t) => {
    assertSameFailure(await bothFail(["--port", "0", "--unixsocket", "/no/such/dir/s"], t));
  });

  test("because there is nowhere to listen", async (t) => {
    assertSameFailure(await bothFail(["--port", "0"], t));
    const port = String(await freePort());
    assertSameFailure(await bothFail(["--port", port, "--bind", ""], t));
  });

  test("because not even one client could be served", async (t) => {
    const cwd = tempDir(t);
    const runs: ProgramRun[] = [];
    for (const program of SERVERS) {
      // Node itself needs about twenty descriptors before anything of ours runs.
      const args = ["--nofile=30:30", program, "--port", "0", "--unixsocket", "s"];
      runs.push(await runProgram("/usr/bin/prlimit", args, { cwd }));
    }
    assertSameFailure(runs);
  });
});

for (const addon of ["on", "off"]) {
  const env = addon === "off" ? { REDIS_NATIVE_ADDON: "off" } : {};
  describe(`listening, with the addon ${addon}`, () => {
    test("on every address of bind, those with a - where they are there", async (t) => {
      const bind = ["127.0.0.1", "-::1", "-192.0.2.1", "-::*"];
      const server = await ServerProcess.start({ config: { bind: bind.slice(0, 3) }, env }, t);
      assert.equal(await canConnect("127.0.0.1", server.port), true);
      await waitFor("warning", () => server.logs().includes("listening socket 192.0.2.1:"));
      const all = await ServerProcess.start({ config: { bind: ["*", "-::*"] }, env }, t);
      assert.equal(await canConnect("127.0.0.1", all.port), true);
      if (await canConnect("::1", server.port)) {
        assert.equal(await canConnect("::1", all.port), true);
      }
    });

    test("on a unix socket alone, with its permissions", async (t) => {
      const config = { unixsocket: "redis.sock", unixsocketperm: "750" };
      const server = await ServerProcess.start({ config, port: 0, env }, t);
      const path = join(server.dir, "redis.sock");
      assert.equal(statSync(path).mode & 0o777, 0o750);
      const client = await RawClient.connect({ path });
      assert.equal(await client.call("PING"), "PONG");
      await client.close();
      await waitFor("line", () =>
        /\* The server is now ready to accept connections at redis\.sock/.test(server.logs()),
      );
      assert.doesNotMatch(server.logs(), /Ready to accept connections\n/);
    });
  });
}

describe("without the addon", () => {
  test("the portable transport serves, with one warning that names the reason", async (t) => {
    const server = await ServerProcess.start({ env: { REDIS_NATIVE_ADDON: "off" } }, t);
    const client = await server.client();
    assert.match(String(await client.call("INFO", "server")), /\r\ntransport:portable\r\n/);
    const warnings = server.logs().match(/# Serving through Node's own sockets[^\n]*\n/g) ?? [];
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0] ?? "", /switched off by REDIS_NATIVE_ADDON/);
  });
});

describe("maxclients", () => {
  test("is lowered to the open files that there are, in Redis's words", async (t) => {
    const logs: string[][] = [];
    for (const program of SERVERS) {
      const config = { maxclients: 5000 };
      const under = ["/usr/bin/prlimit", "--nofile=200:200"];
      const server = await ServerProcess.start({ program, config, under }, t);
      const client = await server.client();
      const [, most] = (await client.call("CONFIG", "GET", "maxclients")) as string[];
      logs.push([
        ...logLines(server.logs()).filter((line) => /maxclients/.test(line)),
        String(most),
      ]);
      await client.close();
    }
    assert.deepEqual(logs[0], logs[1]);
  });
});
