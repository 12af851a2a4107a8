// The only way to a node under test, so that the node can be cut off from everybody: nothing passes,
// nothing is refused, as with a cable that was pulled.

import { connect, createServer, type Server, type Socket } from "node:net";

export class NodeProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #targetPort: number;
  #isCut = false;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on("connection", (near) => this.#join(near));
  }

  /** Listens on `port`, 0 for any free one. */
  static async start(targetPort: number, port = 0): Promise<NodeProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new NodeProxy(server, targetPort);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  /** Nothing passes any more, on the connections there are and on those to come. */
  cutOff(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** New connections pass again; those that were cut off are reset, as hosts do that forgot them. */
  heal(): void {
    this.#isCut = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(near: Socket): void {
    this.#keep(near);
    if (this.#isCut) return;
    const far = connect(this.#targetPort, "127.0.0.1");
    this.#keep(far);
    near.pipe(far);
    far.pipe(near);
    near.once("close", () => far.destroy());
    far.once("close", () => {
      if (!this.#isCut) near.destroy();
    });
  }

  #keep(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
