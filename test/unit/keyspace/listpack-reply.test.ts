// Ranges of a listpack as replies: the loop for small elements, whatever lies between them, and
// outputs so small that they are sent in the middle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { replyElement, replyElements } from "../../../src/keyspace/listpack-reply";
import { Arena } from "../../../src/memory/arena";
import { ReplyWriter } from "../../../src/protocol/reply-writer";
import { Listpack } from "../../../src/structures/listpack";
import { type SeededRandom, withSeed } from "../../support/seeds";

const RUN_WORDS = 4;
const NUMBERS = ["0", "9", "10", "99", "100", "127", "128", "-1", "70000", "9223372036854775807"];
const LENGTHS = [0, 1, 3, 9, 10, 11, 62, 63, 64, 65, 300, 5000, 20_000];

function sentBy(arena: Arena, outputBytes: number, write: (reply: ReplyWriter) => void): string {
  const output = new Uint8Array(outputBytes);
  const runs = new Uint32Array(64);
  const sent: Buffer[] = [];
  const send = (count: number): void => {
    for (let run = 0; run < count; run++) {
      const [, source, offset, length] = runs.subarray(run * RUN_WORDS);
      const bytes = source === 0 ? output : arena.bytes[source - 1];
      sent.push(Buffer.from(bytes.slice(offset, offset + length)));
    }
  };
  const reply = new ReplyWriter(output, runs, send);
  reply.begin(1);
  write(reply);
  send(reply.endTurn());
  return Buffer.concat(sent).toString("latin1");
}

function drawn(random: SeededRandom): string {
  if (random.chance(0.4)) return random.pick(NUMBERS);
  const length = random.chance(0.8) ? random.below(12) : random.pick(LENGTHS);
  return random.bytes(length).toString("latin1");
}

test("a range of elements is the bulk strings of each", () =>
  withSeed((random) => {
    for (let round = 0; round < 60; round++) {
      const arena = new Arena();
      const pack = new Listpack(arena).create(0);
      const values = Array.from({ length: random.between(1, 80) }, () => drawn(random));
      for (const value of values) pack.append(Buffer.from(value, "latin1"), 0, value.length);
      const start = random.below(values.length);
      const count = random.below(values.length - start + 1);
      const bulks = values.map((value) => `$${value.length}\r\n${value}\r\n`);
      const outputBytes = random.pick([100, 128, 500, 1 << 16]);
      const range = sentBy(arena, outputBytes, (reply) => {
        replyElements(reply, pack, pack.seek(start), count);
      });
      assert.equal(range, bulks.slice(start, start + count).join(""));
      const one = sentBy(arena, outputBytes, (reply) => {
        replyElement(reply, pack, pack.seek(start));
      });
      assert.equal(one, bulks[start]);
    }
  }));
