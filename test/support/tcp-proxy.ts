// A TCP proxy between two servers under test, whose connections can be cut, closed, kept silent or
// slowed down. What passes keeps its order.

import { connect, createServer, type Server, type Socket } from "node:net";
import type { Cleanup } from "./temp-dir";

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** Those whose ends do not know yet that nothing comes any more. */
  readonly #silent = new Set<Pair>();
  #isIsolated = false;
  /** Resets new connections. */
  refuses = false;
  /** How much later than it came each piece is passed on, in both directions. */
  latencyMs = 0;
  /** Hears what is passed on to the target, before it is. */
  heard: ((bytes: Buffer) => void) | undefined;
  /** Cuts each connection after so many bytes from the target; for tests of half transfers. */
  cutAfterBytes = Number.POSITIVE_INFINITY;
  /** Told when so many bytes have been passed on, before the connection is cut. */
  atCut: (() => void) | undefined;
  connections = 0;

  /** @param targetPort where connections that are made from now on go. */
  private constructor(
    server: Server,
    public targetPort: number,
  ) {
    this.#server = server;
  }

  static async start(targetPort: number, cleanup: Cleanup): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetPort);
    server.on("connection", (near) => proxy.#join(near));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanup.after(() => proxy.stop());
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  /** Whether anything can pass. */
  get isJoined(): boolean {
    return this.#pairs.size > 0;
  }

  /** Resets every connection, also those that are kept silent. */
  cut(): void {
    this.cutJoined();
    for (const pair of this.#silent) reset(pair);
  }

  /** Resets those that are not kept silent. */
  cutJoined(): void {
    for (const pair of this.#pairs) reset(pair);
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
    for (const pair of this.#pairs) {
      hold(pair);
      this.#silent.add(pair);
    }
    this.#pairs.clear();
  }

  /** Lets nothing through, also on connections that are made now, until `heal`. Nothing is lost. */
  isolate(): void {
    this.#isIsolated = true;
    for (const pair of this.#pairs) hold(pair);
  }

  heal(): void {
    this.#isIsolated = false;
    for (const { near, far } of this.#pairs) {
      near.resume();
      far.resume();
    }
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    this.connections += 1;
    if (this.refuses) {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.targetPort, "127.0.0.1");
    const pair = { near, far };
    this.#pairs.add(pair);
    const toFar = this.#passer(far);
    near.on("data", (bytes: Buffer) => {
      this.heard?.(bytes);
      toFar(bytes);
    });
    near.on("end", () => far.end());
    far.on("end", () => near.end());
    const toNear = this.#passer(near);
    let passed = 0;
    far.on("data", (bytes: Buffer) => {
      const left = this.cutAfterBytes - passed;
      passed += bytes.length;
      if (bytes.length <= left) toNear(bytes);
      else if (left >= 0) near.write(bytes.subarray(0, left), () => this.#reachedCut(pair));
    });
    for (const socket of [near, far]) {
      // What is slow is to be the servers, not the proxy.
      socket.setNoDelay(true);
      socket.on("error", () => this.#end(pair));
      socket.on("close", () => this.#end(pair));
    }
    if (this.#isIsolated) hold(pair);
  }

  #passer(to: Socket): (bytes: Buffer) => void {
    const late: Buffer[] = [];
    return (bytes) => {
      if (this.latencyMs === 0 && late.length === 0) {
        to.write(bytes);
        return;
      }
      late.push(bytes);
      setTimeout(() => to.write(late.shift() ?? ""), this.latencyMs);
    };
  }

  #reachedCut(pair: Pair): void {
    this.atCut?.();
    this.#end(pair);
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair) && !this.#silent.delete(pair)) return;
    pair.near.destroy();
    pair.far.destroy();
  }
}

function reset({ near, far }: Pair): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}

function hold({ near, far }: Pair): void {
  near.pause();
  far.pause();
}
