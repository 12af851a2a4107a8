// The reply writer where its memory ends: what is longer than the output goes out in pieces.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplyWriter } from "../../../src/protocol/reply-writer";

const RUN_WORDS = 4;
const OUTPUT_BYTES = 256;

function written(write: (reply: ReplyWriter) => void): string {
  const output = new Uint8Array(OUTPUT_BYTES);
  const runs = new Uint32Array(64);
  let sent = "";
  const send = (count: number): void => {
    for (let run = 0; run < count; run++) {
      const [, , offset, length] = runs.subarray(run * RUN_WORDS);
      assert.ok(offset + length <= OUTPUT_BYTES, "a run beyond the output");
      sent += Buffer.from(output.slice(offset, offset + length)).toString("latin1");
    }
  };
  const reply = new ReplyWriter(output, runs, send);
  reply.begin(1);
  write(reply);
  send(reply.endTurn());
  return sent;
}

test("an error longer than the output memory is sent whole", () => {
  const text = `ERR ${"x".repeat(OUTPUT_BYTES * 5)}`;
  assert.equal(
    written((reply) => reply.error(text)),
    `-${text}\r\n`,
  );
});

test("line ends in an error become spaces", () => {
  assert.equal(
    written((reply) => reply.error("ERR a\r\nb")),
    "-ERR a  b\r\n",
  );
});
