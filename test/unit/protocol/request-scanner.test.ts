// The scanner's rules one by one. Random streams against a model are in test/fuzz, the same cases
// asked of the real server in real-server.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HalfSipHash } from "../../../src/base/half-sip-hash";
import { RequestParseState } from "../../../src/protocol/request-parse-state";
import {
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../../../src/protocol/request-record";
import {
  RequestScanner,
  SCAN_AWAITS_TURN,
  SCAN_NEEDS_BYTES,
  SCAN_STOPPED,
  SCAN_TABLE_FULL,
  SCAN_TOO_MANY_ARGUMENTS,
} from "../../../src/protocol/request-scanner";
import { encodeCommand } from "../../support/resp-encode";
import { SeededRandom } from "../../support/seeds";
import { type Found, findRequests } from "./request-model";
import { scanPieces } from "./scan-stream";

const MEBIBYTE = 1 << 20;
const INPUT = new Uint8Array(4 * MEBIBYTE);
const RULES = { maxBulkBytes: MEBIBYTE, isUnauthenticated: false, tableWords: 1 << 16 };
const UNAUTHENTICATED = { ...RULES, isUnauthenticated: true };

function scan(text: string, options = RULES): Found[] {
  return scanPieces(INPUT, [Buffer.from(text, "latin1")], options, new SeededRandom(1));
}

/** What comes out when the stream is cut at each place in turn, and when every byte comes alone. */
function assertAtEveryCut(text: string, options = RULES): void {
  const bytes = Buffer.from(text, "latin1");
  const random = new SeededRandom(2);
  const expected = findRequests(text, options);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    assert.deepEqual(scanPieces(INPUT, pieces, options, random), expected, `cut at ${cut}`);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(scanPieces(INPUT, single, options, random), expected, "byte by byte");
}

/** A scanner with a table of its own, for tests that look at outcomes. */
function bareScanner(tableWords: number): {
  scanner: RequestScanner;
  table: Uint32Array;
  state: RequestParseState;
} {
  const table = new Uint32Array(tableWords);
  const scanner = new RequestScanner(INPUT, table, new HalfSipHash(1, 2));
  return { scanner, table, state: new RequestParseState() };
}

function place(text: string): number {
  INPUT.set(Buffer.from(text, "latin1"));
  return text.length;
}

test("requests, lines and what is ignored come out the same at every cut", () => {
  assertAtEveryCut(
    "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n*0\r\n*-1\r\n\r\n\nPING\r\nGET a\n" +
      "*-9223372036854775808\r\n*1\r\n$4\r\nPINGxx*1\rX$4\rYP\r\nGZW*2\r\n$1\r\n\0\r\n$2\r\n*1\r\n",
  );
  assertAtEveryCut("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI");
  assertAtEveryCut("*1\r\n$4\r\nPING\r\n*1\r\nfoo\r\nafter");
});

test("an error tells what was found and ends the scan", () => {
  const ping = { request: ["PING"] };
  const dollar = (byte: number) => ({ error: PROTOCOL_EXPECTED_DOLLAR | (byte << 8) });
  assert.deepEqual(scan("PING\r\n*1\r\n\xff1\r\nPING\r\n"), [{ line: "PING" }, dollar(0xff)]);
  assert.deepEqual(scan("*1\r\n$4\r\nPING\r\n*2\r\n\r5\r\n"), [ping, dollar(0x0d)]);
  assert.deepEqual(scan("*1\r\n$1048577\r\n"), [{ error: PROTOCOL_BULK_LENGTH }]);
  assert.deepEqual(scan("*1\r\n$1048576\r\n"), []);
});

test("a line of 65,536 bytes may still end, one more may not, whatever the cut", () => {
  const longest = "1".repeat(65535);
  const limits = [
    { start: "*", error: PROTOCOL_BIG_COUNT_LINE },
    { start: "*1\r\n$", error: PROTOCOL_BIG_BULK_LINE },
    { start: "a", error: PROTOCOL_BIG_INLINE },
  ];
  for (const { start, error } of limits) {
    assert.deepEqual(scan(start + longest), []);
    assert.deepEqual(scan(`${start}${longest}1`), [{ error }]);
    assert.deepEqual(scan(`${start}${longest}11\r\n`), [{ error }], "ended too late");
    assert.deepEqual(scan(`${start}\0${longest}`), [{ error }], "hidden by NUL");
    assert.deepEqual(scan(`${start}\0\r\n`), [], "hidden by NUL");
  }
  assert.deepEqual(scan(`a${longest}\n`), [{ line: `a${longest}` }]);
});

test("limits before authentication", () => {
  const eleven = Array.from({ length: 11 }, () => "a");
  const big = "b".repeat(16384);
  assert.deepEqual(scan(encodeCommand(eleven).toString(), UNAUTHENTICATED), [
    { error: PROTOCOL_UNAUTHENTICATED_COUNT },
  ]);
  assert.deepEqual(scan(encodeCommand(["a", `${big}b`]).toString(), UNAUTHENTICATED), [
    { error: PROTOCOL_UNAUTHENTICATED_BULK },
  ]);
  const allowed = [...eleven.slice(2), big];
  const found = scan(encodeCommand(allowed).toString(), UNAUTHENTICATED);
  assert.deepEqual(found, [{ request: allowed }]);
});

test("a command before it in the same table may lift the limits for unauthenticated clients", () => {
  const auth = encodeCommand(["AUTH", "x"]).toString();
  for (const args of [Array.from({ length: 11 }, () => "a"), ["SET", "k", "v".repeat(20_000)]]) {
    const { scanner, state } = bareScanner(1024);
    const end = place(auth + encodeCommand(args).toString());
    assert.equal(scanner.scan(state, 0, 0, end, true), SCAN_AWAITS_TURN);
    assert.equal(scanner.recordCount, 1);
    assert.equal(scanner.restAt, auth.length);
    scanner.clearTable();
    assert.equal(scanner.scan(state, 0, scanner.restAt, end, false), SCAN_NEEDS_BYTES);
    assert.equal(scanner.recordCount, 1);
    assert.equal(scanner.restAt, end);
  }
  const { scanner, state } = bareScanner(1024);
  const end = place(`${auth}*11\r\n`);
  assert.equal(scanner.scan(state, 0, 0, end, true), SCAN_AWAITS_TURN);
  scanner.clearTable();
  assert.equal(scanner.scan(state, 0, scanner.restAt, end, true), SCAN_STOPPED, "it did not");
});

test("a full table delays, and only a request that no table holds is refused", () => {
  const { scanner, table, state } = bareScanner(16);
  const end = place(`${encodeCommand(["a", "b", "c"]).toString().repeat(2)}PING\r\n*x\r\n`);
  const outcomes: number[] = [];
  let from = 0;
  for (let turn = 0; turn < 3; turn++) {
    scanner.clearTable();
    outcomes.push(scanner.scan(state, 3, from, end, false));
    from = scanner.restAt;
    assert.ok(scanner.tableWords <= table.length);
    assert.equal(scanner.recordCount, turn < 2 ? 1 : 2);
  }
  assert.deepEqual(outcomes, [SCAN_TABLE_FULL, SCAN_TABLE_FULL, SCAN_STOPPED]);
  scanner.clearTable();
  const tooMany = place(encodeCommand(["1", "2", "3", "4", "5", "6"]).toString());
  assert.equal(scanner.scan(new RequestParseState(), 3, 0, tooMany, false), -5);
  assert.equal(SCAN_TOO_MANY_ARGUMENTS, -5);
});

test("how much the unfinished request needs is known from its headers", () => {
  const { scanner, state } = bareScanner(64);
  const header = "*2\r\n$3\r\nGET\r\n$1000\r\n";
  assert.equal(scanner.scan(state, 0, 0, place(`${header}abc`), false), SCAN_NEEDS_BYTES);
  assert.equal(state.leastBytes(), header.length + 1002);
});

test("a reset state reads the same request again from its start", () => {
  const { scanner, table, state } = bareScanner(64);
  const request = encodeCommand(["GET", "k"]).toString();
  scanner.scan(state, 0, 0, place(request.slice(0, -4)), false);
  state.reset();
  scanner.scan(state, 0, 0, place(request), false);
  assert.equal(scanner.recordCount, 1);
  assert.deepEqual([...table.subarray(5, 9)], [8, 3, 17, 1]);
});

test("bytes are not looked at again: work grows with the stream, not with the cuts", () => {
  let reads = 0;
  const counted = new Proxy(INPUT, {
    get(target, property) {
      reads += 1;
      return Reflect.get(target, property, target);
    },
  });
  const scanner = new RequestScanner(counted, new Uint32Array(64), new HalfSipHash(1, 2));
  const text = `${encodeCommand(["ECHO", "x".repeat(3000)]).toString()}${"y".repeat(3000)}\r\n`;
  const end = place(text);
  const state = new RequestParseState();
  let from = 0;
  for (let arrived = 1; arrived <= end; arrived++) {
    scanner.scan(state, 0, from, arrived, false);
    from = scanner.restAt;
  }
  assert.equal(scanner.recordCount, 2);
  assert.ok(reads < 10 * end, `${reads} reads of ${end} bytes`);
});
