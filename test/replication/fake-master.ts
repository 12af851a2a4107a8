// A master made of a few replies: it answers the handshake as masters do, and PSYNC and SYNC as a
// test says.

import { createServer, type Server, type Socket } from "node:net";
import type { Cleanup } from "../support/temp-dir";

export type Answer = (socket: Socket, request: string) => void;

export class FakeMaster {
  /** Requests for the data so far. */
  attempts = 0;
  answer: Answer;
  /** Whom it has answered last. */
  last: Socket | undefined;
  readonly #server: Server;

  private constructor(server: Server, answer: Answer) {
    this.#server = server;
    this.answer = answer;
  }

  static async start(t: Cleanup, answer: Answer): Promise<FakeMaster> {
    const sockets = new Set<Socket>();
    const server = createServer();
    const master = new FakeMaster(server, answer);
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (bytes: Buffer) => master.#received(socket, bytes.toString("latin1")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return master;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  #received(socket: Socket, text: string): void {
    if (/P?SYNC\r\n/.test(text)) {
      this.attempts += 1;
      this.last = socket;
      this.answer(socket, text);
    } else if (text.includes("PING")) {
      socket.write("+PONG\r\n");
    } else if (!text.includes("ACK")) {
      socket.write("+OK\r\n".repeat(text.split("REPLCONF").length - 1));
    }
  }
}

/** An RDB file without a checksum, of short keys and values in the first database. */
export function plainFile(pairs: readonly (readonly [key: string, value: string])[]): Buffer {
  const bytes: number[] = [...Buffer.from("REDIS0010"), 0xfe, 0];
  for (const [key, value] of pairs) {
    bytes.push(0, key.length, ...Buffer.from(key), value.length, ...Buffer.from(value));
  }
  return Buffer.from([...bytes, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]);
}
