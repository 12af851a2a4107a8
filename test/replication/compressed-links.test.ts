// Links that are compressed between two of our servers, and links that are not, because one side does
// not want it or is a real Redis; and masters whose frames are broken.

import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { loadLz4 } from "../../src/native/lz4-blocks";
import type { RawClient } from "../support/raw-client";
import { withSeed } from "../support/seeds";
import { OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { TcpProxy } from "../support/tcp-proxy";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";
import { assertEqualData, field, linkIsUp, sendRandom } from "./pair";

const CONFIG = {
  save: "",
  "enable-debug-command": "yes",
  "proto-max-bulk-len": "1mb",
  "repl-diskless-sync-delay": 0,
  "shutdown-timeout": 0,
  // A listpack has no minus zero, and SORT makes a skiplist, which has one, where it is run and
  // nowhere else: a difference of Redis's own, which is none without listpacks.
  "zset-max-listpack-entries": 0,
};
const LZ4 = { "repl-compression": "lz4" };
const ID = "a".repeat(40);

async function start(
  t: Cleanup,
  config: object,
  program = OUR_SERVER,
): Promise<[ServerProcess, RawClient]> {
  const server = await ServerProcess.start({ program, config: { ...CONFIG, ...config } }, t);
  const client = await server.client();
  t.after(() => client.close());
  return [server, client];
}

async function startReplica(t: Cleanup, port: number, config: object = LZ4, program = OUR_SERVER) {
  return await start(t, { replicaof: ["127.0.0.1", String(port)], ...config }, program);
}

async function ratio(client: RawClient, name: string): Promise<number> {
  return Number(await field(client, "replication", name));
}

for (const [form, diskless] of [
  ["with a mark", "yes"],
  ["of a known size", "no"],
] as const) {
  test(`a copy ${form} and the stream go over a compressed link to several replicas`, async (t) => {
    await withSeed(async (random) => {
      const [master, writer] = await start(t, { ...LZ4, "repl-diskless-sync": diskless });
      await writer.call("DEBUG", "POPULATE", "20000", "key", "100");
      const [[, first], [, second]] = await Promise.all([
        startReplica(t, master.port),
        startReplica(t, master.port, { ...LZ4, "repl-diskless-load": "on-empty-db" }),
      ]);
      await Promise.all([first, second].map(linkIsUp));
      await sendRandom(writer, random, 1200);
      await assertEqualData(writer, first);
      await assertEqualData(writer, second);
      assert.equal(await field(writer, "replication", "repl_compressed_replicas"), "2");
      assert.ok((await ratio(writer, "repl_compression_ratio")) > 1.3);
      assert.ok((await ratio(first, "master_link_compression_ratio")) > 1.3);
      assert.match(
        await field(writer, "replication", "slave0"),
        /^ip=127\.0\.0\.1,port=\d+,state=online,offset=\d+,lag=\d$/,
      );
      assert.equal(await writer.call("WAIT", "2", "5000"), 2);
    });
  });
}

test("a compressed link that is cut anywhere is resumed without another copy", async (t) => {
  await withSeed(async (random) => {
    const [master, writer] = await start(t, { ...LZ4, "repl-backlog-size": "64mb" });
    const proxy = await TcpProxy.start(master.port, t);
    const [, reader] = await startReplica(t, proxy.port);
    await linkIsUp(reader);
    for (let round = 0; round < 4; round++) {
      await sendRandom(writer, random, 150);
      proxy[round % 2 === 0 ? "cut" : "close"]();
      await sendRandom(writer, random, 100);
      const { connections } = proxy;
      await waitFor("another connection", () => proxy.connections > connections);
      await linkIsUp(reader);
    }
    await assertEqualData(writer, reader);
    assert.equal(await field(writer, "stats", "sync_full"), "1");
    assert.ok(Number(await field(writer, "stats", "sync_partial_ok")) >= 4);
  });
});

test("a chain has the same bytes, compressed on one link and plain on the other", async (t) => {
  await withSeed(async (random) => {
    const [master, writer] = await start(t, LZ4);
    const [middle, inMiddle] = await startReplica(t, master.port);
    await linkIsUp(inMiddle);
    const [, plain] = await startReplica(t, middle.port, {});
    const [, real] = await startReplica(t, middle.port, {}, REAL_SERVER);
    const [, compressed] = await startReplica(t, middle.port);
    for (const client of [plain, real, compressed]) await linkIsUp(client);
    await sendRandom(writer, random, 800);
    for (const client of [inMiddle, plain, compressed]) await assertEqualData(writer, client);
    assert.equal(await field(inMiddle, "replication", "repl_compressed_replicas"), "1");
    assert.equal(await field(plain, "replication", "master_link_compression_ratio"), "");
  });
});

for (const [who, masterConfig, masterProgram, replicaConfig, replicaProgram] of [
  ["our replica behind a real master", {}, REAL_SERVER, LZ4, OUR_SERVER],
  ["a real replica of our master", LZ4, OUR_SERVER, {}, REAL_SERVER],
  ["a master that does not compress", {}, OUR_SERVER, LZ4, OUR_SERVER],
  ["a replica that does not offer it", LZ4, OUR_SERVER, {}, OUR_SERVER],
] as const) {
  test(`${who}: the link is plain, and nobody minds`, async (t) => {
    const [master, writer] = await start(t, masterConfig, masterProgram);
    const [replica, reader] = await startReplica(t, master.port, replicaConfig, replicaProgram);
    await linkIsUp(reader);
    await writer.call("SET", "k", "v".repeat(10_000));
    await assertEqualData(writer, reader);
    assert.doesNotMatch(replica.logs(), /lz4/i);
    assert.equal(await field(reader, "replication", "master_link_compression_ratio"), "");
    assert.match(await field(writer, "replication", "repl_compressed_replicas"), /^0?$/);
  });
}

/** A master that compresses, and answers PSYNC by `answer`. */
async function fakeMaster(t: TestContext, answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      if (text.includes("PSYNC")) {
        socket.write(`+FULLRESYNC ${ID} 1\r\n`);
        answer(socket);
      } else if (text.includes("PING")) socket.write("+PONG\r\n");
      else if (!text.includes("ACK")) {
        const requests = text.split("*").slice(1);
        socket.write(
          requests.map((one) => (one.includes("lz4") ? "+OK lz4\r\n" : "+OK\r\n")).join(""),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening");
  return address.port;
}

function frame(kind: number, content: Buffer, length = content.length): Buffer {
  const header = Buffer.from([kind, 0, 0, 0]);
  header.writeUIntLE(length, 1, 3);
  return Buffer.concat([header, content]);
}

function lyingBlock(): Buffer {
  const lz4 = loadLz4();
  if (typeof lz4 === "string") throw new Error(lz4);
  const block = lz4.compressSync(Buffer.alloc(1000));
  block.writeUInt32LE(0xf0000000);
  return block;
}

const BROKEN: Readonly<Record<string, readonly [() => Buffer, RegExp]>> = {
  "of a kind there is not": [() => frame(9, Buffer.from("hello")), /a frame of the unknown kind 9/],
  "that is too long": [() => frame(0, Buffer.from("x"), 0xffffff), /a frame of 16777215 bytes/],
  "that would be too long": [() => frame(1, lyingBlock()), /a frame of 4026531840 bytes/],
  "that is none": [() => Buffer.from("$100\r\nREDIS0010"), /a frame of the unknown kind 36/],
};
for (const [what, [bytes, text]] of Object.entries(BROKEN)) {
  test(`a frame ${what} ends the link with a line in the log, and the data stay`, async (t) => {
    const port = await fakeMaster(t, (socket) => {
      socket.write(frame(0, Buffer.from("$1000\r\nREDIS0010")));
      socket.write(bytes());
    });
    const [replica, client] = await start(t, LZ4);
    await client.call("SET", "kept", "1");
    await client.call("REPLICAOF", "127.0.0.1", String(port));
    await waitFor("the line in the log", () => text.test(replica.logs()));
    assert.equal(String(await client.call("GET", "kept")), "1");
    await client.call("REPLICAOF", "NO", "ONE");
  });
}
