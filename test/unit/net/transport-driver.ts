// A small server on a transport, for its tests: keeps every record it saw, answers as it is told.
// Checks on the way what always holds for records: order, contiguity, hashes, slots.

import assert from "node:assert/strict";
import { HalfSipHash } from "../../../src/base/half-sip-hash";
import {
  CONTROL_FLAGS,
  CONTROL_WORDS,
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  EVENT_DRAINED,
  MAX_RUNS,
  OUTPUT_BYTES,
  RUN_WORDS,
  STATS_WORDS,
  type Transport,
  type TransportSettings,
} from "../../../src/net/transport";
import { nameHash } from "../../../src/protocol/name-hash";
import {
  EVENT_BIT,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  RECORD_HEADER_WORDS,
} from "../../../src/protocol/request-record";
import type { Cleanup } from "../../support/temp-dir";
import { waitFor } from "../../support/wait-for";

export const HASH_KEY: readonly [number, number] = [0x01234567, 0x89abcdef];
export const SETTINGS: TransportSettings = {
  maxBulkBytes: 512 * 1024 * 1024,
  maxQueryBytes: 1024 * 1024 * 1024,
  tcpKeepAliveSeconds: 300,
};

export interface TransportChoice {
  readonly hashKey: readonly [number, number];
  readonly maxSlots?: number;
}
export type TransportFactory = (choice: TransportChoice) => Transport;

export type Seen =
  | { readonly kind: "accepted"; readonly slot: number; readonly listener: number }
  | { readonly kind: "request"; readonly slot: number; readonly args: readonly string[] }
  | { readonly kind: "inline"; readonly slot: number; readonly line: string }
  | { readonly kind: "error"; readonly slot: number; readonly error: number }
  | { readonly kind: "closed"; readonly slot: number; readonly reason: number }
  | { readonly kind: "drained"; readonly slot: number }
  | { readonly kind: "acceptFailed"; readonly errno: number };

/** What a handler gets; it runs inside the turn. */
export interface Turn {
  readonly driver: TransportDriver;
  readonly slot: number;
  /** Where the request begins, for `hold`. */
  readonly start: number;
  /** Where each argument lies in the input. */
  readonly spans: readonly (readonly [offset: number, length: number])[];
  reply(bytes: string | Uint8Array): void;
}

export type Handler = (args: readonly string[], turn: Turn) => void;

const HASH = new HalfSipHash(...HASH_KEY);

/** Answers every request with its last argument as a bulk. */
export const echo: Handler = (args, turn) => turn.reply(bulk(args[args.length - 1] ?? ""));

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text, "latin1")}\r\n${text}\r\n`;
}

export class TransportDriver {
  readonly seen: Seen[] = [];
  readonly transport: Transport;
  port = 0;
  turns = 0;
  /** Called for each request and inline line (as one argument), unless its client is held. */
  handler: Handler;
  /** Called when a client is there, before any of its requests. */
  onAccepted: (slot: number) => void = () => {};
  readonly #open = new Set<number>();
  readonly #closing = new Set<number>();
  readonly #heldInTurn = new Set<number>();
  #runs = 0;
  #outputUsed = 0;
  #failure: unknown;

  constructor(transport: Transport, handler: Handler = echo) {
    this.transport = transport;
    this.handler = handler;
  }

  /** A driver that serves on a free port of 127.0.0.1 until the test ends. */
  static async serve(
    cleanup: Cleanup,
    transport: Transport,
    handler: Handler = echo,
    settings: Partial<TransportSettings> = {},
  ): Promise<TransportDriver> {
    const driver = new TransportDriver(transport, handler);
    transport.configure({ ...SETTINGS, ...settings });
    driver.port = transport.listenerPort(await transport.listenTcp("127.0.0.1", 0, 511));
    driver.start();
    cleanup.after(async () => {
      await transport.stop(0);
      driver.assertSound();
    });
    return driver;
  }

  start(): void {
    this.transport.start((records) => this.#turn(records));
  }

  /** Fails when a turn did; a failure inside one would end the process instead of the test. */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  requests(slot?: number): string[][] {
    const found: string[][] = [];
    for (const seen of this.seen) {
      if (seen.kind === "request" && (slot === undefined || seen.slot === slot)) {
        found.push([...seen.args]);
      }
    }
    return found;
  }

  /** The slot of the only, or the latest, client that was accepted. */
  async acceptedSlot(count = 1): Promise<number> {
    const accepted = await this.waitFor(`client ${count}`, () => {
      const all = this.seen.filter((seen) => seen.kind === "accepted");
      return all.length >= count ? all[count - 1] : undefined;
    });
    return accepted.slot;
  }

  closeReason(slot: number): Promise<number> {
    return this.waitFor(`CLOSED of slot ${slot}`, () => {
      const closed = this.seen.find((seen) => seen.kind === "closed" && seen.slot === slot);
      return closed?.kind === "closed" ? closed.reason : undefined;
    });
  }

  async waitFor<T>(what: string, probe: () => T): Promise<Exclude<T, false | null | undefined>> {
    const found = await waitFor(what, () => this.#failure !== undefined || probe());
    this.assertSound();
    return found as Exclude<T, false | null | undefined>;
  }

  stat(slot: number, word: number): number {
    return this.transport.memory.stats[slot * STATS_WORDS + word];
  }

  setControl(slot: number, word: number, value: number): void {
    this.transport.memory.control[slot * CONTROL_WORDS + word] = value;
  }

  setFlags(slot: number, flags: number): void {
    this.setControl(slot, CONTROL_FLAGS, flags);
  }

  /** Ignores the slot's later records of this turn, as the server does after `hold`. */
  hold(slot: number, start: number): void {
    this.#heldInTurn.add(slot);
    this.transport.hold(slot, start);
  }

  close(slot: number, afterOutput: boolean): void {
    this.#closing.add(slot);
    this.transport.close(slot, afterOutput);
  }

  /** Adds bytes for a client to the output; sends what is there when it is full. */
  write(slot: number, bytes: string | Uint8Array): void {
    const data = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    assert.ok(data.length <= OUTPUT_BYTES);
    if (this.#outputUsed + data.length > OUTPUT_BYTES) this.flush();
    this.transport.memory.output.set(data, this.#outputUsed);
    this.addRun(slot, 0, this.#outputUsed, data.length);
    this.#outputUsed += data.length;
  }

  addRun(slot: number, source: number, offset: number, length: number): void {
    if (this.#runs === MAX_RUNS) this.flush();
    this.transport.memory.runs.set([slot, source, offset, length], this.#runs * RUN_WORDS);
    this.#runs++;
  }

  flush(waits = false): void {
    this.transport.flush(this.#takeRuns(), waits);
  }

  #takeRuns(): number {
    const runs = this.#runs;
    this.#runs = 0;
    this.#outputUsed = 0;
    return runs;
  }

  #turn(records: number): number {
    this.turns++;
    this.#heldInTurn.clear();
    const finished = new Set<number>();
    let current = -1;
    try {
      let word = 0;
      for (let record = 0; record < records; record++) {
        const { table } = this.transport.memory;
        const slot = table[word];
        const argc = table[word + 1];
        if (argc >= EVENT_BIT && argc - EVENT_BIT === EVENT_ACCEPT_FAILED) {
          this.seen.push({ kind: "acceptFailed", errno: table[word + 2] });
          word += RECORD_HEADER_WORDS;
          continue;
        }
        if (slot !== current) {
          assert.ok(!finished.has(slot), "the records of one client are contiguous");
          finished.add(slot);
          current = slot;
        }
        word = argc >= EVENT_BIT ? this.#event(word, slot, argc - EVENT_BIT) : this.#request(word);
      }
    } catch (error) {
      this.#failure ??= error;
    }
    return this.#takeRuns();
  }

  #event(word: number, slot: number, kind: number): number {
    const { table } = this.transport.memory;
    const aux = table[word + 2];
    assert.equal(table[word + 3], 0);
    if (kind === EVENT_ACCEPTED) {
      assert.ok(!this.#open.has(slot), `slot ${slot} is given out twice`);
      assert.ok(slot < this.transport.maxSlots);
      this.#open.add(slot);
      this.seen.push({ kind: "accepted", slot, listener: aux });
      this.onAccepted(slot);
      return word + RECORD_HEADER_WORDS;
    }
    assert.ok(this.#open.has(slot), `slot ${slot} is not open`);
    if (kind === EVENT_CLOSED) {
      this.#open.delete(slot);
      this.#closing.delete(slot);
      this.seen.push({ kind: "closed", slot, reason: aux });
      return word + RECORD_HEADER_WORDS;
    }
    if (kind === EVENT_DRAINED) {
      this.seen.push({ kind: "drained", slot });
      return word + RECORD_HEADER_WORDS;
    }
    const isIgnored = this.#heldInTurn.has(slot) || this.#closing.has(slot);
    if (kind === EVENT_PROTOCOL_ERROR) {
      if (!isIgnored) this.seen.push({ kind: "error", slot, error: aux });
      return word + RECORD_HEADER_WORDS;
    }
    assert.equal(kind, EVENT_INLINE);
    const span = [table[word + 5], table[word + 6]] as const;
    if (!isIgnored) {
      const line = this.#text(...span);
      this.seen.push({ kind: "inline", slot, line });
      this.#handle(slot, table[word + 4], [line], [span]);
    }
    return word + RECORD_HEADER_WORDS + 2;
  }

  #request(word: number): number {
    const { table, input } = this.transport.memory;
    const slot = table[word];
    const argc = table[word + 1];
    const spans: (readonly [number, number])[] = [];
    for (let pair = word + RECORD_HEADER_WORDS, left = argc; left > 0; left--, pair += 2) {
      spans.push([table[pair], table[pair + 1]]);
    }
    assert.ok(this.#open.has(slot), `slot ${slot} is not open`);
    assert.equal(table[word + 2] | 0, nameHash(input, ...(spans[0] ?? [0, 0])) | 0);
    const key = spans[1] === undefined ? 0 : HASH.hash(input, ...spans[1]);
    assert.equal(table[word + 3] | 0, key | 0);
    if (!this.#heldInTurn.has(slot) && !this.#closing.has(slot)) {
      const args = spans.map((span) => this.#text(...span));
      this.seen.push({ kind: "request", slot, args });
      this.#handle(slot, table[word + 4], args, spans);
    }
    return word + RECORD_HEADER_WORDS + 2 * argc;
  }

  #handle(slot: number, start: number, args: string[], spans: (readonly [number, number])[]): void {
    const reply = (bytes: string | Uint8Array) => this.write(slot, bytes);
    this.handler(args, { driver: this, slot, start, spans, reply });
  }

  #text(offset: number, length: number): string {
    const { input } = this.transport.memory;
    return Buffer.from(input.buffer, input.byteOffset + offset, length).toString("latin1");
  }
}
