// The splitter against replies of every type, cut at every place, and against what is not RESP.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeReply } from "./reply";
import { ProtocolViolation, ReplySplitter } from "./reply-splitter";
import { withSeed } from "./seeds";

const REPLIES = [
  "+OK\r\n",
  "-ERR unknown command\r\n",
  ":0\r\n",
  ":-9223372036854775808\r\n",
  "$0\r\n\r\n",
  "$5\r\na\r\nbc\r\n",
  "$-1\r\n",
  "*-1\r\n",
  "*0\r\n",
  "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
  "_\r\n",
  "#t\r\n",
  ",1.5\r\n",
  ",-inf\r\n",
  ",1e+20\r\n",
  "(123456789012345678901234567890\r\n",
  "!5\r\nERR x\r\n",
  "=7\r\ntxt:abc\r\n",
  "%2\r\n+a\r\n:1\r\n+b\r\n*0\r\n",
  "~2\r\n:1\r\n:2\r\n",
  ">2\r\n+message\r\n$1\r\nx\r\n",
  "|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n:2\r\n",
  "%0\r\n",
];

function splitAll(chunks: readonly Buffer[]): string[] {
  const splitter = new ReplySplitter();
  const replies: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let reply = splitter.next(); reply !== null; reply = splitter.next()) {
      replies.push(reply.toString("latin1"));
    }
  }
  assert.equal(splitter.pending().length, 0);
  return replies;
}

test("replies are the same wherever the stream is cut", () => {
  const stream = Buffer.from(REPLIES.join(""), "latin1");
  assert.deepEqual(splitAll([stream]), REPLIES);
  assert.deepEqual(splitAll(Array.from(stream, (byte) => Buffer.from([byte]))), REPLIES);
  for (let cut = 1; cut < stream.length; cut++) {
    assert.deepEqual(splitAll([stream.subarray(0, cut), stream.subarray(cut)]), REPLIES);
  }
});

test("large replies in random pieces come out whole", () =>
  withSeed((random) => {
    const sent: string[] = [];
    for (let count = 0; count < 40; count++) {
      const body = "x".repeat(random.below(60_000));
      sent.push(`*2\r\n$${body.length}\r\n${body}\r\n${random.pick(REPLIES)}`);
    }
    const stream = Buffer.from(sent.join(""), "latin1");
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length; ) {
      const length = random.between(1, 30_000);
      chunks.push(stream.subarray(at, at + length));
      at += length;
    }
    assert.deepEqual(splitAll(chunks), sent);
  }));

test("what is not RESP is refused", () => {
  const wrong = [
    "OK\r\n",
    "+OK\n",
    "\n",
    ":\r\n",
    ":1.5\r\n",
    ":+1\r\n",
    "$-2\r\n",
    "$01\r\na\r\n",
    "$1\r\nab\r\n",
    "$99999999999\r\n",
    "%-1\r\n",
    "~x\r\n",
    "#x\r\n",
    ",1.\r\n",
    ",0x10\r\n",
    "(1.0\r\n",
    "_x\r\n",
    "+a\rb\r\n",
    "*1\r\n".repeat(1000),
  ];
  for (const text of wrong) {
    const splitter = new ReplySplitter();
    splitter.push(Buffer.from(text, "latin1"));
    assert.throws(() => splitter.next(), ProtocolViolation, JSON.stringify(text));
  }
});

test("decoded replies keep what RESP3 tells apart", () => {
  const decoded = REPLIES.map((reply) => decodeReply(Buffer.from(reply, "latin1")));
  assert.deepEqual(decoded, [
    "OK",
    { error: "ERR unknown command" },
    0,
    -9223372036854775808n,
    "",
    "a\r\nbc",
    null,
    null,
    [],
    ["a", [1]],
    null,
    true,
    { double: "1.5" },
    { double: "-inf" },
    { double: "1e+20" },
    { bigNumber: "123456789012345678901234567890" },
    { error: "ERR x" },
    { format: "txt", verbatim: "abc" },
    {
      map: [
        ["a", 1],
        ["b", []],
      ],
    },
    { set: [1, 2] },
    { push: ["message", "x"] },
    { attributes: [["ttl", 3600]], reply: [1, 2] },
    { map: [] },
  ]);
  assert.deepEqual(
    decodeReply(Buffer.from("$2\r\n\xff\xfe\r\n", "latin1")),
    Buffer.from("\xff\xfe", "latin1"),
  );
});
