/**
 * Sends runs: copies them out of the shared memory and hands them to the sockets.
 *
 * The copy is needed: Node keeps a buffer until the kernel has taken it, while the server writes the
 * next turn's replies over this turn's. What always holds: runs of one client are sent in their
 * order; after every write the client's limits are judged by what its socket has not taken.
 */

import type { Socket } from "node:net";
import { copyBytes } from "../base/bytes";
import type { PortableClient } from "./portable-client";
import {
  CLOSED_OUTPUT_LIMIT,
  CLOSED_UNAUTHENTICATED_OUTPUT,
  CONTROL_FLAGS,
  CONTROL_OUTPUT_LIMIT_KIB,
  CONTROL_WORDS,
  FLAG_UNAUTHENTICATED,
  RUN_WORDS,
  STATS_BYTES_OUT,
  STATS_PENDING_OUTPUT,
  STATS_WORDS,
  type TransportMemory,
  UNAUTHENTICATED_MAX_PENDING_BYTES,
} from "./transport";

/** Neighbouring runs of one client are joined up to this; a longer run is cut into such pieces. */
const WRITE_BYTES = 0x10_0000;
const KIBIBYTE = 1024;

export class PortableOutput {
  readonly #memory: TransportMemory;
  readonly #clients: readonly (PortableClient | undefined)[];
  readonly #overLimit: (client: PortableClient, reason: number) => void;
  readonly #segments: Uint8Array[] = [];

  /** @param overLimit closes a client at once for a CLOSED_* reason. */
  constructor(
    memory: TransportMemory,
    clients: readonly (PortableClient | undefined)[],
    overLimit: (client: PortableClient, reason: number) => void,
  ) {
    this.#memory = memory;
    this.#clients = clients;
    this.#overLimit = overLimit;
  }

  registerSegment(index: number, bytes: Uint8Array): void {
    this.#segments[index] = bytes;
  }

  /**
   * Sends the first `runCount` runs. Those of clients that are gone are skipped.
   * @param waits lets the sockets keep them until the turn, in which this is called, is over.
   */
  send(runCount: number, waits = false): void {
    const { runs } = this.#memory;
    let first = 0;
    while (first < runCount) {
      const slot = runs[first * RUN_WORDS];
      let sizeBytes = runs[first * RUN_WORDS + 3];
      let next = first + 1;
      while (next < runCount && runs[next * RUN_WORDS] === slot) {
        const joined = sizeBytes + runs[next * RUN_WORDS + 3];
        if (joined > WRITE_BYTES) break;
        sizeBytes = joined;
        next += 1;
      }
      const client = this.#clients[slot];
      if (client !== undefined) {
        if (waits) corkForTurn(client.socket);
        if (sizeBytes > WRITE_BYTES) this.#writeLong(client, first);
        else this.#writeJoined(client, first, next, sizeBytes);
      }
      first = next;
    }
  }

  /** Brings the client's figures up to date; called whenever its socket has taken something. */
  updateStats(client: PortableClient): void {
    const word = client.slot * STATS_WORDS;
    const pendingBytes = client.socket.writableLength;
    this.#memory.stats[word + STATS_PENDING_OUTPUT] = pendingBytes;
    this.#memory.stats[word + STATS_BYTES_OUT] = client.writtenBytes - pendingBytes;
  }

  #writeJoined(client: PortableClient, first: number, next: number, sizeBytes: number): void {
    const bytes = Buffer.allocUnsafe(sizeBytes);
    const { runs } = this.#memory;
    let at = 0;
    for (let run = first; run < next; run++) {
      const word = run * RUN_WORDS;
      copyBytes(bytes, at, this.#sourceOf(runs[word + 1]), runs[word + 2], runs[word + 3]);
      at += runs[word + 3];
    }
    this.#giveToSocket(client, bytes);
  }

  /** One run that is too long for one write. */
  #writeLong(client: PortableClient, run: number): void {
    const { runs } = this.#memory;
    const word = run * RUN_WORDS;
    const source = this.#sourceOf(runs[word + 1]);
    const end = runs[word + 2] + runs[word + 3];
    for (let at = runs[word + 2]; at < end && !client.socket.destroyed; at += WRITE_BYTES) {
      const piece = source.subarray(at, Math.min(at + WRITE_BYTES, end));
      this.#giveToSocket(client, Buffer.from(piece));
    }
  }

  #sourceOf(source: number): Uint8Array {
    if (source === 0) return this.#memory.output;
    const segment = this.#segments[source - 1];
    if (segment === undefined)
      throw new RangeError(`run points into unknown segment ${source - 1}`);
    return segment;
  }

  #giveToSocket(client: PortableClient, bytes: Buffer): void {
    // A peer that has said its last word (isGone) still gets the answers.
    if (client.isEnding || client.socket.destroyed || bytes.length === 0) return;
    client.writtenBytes += bytes.length;
    client.socket.write(bytes, client.onWritten);
    this.updateStats(client);
    const reason = this.#brokenLimit(client);
    if (reason !== 0) this.#overLimit(client, reason);
  }

  /** The CLOSED_* reason for which what is pending is too much, or 0. */
  #brokenLimit(client: PortableClient): number {
    const pendingBytes = client.socket.writableLength;
    if (pendingBytes === 0) return 0;
    const { control } = this.#memory;
    const word = client.slot * CONTROL_WORDS;
    const limitBytes = control[word + CONTROL_OUTPUT_LIMIT_KIB] * KIBIBYTE;
    if (limitBytes > 0 && pendingBytes > limitBytes) return CLOSED_OUTPUT_LIMIT;
    const isUnauthenticated = (control[word + CONTROL_FLAGS] & FLAG_UNAUTHENTICATED) !== 0;
    if (isUnauthenticated && pendingBytes > UNAUTHENTICATED_MAX_PENDING_BYTES) {
      return CLOSED_UNAUTHENTICATED_OUTPUT;
    }
    return 0;
  }
}

/** What is written goes to the kernel when everything that runs now has returned. */
function corkForTurn(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}
