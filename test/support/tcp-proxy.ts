// A TCP proxy between two servers under test, whose connections can be cut, closed or kept silent.

import { connect, createServer, type Server, type Socket } from "node:net";
import type { Cleanup } from "./temp-dir";

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Cuts each connection after so many bytes from the target; for tests of half transfers. */
  cutAfterBytes = Number.POSITIVE_INFINITY;
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(targetPort: number, cleanup: Cleanup): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on("connection", (near) => proxy.#join(near, targetPort));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanup.after(() => proxy.stop());
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  /** Resets every connection. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Ends every connection in order, after what is under way. */
  close(): void {
    for (const { near, far } of this.#pairs) {
      near.end();
      far.end();
    }
  }

  /** Lets nothing more through on the connections there are; their ends do not notice. */
  silence(): void {
    for (const { near, far } of this.#pairs) {
      near.unpipe();
      far.removeAllListeners("data");
      far.pause();
      near.pause();
    }
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket, targetPort: number): void {
    this.connections += 1;
    const far = connect(targetPort, "127.0.0.1");
    const pair = { near, far };
    this.#pairs.add(pair);
    near.pipe(far);
    let passed = 0;
    far.on("data", (bytes: Buffer) => {
      const left = this.cutAfterBytes - passed;
      passed += bytes.length;
      if (bytes.length <= left) near.write(bytes);
      else near.write(bytes.subarray(0, left), () => this.#end(pair));
    });
    for (const socket of [near, far]) {
      socket.on("error", () => this.#end(pair));
      socket.on("close", () => this.#end(pair));
    }
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.near.destroy();
    pair.far.destroy();
  }
}
