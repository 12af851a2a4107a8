// The native transport with many connections: idle ones, a storm, no descriptors left, strangers
// that send much and read nothing. The server is a process of its own, so that its memory, time and
// descriptors can be measured.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { RawClient } from "../support/raw-client";
import { waitFor } from "../support/wait-for";

interface State {
  accepted: number;
  closed: number;
  acceptFailed: number;
  protocolErrors: number;
  unreadStrangers: number;
  cpuMs: number;
  residentBytes: number;
}

class EchoServer {
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
    /** Connected before anything else, to be asked. */
    readonly control: RawClient,
  ) {}

  static async start(t: TestContext, descriptors: number, mode = ""): Promise<EchoServer> {
    const script = path.join(__dirname, "echo-server.js");
    const command = `ulimit -n ${descriptors}; exec "$0" "$1" ${mode}`;
    const child = spawn("bash", ["-c", command, process.execPath, script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const port = Number(line);
    const control = await RawClient.connect({ port });
    t.after(() => control.close());
    return new EchoServer(child, port, control);
  }

  async state(): Promise<State> {
    const reply = (await this.control.command("STATE")).toString();
    return JSON.parse(reply.slice(reply.indexOf("\n") + 1));
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }
}

function connectAll(t: TestContext, port: number, count: number): Promise<net.Socket[]> {
  const sockets = Array.from({ length: count }, () => net.connect({ port, host: "127.0.0.1" }));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return Promise.all(
    sockets.map(async (socket) => {
      socket.on("error", () => {});
      await once(socket, "connect");
      return socket;
    }),
  );
}

test("an idle connection costs the server less than 1 KiB", async (t) => {
  const COUNT = 4000;
  const server = await EchoServer.start(t, 10_000);
  const warm = await connectAll(t, server.port, 200);
  await waitFor("the first", async () => (await server.state()).accepted === 201);
  const before = await server.state();
  for (let batch = 0; batch < COUNT; batch += 500) await connectAll(t, server.port, 500);
  const after = await waitFor("the rest", async () => {
    const state = await server.state();
    return state.accepted === COUNT + warm.length + 1 && state;
  });
  const bytesEach = (after.residentBytes - before.residentBytes) / COUNT;
  assert.ok(bytesEach < 1024, `${bytesEach} bytes for each`);
});

test("a storm of connections leaves nothing behind", async (t) => {
  const server = await EchoServer.start(t, 2000);
  await server.state();
  const before = server.descriptors();
  for (let round = 0; round < 10; round++) {
    const sockets = await connectAll(t, server.port, 300);
    for (const [index, socket] of sockets.entries()) {
      if (index % 3 === 0) socket.write("*1\r\n$4\r\nPI");
      if (index % 3 === 1) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
  await waitFor("every CLOSED", async () => {
    const { accepted, closed } = await server.state();
    return accepted > 2000 && closed === accepted - 1;
  });
  assert.equal(server.descriptors(), before);
});

test("without descriptors accept neither spins nor stops", async (t) => {
  const server = await EchoServer.start(t, 100);
  const sockets = await connectAll(t, server.port, 150);
  const ended = sockets.filter((socket) => socket.readyState !== "open");
  await waitFor("the surplus closed", () => {
    for (const socket of sockets) {
      socket.resume();
      if (socket.destroyed && !ended.includes(socket)) ended.push(socket);
    }
    return ended.length > 30;
  });
  const full = await server.state();
  assert.ok(full.acceptFailed >= 1 && full.acceptFailed <= 3, `${full.acceptFailed} events`);
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const later = await server.state();
  const share = (later.cpuMs - full.cpuMs) / (performance.now() - started);
  assert.ok(share < 0.5, `${share} of the processor while full`);
  for (const socket of sockets) socket.destroy();
  await waitFor("room again", async () => {
    const { accepted, closed } = await server.state();
    return accepted - closed === 1;
  });
  const client = await RawClient.connect({ port: server.port });
  t.after(() => client.close());
  assert.equal((await client.command("PING")).toString(), "+PONG\r\n");
});

test("1,000 strangers that break the limits are closed and cost little memory", async (t) => {
  const server = await EchoServer.start(t, 4000, "strangers");
  const before = await server.state();
  const sockets = await connectAll(t, server.port, 1000);
  for (const [index, socket] of sockets.entries()) {
    socket.pause();
    if (index % 20 === 0) socket.write("*1\r\n$3\r\nBIG\r\n".repeat(400));
    else socket.write(index % 2 === 0 ? "*11\r\n" : "*1\r\n$16385\r\n");
  }
  const after = await waitFor("the end of each", async () => {
    const state = await server.state();
    return state.closed === 1000 && state;
  });
  assert.equal(after.protocolErrors, 950);
  assert.equal(after.unreadStrangers, 50);
  const grown = after.residentBytes - before.residentBytes;
  assert.ok(grown < 64 << 20, `${grown >> 20} MiB`);
});
