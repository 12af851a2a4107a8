// What only the native transport can be asked: how it fails to load, what an exception in a turn
// does, the options of its sockets, and that a worker with one can be ended.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { createNativeTransport } from "../../src/net/native-transport";
import type { Transport } from "../../src/net/transport";
import { RawClient } from "../support/raw-client";
import { waitFor } from "../support/wait-for";
import { HASH_KEY, TransportDriver } from "../unit/net/transport-driver";

const MODULE = path.join(__dirname, "../../src/net/native-transport.js");

function create(): Transport {
  const made = createNativeTransport({ hashKey: HASH_KEY });
  if (!made.transport) throw new Error(made.reason);
  return made.transport;
}

function runScript(script: string, env: NodeJS.ProcessEnv = {}) {
  const source = `const { createNativeTransport } = require(${JSON.stringify(MODULE)});${script}`;
  return spawnSync(process.execPath, ["-e", source], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

test("REDIS_NATIVE_ADDON=off gives a reason instead of a transport", () => {
  const script = "console.log(JSON.stringify(createNativeTransport({ hashKey: [1, 2] })))";
  const { stdout } = runScript(script, { REDIS_NATIVE_ADDON: "off" });
  assert.deepEqual(JSON.parse(stdout), { reason: "switched off by REDIS_NATIVE_ADDON" });
});

test("an exception in a turn is an uncaught exception of the process", () => {
  const result = runScript(`
    const { transport } = createNativeTransport({ hashKey: [1, 2] });
    transport.listenTcp("127.0.0.1", 0, 511).then((id) => {
      transport.start(() => { throw new Error("in the turn"); });
      require("node:net").connect(transport.listenerPort(id), "127.0.0.1");
    });`);
  assert.equal(result.status, 1);
  assert.match(result.stderr, /Error: in the turn/);
});

test("a promise of a turn goes on before the next one", async (t) => {
  const order: string[] = [];
  const driver = await TransportDriver.serve(t, create(), (args, turn) => {
    order.push(`run ${args[0]}`);
    Promise.resolve().then(() => order.push(`then ${args[0]}`));
    process.nextTick(() => order.push(`tick ${args[0]}`));
    turn.reply("+OK\r\n");
  });
  const client = await RawClient.connect(driver);
  t.after(() => client.close());
  await client.command("a");
  await client.command("b");
  assert.deepEqual(order, ["run a", "tick a", "then a", "run b", "tick b", "then b"]);
});

/** The kernel's timer of a connection: 0 none, 2 keepalive; see proc_net_tcp(5). */
function timerOf(localPort: number, remotePort: number): number | undefined {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n")) {
    const [, local = "", remote = "", , , timer = ""] = line.trim().split(/\s+/);
    if (local.endsWith(hex(localPort)) && remote.endsWith(hex(remotePort))) {
      return Number(timer.split(":")[0]);
    }
  }
  return undefined;
}

for (const [seconds, timer] of [
  [300, 2],
  [0, 0],
] as const) {
  test(`tcp-keepalive ${seconds} is that of every accepted socket`, async (t) => {
    const driver = await TransportDriver.serve(t, create(), undefined, {
      tcpKeepAliveSeconds: seconds,
    });
    const client = await RawClient.connect(driver);
    t.after(() => client.close());
    await client.command("ECHO", "a");
    await waitFor(
      `timer ${timer}`,
      () => timerOf(driver.port, client.socket.localPort ?? 0) === timer,
    );
  });
}

test("a worker that serves can be ended", async () => {
  const worker = new Worker(
    `const { createNativeTransport } = require(${JSON.stringify(MODULE)});
    const { transport } = createNativeTransport({ hashKey: [1, 2] });
    transport.listenTcp("127.0.0.1", 0, 511).then((id) => {
      transport.start(() => 0);
      require("node:worker_threads").parentPort.postMessage(transport.listenerPort(id));
    });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const client = await RawClient.connect({ port });
  client.send("PING");
  await worker.terminate();
  await client.closed;
});

test("turns that are due are run by poll, while the event loop waits, but not inside of a turn", async (t) => {
  const transport = create();
  const seen: string[] = [];
  const driver = await TransportDriver.serve(t, transport, (args, turn) => {
    seen.push(String(args[0]));
    transport.poll?.();
    turn.reply("+OK\r\n");
  });
  const client = await RawClient.connect(driver);
  t.after(() => client.close());
  await client.command("first");
  client.socket.write("second\r\n");
  const deadline = performance.now() + 10_000;
  // The write itself is made at once; nothing here lets the event loop go on.
  while (seen.length < 2 && performance.now() < deadline) transport.poll?.();
  assert.deepEqual(seen, ["first", "second"]);
});
