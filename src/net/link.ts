/**
 * An outgoing connection to a Redis server: requests out, replies in, in RESP2. The replica, the
 * sentinel and MIGRATE speak through it; deciding what to say, and when to try again, is theirs.
 *
 * One Link is one connection: it is opened once and, when closed, done. What always holds:
 * - Every accepted request is answered once: by its reply, or by LinkClosed when the link ends.
 * - `closed` comes exactly once after `open`, last, and never from inside a call to this object.
 * - All that waits has a limit: replies, unsent bytes, and the bytes of a reply not yet complete. A
 *   peer's array is believed in its length before its elements come, as redis-parser does.
 *
 * Integers arrive as decimal text, so that none is rounded, and strings as bytes; a reply that is an
 * error arrives as an Error like any other value.
 */

import { connect as connectPlain, type Socket } from "node:net";
import RedisParser from "redis-parser";
import { encodeRequest } from "../protocol/encode-request";
import { errorCodeOf } from "./system-error";

/** Bytes: a string of either kind. Text: an integer. Error: an error reply. */
export type LinkReply = Buffer | string | null | Error | LinkReply[];

/** Why a link ended: a code of the system (ECONNREFUSED, ...) or one of LINK_*. */
export class LinkClosed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The owner closed it. */
export const LINK_CLOSED = "closed";
/** The peer closed it. */
export const LINK_ENDED = "ended";
/** It was not there within the time. */
export const LINK_TIMEOUT = "timeout";
/** The peer does not speak RESP, or answers what nobody asked. */
export const LINK_PROTOCOL = "protocol";
/** The peer sent an error instead of waiting for a request: too many clients, protected mode. */
export const LINK_REFUSED = "refused";
/** A reply is larger than the limit. */
export const LINK_LIMIT = "limit";

export interface LinkEvents {
  connected?(): void;
  closed?(reason: LinkClosed): void;
  /** Bytes of any kind came: the peer lives. */
  received?(): void;
  /** For subscribers: what the server says unasked, and the answers to SUBSCRIBE and the like. */
  pushed?(message: LinkReply[]): void;
}

export interface LinkOptions {
  readonly maxPendingReplies?: number;
  readonly maxUnsentBytes?: number;
  /** For one reply with all its elements. */
  readonly maxReplyBytes?: number;
  /** Arrays that begin with a kind of pub/sub message are told by `pushed` and answer no request. */
  readonly isSubscriber?: boolean;
  /** Opens the connection, for TLS; `connected` is to be called when it can be used. */
  readonly openSocket?: OpenSocket;
}

type OpenSocket = (
  host: string,
  port: number,
  bindAddress: string | undefined,
  connected: () => void,
) => Socket;

export interface LinkTarget {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** Local address to connect from; the system's choice when absent. */
  readonly bindAddress?: string | undefined;
}

export type OnReply = (reply: LinkReply | LinkClosed) => void;

const DEFAULT_MAX_PENDING_REPLIES = 10_000;
const DEFAULT_MAX_UNSENT_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_REPLY_BYTES = 4 * 1024 * 1024;
const LF = 0x0a;
const PUSH_KINDS: ReadonlySet<string> = new Set(
  ["", "p", "s"].flatMap((prefix) =>
    ["message", "subscribe", "unsubscribe"].map((kind) => prefix + kind),
  ),
);

function openPlain(
  host: string,
  port: number,
  bindAddress: string | undefined,
  connected: () => void,
): Socket {
  const local = bindAddress === undefined ? {} : { localAddress: bindAddress };
  return connectPlain({ host, port, ...local }, connected);
}

export class Link {
  readonly #events: LinkEvents;
  readonly #options: LinkOptions;
  readonly #parser: RedisParser;
  /** Callbacks of requests without a reply, oldest first, from #firstPending on. */
  #pending: (OnReply | undefined)[] = [];
  #firstPending = 0;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isConnected = false;
  #reason: LinkClosed | undefined;
  /** Bytes received since the last whole reply. */
  #replyBytes = 0;
  #onRaw: ((bytes: Buffer) => void) | undefined;
  /** What came behind the reply whose callback started raw mode. */
  #rawRest: Buffer | undefined;
  /** A callback of the owner runs: what it throws is not the parser's. */
  #isInCallback = false;

  constructor(events: LinkEvents, options: LinkOptions = {}) {
    this.#events = events;
    this.#options = options;
    this.#parser = new RedisParser({
      returnBuffers: true,
      stringNumbers: true,
      returnReply: (reply) => this.#take(reply as LinkReply),
      returnError: (error) => this.#take(error),
      returnFatalError: (error) => this.#fail(new LinkClosed(LINK_PROTOCOL, error.message)),
    });
  }

  /** Opens the connection; `connected` or `closed` follows. Throws when it was called before. */
  open(target: LinkTarget): void {
    if (this.#socket !== undefined || this.#reason !== undefined)
      throw new Error("a link is opened once");
    const open = this.#options.openSocket ?? openPlain;
    const { host, port, timeoutMs, bindAddress } = target;
    const socket = open(host, port, bindAddress, () => this.#connected());
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("end", () =>
      this.#fail(new LinkClosed(LINK_ENDED, "the peer closed the connection")),
    );
    socket.on("error", (error) => this.#fail(new LinkClosed(errorCodeOf(error), messageOf(error))));
    socket.on("close", () => this.#closed());
    this.#timer = setTimeout(() => {
      this.#fail(new LinkClosed(LINK_TIMEOUT, `no connection within ${timeoutMs} ms`));
    }, timeoutMs);
  }

  /** Whether requests can be sent now. */
  get isConnected(): boolean {
    return this.#isConnected && this.#reason === undefined;
  }

  get pendingReplies(): number {
    return this.#pending.length - this.#firstPending;
  }

  /** Bytes that the socket has not taken. */
  get unsentBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** The address this end has, to tell others where we are; undefined while not connected. */
  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /**
   * Sends a request. `onReply` gets its reply, or LinkClosed when the link ends before. False, and
   * nothing is sent or called, when there is no connection or a limit is reached.
   */
  send(args: readonly (string | Uint8Array)[], onReply?: OnReply): boolean {
    const most = this.#options.maxPendingReplies ?? DEFAULT_MAX_PENDING_REPLIES;
    if (this.#onRaw !== undefined || this.pendingReplies >= most) return false;
    if (!this.sendUnanswered(args)) return false;
    this.#pending.push(onReply);
    return true;
  }

  /** Sends what gets no reply: REPLCONF ACK, a subscriber's SUBSCRIBE. False as `send`. */
  sendUnanswered(args: readonly (string | Uint8Array)[]): boolean {
    const most = this.#options.maxUnsentBytes ?? DEFAULT_MAX_UNSENT_BYTES;
    if (!this.isConnected || this.#socket === undefined || this.unsentBytes > most) return false;
    this.#socket.write(encodeRequest(args));
    return true;
  }

  /** As `send`; error replies are values, rejects with LinkClosed only. */
  request(args: readonly (string | Uint8Array)[]): Promise<LinkReply> {
    return new Promise((resolve, reject) => {
      const isSent = this.send(args, (reply) => {
        if (reply instanceof LinkClosed) reject(reply);
        else resolve(reply);
      });
      if (!isSent) reject(this.#reason ?? new LinkClosed(LINK_LIMIT, "the link cannot send"));
    });
  }

  /**
   * From here on every byte goes to `onBytes` and none is a reply: after PSYNC comes a file, then a
   * stream of commands. Called from the callback of a reply, it gets what follows that reply. Throws
   * while replies are pending or one is incomplete.
   */
  startRaw(onBytes: (bytes: Buffer) => void): void {
    if (this.pendingReplies > 0) throw new Error("replies are pending");
    if (this.#parser.buffer !== null && !this.#isInCallback)
      throw new Error("a reply is incomplete");
    this.#onRaw = onBytes;
  }

  /** Stops reading, so that the peer is slowed down; `resume` goes on. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Closes at once. Pending requests get LinkClosed, then `closed` is told. */
  close(): void {
    this.#fail(new LinkClosed(LINK_CLOSED, "the link was closed"));
  }

  #connected(): void {
    clearTimeout(this.#timer);
    if (this.#reason !== undefined) return;
    this.#isConnected = true;
    this.#socket?.setNoDelay(true);
    this.#events.connected?.();
  }

  #receive(bytes: Buffer): void {
    this.#events.received?.();
    if (this.#reason !== undefined) return;
    if (this.#onRaw !== undefined) {
      this.#onRaw(bytes);
      return;
    }
    // A master that prepares its answer to PSYNC sends bare line ends to show that it lives.
    const from = this.#parser.buffer === null ? skipLineEnds(bytes, 0) : 0;
    if (from === bytes.length) return;
    this.#replyBytes += bytes.length - from;
    this.#parse(from === 0 ? bytes : bytes.subarray(from));
    const most = this.#options.maxReplyBytes ?? DEFAULT_MAX_REPLY_BYTES;
    if (this.#replyBytes > most) {
      this.#fail(new LinkClosed(LINK_LIMIT, `a reply is larger than ${most} bytes`));
    }
  }

  #parse(bytes: Buffer): void {
    try {
      this.#parser.execute(bytes);
    } catch (error) {
      if (this.#isInCallback) throw error;
      // Arrays that are too long or too deep make the parser throw.
      this.#fail(new LinkClosed(LINK_PROTOCOL, messageOf(error)));
    }
    const rest = this.#rawRest;
    this.#rawRest = undefined;
    if (rest !== undefined && this.#reason === undefined) this.#onRaw?.(rest);
  }

  /** One whole reply, while the parser stands right behind it. */
  #take(reply: LinkReply): void {
    this.#replyBytes = 0;
    if (this.#reason !== undefined) return;
    this.#isInCallback = true;
    this.#dispatch(reply);
    this.#isInCallback = false;
    const { buffer, offset } = this.#parser;
    if (buffer === null) return;
    if (this.#onRaw === undefined) {
      this.#parser.offset = skipLineEnds(buffer, offset);
      return;
    }
    if (offset < buffer.length) this.#rawRest = buffer.subarray(offset);
    this.#parser.offset = buffer.length;
  }

  #dispatch(reply: LinkReply): void {
    if (this.#options.isSubscriber === true && isPush(reply)) {
      this.#events.pushed?.(reply);
      return;
    }
    if (this.pendingReplies > 0) {
      this.#nextPending()?.(reply);
      return;
    }
    if (reply instanceof Error) this.#fail(new LinkClosed(LINK_REFUSED, reply.message));
    else this.#fail(new LinkClosed(LINK_PROTOCOL, "a reply came that nobody waits for"));
  }

  #nextPending(): OnReply | undefined {
    const onReply = this.#pending[this.#firstPending];
    this.#pending[this.#firstPending] = undefined;
    this.#firstPending += 1;
    if (this.#firstPending * 2 >= this.#pending.length) {
      this.#pending.splice(0, this.#firstPending);
      this.#firstPending = 0;
    }
    return onReply;
  }

  #fail(reason: LinkClosed): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #closed(): void {
    clearTimeout(this.#timer);
    this.#reason ??= new LinkClosed(LINK_ENDED, "the connection is gone");
    while (this.pendingReplies > 0) this.#nextPending()?.(this.#reason);
    this.#events.closed?.(this.#reason);
  }
}

function skipLineEnds(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === LF) at++;
  return at;
}

function isPush(reply: LinkReply): reply is LinkReply[] {
  if (!Array.isArray(reply)) return false;
  const kind = reply[0];
  return Buffer.isBuffer(kind) && PUSH_KINDS.has(kind.toString("latin1"));
}

/** Node leaves the message empty when several addresses of a name failed. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? errorCodeOf(error) : error.message;
}
