/**
 * The listening sockets of the portable transport, on node:net or whatever the factory makes.
 *
 * It hands accepted sockets on and knows no clients. What always holds: an id is never used twice;
 * an IPv6 address listens for IPv6 only, as Redis binds it; a socket file left by a process that is
 * gone is replaced, any other file in its place is an error.
 */

import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { isIP, type ListenOptions, type Server, type Socket } from "node:net";
import { listenErrorText } from "./listen-error-text";
import { errnoOf, errorCodeOf } from "./system-error";
import { ListenError } from "./transport";

/** Makes a server that is not listening yet. It must allow half-open sockets. */
export type CreateServer = (onConnection: (socket: Socket) => void) => Server;

export interface ListenerEvents {
  accepted(socket: Socket, listenerId: number, unixPath: string): void;
  /** @param errno positive, as in errno.h. */
  acceptFailed(errno: number): void;
}

export class PortableListeners {
  readonly #createServer: CreateServer;
  readonly #events: ListenerEvents;
  readonly #servers: (Server | undefined)[] = [];

  constructor(createServer: CreateServer, events: ListenerEvents) {
    this.#createServer = createServer;
    this.#events = events;
  }

  /** Resolves to the listener's id; rejects with ListenError. */
  listenTcp(ip: string, port: number, backlog: number): Promise<number> {
    const address = `${ip}:${port}`;
    if (isIP(ip) === 0) {
      return Promise.reject(new ListenError(address, "EINVAL", "not an IP address"));
    }
    const options = { host: ip, port, backlog, ipv6Only: true, exclusive: true };
    return this.#listen(address, options, "");
  }

  /** As Transport.listenUnix. */
  async listenUnix(path: string, mode: number, backlog: number): Promise<number> {
    removeDeadSocket(path);
    const id = await this.#listen(path, { path, backlog, exclusive: true }, path);
    if (mode === 0) return id;
    try {
      chmodSync(path, mode);
      return id;
    } catch (error) {
      this.close(id);
      throw listenError(path, error);
    }
  }

  /** The port it got, 0 for a unix socket. Throws when it does not listen. */
  portOf(id: number): number {
    const address = this.#servers[id]?.address();
    if (address === undefined || address === null) throw new RangeError(`no listener ${id}`);
    return typeof address === "string" ? 0 : address.port;
  }

  close(id: number): void {
    this.#servers[id]?.close();
    this.#servers[id] = undefined;
  }

  closeAll(): void {
    for (let id = 0; id < this.#servers.length; id++) this.close(id);
  }

  #listen(address: string, options: ListenOptions, unixPath: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const id = this.#servers.length;
      const server = this.#createServer((socket) => {
        this.#events.accepted(socket, id, unixPath);
      });
      this.#servers.push(undefined);
      const onError = (error: unknown): void => reject(listenError(address, error));
      server.once("error", onError);
      server.listen(options, () => {
        server.removeListener("error", onError);
        server.on("error", (error) => this.#events.acceptFailed(errnoOf(error)));
        this.#servers[id] = server;
        resolve(id);
      });
    });
  }
}

function removeDeadSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

function listenError(address: string, error: unknown): ListenError {
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCodeOf(error);
  return new ListenError(address, code, listenErrorText(code, message));
}
