// A client that hides nothing: sends what it is told and hands back each reply byte for byte.
// Not for load. What always holds: replies come out in the order in which the server sent them, and
// every wait ends, with an error, when the server closes or the deadline passes.

import { connect, type Socket } from "node:net";
import { decodeReply, type Reply } from "./reply";
import { ReplySplitter } from "./reply-splitter";
import { type Argument, encodeCommand } from "./resp-encode";
import { withDeadline } from "./wait-for";

const REPLY_DEADLINE_MS = 10_000;

export interface RawClientTarget {
  readonly host?: string;
  readonly port?: number;
  /** A unix socket; goes before host and port. */
  readonly path?: string;
  /** Half-open sockets stay open for reading after `end()`. */
  readonly allowHalfOpen?: boolean;
}

interface Waiter {
  resolve(reply: Buffer): void;
  reject(error: Error): void;
}

export class RawClient {
  readonly socket: Socket;
  /** Resolves when the connection is closed, by whom and how it may be. */
  readonly closed: Promise<void>;
  readonly #splitter = new ReplySplitter();
  readonly #ready: Buffer[] = [];
  readonly #waiters: Waiter[] = [];
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("end", () => this.#fail(new Error("the server closed the connection")));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#fail(new Error("the connection is closed"));
        resolve();
      });
    });
  }

  static connect(target: RawClientTarget): Promise<RawClient> {
    const { host = "127.0.0.1", port = 6379, path, allowHalfOpen = false } = target;
    return new Promise((resolve, reject) => {
      const where = path === undefined ? { host, port } : { path };
      const socket = connect({ ...where, allowHalfOpen });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        resolve(new RawClient(socket));
      });
    });
  }

  /** Sends one command and does not wait. */
  send(...args: Argument[]): void {
    this.socket.write(encodeCommand(args));
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next reply (or push) not yet read, as raw bytes. */
  readReply(timeoutMs = REPLY_DEADLINE_MS): Promise<Buffer> {
    const reply = this.#ready.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const waiter: { resolve?: Waiter["resolve"]; reject?: Waiter["reject"] } = {};
    const promise = new Promise<Buffer>((resolve, reject) => {
      waiter.resolve = resolve;
      waiter.reject = reject;
    });
    this.#waiters.push(waiter as Waiter);
    return withDeadline("reply", timeoutMs, promise).catch((error) => {
      this.#forget(waiter as Waiter);
      throw error;
    });
  }

  /** Sends one command; the raw bytes of the next reply, whatever kind it is. */
  command(...args: Argument[]): Promise<Buffer> {
    const reply = this.readReply();
    this.send(...args);
    return reply;
  }

  /** As `command`, decoded; errors come as `{ error }`, they are not thrown. */
  async call(...args: Argument[]): Promise<Reply> {
    return decodeReply(await this.command(...args));
  }

  /** Bytes received that are not a whole reply yet. */
  pendingBytes(): Buffer {
    return this.#splitter.pending();
  }

  /** Whole replies received that nobody has read yet. */
  unreadReplies(): number {
    return this.#ready.length;
  }

  /** Waits until the server closes; the unread replies it sent before, in order. */
  async expectClose(timeoutMs = REPLY_DEADLINE_MS): Promise<Buffer[]> {
    await withDeadline("close by the server", timeoutMs, this.closed);
    return this.#ready.splice(0);
  }

  /** Closes at once, without waiting for replies. */
  close(): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }

  #receive(chunk: Buffer): void {
    try {
      this.#splitter.push(chunk);
      for (;;) {
        const reply = this.#splitter.next();
        if (reply === null) return;
        const waiter = this.#waiters.shift();
        if (waiter === undefined) this.#ready.push(reply);
        else waiter.resolve(reply);
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      this.socket.destroy();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure);
  }

  #forget(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }
}
