// A client of the dispatch fuzzer: what it has still to send, and the replies that it got, counted.
// It checks that all it gets is well-formed RESP. Lines that MONITOR brings are no replies.

import assert from "node:assert/strict";
import { ReplySplitter } from "../support/reply-splitter";
import type { SeededRandom } from "../support/seeds";
import type { Connection, MemoryTransport } from "./memory-transport";

/** Every byte of the longest request, as four characters. */
const MONITOR_LINE_BYTES = 1 << 28;
const MONITOR_LINE = /^\+\d+\.\d{6} \[/;

export class FuzzClient {
  readonly connection: Connection;
  /** It has sent what is no request, so that nothing is known of how its bytes are read. */
  isDamaged = false;
  isClosed = false;
  replies = 0;
  lastReply: Buffer = Buffer.alloc(0);
  readonly #transport: MemoryTransport;
  readonly #splitter = new ReplySplitter(MONITOR_LINE_BYTES);
  #outgoing: Buffer = Buffer.alloc(0);

  constructor(transport: MemoryTransport) {
    this.#transport = transport;
    this.connection = transport.connect(
      (bytes) => this.#receive(bytes),
      () => {
        this.isClosed = true;
      },
    );
  }

  write(bytes: Buffer): void {
    this.#outgoing = Buffer.concat([this.#outgoing, bytes]);
  }

  /** Sends all that is written, or a part, so that requests are cut between turns. */
  send(random: SeededRandom): void {
    const isCut = random.chance(0.1);
    const length = isCut ? random.below(this.#outgoing.length + 1) : this.#outgoing.length;
    this.#transport.send(this.connection, this.#outgoing.subarray(0, length));
    this.#outgoing = this.#outgoing.subarray(length);
  }

  sendRest(): void {
    this.#transport.send(this.connection, this.#outgoing);
    this.#outgoing = Buffer.alloc(0);
  }

  hangUp(): void {
    this.#transport.hangUp(this.connection);
  }

  /** Throws when a reply has begun and not ended, but for a client that is closed in its middle. */
  checkWhole(): void {
    if (this.connection.isGone) return;
    const rest = this.#splitter.pending();
    assert.equal(rest.length, 0, `half a reply: ${rest.subarray(0, 100).toString("latin1")}`);
  }

  #receive(bytes: Buffer): void {
    this.#splitter.push(bytes);
    for (;;) {
      const reply = this.#splitter.next();
      if (reply === null) return;
      if (MONITOR_LINE.test(reply.toString("latin1", 0, 40))) continue;
      this.replies++;
      this.lastReply = reply;
    }
  }
}
