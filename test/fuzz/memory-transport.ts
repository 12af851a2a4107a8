// A transport without sockets: the bytes of clients come from the fuzzer and go back to it. It keeps
// the contract of src/net/transport.ts and checks that the server does: runs within their memory,
// nothing written to a slot that nobody has, holds within the turn's bytes. What always holds: after
// a turn the input of that turn is overwritten, so that whoever keeps an offset into it is found.

import assert from "node:assert/strict";
import { HalfSipHash } from "../../src/base/half-sip-hash";
import {
  CLOSED_BY_PEER,
  CLOSED_BY_SERVER,
  CONTROL_FLAGS,
  CONTROL_WORDS,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  FLAG_UNAUTHENTICATED,
  INPUT_BYTES,
  RUN_WORDS,
  type SlotAddress,
  STATS_QUERY_BYTES,
  STATS_WORDS,
  type Transport,
  type TransportMemory,
  type TransportSettings,
} from "../../src/net/transport";
import { RequestParseState } from "../../src/protocol/request-parse-state";
import {
  RequestScanner,
  SCAN_AWAITS_TURN,
  SCAN_NEEDS_BYTES,
  SCAN_STOPPED,
  SCAN_TABLE_FULL,
} from "../../src/protocol/request-scanner";
import type { SeededRandom } from "../support/seeds";

/** Its second half has room for two inline lines of one-letter words, and more; see ScratchRequest. */
const TABLE_WORDS = 1 << 19;
/** Small, so that replies fill both often; the longest error, of 16 KiB, must fit. */
const OUTPUT_BYTES = 1 << 15;
const RUNS = 64;
const AFTER_TURN = 0x2a;
const NOTHING = Buffer.alloc(0);

/** One connection as the transport sees it. */
export class Connection {
  readonly state = new RequestParseState();
  pending: Buffer = NOTHING;
  isAnnounced = false;
  isHeld = false;
  /** The server has asked to close it. */
  isClosing = false;
  /** The peer has gone, or the closing is done: CLOSED comes next. */
  isGone = false;
  closedReason = CLOSED_BY_PEER;
  /** Whether `pending` has something that was not scanned, or is to be scanned again. */
  isReady = false;
  /** This turn's bytes; from < 0 when none were taken in. */
  from = -1;
  end = 0;
  restAt = 0;
  holdFrom = -1;

  constructor(
    readonly slot: number,
    readonly address: SlotAddress,
    /** Gets the bytes of replies. */
    readonly receive: (bytes: Buffer) => void,
    readonly closed: () => void,
  ) {}

  get hasInput(): boolean {
    return this.isReady && !this.isHeld && !this.isClosing;
  }
}

export class MemoryTransport implements Transport {
  readonly name = "portable";
  readonly memory: TransportMemory;
  readonly maxSlots: number;
  readonly connections: (Connection | undefined)[];
  readonly #scanner: RequestScanner;
  readonly #random: SeededRandom;
  readonly #segments: Uint8Array[] = [];
  readonly #closingAfterOutput: Connection[] = [];
  #onTurn: ((records: number) => number) | undefined;
  #inputAt = 0;

  constructor(maxSlots: number, hashKey: readonly [number, number], random: SeededRandom) {
    this.maxSlots = maxSlots;
    this.#random = random;
    this.memory = {
      input: new Uint8Array(INPUT_BYTES),
      table: new Uint32Array(TABLE_WORDS),
      output: new Uint8Array(OUTPUT_BYTES),
      runs: new Uint32Array(RUNS * RUN_WORDS),
      control: new Uint32Array(maxSlots * CONTROL_WORDS),
      stats: new Float64Array(maxSlots * STATS_WORDS),
    };
    this.connections = new Array(maxSlots).fill(undefined);
    const { input, table } = this.memory;
    this.#scanner = new RequestScanner(input, table, new HalfSipHash(...hashKey));
  }

  configure(settings: TransportSettings): void {
    this.#scanner.maxBulkBytes = settings.maxBulkBytes;
  }

  /** A new connection in a free slot; its ACCEPTED record comes with the next turn. */
  connect(receive: (bytes: Buffer) => void, closed: () => void): Connection {
    const slot = this.connections.indexOf(undefined);
    assert.ok(slot >= 0, "no free slot");
    const { control, stats } = this.memory;
    control.fill(0, slot * CONTROL_WORDS, (slot + 1) * CONTROL_WORDS);
    stats.fill(0, slot * STATS_WORDS, (slot + 1) * STATS_WORDS);
    const remote = `127.0.0.1:${10_000 + slot}`;
    const local = "127.0.0.1:6379";
    const address = { remote, local, remoteIp: "127.0.0.1", isUnix: false, fd: slot };
    const connection = new Connection(slot, address, receive, closed);
    this.connections[slot] = connection;
    return connection;
  }

  send(connection: Connection, bytes: Buffer): void {
    connection.pending = Buffer.concat([connection.pending, bytes]);
    connection.isReady = true;
  }

  /** The peer hangs up. */
  hangUp(connection: Connection): void {
    connection.isGone = true;
  }

  /** Whether a turn would have records. */
  get hasWork(): boolean {
    return this.connections.some(
      (one) => one !== undefined && (!one.isAnnounced || one.isGone || one.hasInput),
    );
  }

  /** One turn, as the real transports run it after a poll. */
  turn(): void {
    this.#scanner.clearTable();
    this.#inputAt = this.#random.below(64);
    const leaving: Connection[] = [];
    for (const connection of this.connections) {
      if (connection === undefined) continue;
      connection.from = -1;
      if (!connection.isAnnounced) {
        connection.isAnnounced = true;
        this.#scanner.addEvent(connection.slot, EVENT_ACCEPTED, 0, 0);
      } else if (connection.isGone) {
        this.#scanner.addEvent(connection.slot, EVENT_CLOSED, connection.closedReason, 0);
        leaving.push(connection);
      } else if (connection.hasInput && this.#scanner.tableWords < TABLE_WORDS / 4) {
        this.#takeIn(connection);
      }
    }
    this.flush(this.#onTurn?.(this.#scanner.recordCount) ?? 0);
    for (const connection of this.connections) {
      if (connection !== undefined && connection.from >= 0) this.#putAway(connection);
    }
    this.memory.input.fill(AFTER_TURN, 0, this.#inputAt);
    for (const connection of leaving) {
      this.connections[connection.slot] = undefined;
      connection.closed();
    }
    this.#finishClosing();
  }

  listenTcp(): Promise<number> {
    return Promise.resolve(0);
  }

  listenUnix(): Promise<number> {
    return Promise.resolve(0);
  }

  closeListener(): void {}

  listenerPort(): number {
    return 0;
  }

  start(onTurn: (records: number) => number): void {
    this.#onTurn = onTurn;
  }

  flush(runs: number): void {
    const { runs: table, output } = this.memory;
    assert.ok(runs * RUN_WORDS <= table.length, "more runs than there are");
    for (let run = 0; run < runs; run++) {
      const [slot, source, offset, length] = table.subarray(run * RUN_WORDS, (run + 1) * RUN_WORDS);
      const memory = source === 0 ? output : this.#segments[source - 1];
      assert.ok(memory !== undefined, `a run into segment ${source - 1}, which is not there`);
      assert.ok(offset + length <= memory.length, "a run beyond its memory");
      const connection = this.connections[slot];
      assert.ok(connection !== undefined, `a reply to slot ${slot}, which nobody has`);
      if (!connection.isClosing || this.#closingAfterOutput.includes(connection)) {
        connection.receive(Buffer.from(memory.slice(offset, offset + length)));
      }
    }
    // Nobody may count on what was sent.
    output.fill(AFTER_TURN);
  }

  close(slot: number, afterOutput: boolean): void {
    const connection = this.connections[slot];
    assert.ok(connection !== undefined, `closing slot ${slot}, which nobody has`);
    if (!connection.isGone) connection.closedReason = CLOSED_BY_SERVER;
    if (connection.isClosing && afterOutput) return;
    connection.isClosing = true;
    connection.pending = NOTHING;
    if (afterOutput) this.#closingAfterOutput.push(connection);
    else connection.isGone = true;
  }

  setNoDelay(): void {}

  hold(slot: number, start: number): void {
    const connection = this.connections[slot];
    assert.ok(connection !== undefined, `holding slot ${slot}, which nobody has`);
    connection.isHeld = true;
    if (start < 0) return;
    const { from, end } = connection;
    assert.ok(from >= 0 && start >= from && start <= end, "a hold outside of the turn's bytes");
    connection.holdFrom = start;
  }

  resume(slot: number): void {
    const connection = this.connections[slot];
    if (connection !== undefined) connection.isHeld = false;
  }

  addressOf(slot: number): SlotAddress {
    const connection = this.connections[slot];
    assert.ok(connection !== undefined, `the address of slot ${slot}, which nobody has`);
    return connection.address;
  }

  registerSegment(index: number, bytes: Uint8Array): void {
    this.#segments[index] = bytes;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  #takeIn(connection: Connection): void {
    const { input, control } = this.memory;
    const from = this.#inputAt;
    input.set(connection.pending, from);
    connection.from = from;
    connection.end = from + connection.pending.length;
    connection.pending = NOTHING;
    this.#inputAt = connection.end;
    const flags = control[connection.slot * CONTROL_WORDS + CONTROL_FLAGS];
    const isUnauthenticated = (flags & FLAG_UNAUTHENTICATED) !== 0;
    const outcome = this.#scanner.scan(
      connection.state,
      connection.slot,
      from,
      connection.end,
      isUnauthenticated,
    );
    assert.ok(
      outcome === SCAN_NEEDS_BYTES ||
        outcome === SCAN_TABLE_FULL ||
        outcome === SCAN_AWAITS_TURN ||
        outcome === SCAN_STOPPED,
      `scan outcome ${outcome}`,
    );
    connection.isReady = outcome === SCAN_TABLE_FULL || outcome === SCAN_AWAITS_TURN;
    connection.restAt = this.#scanner.restAt;
  }

  /** What has no record yet, or is held, waits for a later turn. */
  #putAway(connection: Connection): void {
    const { input, stats } = this.memory;
    let keptFrom = connection.state.isStopped ? connection.end : connection.restAt;
    if (connection.holdFrom >= 0) {
      keptFrom = connection.holdFrom;
      connection.holdFrom = -1;
      connection.state.reset();
      connection.isReady = true;
    }
    if (connection.isClosing) keptFrom = connection.end;
    const kept = Buffer.from(input.slice(keptFrom, connection.end));
    connection.pending = kept;
    const word = connection.slot * STATS_WORDS + STATS_QUERY_BYTES;
    stats[word] = connection.pending.length;
  }

  #finishClosing(): void {
    for (const connection of this.#closingAfterOutput) connection.isGone = true;
    this.#closingAfterOutput.length = 0;
  }
}
