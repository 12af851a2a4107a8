// What the portable transport does beyond the suite that both transports share
// (transport.test.ts): Node's sockets, the shares of a turn, and large requests.

import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ManualClock } from "../../../src/base/clock";
import { PortableTransport } from "../../../src/net/portable-transport";
import {
  CLOSED_BY_ERROR,
  CLOSED_BY_PEER,
  CLOSED_BY_SERVER,
  CLOSED_OUTPUT_LIMIT,
  CLOSED_QUERY_LIMIT,
  CLOSED_UNAUTHENTICATED_OUTPUT,
  FLAG_UNAUTHENTICATED,
  ListenError,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_COUNT,
  STATS_BYTES_IN,
  STATS_BYTES_OUT,
  STATS_PENDING_OUTPUT,
  STATS_QUERY_BYTES,
  STATS_WORDS,
} from "../../../src/net/transport";
import { createTransportMemory } from "../../../src/net/transport-memory";
import { RawClient } from "../../support/raw-client";
import { encodeCommand } from "../../support/resp-encode";
import { withSeed } from "../../support/seeds";
import { tempDir } from "../../support/temp-dir";
import { waitFor } from "../../support/wait-for";
import { KEY_HASH, SEGMENT_BYTES, TableServer } from "./table-server";

const MEBIBYTE = 1 << 20;
const MAX_SLOTS = 8;
const BACKLOG = 64;
// One for all tests of this file, which run one after the other.
const MEMORY = createTransportMemory(MAX_SLOTS);

class Rig {
  readonly clock = new ManualClock();
  readonly transport = new PortableTransport({
    maxSlots: MAX_SLOTS,
    memory: MEMORY,
    keyHash: KEY_HASH,
    clock: this.clock,
  });
  readonly server = new TableServer(this.transport);
  port = 0;
  listener = 0;

  static async start(t: TestContext, maxQueryBytes = 64 * MEBIBYTE): Promise<Rig> {
    const rig = new Rig();
    t.after(() => rig.transport.stop(0));
    const maxBulkBytes = 512 * MEBIBYTE;
    rig.transport.configure({ maxBulkBytes, maxQueryBytes, tcpKeepAliveSeconds: 300 });
    rig.listener = await rig.transport.listenTcp("127.0.0.1", 0, BACKLOG);
    rig.port = rig.transport.listenerPort(rig.listener);
    rig.server.start();
    return rig;
  }

  client(): Promise<RawClient> {
    return RawClient.connect({ port: this.port });
  }

  stats(slot: number, word: number): number {
    return MEMORY.stats[slot * STATS_WORDS + word];
  }

  async closedFor(count: number): Promise<number[]> {
    await waitFor(`${count} CLOSED records`, () => this.server.closed.length >= count);
    return this.server.closed.map(({ reason }) => reason);
  }

  async held(): Promise<number> {
    await waitFor("a client is held", () => this.server.held.length > 0);
    return this.server.held[0] as number;
  }
}

function repliesAsText(client: RawClient, count: number): Promise<string> {
  const replies = Array.from({ length: count }, () => client.readReply());
  return Promise.all(replies).then((all) => all.map(String).join(""));
}

/** Writes without reading anything back. */
function deafSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      socket.on("error", () => {});
      resolve(socket.pause());
    });
  });
}

test("random requests of several clients, cut anywhere, are answered in order", (t) =>
  withSeed(async (random) => {
    const rig = await Rig.start(t);
    const talks = Array.from({ length: 4 }, async (_, number) => {
      const client = await rig.client();
      const sizes = Array.from({ length: 40 }, () =>
        random.pick([0, 1, 50, 5000, 40_000, 200_000]),
      );
      const texts = sizes.map((size) => `${number}`.repeat(size));
      const stream = Buffer.concat(texts.map((text) => encodeCommand(["ECHO", text])));
      const expected = texts.map((text) => `$${text.length}\r\n${text}\r\n`);
      const replies = texts.map(() => client.readReply());
      for (let at = 0; at < stream.length; ) {
        const end = at + random.between(1, random.pick([100, 60_000, 200_000]));
        const piece = stream.subarray(at, end);
        await new Promise<void>((sent) => void client.socket.write(piece, () => sent()));
        at = end;
      }
      assert.deepEqual((await Promise.all(replies)).map(String), expected);
      await client.close();
    });
    await Promise.all(talks);
    assert.ok(rig.server.bigRequests > 0);
    assert.deepEqual(new Set(await rig.closedFor(4)), new Set([CLOSED_BY_PEER]));
  }));

test("a request of many megabytes comes through, and one behind it", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  const text = "0123456789abcdef".repeat(MEBIBYTE / 2);
  client.send("ECHO", text);
  client.send("PING");
  assert.equal((await client.readReply()).length, text.length + `$${text.length}\r\n\r\n`.length);
  assert.equal(String(await client.readReply()), "+PONG\r\n");
  assert.equal(rig.server.bigRequests >= 1, true);
  const slot = [...rig.server.connected][0] as number;
  assert.equal(rig.stats(slot, STATS_QUERY_BYTES), 0);
});

test("what a request announces takes no place before it comes", async (t) => {
  const rig = await Rig.start(t);
  // Together they announce more than all addresses there are.
  const idle = await Promise.all(Array.from({ length: 7 }, () => rig.client()));
  for (const client of idle) client.sendRaw(`*2\r\n$4\r\nECHO\r\n$${512 * MEBIBYTE}\r\nabc`);
  const busy = await rig.client();
  busy.send("ECHO", "x".repeat(3 * MEBIBYTE));
  assert.equal((await busy.readReply()).length, 3 * MEBIBYTE + "$3145728\r\n\r\n".length);
  const expected = "*2\r\n$4\r\nECHO\r\n$536870912\r\nabc".length;
  for (const slot of rig.server.connected) {
    const bytes = rig.stats(slot, STATS_QUERY_BYTES);
    assert.ok(bytes === expected || bytes === 0, `${bytes}`);
  }
});

test("large requests that grow side by side move and stay whole", async (t) => {
  const rig = await Rig.start(t);
  const clients = await Promise.all([rig.client(), rig.client(), rig.client()]);
  const texts = clients.map((_, number) => `${number}abcdefg`.repeat(MEBIBYTE));
  const streams = texts.map((text) => encodeCommand(["ECHO", text]));
  const step = 700_000;
  for (let at = 0; at < 9 * MEBIBYTE; at += step) {
    const written = clients.map((client, number) => {
      const piece = streams[number]?.subarray(at, at + step) ?? "";
      return new Promise<void>((sent) => void client.socket.write(piece, () => sent()));
    });
    await Promise.all(written);
  }
  for (const [number, client] of clients.entries()) {
    const expected = `$${8 * MEBIBYTE}\r\n${texts[number]}\r\n`;
    assert.ok((await client.readReply()).equals(Buffer.from(expected)), `client ${number}`);
  }
  assert.equal(rig.server.bigRequests, 3);
});

test("a client over the query limit is closed; requests under it are not counted together", async (t) => {
  const rig = await Rig.start(t, MEBIBYTE);
  const client = await rig.client();
  for (let count = 0; count < 4; count++) client.send("ECHO", "x".repeat(MEBIBYTE / 2));
  await repliesAsText(client, 4);
  client.send("ECHO", "x".repeat(2 * MEBIBYTE));
  await client.closed;
  assert.deepEqual(await rig.closedFor(1), [CLOSED_QUERY_LIMIT]);
});

test("a held request waits with all behind it and runs when resumed", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  const other = await rig.client();
  client.sendRaw("PING\r\n");
  client.sendRaw(Buffer.concat([["PING"], ["HOLD"], ["ECHO", "a"]].map(encodeCommand)));
  assert.equal(await repliesAsText(client, 2), "+PING\r\n+PONG\r\n");
  const slot = await rig.held();
  client.send("ECHO", "b");
  client.sendRaw("*1\r\n$4\r\nPI");
  assert.equal(String(await other.command("PING")), "+PONG\r\n", "others go on");
  await waitFor("bytes are counted", () => rig.stats(slot, STATS_QUERY_BYTES) > 60);
  assert.equal(client.unreadReplies(), 0);
  rig.server.release(slot);
  client.sendRaw("NG\r\n");
  assert.equal(await repliesAsText(client, 4), "+HELD\r\n$1\r\na\r\n$1\r\nb\r\n+PONG\r\n");
  assert.equal(rig.stats(slot, STATS_QUERY_BYTES), 0);
});

test("holding from now on lets the turn's other commands run", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  client.sendRaw(Buffer.concat([["AFTER"], ["PING"]].map(encodeCommand)));
  assert.equal(await repliesAsText(client, 2), "+OK\r\n+PONG\r\n");
  const slot = await rig.held();
  client.send("ECHO", "later");
  await waitFor("bytes are held", () => rig.stats(slot, STATS_QUERY_BYTES) > 0);
  assert.equal(client.unreadReplies(), 0);
  rig.server.release(slot);
  assert.equal(await repliesAsText(client, 1), "$5\r\nlater\r\n");
});

test("many held requests in one pipeline, each resumed, cost no reread of the pipeline", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  const count = 100;
  client.sendRaw(encodeCommand(["HOLD"]).toString().repeat(count));
  client.sendRaw("PING\r\n");
  for (let released = 0; released < count; released++) rig.server.release(await rig.held());
  const text = await repliesAsText(client, count + 1);
  assert.equal(text, `${"+HELD\r\n".repeat(count)}+PING\r\n`);
});

test("a held client stops reading at a megabyte, and gets all of it when resumed", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  client.send("HOLD");
  const slot = await rig.held();
  const sizes = Array.from({ length: 100 }, () => 200_000);
  for (const size of sizes) client.send("ECHO", "x".repeat(size));
  await waitFor("the limit is reached", () => rig.stats(slot, STATS_QUERY_BYTES) > MEBIBYTE);
  await rig.client().then((other) => other.command("PING"));
  assert.ok(rig.stats(slot, STATS_QUERY_BYTES) < 1.2 * MEBIBYTE);
  rig.server.release(slot);
  const replies = await Promise.all(Array.from({ length: 101 }, () => client.readReply(20_000)));
  assert.deepEqual(
    replies.slice(1).map((reply) => reply.length),
    sizes.map((size) => size + "$200000\r\n\r\n".length),
  );
});

test("the hang-up of a held client is noticed", async (t) => {
  const rig = await Rig.start(t);
  for (const end of ["destroy", "end"] as const) {
    const client = await rig.client();
    client.sendRaw(Buffer.concat([["HOLD"], ["PING"]].map(encodeCommand)));
    rig.server.held.splice(0, rig.server.held.length, await rig.held());
    client.socket[end]();
    await client.closed;
    await rig.closedFor(end === "destroy" ? 1 : 2);
    rig.server.held.length = 0;
  }
  assert.deepEqual(await rig.closedFor(2), [CLOSED_BY_PEER, CLOSED_BY_PEER]);
});

test("a peer that has said its last word gets its answers, then the end", async (t) => {
  const rig = await Rig.start(t);
  const client = await RawClient.connect({ port: rig.port, allowHalfOpen: true });
  const count = 50_000;
  client.socket.end(encodeCommand(["PING"]).toString().repeat(count));
  assert.equal((await client.expectClose()).length, count);
  assert.deepEqual(await rig.closedFor(1), [CLOSED_BY_PEER]);
});

test("a reset is CLOSED_BY_ERROR", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  await client.command("PING");
  client.socket.resetAndDestroy();
  assert.deepEqual(await rig.closedFor(1), [CLOSED_BY_ERROR]);
});

test("closing at once and after output", async (t) => {
  const rig = await Rig.start(t);
  const now = await rig.client();
  now.sendRaw(Buffer.concat([["CLOSE"], ["PING"]].map(encodeCommand)));
  assert.deepEqual(await now.expectClose(), []);
  const later = await rig.client();
  later.sendRaw(Buffer.concat([["BIG", "20000000"], ["QUIT"], ["PING"]].map(encodeCommand)));
  const replies = await later.expectClose();
  assert.deepEqual(
    replies.map((reply) => reply.length),
    [20_000_000 + "$20000000\r\n\r\n".length, "+OK\r\n".length],
  );
  assert.deepEqual(await rig.closedFor(2), [CLOSED_BY_SERVER, CLOSED_BY_SERVER]);
  assert.deepEqual(
    rig.server.requests.map((request) => request.slice(3)),
    ["CLOSE", "BIG 20000000", "QUIT"],
  );
});

test("a protocol error is answered and closes, whatever follows it", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  client.sendRaw(`PING\r\n*x\r\n${"PING\r\n".repeat(100_000)}`);
  const replies = (await client.expectClose()).map(String);
  assert.deepEqual(replies, ["+PING\r\n", `-ERR ${PROTOCOL_MULTIBULK_LENGTH}\r\n`]);
  assert.deepEqual(await rig.closedFor(1), [CLOSED_BY_SERVER]);
  assert.deepEqual(rig.server.errors, [PROTOCOL_MULTIBULK_LENGTH]);
});

test("a client that does not read is closed at its output limit and not before", async (t) => {
  const rig = await Rig.start(t);
  rig.server.outputLimitKib = 20 * 1024;
  const deaf = await deafSocket(rig.port);
  deaf.write(encodeCommand(["BIG", String(10 * MEBIBYTE)]));
  await waitFor(
    "output is pending",
    () => rig.stats(rig.server.slotOf(0), STATS_PENDING_OUTPUT) > 0,
  );
  deaf.write(encodeCommand(["PING"]));
  await waitFor("input still is read", () => rig.server.requests.length === 2);
  assert.equal(rig.server.closed.length, 0);
  deaf.write(encodeCommand(["BIG", String(SEGMENT_BYTES)]));
  assert.deepEqual(await rig.closedFor(1), [CLOSED_OUTPUT_LIMIT]);
  deaf.destroy();
});

test("limits before authentication: arguments and unread output", async (t) => {
  const rig = await Rig.start(t);
  rig.server.flags = FLAG_UNAUTHENTICATED;
  const client = await rig.client();
  client.sendRaw("*11\r\n");
  assert.deepEqual((await client.expectClose()).map(String), [
    `-ERR ${PROTOCOL_UNAUTHENTICATED_COUNT}\r\n`,
  ]);
  const deaf = await deafSocket(rig.port);
  deaf.write(encodeCommand(["BIG", String(SEGMENT_BYTES)]));
  assert.deepEqual(await rig.closedFor(2), [CLOSED_BY_SERVER, CLOSED_UNAUTHENTICATED_OUTPUT]);
  deaf.destroy();
});

test("one client's long pipeline does not hold up another's request", async (t) => {
  const rig = await Rig.start(t);
  const greedy = await deafSocket(rig.port);
  const modest = await rig.client();
  await modest.command("PING");
  const count = 500_000;
  greedy.write(encodeCommand(["PING"]).toString().repeat(count));
  await waitFor("the pipeline begins", () => rig.server.requests.length > 1);
  await modest.command("PING");
  assert.ok(rig.server.requests.length < count / 2, `${rig.server.requests.length} came first`);
  greedy.destroy();
});

test("runs and output that are full are flushed inside a turn", async (t) => {
  const rig = await Rig.start(t);
  const client = await rig.client();
  const count = 70_000;
  const text = "y".repeat(600);
  client.send("REPEAT", String(count), text);
  client.send("PING");
  await waitFor("all replies", () => client.unreadReplies() === count + 1);
  const slot = rig.server.slotOf(0);
  await waitFor("all is counted", () => rig.stats(slot, STATS_PENDING_OUTPUT) === 0);
  assert.equal(rig.stats(slot, STATS_BYTES_OUT), client.socket.bytesRead);
  assert.equal(rig.stats(slot, STATS_BYTES_IN), client.socket.bytesWritten);
  await client.close();
  const replies = await client.expectClose();
  assert.equal(String(replies.pop()), "+PONG\r\n");
  assert.ok(replies.every((reply) => reply.length === text.length + 3));
});

test("replies to others, inside a turn and outside", async (t) => {
  const rig = await Rig.start(t);
  const clients = await Promise.all([rig.client(), rig.client(), rig.client()]);
  await waitFor("all are known", () => rig.server.connected.size === 3);
  clients[0]?.send("SLOTS", "hello");
  for (const client of clients) assert.equal(String(await client.readReply()), "+hello\r\n");
  rig.server.push(rig.server.slotOf(0), "+outside\r\n");
  const first = await Promise.race(clients.map((client) => client.readReply()));
  assert.equal(String(first), "+outside\r\n");
});

test("more clients than slots are closed, which is told once a second", async (t) => {
  const rig = await Rig.start(t);
  const clients = await Promise.all(Array.from({ length: MAX_SLOTS }, () => rig.client()));
  await waitFor("all are known", () => rig.server.connected.size === MAX_SLOTS);
  for (let count = 0; count < 3; count++) await (await rig.client()).closed;
  assert.deepEqual(rig.server.acceptErrors, [24]);
  rig.clock.advance(1000);
  await (await rig.client()).closed;
  await waitFor("it is told again", () => rig.server.acceptErrors.length === 2);
  await clients[3]?.close();
  await rig.closedFor(1);
  assert.equal(String(await (await rig.client()).command("PING")), "+PONG\r\n");
  assert.equal(rig.server.connected.size, MAX_SLOTS);
});

test("addresses: IPv4, IPv6 without IPv4, unix sockets with their mode", async (t) => {
  const rig = await Rig.start(t);
  const { transport } = rig;
  const six = await transport.listenTcp("::1", rig.port, BACKLOG);
  assert.equal(transport.listenerPort(six), rig.port, "the port is free on the other family");
  const path = join(tempDir(t), "r.sock");
  const unix = await transport.listenUnix(path, 0o700, BACKLOG);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  const targets = [{ port: rig.port }, { host: "::1", port: rig.port }, { path }];
  const clients: RawClient[] = [];
  for (const target of targets) {
    const client = await RawClient.connect(target);
    await client.command("PING");
    clients.push(client);
  }
  const address = (index: number) => transport.addressOf(rig.server.slotOf(index));
  const port = (index: number) => clients[index]?.socket.localPort;
  const common = { isUnix: false, fd: -1 };
  assert.deepEqual(rig.server.accepted, [rig.listener, six, unix]);
  assert.deepEqual(address(0), {
    ...common,
    remote: `127.0.0.1:${port(0)}`,
    local: `127.0.0.1:${rig.port}`,
    remoteIp: "127.0.0.1",
  });
  assert.deepEqual(address(1), {
    ...common,
    remote: `[::1]:${port(1)}`,
    local: `[::1]:${rig.port}`,
    remoteIp: "::1",
  });
  const file = `${path}:0`;
  assert.deepEqual(address(2), { remote: file, local: file, remoteIp: "", isUnix: true, fd: -1 });
  transport.closeListener(unix);
  await waitFor("the socket file is gone", () => !existsSync(path));
  assert.equal(String(await clients[2]?.command("PING")), "+PONG\r\n", "its clients stay");
});

test("listening where one cannot is a ListenError", async (t) => {
  const rig = await Rig.start(t);
  const { transport } = rig;
  const failsWith = (code: string) => (error: unknown) =>
    error instanceof ListenError && error.code === code;
  const taken = transport.listenTcp("127.0.0.1", rig.port, BACKLOG);
  await assert.rejects(taken, failsWith("EADDRINUSE"));
  await assert.rejects(taken, /^Error: Address already in use$/);
  await assert.rejects(transport.listenTcp("192.0.2.1", 0, 1), failsWith("EADDRNOTAVAIL"));
  await assert.rejects(transport.listenTcp("localhost", 0, 1), failsWith("EINVAL"));
  const dir = tempDir(t);
  const file = join(dir, "file");
  writeFileSync(file, "not a socket");
  await assert.rejects(transport.listenUnix(file, 0, 1), failsWith("EADDRINUSE"));
  await assert.rejects(transport.listenUnix(join(dir, "no", "r"), 0, 1), failsWith("EACCES"));
});

test("a socket file that a dead process left is replaced", async (t) => {
  const rig = await Rig.start(t);
  const path = join(tempDir(t), "r.sock");
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(path, resolve));
  t.after(() => other.close());
  await rig.transport.listenUnix(path, 0, BACKLOG);
  const client = await RawClient.connect({ path });
  assert.equal(String(await client.command("PING")), "+PONG\r\n");
});

test("stop sends what is pending, and waits no longer than told for who does not read", async (t) => {
  const rig = await Rig.start(t);
  const reader = await rig.client();
  const deaf = await deafSocket(rig.port);
  reader.send("BIG", "20000000");
  deaf.write(encodeCommand(["BIG", String(SEGMENT_BYTES)]));
  await waitFor("both are running", () => rig.server.requests.length === 2);
  const { turns } = rig.server;
  await rig.transport.stop(300);
  assert.deepEqual(
    (await reader.expectClose()).map((reply) => reply.length),
    [20_000_000 + "$20000000\r\n\r\n".length],
  );
  assert.equal(rig.server.turns, turns, "no turn after stop");
  await assert.rejects(rig.client());
  deaf.destroy();
});
