// Timeouts as arguments; the texts are those of the real server, but where 7.2 differs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arguments } from "../../../../src/command/arguments";
import {
  readTimeoutMs,
  readTimeoutSeconds,
} from "../../../../src/keyspace/blocking/timeout-argument";
import type { Transport } from "../../../../src/net/transport";
import { ReplyWriter } from "../../../../src/protocol/reply-writer";
import { Clients } from "../../../../src/session/clients";
import { ScratchRequest } from "../../../../src/session/scratch-request";
import { SessionCall } from "../../../../src/session/session-call";

const NOT_FLOAT = "ERR timeout is not a float or out of range";
const NOT_INTEGER = "ERR timeout is not an integer or out of range";
const NEGATIVE = "ERR timeout is negative";
const TOO_LARGE = "ERR timeout is out of range";

const args = new Arguments(new Uint8Array(1 << 16), new Uint32Array(1 << 16));
const request = new ScratchRequest(args, 0, () => 0);
const reply = new ReplyWriter(new Uint8Array(1 << 16), new Uint32Array(1 << 10), () => undefined);
const call = new SessionCall(args, reply, new Clients({} as Transport));

/** The timeout, or the error. */
function read(reader: typeof readTimeoutMs, text: string): number | string {
  request.write([Buffer.from("x"), Buffer.from(text, "latin1")]);
  const errors = reply.errorCount;
  const timeoutMs = reader(call, 1);
  assert.equal(Number.isNaN(timeoutMs), reply.errorCount > errors);
  return Number.isNaN(timeoutMs) ? reply.lastError : timeoutMs;
}

const SECONDS: readonly (readonly [string, number | string])[] = [
  ["0", 0],
  ["-0", 0],
  ["0.0", 0],
  ["1", 1000],
  ["0.001", 1],
  ["0.0015", 2],
  ["1.5e-3", 2],
  ["1e-9", 1],
  ["1e-4000", 1],
  ["0x1p-9", 2],
  ["0.1", 100],
  ["0.3", 300],
  ["-0.0001", 0],
  ["9223372036854774", 9223372036854774000],
  ["-1", NEGATIVE],
  // In 80 bits this is a little less than a thousandth below zero, which is rounded up to nothing.
  ["-0.001", 0],
  ["-0.0011", NEGATIVE],
  ["-inf", NEGATIVE],
  ["9223372036854776", TOO_LARGE],
  ["1e400", TOO_LARGE],
  ["inf", TOO_LARGE],
  ["", NOT_FLOAT],
  ["abc", NOT_FLOAT],
  ["1 ", NOT_FLOAT],
  [" 1", NOT_FLOAT],
  ["nan", NOT_FLOAT],
  ["1\x00", NOT_FLOAT],
  ["1e-5000", NOT_FLOAT],
];

for (const [text, expected] of SECONDS) {
  test(`${JSON.stringify(text)} seconds`, () => {
    assert.equal(read(readTimeoutSeconds, text), expected);
  });
}

const MILLISECONDS: readonly (readonly [string, number | string])[] = [
  ["0", 0],
  ["1", 1],
  ["9223372036854775807", 2 ** 62],
  ["-1", NEGATIVE],
  ["-9223372036854775808", NEGATIVE],
  ["9223372036854775808", NOT_INTEGER],
  ["1.5", NOT_INTEGER],
  ["", NOT_INTEGER],
  ["abc", NOT_INTEGER],
];

for (const [text, expected] of MILLISECONDS) {
  test(`${JSON.stringify(text)} milliseconds`, () => {
    assert.equal(read(readTimeoutMs, text), expected);
  });
}
