import { ReplyWriter } from "../protocol/reply-writer";
import { AFTER_PUSHES, type Client } from "./client";
import type { Clients } from "./clients";

/** What can be sent to a client without its having asked: writes itself as one RESP value. */
export interface PushMessage {
  write(reply: ReplyWriter): void;
}

/** Most that may wait for the end of one command; a client that has more coming is closed. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;
/** Room to write what waits, piece by piece. */
const PIECE_BYTES = 16 * 1024;
const RUN_WORDS = 4;
const PIECE_RUNS = 8;

interface Waiting {
  readonly pieces: Uint8Array[];
  bytes: number;
}

/**
 * Sends clients what they have not asked for at that moment: published messages, invalidations.
 *
 * A message to another client is written at once. One to the client that is being answered waits
 * until its command has ended, so that it never lies within the reply of a transaction; Redis does
 * so since 7.2. CLIENT REPLY does not keep messages back.
 */
export class Pushes {
  readonly #clients: Clients;
  readonly #waiting = new Map<Client, Waiting>();
  readonly #piece = new Uint8Array(PIECE_BYTES);
  readonly #runs = new Uint32Array(PIECE_RUNS * RUN_WORDS);
  readonly #writer: ReplyWriter;
  #filling: Waiting = { pieces: [], bytes: 0 };

  constructor(clients: Clients) {
    this.#clients = clients;
    this.#writer = new ReplyWriter(this.#piece, this.#runs, (runs) => this.#keep(runs));
    clients.whenGone((client) => void this.#waiting.delete(client));
  }

  /** @param reply the writer of the turn; it goes on answering whom it answered. */
  send(reply: ReplyWriter, to: Client, message: PushMessage): void {
    if (to.closing) return;
    const { slot, resp3 } = reply;
    if (slot === to.slot) {
      this.#wait(to, message);
      return;
    }
    reply.begin(to.slot);
    reply.resp3 = to.resp3;
    message.write(reply);
    reply.resp3 = resp3;
    reply.begin(slot);
  }

  /** Sends a client what has waited for the end of its command. */
  flush(reply: ReplyWriter, to: Client): void {
    to.after &= ~AFTER_PUSHES;
    const waiting = this.#waiting.get(to);
    if (waiting === undefined) return;
    this.#waiting.delete(to);
    const { slot } = reply;
    if (slot !== to.slot) reply.begin(to.slot);
    for (const piece of waiting.pieces) reply.raw(piece);
    if (slot !== to.slot) reply.begin(slot);
  }

  #wait(to: Client, message: PushMessage): void {
    const waiting = this.#waiting.get(to) ?? { pieces: [], bytes: 0 };
    this.#filling = waiting;
    const writer = this.#writer;
    writer.begin(0);
    writer.resp3 = to.resp3;
    message.write(writer);
    this.#keep(writer.endTurn());
    if (waiting.bytes > MOST_WAITING_BYTES) {
      this.#clients.closeAfterReply(to);
      return;
    }
    this.#waiting.set(to, waiting);
    to.after |= AFTER_PUSHES;
  }

  #keep(runs: number): void {
    for (let word = 0; word < runs * RUN_WORDS; word += RUN_WORDS) {
      const offset = this.#runs[word + 2];
      const length = this.#runs[word + 3];
      this.#filling.pieces.push(this.#piece.slice(offset, offset + length));
      this.#filling.bytes += length;
    }
  }
}
