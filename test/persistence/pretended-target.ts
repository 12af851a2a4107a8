// A server that keys are migrated to, which answers only when it is told to. It knows no commands:
// a test says what is answered to the requests that have come.

import { createServer, type Server, type Socket } from "node:net";
import { waitFor } from "../support/wait-for";

export class PretendedTarget {
  readonly port: number;
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #received = "";

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on("data", (bytes) => {
        this.#received += bytes.toString("latin1");
      });
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static listen(): Promise<PretendedTarget> {
    return new Promise((resolve) => {
      const server = createServer();
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        resolve(new PretendedTarget(server, port));
      });
    });
  }

  /** How many requests of a name have come. */
  count(name: string): number {
    return this.#received.split(`\r\n${name}\r\n`).length - 1;
  }

  async until(name: string, count = 1): Promise<void> {
    await waitFor(`${count} ${name}`, () => this.count(name) >= count);
  }

  /** Answers the next requests with lines. */
  answer(...lines: readonly string[]): void {
    for (const socket of this.#sockets) socket.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  /** Closes the connections that there are. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
