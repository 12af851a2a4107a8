// A tiny server over a transport, for tests before and below the real one: reads the table, checks
// that every record keeps the contract, answers a few commands, and remembers what it saw.
//
// PING, ECHO x, BIG n (n bytes from a segment), REPEAT n x (x n times), HOLD (held once, answers when resumed), AFTER (holds
// what comes after it), CLOSE, QUIT (answers, then closes), SLOTS x (x to all clients).

import assert from "node:assert/strict";
import { HalfSipHash } from "../../../src/base/half-sip-hash";
import {
  CONTROL_FLAGS,
  CONTROL_OUTPUT_LIMIT_KIB,
  CONTROL_WORDS,
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_BIT,
  EVENT_CLOSED,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  INPUT_BIG_AT,
  RECORD_HEADER_WORDS,
  RUN_WORDS,
  type Transport,
} from "../../../src/net/transport";
import { nameHash } from "../../../src/protocol/name-hash";

export const KEY_HASH = new HalfSipHash(0x0badcafe, 0x12345678);
export const SEGMENT_BYTES = 1 << 25;

export interface ClosedClient {
  readonly slot: number;
  readonly reason: number;
}

export class TableServer {
  /** Records of requests and lines as text, in the order of the table, each with its slot. */
  readonly requests: string[] = [];
  readonly accepted: number[] = [];
  readonly closed: ClosedClient[] = [];
  readonly errors: number[] = [];
  readonly acceptErrors: number[] = [];
  readonly connected = new Set<number>();
  turns = 0;
  /** Requests that came from the big region. */
  bigRequests = 0;
  /** Set in control for every client at its ACCEPTED record. */
  flags = 0;
  outputLimitKib = 0;
  /** Slots that HOLD or AFTER held and that were not resumed. */
  readonly held: number[] = [];
  readonly #transport: Transport;
  readonly #releasing = new Set<number>();
  readonly #segment = new Uint8Array(SEGMENT_BYTES).fill(0x78);
  #runs = 0;
  #outputAt = 0;
  /** Slots whose later records of this turn must be ignored. */
  readonly #ignored = new Set<number>();
  #lastSlot = -1;
  readonly #seenThisTurn = new Set<number>();

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.registerSegment(0, this.#segment);
  }

  /** The slot of the client that connected as the `index`th of those that still are. */
  slotOf(index: number): number {
    const slot = [...this.connected][index];
    assert.ok(slot !== undefined);
    return slot;
  }

  start(): void {
    this.#transport.start((records) => this.#turn(records));
  }

  /** Lets a held client go on. */
  release(slot: number): void {
    this.held.splice(this.held.indexOf(slot), 1);
    this.#releasing.add(slot);
    this.#transport.resume(slot);
  }

  /** Sends text outside a turn. */
  push(slot: number, text: string): void {
    this.#runs = 0;
    this.#outputAt = 0;
    this.#reply(slot, text);
    this.#transport.flush(this.#runs);
  }

  #turn(records: number): number {
    this.turns += 1;
    this.#runs = 0;
    this.#outputAt = 0;
    this.#ignored.clear();
    this.#seenThisTurn.clear();
    this.#lastSlot = -1;
    assert.ok(records > 0, "a turn without records");
    let word = 0;
    for (let record = 0; record < records; record++) word = this.#record(word);
    return this.#runs;
  }

  #record(word: number): number {
    const { table } = this.#transport.memory;
    const slot = table[word];
    const argc = table[word + 1];
    const kind = (argc & EVENT_BIT) === 0 ? 0 : argc & ~EVENT_BIT;
    if (kind !== EVENT_ACCEPT_FAILED) this.#checkOrder(slot, kind);
    if (kind === EVENT_INLINE) {
      if (!this.#ignored.has(slot)) this.#line(slot, this.#text(table[word + 5], table[word + 6]));
      return word + RECORD_HEADER_WORDS + 2;
    }
    if (kind !== 0) {
      this.#event(slot, kind, table[word + 2]);
      return word + RECORD_HEADER_WORDS;
    }
    if (!this.#ignored.has(slot)) this.#request(word, slot, argc);
    return word + RECORD_HEADER_WORDS + 2 * argc;
  }

  /** One client's records are neighbours, and lie between its ACCEPTED and its CLOSED. */
  #checkOrder(slot: number, kind: number): void {
    assert.ok(slot < this.#transport.maxSlots);
    if (slot !== this.#lastSlot) {
      assert.ok(!this.#seenThisTurn.has(slot), `records of slot ${slot} are apart`);
      this.#seenThisTurn.add(slot);
      this.#lastSlot = slot;
    }
    assert.equal(this.connected.has(slot), kind !== EVENT_ACCEPTED, `slot ${slot}, event ${kind}`);
  }

  #event(slot: number, kind: number, aux: number): void {
    if (kind === EVENT_ACCEPT_FAILED) {
      this.acceptErrors.push(aux);
    } else if (kind === EVENT_ACCEPTED) {
      const { control } = this.#transport.memory;
      assert.equal(control[slot * CONTROL_WORDS + CONTROL_FLAGS], 0);
      control[slot * CONTROL_WORDS + CONTROL_FLAGS] = this.flags;
      control[slot * CONTROL_WORDS + CONTROL_OUTPUT_LIMIT_KIB] = this.outputLimitKib;
      this.connected.add(slot);
      this.accepted.push(aux);
    } else if (kind === EVENT_CLOSED) {
      this.connected.delete(slot);
      this.closed.push({ slot, reason: aux });
    } else {
      assert.equal(kind, EVENT_PROTOCOL_ERROR);
      if (this.#ignored.has(slot)) return;
      this.errors.push(aux);
      this.#reply(slot, `-ERR ${aux}\r\n`);
      this.#transport.close(slot, true);
    }
  }

  #line(slot: number, line: string): void {
    this.requests.push(`${slot}: ${line}`);
    this.#reply(slot, `+${line}\r\n`);
  }

  #request(word: number, slot: number, argc: number): void {
    const { table, input } = this.#transport.memory;
    const pairs = word + RECORD_HEADER_WORDS;
    assert.equal(table[word + 2], nameHash(input, table[pairs], table[pairs + 1]));
    const key = argc > 1 ? KEY_HASH.hash(input, table[pairs + 2], table[pairs + 3]) >>> 0 : 0;
    assert.equal(table[word + 3], key);
    assert.equal(input[table[word + 4]], 0x2a);
    if (table[word + 4] >= INPUT_BIG_AT) this.bigRequests += 1;
    const args: string[] = [];
    for (let pair = pairs; pair < pairs + 2 * argc; pair += 2) {
      args.push(this.#text(table[pair], table[pair + 1]));
    }
    this.requests.push(`${slot}: ${args.join(" ").slice(0, 100)}`);
    this.#run(slot, args, table[word + 4]);
  }

  #run(slot: number, args: readonly string[], start: number): void {
    const [name = "", text = ""] = args;
    if (name === "PING") this.#reply(slot, "+PONG\r\n");
    else if (name === "ECHO") this.#reply(slot, `$${text.length}\r\n${text}\r\n`);
    else if (name === "BIG") this.#big(slot, Number(text));
    else if (name === "REPEAT") this.#repeat(slot, Number(text), args[2] ?? "");
    else if (name === "SLOTS") for (const to of this.connected) this.#reply(to, `+${text}\r\n`);
    else if (name === "HOLD") this.#hold(slot, start);
    else if (name === "AFTER") {
      this.#reply(slot, "+OK\r\n");
      this.held.push(slot);
      this.#transport.hold(slot, -1);
    } else {
      assert.match(name, /^(QUIT|CLOSE)$/);
      this.#reply(slot, "+OK\r\n");
      this.#transport.close(slot, name === "QUIT");
      this.#ignored.add(slot);
    }
  }

  #hold(slot: number, start: number): void {
    if (this.#releasing.delete(slot)) {
      this.#reply(slot, "+HELD\r\n");
      return;
    }
    this.held.push(slot);
    this.#transport.hold(slot, start);
    this.#ignored.add(slot);
  }

  #repeat(slot: number, count: number, text: string): void {
    for (let left = count; left > 0; left--) this.#reply(slot, `+${text}\r\n`);
  }

  #big(slot: number, sizeBytes: number): void {
    this.#reply(slot, `$${sizeBytes}\r\n`);
    this.#addRun(slot, 1, 0, sizeBytes);
    this.#reply(slot, "\r\n");
  }

  #reply(slot: number, text: string): void {
    const bytes = Buffer.from(text, "latin1");
    const { output } = this.#transport.memory;
    if (this.#outputAt + bytes.length > output.length) this.#flush();
    output.set(bytes, this.#outputAt);
    this.#addRun(slot, 0, this.#outputAt, bytes.length);
    this.#outputAt += bytes.length;
  }

  #addRun(slot: number, source: number, offset: number, length: number): void {
    const { runs } = this.#transport.memory;
    if ((this.#runs + 1) * RUN_WORDS > runs.length) this.#flush();
    runs.set([slot, source, offset, length], this.#runs * RUN_WORDS);
    this.#runs += 1;
  }

  #flush(): void {
    this.#transport.flush(this.#runs);
    this.#runs = 0;
    this.#outputAt = 0;
  }

  #text(offset: number, length: number): string {
    return Buffer.from(this.#transport.memory.input.buffer, offset, length).toString("latin1");
  }
}
