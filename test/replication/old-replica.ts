// A replica as old as Redis 3.2.1: what it says and what it understands. It keeps its data in a real
// redis-server, which is given the keys of the file and each command of the stream as it came, so
// that the data can be compared; what Redis 3.2.1 would not have known is a problem instead.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { inspect } from "node:util";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { encodeCommand } from "../support/resp-encode";
import { waitFor, withDeadline } from "../support/wait-for";
import { unknownToOldServer } from "./old-commands";
import { readOldRdb } from "./old-rdb";

const DEADLINE_MS = 10_000;
const ACK_PERIOD_MS = 200;
const MARK_BYTES = 40;
const CRLF = "\r\n";

/** What it has of a master, to go on from. */
export interface OldPlace {
  readonly id: string;
  readonly offset: number;
}

export interface OldReplicaOptions {
  /** Redis before 2.8 knows SYNC only. */
  readonly speaks: "sync" | "psync";
  readonly resumes?: OldPlace;
  /** `REPLCONF capa eof`, which came with 3.2. */
  readonly understandsEof?: boolean;
}

export class OldReplica {
  /** How the master answered: `full`, `continue` or the line of an error. */
  answer = "";
  id = "";
  /** The last byte of the stream that it has run. */
  offset = 0;
  /** The file that came, without what is around it. */
  file: Buffer = Buffer.alloc(0);
  /** Whole commands of the stream, as latin1. */
  readonly commands: (readonly string[])[] = [];
  /** What is wrong with what the master has sent. */
  problem: Error | undefined;
  isClosed = false;
  readonly #socket: Socket;
  readonly #store: RawClient;
  #unread: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #acks: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, store: RawClient) {
    this.#socket = socket;
    this.#store = store;
    socket.on("data", (bytes: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, bytes]);
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      clearInterval(this.#acks);
      this.#wake();
    });
  }

  /** Follows a master until it has answered; the stream is then run as it comes. */
  static async follow(
    masterPort: number,
    store: RawClient,
    options: OldReplicaOptions,
  ): Promise<OldReplica> {
    const replica = new OldReplica(connect(masterPort, "127.0.0.1"), store);
    await withDeadline("an answer to the old replica", DEADLINE_MS, replica.#handshake(options));
    if (replica.answer === "full" || replica.answer === "continue") {
      replica.#run().catch((error: unknown) => {
        replica.problem = error instanceof Error ? error : new Error(String(error));
        replica.close();
      });
    } else replica.close();
    return replica;
  }

  get place(): OldPlace {
    return { id: this.id, offset: this.offset };
  }

  close(): void {
    this.#socket.destroy();
  }

  /** It has the same data as the master. */
  async assertEqualTo(master: RawClient): Promise<void> {
    await waitFor("the old replica to have the same data", async () => {
      if (this.problem !== undefined) return true;
      if (this.isClosed) this.problem = new Error("the master has closed the link");
      const digests = await Promise.all(
        [master, this.#store].map((client) => client.command("DEBUG", "DIGEST")),
      );
      return String(digests[0]) === String(digests[1]);
    });
    if (this.problem !== undefined) throw this.problem;
  }

  async #handshake({ speaks, resumes, understandsEof }: OldReplicaOptions): Promise<void> {
    this.#say("PING");
    assert.equal(await this.#line(), "+PONG");
    this.#say("REPLCONF", "listening-port", "6399");
    assert.equal(await this.#line(), "+OK");
    if (understandsEof === true) {
      this.#say("REPLCONF", "capa", "eof");
      assert.equal(await this.#line(), "+OK");
    }
    if (speaks === "sync") {
      this.#socket.write(`SYNC${CRLF}`);
      await this.#copy(await this.#lineOfCopy());
      return;
    }
    const { id, offset } = resumes ?? { id: "?", offset: -2 };
    this.#say("PSYNC", id, String(offset + 1));
    const answer = await this.#lineOfCopy();
    if (answer === "+CONTINUE") {
      assert.ok(resumes !== undefined, "+CONTINUE to a replica that has nothing");
      this.answer = "continue";
      this.id = id;
      this.offset = offset;
    } else if (answer.startsWith("+FULLRESYNC")) {
      const [, master = "", at = ""] = answer.split(" ");
      assert.match(master, /^[0-9a-f]{40}$/);
      this.id = master;
      this.offset = Number(at);
      await this.#copy(await this.#lineOfCopy());
    } else this.answer = answer;
    if (this.answer === "full" || this.answer === "continue") this.#beginAcks();
  }

  #beginAcks(): void {
    const acknowledge = (): void => this.#say("REPLCONF", "ACK", String(this.offset));
    acknowledge();
    this.#acks = setInterval(acknowledge, ACK_PERIOD_MS);
  }

  /** Empty lines before an answer only show that the master lives. */
  async #lineOfCopy(): Promise<string> {
    for (;;) {
      const line = await this.#line();
      if (line !== "") return line;
    }
  }

  async #copy(header: string): Promise<void> {
    if (header.startsWith("-")) {
      this.answer = header;
      return;
    }
    if (header.startsWith("$EOF:")) this.file = await this.#until(header.slice("$EOF:".length));
    else {
      assert.match(header, /^\$\d+$/);
      const length = Number(header.slice(1));
      await this.#wait(() => this.#unread.length >= length);
      this.file = this.#take(length);
    }
    this.answer = "full";
    await this.#load();
  }

  async #load(): Promise<void> {
    const keys = readOldRdb(this.file);
    await this.#tell("FLUSHALL");
    let selected = -1;
    for (const { database, key, expiresAt, payload } of keys) {
      if (database !== selected) await this.#tell("SELECT", String(database));
      selected = database;
      await this.#tell("RESTORE", key, "0", payload);
      if (expiresAt !== undefined) await this.#tell("PEXPIREAT", key, String(expiresAt));
    }
    // A stream begins by naming its database; who does not finds no data that can be compared.
    await this.#tell("SELECT", "15");
  }

  async #run(): Promise<void> {
    for (;;) {
      const words = await this.#request();
      if (words === undefined) return;
      const text = words.map((word) => word.toString("latin1"));
      this.commands.push(text);
      const unknown = unknownToOldServer(text);
      if (unknown !== undefined) {
        throw new Error(`Redis 3.2.1 does not know ${unknown}: ${text.join(" ").slice(0, 300)}`);
      }
      const name = text[0]?.toLowerCase();
      if (name === "replconf") this.#say("REPLCONF", "ACK", String(this.offset));
      else if (name !== "ping") await this.#tell(...words);
    }
  }

  /** The next request of the stream; undefined when the master has closed. */
  async #request(): Promise<Buffer[] | undefined> {
    for (;;) {
      const found = requestIn(this.#unread);
      if (found !== undefined) {
        this.#unread = this.#unread.subarray(found.length);
        this.offset += found.length;
        return found.words;
      }
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Has the store do something, which it must be able to. */
  async #tell(...words: readonly (string | Buffer)[]): Promise<void> {
    const reply = await this.#store.call(...words);
    const last = this.commands.slice(-6).map((command) => command.join(" ").slice(0, 200));
    assert.ok(!hasError(reply), `${inspect(reply)} after ${last.join("; ")}`);
  }

  #say(...words: readonly string[]): void {
    if (!this.isClosed) this.#socket.write(encodeCommand(words));
  }

  async #line(): Promise<string> {
    await this.#wait(() => this.#unread.includes("\n"));
    const end = this.#unread.indexOf("\n");
    return this.#take(end + 1)
      .toString("latin1")
      .trimEnd();
  }

  async #until(mark: string): Promise<Buffer> {
    assert.equal(mark.length, MARK_BYTES);
    await this.#wait(() => this.#unread.includes(mark));
    const file = this.#take(this.#unread.indexOf(mark));
    this.#take(MARK_BYTES);
    return file;
  }

  #take(length: number): Buffer {
    const bytes = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return bytes;
  }

  async #wait(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      assert.ok(!this.isClosed, "the master has closed the connection");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function hasError(reply: Reply): boolean {
  if (Array.isArray(reply)) return reply.some(hasError);
  return reply !== null && typeof reply === "object" && "error" in reply;
}

/** The first whole request of a stream; undefined when it has not all come. */
function requestIn(bytes: Buffer): { words: Buffer[]; length: number } | undefined {
  let at = 0;
  const header = (type: string): number | undefined => {
    const end = bytes.indexOf(CRLF, at, "latin1");
    if (end < 0) return undefined;
    const line = bytes.toString("latin1", at, end);
    assert.ok(line.startsWith(type) && /^\d+$/.test(line.slice(1)), `no request: ${line}`);
    at = end + CRLF.length;
    return Number(line.slice(1));
  };
  const count = header("*");
  if (count === undefined) return undefined;
  const words: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const length = header("$");
    if (length === undefined || at + length + CRLF.length > bytes.length) return undefined;
    words.push(bytes.subarray(at, at + length));
    at += length + CRLF.length;
  }
  return { words, length: at };
}
