// Our replica behind masters that are older than Redis 4: they know SYNC only, or PSYNC without ids
// in +CONTINUE, and refuse what they do not know of REPLCONF.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { encodeCommand } from "../support/resp-encode";
import { ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { field, linkIsUp } from "./pair";

const ID = "0123456789abcdef0123456789abcdef01234567";
const FILE_OFFSET = 1000;
const REQUEST = /\*\d+\r\n(?:\$\d+\r\n[^\r]*\r\n)+|[^*\r\n][^\r\n]*\r\n/g;

/** A master that is a script: its file, its stream, and what it was told. */
class OldMaster {
  readonly heard: string[] = [];
  connections = 0;
  stream = Buffer.alloc(0);
  #socket: Socket | undefined;
  #port = 0;

  private constructor(
    readonly knowsPsync: boolean,
    readonly file: Buffer,
  ) {}

  static async start(t: TestContext, knowsPsync: boolean, file: Buffer): Promise<OldMaster> {
    const master = new OldMaster(knowsPsync, file);
    const server = createServer((socket) => {
      master.connections += 1;
      master.#socket = socket;
      socket.on("error", () => undefined);
      socket.on("data", (bytes: Buffer) => {
        for (const request of bytes.toString("latin1").match(REQUEST) ?? []) {
          master.#answer(
            socket,
            request.split("\r\n").filter((line) => /^[^*$]/.test(line)),
          );
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      master.cut();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    master.#port = address.port;
    return master;
  }

  get port(): string {
    return String(this.#port);
  }

  get offset(): number {
    return FILE_OFFSET + this.stream.length;
  }

  /** The next command of the stream. */
  say(...words: readonly string[]): void {
    const bytes = encodeCommand(words);
    this.stream = Buffer.concat([this.stream, bytes]);
    this.#socket?.write(bytes);
  }

  cut(): void {
    this.#socket?.resetAndDestroy();
    this.#socket = undefined;
  }

  #answer(socket: Socket, words: readonly string[]): void {
    this.heard.push(words.join(" "));
    const name = words[0]?.toUpperCase() ?? "";
    const option = words[1]?.toLowerCase();
    if (name === "PING") socket.write("+PONG\r\n");
    else if (name === "REPLCONF" && option === "listening-port") socket.write("+OK\r\n");
    else if (name === "REPLCONF" && option !== "ack") {
      socket.write(`-ERR Unrecognized REPLCONF option: ${option}\r\n`);
    } else if (name === "SYNC") this.#copy(socket);
    else if (name === "PSYNC" && !this.knowsPsync) {
      socket.write("-ERR unknown command 'PSYNC'\r\n");
    } else if (name === "PSYNC" && words[1] === ID) {
      socket.write("+CONTINUE\r\n");
      socket.write(this.stream.subarray(Number(words[2]) - 1 - FILE_OFFSET));
    } else if (name === "PSYNC") {
      this.stream = Buffer.alloc(0);
      socket.write(`+FULLRESYNC ${ID} ${FILE_OFFSET}\r\n`);
      this.#copy(socket);
    }
  }

  #copy(socket: Socket): void {
    socket.write(`\n$${this.file.length}\r\n`);
    socket.write(this.file);
  }
}

async function oldFile(t: TestContext): Promise<Buffer> {
  const server = await ServerProcess.start({ config: { save: "", "rdb-version": 7 } }, t);
  const client = await server.client();
  await client.call("SET", "in the file", "1");
  await client.call("SAVE");
  await client.close();
  return readFileSync(join(server.dir, "dump.rdb"));
}

for (const knowsPsync of [true, false]) {
  const kind = knowsPsync ? "PSYNC without ids" : "SYNC only";
  test(`a master that knows ${kind} is followed`, async (t) => {
    const master = await OldMaster.start(t, knowsPsync, await oldFile(t));
    const replica = await ServerProcess.start({ config: { save: "" } }, t);
    const client = await replica.client();
    t.after(() => client.close());
    await client.call("REPLICAOF", "127.0.0.1", master.port);
    await linkIsUp(client);
    master.say("SELECT", "0");
    master.say("SET", "k", "1");
    const text = async (key: string) => String(await client.call("GET", key));
    await waitFor("the write", async () => (await text("k")) === "1");
    assert.equal(await text("in the file"), "1");
    assert.match(replica.logs(), /Master does not understand REPLCONF capa: -ERR Unrecognized/);
    master.cut();
    master.say("INCR", "k");
    await waitFor("the link to be made anew", () => master.connections === 2);
    await linkIsUp(client);
    master.say("SET", "last", "1");
    await waitFor("the last write", async () => (await text("last")) === "1");
    if (!knowsPsync) {
      assert.match(replica.logs(), /Retrying with SYNC\.\.\./);
      return;
    }
    // It has gone on where it was, so what was written meanwhile is there once.
    assert.equal(await text("k"), "2");
    assert.match(replica.logs(), /Successful partial resynchronization with master/);
    const offset = await field(client, "replication", "master_repl_offset");
    assert.equal(Number(offset), master.offset);
    assert.equal(await field(client, "replication", "master_replid"), ID);
    await waitFor("the offset to be confirmed", () =>
      master.heard.includes(`REPLCONF ACK ${master.offset}`),
    );
  });
}
