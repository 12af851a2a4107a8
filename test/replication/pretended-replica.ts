// A replica that takes the copy and counts the stream, and confirms it only when it is told to.

import { connect, type Socket } from "node:net";
import { encodeCommand } from "../support/resp-encode";
import type { Cleanup } from "../support/temp-dir";
import { waitFor } from "../support/wait-for";

const HEADER = /^\+FULLRESYNC [0-9a-f]{40} (\d+)\r\n\n*\$(\d+)\r\n/;

export class PretendedReplica {
  /** The last byte of the stream that has come; -1 before the copy is there. */
  offset = -1;
  isClosed = false;
  /** What it was sent of the stream. */
  readonly stream: Buffer[] = [];
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #confirms = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Asks for a copy on disk, and resolves when it is there. */
  static async start(
    port: number,
    cleanup: Cleanup,
    ...first: string[][]
  ): Promise<PretendedReplica> {
    const replica = new PretendedReplica(connect(port, "127.0.0.1"));
    cleanup.after(() => replica.#socket.destroy());
    for (const words of first) replica.send(...words);
    replica.send("PSYNC", "?", "-1");
    await waitFor("the copy", () => replica.offset >= 0);
    return replica;
  }

  send(...words: string[]): void {
    this.#socket.write(encodeCommand(words));
  }

  /** Confirms all that has come, and from now on whatever comes. */
  confirm(): void {
    this.#confirms = true;
    this.send("REPLCONF", "ACK", String(this.offset));
  }

  #take(bytes: Buffer): void {
    if (this.offset >= 0) {
      this.offset += bytes.length;
      this.stream.push(bytes);
      if (this.#confirms) this.confirm();
      return;
    }
    this.#received = Buffer.concat([this.#received, bytes]);
    const text = this.#received.toString("latin1");
    const header = HEADER.exec(text.slice(text.indexOf("+FULLRESYNC")));
    if (header === null) return;
    const end = text.indexOf("+FULLRESYNC") + header[0].length + Number(header[2]);
    if (this.#received.length < end) return;
    this.stream.push(this.#received.subarray(end));
    this.offset = Number(header[1]) + this.#received.length - end;
  }
}
