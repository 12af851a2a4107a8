// Drives the scanner as a transport does: bytes come in pieces, what is unfinished is kept and put
// somewhere else, a full table is run and emptied. Checks every record's form on the way.

import assert from "node:assert/strict";
import { HalfSipHash } from "../../../src/base/half-sip-hash";
import { nameHash } from "../../../src/protocol/name-hash";
import { RequestParseState } from "../../../src/protocol/request-parse-state";
import {
  EVENT_BIT,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  RECORD_HEADER_WORDS,
} from "../../../src/protocol/request-record";
import {
  RequestScanner,
  SCAN_AWAITS_TURN,
  SCAN_NEEDS_BYTES,
  SCAN_STOPPED,
  SCAN_TABLE_FULL,
} from "../../../src/protocol/request-scanner";
import type { SeededRandom } from "../../support/seeds";
import type { Found, ModelRules } from "./request-model";

const SLOT = 7;
const HASH = new HalfSipHash(0x01234567, 0x89abcdef);

export interface StreamOptions extends ModelRules {
  /** Words of the table; small ones are filled often. */
  readonly tableWords: number;
}

class StreamScanner {
  readonly found: Found[] = [];
  readonly state = new RequestParseState();
  readonly scanner: RequestScanner;
  /** The outcome of the last scan. */
  outcome = SCAN_NEEDS_BYTES;
  readonly #input: Uint8Array;
  readonly #table: Uint32Array;
  readonly #options: StreamOptions;
  #kept: Uint8Array = new Uint8Array(0);

  constructor(input: Uint8Array, options: StreamOptions) {
    this.#input = input;
    this.#table = new Uint32Array(options.tableWords);
    this.#options = options;
    this.scanner = new RequestScanner(input, this.#table, HASH);
    this.scanner.maxBulkBytes = options.maxBulkBytes;
  }

  /** Bytes of the unfinished request. */
  keptBytes(): number {
    return this.#kept.length;
  }

  /** Takes a piece in, placed at `at` in the input with what was kept before it. */
  push(piece: Uint8Array, at: number): void {
    if (this.outcome === SCAN_STOPPED) return;
    const end = at + this.#kept.length + piece.length;
    assert.ok(end <= this.#input.length, "the test's input is too small");
    this.#input.set(this.#kept, at);
    this.#input.set(piece, at + this.#kept.length);
    let from = at;
    do {
      this.scanner.clearTable();
      const { isUnauthenticated } = this.#options;
      this.outcome = this.scanner.scan(this.state, SLOT, from, end, isUnauthenticated);
      this.#readTable();
      from = this.scanner.restAt;
    } while (this.outcome === SCAN_TABLE_FULL || this.outcome === SCAN_AWAITS_TURN);
    this.#kept = this.#input.slice(from, end);
    // Nothing may depend on what the input held before.
    this.#input.fill(0x2a, at, end);
  }

  #readTable(): void {
    const table = this.#table;
    let word = 0;
    for (let record = 0; record < this.scanner.recordCount; record++) {
      assert.equal(table[word], SLOT);
      const argc = table[word + 1];
      if ((argc & EVENT_BIT) === 0) word = this.#readRequest(word, argc);
      else word = this.#readEvent(word, argc & ~EVENT_BIT);
    }
    assert.equal(word, this.scanner.tableWords);
    assert.ok(word <= table.length);
  }

  #readRequest(word: number, argc: number): number {
    const table = this.#table;
    const request: string[] = [];
    const pairs = word + RECORD_HEADER_WORDS;
    for (let argument = 0; argument < argc; argument++) {
      request.push(this.#text(table[pairs + 2 * argument], table[pairs + 2 * argument + 1]));
    }
    assert.equal(this.#input[table[word + 4]], 0x2a);
    assert.equal(table[word + 2], nameHash(this.#input, table[pairs], table[pairs + 1]));
    const key = argc > 1 ? HASH.hash(this.#input, table[pairs + 2], table[pairs + 3]) >>> 0 : 0;
    assert.equal(table[word + 3], key);
    this.found.push({ request });
    return pairs + 2 * argc;
  }

  #readEvent(word: number, kind: number): number {
    const table = this.#table;
    assert.equal(table[word + 3], 0);
    if (kind === EVENT_INLINE) {
      assert.equal(table[word + 2], 0);
      assert.equal(table[word + 4], table[word + 5]);
      this.found.push({ line: this.#text(table[word + 5], table[word + 6]) });
      return word + RECORD_HEADER_WORDS + 2;
    }
    assert.equal(kind, EVENT_PROTOCOL_ERROR);
    this.found.push({ error: table[word + 2] });
    return word + RECORD_HEADER_WORDS;
  }

  #text(offset: number, length: number): string {
    return Buffer.from(this.#input.buffer, offset, length).toString("latin1");
  }
}

/** What the scanner finds in a stream that comes in the given pieces, each put somewhere else. */
export function scanPieces(
  input: Uint8Array,
  pieces: readonly Uint8Array[],
  options: StreamOptions,
  random: SeededRandom,
): Found[] {
  const stream = new StreamScanner(input, options);
  for (const piece of pieces) {
    const room = input.length - stream.keptBytes() - piece.length;
    stream.push(piece, random.below(Math.min(room, 4096) + 1));
  }
  return stream.found;
}

/** Cuts bytes at random places: often one byte alone, sometimes long pieces. */
export function cutAtRandom(bytes: Uint8Array, random: SeededRandom): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const longest = random.pick([1, 2, 5, 20, 200, bytes.length + 1]);
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.between(1, longest);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
