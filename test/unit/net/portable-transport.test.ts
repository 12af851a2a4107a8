// What the portable transport does beyond the suite that both transports pass (transport.test.ts):
// the places of large requests, the shares of a turn, reading while held, Node's listeners.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ManualClock } from "../../../src/base/clock";
import { PortableTransport } from "../../../src/net/portable-transport";
import {
  CLOSED_BY_PEER,
  CLOSED_OUTPUT_LIMIT,
  CLOSED_QUERY_LIMIT,
  CONTROL_OUTPUT_LIMIT_KIB,
  INPUT_BIG_AT,
  ListenError,
  STATS_BYTES_IN,
  STATS_BYTES_OUT,
  STATS_PENDING_OUTPUT,
  STATS_QUERY_BYTES,
  type TransportSettings,
} from "../../../src/net/transport";
import { createTransportMemory } from "../../../src/net/transport-memory";
import { RawClient } from "../../support/raw-client";
import { encodeCommand } from "../../support/resp-encode";
import { tempDir } from "../../support/temp-dir";
import { waitFor } from "../../support/wait-for";
import { bulk, echo, HASH_KEY, type Handler, SETTINGS, TransportDriver } from "./transport-driver";
import { pausedSocket } from "./transport-suite/support";

const MEBIBYTE = 1 << 20;
const MAX_SLOTS = 8;
// One for all tests of this file, which run one after the other.
const MEMORY = createTransportMemory(MAX_SLOTS);

interface Rig {
  readonly driver: TransportDriver;
  readonly clock: ManualClock;
  client(): Promise<RawClient>;
}

async function serve(
  t: TestContext,
  handler: Handler = echo,
  settings: Partial<TransportSettings> = {},
): Promise<Rig> {
  const clock = new ManualClock();
  const options = { hashKey: HASH_KEY, maxSlots: MAX_SLOTS, memory: MEMORY, clock };
  const transport = new PortableTransport(options);
  const driver = await TransportDriver.serve(t, transport, handler, settings);
  const client = async () => {
    const connected = await RawClient.connect({ port: driver.port });
    t.after(() => connected.close());
    return connected;
  };
  return { driver, clock, client };
}

test("what a request announces takes no place before it comes", async (t) => {
  const { driver, client } = await serve(t);
  // Together they announce more than all addresses there are.
  const announced = `*2\r\n$4\r\nECHO\r\n$${512 * MEBIBYTE}\r\nabc`;
  for (let count = 1; count < MAX_SLOTS; count++) {
    (await client()).sendRaw(announced);
    const slot = await driver.acceptedSlot(count);
    await driver.waitFor("its bytes", () => {
      return driver.stat(slot, STATS_QUERY_BYTES) === announced.length;
    });
  }
  const text = "x".repeat(3 * MEBIBYTE);
  assert.ok(String(await (await client()).command("ECHO", text)) === bulk(text));
});

test("large requests that grow side by side move and stay whole", async (t) => {
  const starts: number[] = [];
  const { client } = await serve(t, (args, turn) => {
    starts.push(turn.start);
    echo(args, turn);
  });
  const clients = [await client(), await client(), await client()];
  const texts = clients.map((_, number) => `${number}abcdefg`.repeat(MEBIBYTE));
  const streams = texts.map((text) => encodeCommand(["ECHO", text]));
  const step = 700_000;
  for (let at = 0; at < 9 * MEBIBYTE; at += step) {
    const written = clients.map((one, number) => {
      const piece = streams[number]?.subarray(at, at + step) ?? "";
      return new Promise<void>((sent) => void one.socket.write(piece, () => sent()));
    });
    await Promise.all(written);
  }
  for (const [number, one] of clients.entries()) {
    assert.ok(String(await one.readReply()) === bulk(texts[number] ?? ""), `client ${number}`);
  }
  assert.ok(starts.length === 3 && starts.every((start) => start >= INPUT_BIG_AT));
});

test("requests under the query limit are not counted together", async (t) => {
  const { driver, client } = await serve(t, echo, { maxQueryBytes: MEBIBYTE });
  const one = await client();
  const text = "x".repeat(MEBIBYTE / 2);
  for (let count = 0; count < 4; count++) one.send("ECHO", text);
  for (let count = 0; count < 4; count++) assert.ok(String(await one.readReply()) === bulk(text));
  one.socket.on("error", () => {});
  one.send("ECHO", "x".repeat(2 * MEBIBYTE));
  assert.equal(await driver.closeReason(0), CLOSED_QUERY_LIMIT);
});

test("a held client stops reading at a megabyte, and gets all of it when resumed", async (t) => {
  let isHeld = false;
  const { driver, client } = await serve(t, (args, turn) => {
    if (isHeld) return echo(args, turn);
    isHeld = true;
    turn.driver.hold(turn.slot, turn.start);
  });
  const one = await client();
  const text = "x".repeat(200_000);
  for (let count = 0; count < 101; count++) one.send("ECHO", text);
  const slot = await driver.acceptedSlot();
  const held = () => driver.stat(slot, STATS_QUERY_BYTES);
  await driver.waitFor("the limit is reached", () => held() > MEBIBYTE);
  await (await client()).command("PING");
  assert.ok(held() < 1.6 * MEBIBYTE, `${held()} bytes are held`);
  driver.transport.resume(slot);
  for (let count = 0; count < 101; count++) assert.ok(String(await one.readReply()) === bulk(text));
});

test("a peer that has said its last word gets all its answers, then the end", async (t) => {
  const { driver } = await serve(t);
  const client = await RawClient.connect({ port: driver.port, allowHalfOpen: true });
  const count = 50_000;
  client.socket.end(encodeCommand(["PING"]).toString().repeat(count));
  assert.equal((await client.expectClose()).length, count);
  assert.equal(await driver.closeReason(0), CLOSED_BY_PEER);
});

test("after close nothing is delivered, also of a peer that ended its side before", async (t) => {
  const transport = new PortableTransport({ hashKey: HASH_KEY, maxSlots: 1, memory: MEMORY });
  t.after(() => transport.stop(0));
  transport.configure(SETTINGS);
  const port = transport.listenerPort(await transport.listenTcp("127.0.0.1", 0, 1));
  const turns: number[] = [];
  const client = await RawClient.connect({ port, allowHalfOpen: true });
  // More than one turn takes in, and all of it there before the first turn.
  client.socket.end("PING\r\n".repeat(100_000));
  await waitFor("the end is sent", () => client.socket.writableFinished);
  transport.start((records) => {
    turns.push(records);
    if (turns.length === 2) transport.close(0, true);
    return 0;
  });
  await client.closed;
  await waitFor("CLOSED", () => turns.length === 3);
  assert.equal(turns[0], 1, "ACCEPTED");
  assert.ok((turns[1] ?? 0) > 1000, "requests");
  assert.equal(turns[2], 1, "CLOSED");
});

test("a client that does not read is still read from, up to its output limit", async (t) => {
  const segment = new Uint8Array(10 * MEBIBYTE);
  const { driver } = await serve(t, (args, turn) => {
    if (args[0] === "BIG") turn.driver.addRun(turn.slot, 1, 0, segment.length);
  });
  driver.transport.registerSegment(0, segment);
  driver.onAccepted = (slot) => driver.setControl(slot, CONTROL_OUTPUT_LIMIT_KIB, 20 * 1024);
  const deaf = await pausedSocket(t, driver.port);
  deaf.on("error", () => {});
  const slot = await driver.acceptedSlot();
  deaf.write(encodeCommand(["BIG"]));
  await driver.waitFor("output", () => driver.stat(slot, STATS_PENDING_OUTPUT) > 0);
  deaf.write(encodeCommand(["PING"]));
  await driver.waitFor("input", () => driver.requests().length === 2);
  assert.ok(!driver.seen.some((seen) => seen.kind === "closed"));
  for (let count = 0; count < 2; count++) deaf.write(encodeCommand(["BIG"]));
  assert.equal(await driver.closeReason(slot), CLOSED_OUTPUT_LIMIT);
});

test("one client's long pipeline does not hold up another's request", async (t) => {
  const { driver, client } = await serve(t);
  const modest = await client();
  await modest.command("PING");
  const greedy = await pausedSocket(t, driver.port);
  const count = 300_000;
  greedy.write(encodeCommand(["PING"]).toString().repeat(count));
  await driver.waitFor("the pipeline begins", () => driver.requests().length > 1);
  await modest.command("PING");
  assert.ok(driver.requests().length < count / 2, `${driver.requests().length} came first`);
});

test("one turn may send more runs than there is room for", async (t) => {
  const count = 70_000;
  const { driver, client } = await serve(t, (_, turn) => {
    for (let left = count; left > 0; left--) turn.reply("+y\r\n");
  });
  const one = await client();
  one.send("GO");
  await waitFor("all replies", () => one.unreadReplies() === count);
  await driver.waitFor("all is counted", () => driver.stat(0, STATS_PENDING_OUTPUT) === 0);
  assert.equal(driver.stat(0, STATS_BYTES_OUT), one.socket.bytesRead);
  assert.equal(driver.stat(0, STATS_BYTES_IN), one.socket.bytesWritten);
});

test("more clients than slots are closed, which is told once a second", async (t) => {
  const { driver, clock, client } = await serve(t);
  for (let count = 1; count <= MAX_SLOTS; count++) {
    await client();
    await driver.acceptedSlot(count);
  }
  const failures = () => driver.seen.filter((seen) => seen.kind === "acceptFailed");
  for (let count = 0; count < 3; count++) await (await client()).closed;
  await driver.waitFor("it is told", () => failures().length > 0);
  assert.deepEqual(failures(), [{ kind: "acceptFailed", errno: 24 }]);
  clock.advance(1000);
  await (await client()).closed;
  await driver.waitFor("it is told again", () => failures().length === 2);
});

test("what cannot be listened on is told in the system's words", async (t) => {
  const { driver } = await serve(t);
  const { transport } = driver;
  const says = (code: string, message: string) => (error: unknown) =>
    error instanceof ListenError && error.code === code && error.message === message;
  const taken = transport.listenTcp("127.0.0.1", driver.port, 1);
  await assert.rejects(taken, says("EADDRINUSE", "Address already in use"));
  const foreign = transport.listenTcp("192.0.2.1", 0, 1);
  await assert.rejects(foreign, says("EADDRNOTAVAIL", "Cannot assign requested address"));
  const name = transport.listenTcp("localhost", 0, 1);
  await assert.rejects(name, says("EINVAL", "not an IP address"));
});

test("the factory makes the servers, for TLS or whatever comes", async (t) => {
  let made = 0;
  const transport = new PortableTransport({
    hashKey: HASH_KEY,
    maxSlots: MAX_SLOTS,
    memory: MEMORY,
    createServer: (onConnection) => {
      made += 1;
      return createServer({ allowHalfOpen: true }, onConnection);
    },
  });
  const driver = await TransportDriver.serve(t, transport);
  const path = join(tempDir(t), "r.sock");
  await transport.listenUnix(path, 0, 1);
  assert.equal(made, 2);
  const client = await RawClient.connect({ path });
  assert.equal(String(await client.command("ECHO", "hi")), bulk("hi"));
  await client.close();
  await driver.closeReason(0);
});
