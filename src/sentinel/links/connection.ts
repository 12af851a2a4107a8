import { toBytes } from "../../config/byte-text";
import { Link, type LinkOptions, type LinkReply } from "../../net/link";
import type { InstanceAddress, InstanceLink } from "../model/instance";
import type { LinkKind, SentinelEvent } from "../model/sentinel-event";
import type { SocketOpener } from "./socket-opener";

/**
 * A peer that drops packets is tried anew after this; the system alone would go on for minutes. Long
 * enough for a lost first packet, which is sent again after one second.
 */
const CONNECT_TIMEOUT_MS = 3000;
/** Requests are small; what has piled up to this is not going to be taken. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const NON_ASCII = /[\x80-\xff]/;

export interface ConnectionParts {
  readonly link: InstanceLink;
  /** Requests to send before anything else. */
  readonly opening: readonly (readonly string[])[];
  readonly tell: (event: SentinelEvent) => void;
  readonly openSocket: SocketOpener;
  /** The connection has ended by itself. */
  readonly gone: () => void;
}

/**
 * One connection of an InstanceLink, from opening it to its one end. What always holds: once dropped
 * it tells nothing.
 */
export abstract class Connection {
  protected readonly socket: Link;
  protected readonly parts: ConnectionParts;
  readonly #of: LinkKind;
  #isDropped = false;

  constructor(parts: ConnectionParts, of: LinkKind, options: LinkOptions) {
    this.parts = parts;
    this.#of = of;
    this.socket = new Link(
      {
        connected: () => this.#connected(),
        closed: (reason) => this.#closed(reason.message),
        pushed: (message) => {
          if (!this.#isDropped) this.pushed(message);
        },
      },
      { maxUnsentBytes: MAX_UNSENT_BYTES, openSocket: parts.openSocket, ...options },
    );
  }

  /** An address that is not known ends the connection. */
  open(address: InstanceAddress | undefined, bindAddress: string): void {
    if (address === undefined || address.ip === "" || address.port === 0) {
      setImmediate(() => this.#closed("the address is not known"));
      return;
    }
    this.socket.open({
      host: address.ip,
      port: address.port,
      timeoutMs: CONNECT_TIMEOUT_MS,
      bindAddress: bindAddress === "" ? undefined : bindAddress,
    });
  }

  /** Closes it and tells nothing any more. */
  drop(): void {
    this.#isDropped = true;
    this.socket.close();
  }

  get isDropped(): boolean {
    return this.#isDropped;
  }

  /** Sends the opening. */
  protected abstract greet(): void;

  /** What the peer says unasked. */
  protected abstract pushed(message: readonly LinkReply[]): void;

  #connected(): void {
    if (this.#isDropped) return;
    this.greet();
    this.parts.tell({ kind: "connected", link: this.parts.link, of: this.#of });
  }

  #closed(reason: string): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.parts.gone();
    this.parts.tell({ kind: "closed", link: this.parts.link, of: this.#of, reason });
  }
}

/** Byte text as a link takes it: as it is where that means the same bytes. */
export function requestWords(words: readonly string[]): readonly (string | Uint8Array)[] {
  return words.some((word) => NON_ASCII.test(word)) ? words.map(toBytes) : words;
}
