// Every rule of the scanner asked of Debian's redis-server over a raw socket: what is an error and
// with which words, what is ignored, what waits for more bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { splitArguments } from "../../../src/base/quoting";
import {
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
} from "../../../src/protocol/request-record";
import { SeededRandom, withSeed } from "../../support/seeds";
import { REAL_SERVER, ServerProcess } from "../../support/server-process";
import { randomStream } from "./random-requests";
import type { Found } from "./request-model";
import { cutAtRandom, scanPieces } from "./scan-stream";

const INPUT = new Uint8Array(1 << 20);
const RULES = { maxBulkBytes: 512 * 1024 * 1024, isUnauthenticated: false, tableWords: 1 << 16 };
// It tells that everything before it was read and that the connection lives.
const LAST = "*2\r\n$4\r\nECHO\r\n$4\r\nlast\r\n";
const ERROR_WORDS = new Map([
  [PROTOCOL_MULTIBULK_LENGTH, "invalid multibulk length"],
  [PROTOCOL_BULK_LENGTH, "invalid bulk length"],
  [PROTOCOL_BIG_COUNT_LINE, "too big mbulk count string"],
  [PROTOCOL_BIG_BULK_LINE, "too big bulk count string"],
  [PROTOCOL_BIG_INLINE, "too big inline request"],
  [PROTOCOL_UNAUTHENTICATED_COUNT, "unauthenticated multibulk length"],
  [PROTOCOL_UNAUTHENTICATED_BULK, "unauthenticated bulk length"],
]);

const CASES = [
  ..."0 -1 -5 -9223372036854775808 -9223372036854775809 01 +1 -0 2147483647 2147483648 x"
    .split(" ")
    .map((number) => `*${number}\r\n`),
  ..."0 -1 01 +4 -0 536870912 536870913 9223372036854775808 x"
    .split(" ")
    .map((number) => `*1\r\n$${number}\r\n`),
  ...["*\r\n", "* 1\r\n", "*1 \r\n", "*1\n$4\nPING\n", "*1\r$4\r\n", "*1\rX$4\rYPINGZW"],
  ...["*1\r\nfoo", "*1\r\nfoo\r", "*1\r\nfoo\r\n", "*1\r\n\r\n", "*1\r\n\n\r\n", "*1\r\n\xff\r\n"],
  ...["*1\0\r\n", "*1\r\n$4\0\r\nPING\r\n", "*1\r\n\0$4\r\n", "PI\0NG\r\n", "\0PING\r\n"],
  ...["\r\n", "\n", "\r\r\n", "  \r\n", "PING\n", "ECHO a\rb\r\n", 'PING "a\r\n', "PING 'a' \r\n"],
  ...["*1\r\n$\r\n", "*1\r\n$ 4\r\n", "*1\r\n*1\r\n", "*1\r\n$0\r\n\r\n", "*1\r\n$4\r\nPINGxx"],
  `*${"1".repeat(65535)}`,
  `*${"1".repeat(65536)}`,
  `*1\r\n$${"1".repeat(65535)}`,
  `*1\r\n$${"1".repeat(65536)}`,
  "a".repeat(65536),
  "a".repeat(65537),
  `${"a".repeat(65535)}\n`,
];

/** The replies one record calls for: an echo's text, an error's line, or any one reply. */
function expectedReply(found: Found): string | RegExp | undefined {
  if ("error" in found) return `-ERR Protocol error: ${errorWords(found.error)}\r\n`;
  const args = "request" in found ? found.request : inlineArguments(found.line);
  if (args === undefined) return "-ERR Protocol error: unbalanced quotes in request\r\n";
  if (args.length === 0) return undefined;
  const [name = "", text = ""] = args;
  if (name.toLowerCase() !== "echo" || args.length !== 2) return /^[-+$*:]/;
  return `$${text.length}\r\n${text}\r\n`;
}

function inlineArguments(line: string): string[] | undefined {
  const bytes = Buffer.from(line, "latin1");
  return splitArguments(bytes, 0, bytes.length)?.map((arg) => Buffer.from(arg).toString("latin1"));
}

function errorWords(error: number): string {
  if ((error & 0xff) !== PROTOCOL_EXPECTED_DOLLAR) return ERROR_WORDS.get(error) ?? "?";
  const byte = String.fromCharCode(error >> 8);
  // The reply is one line, so the server writes a space for a line end.
  return `expected '$', got '${byte.replace(/[\r\n]/, " ")}'`;
}

async function compare(
  server: ServerProcess,
  text: string,
  random: SeededRandom,
  options = RULES,
): Promise<void> {
  const bytes = Buffer.from(text, "latin1");
  const found = scanPieces(INPUT, cutAtRandom(bytes, random), options, random);
  const client = await server.client();
  try {
    client.sendRaw(bytes);
    for (const one of found) {
      const expected = expectedReply(one);
      if (expected === undefined) continue;
      const reply = (await client.readReply(2_000)).toString("latin1");
      if (typeof expected === "string") assert.equal(reply, expected);
      else assert.match(reply, expected);
      // Unbalanced quotes close as errors do.
      if (reply.startsWith("-ERR Protocol error")) return void (await client.closed);
    }
    await assertWaiting(client, server);
    assert.equal(client.unreadReplies(), 0);
  } catch (error) {
    throw new Error(`stream ${JSON.stringify(text.slice(0, 400))}: ${String(error)}`);
  } finally {
    await client.close();
  }
}

/** The server has run all it could of this connection: it has answered another one since. */
async function assertWaiting(
  client: Awaited<ReturnType<ServerProcess["client"]>>,
  server: ServerProcess,
): Promise<void> {
  const other = await server.client();
  await other.command("PING");
  await other.close();
  assert.equal(client.socket.readableEnded, false, "the server closed");
}

test("each rule, alone and followed by a command", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  const random = new SeededRandom(5);
  for (const text of CASES) {
    await compare(server, text, random);
    // What an overlong line does to bytes behind it hangs, in Redis, on how they arrive.
    if (text.length < 60_000) await compare(server, text + LAST, random);
  }
});

test("limits before authentication", async (t) => {
  const config = { requirepass: "secret" };
  const server = await ServerProcess.start({ program: REAL_SERVER, config }, t);
  const options = { ...RULES, isUnauthenticated: true };
  const random = new SeededRandom(6);
  for (const text of ["*10\r\n", "*11\r\n", "*2\r\n$16384\r\n", "*2\r\n$16385\r\n"]) {
    await compare(server, text, random, options);
  }
});

test("random streams: the real server sees the same requests", async (t) => {
  const server = await ServerProcess.start({ program: REAL_SERVER }, t);
  await withSeed(async (random) => {
    for (let count = 0; count < 300; count++) await compare(server, randomEchoes(random), random);
  });
});

/** Streams whose requests name no command that would change the server. */
function randomEchoes(random: SeededRandom): string {
  const safe = randomStream(random).replace(/[a-zA-Z]/g, "z");
  return random.chance(0.5) ? LAST + safe : safe + LAST;
}
