// The process and client helpers, proved against the real redis-server.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cpuTimeMs, peakResidentBytes, residentBytes } from "./process-usage";
import { REAL_SERVER, ServerProcess } from "./server-process";
import { tempDir } from "./temp-dir";
import { waitFor, withDeadline } from "./wait-for";

test("a real server starts, answers, is measured and leaves nothing behind", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await server.client();
  assert.equal((await client.command("SET", "k", Buffer.from([0, 255]))).toString(), "+OK\r\n");
  assert.deepEqual(await client.call("GET", "k"), Buffer.from([0, 255]));
  assert.deepEqual(await client.call("HELLO", "9"), {
    error: "NOPROTO unsupported protocol version",
  });
  assert.match(server.logs(), /Ready to accept connections/);
  const before = cpuTimeMs(server.pid);
  await waitFor("the server uses processor time", async () => {
    await client.call("SET", "big", Buffer.alloc(1 << 20));
    return cpuTimeMs(server.pid) > before;
  });
  assert.ok(residentBytes(server.pid) > 1 << 20);
  assert.ok(peakResidentBytes(server.pid) >= residentBytes(server.pid));
  const exit = await server.stop();
  assert.equal(exit.code, 0);
  assert.equal(existsSync(server.dir), false);
  await client.expectClose();
  await assert.rejects(client.command("PING"), /closed/);
});

test("the reply of a closed connection and a missing reply are errors, not hangs", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await server.client();
  await assert.rejects(client.readReply(20), /no reply within 20 ms/);
  client.sendRaw("*1\r\n$4\r\nPI");
  client.sendRaw("NG\r\nPING\r\n");
  assert.equal((await client.readReply()).toString(), "+PONG\r\n");
  assert.equal((await client.readReply()).toString(), "+PONG\r\n");
  client.send("QUIT");
  assert.deepEqual((await client.expectClose()).map(String), ["+OK\r\n"]);
});

test("a taken fixed port and a bad directive are told with the server's own words", async (t) => {
  const first = await ServerProcess.start({ program: REAL_SERVER }, t);
  const second = ServerProcess.start({ program: REAL_SERVER, port: first.port });
  await assert.rejects(second, /in use/);
  const bad = ServerProcess.start({ program: REAL_SERVER, config: { "no-such-thing": "1" } });
  await assert.rejects(bad, /Bad directive/);
});

test("unix sockets, configuration files and a directory that outlives the server", async (t) => {
  const dir = tempDir(t);
  const options = {
    program: REAL_SERVER,
    port: 0,
    dir,
    config: { unixsocket: "redis.sock", appendonly: "yes" },
    configFile: "# kept\nmaxclients 77\n",
  };
  const first = await ServerProcess.start(options, t);
  const client = await first.client();
  assert.deepEqual(await client.call("CONFIG", "GET", "maxclients"), ["maxclients", "77"]);
  await client.call("SET", "k", "v");
  await first.stop();
  assert.match(readFileSync(join(dir, "redis.conf"), "utf8"), /# kept/);
  const second = await ServerProcess.start(options, t);
  const again = await second.client();
  assert.equal(await again.call("GET", "k"), "v");
});

test("a server that ignores SIGTERM is killed after the deadline", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await server.client();
  const busy = await server.client();
  busy.send("EVAL", "while true do end", "0");
  await waitFor("the script runs", () =>
    withDeadline("answer", 100, client.command("PING")).then(
      () => false,
      () => true,
    ),
  );
  const exit = await server.stop(200);
  assert.equal(exit.signal, "SIGKILL");
});
