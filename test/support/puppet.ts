// A server for tests of what connects to servers: it says what the test has it say, byte for byte.

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Cleanup } from "./temp-dir";

/** A server that records what it gets and sends what the test gives it. */
export class Puppet {
  readonly sockets: Socket[] = [];
  received = "";
  readonly #server: Server = createServer((socket) => {
    this.sockets.push(socket);
    socket.on("data", (bytes) => {
      this.received += bytes.toString("latin1");
    });
    socket.on("error", () => {});
  });

  static async start(t: Cleanup): Promise<Puppet> {
    const puppet = new Puppet();
    await new Promise<void>((resolve) => puppet.#server.listen(0, "127.0.0.1", resolve));
    t.after(() => {
      for (const socket of puppet.sockets) socket.destroy();
      puppet.#server.close();
    });
    return puppet;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  say(bytes: string | Uint8Array): void {
    this.sockets[0]?.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Nobody can connect any more. */
  stopListening(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
