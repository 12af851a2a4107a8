// IDs against a model of two 64-bit numbers: order, neighbours, text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamId } from "../../../../src/types/stream/stream-id";
import {
  NO_ID,
  OPEN_ID,
  SEQ_MAX,
  SEQ_ZERO,
  StreamIdText,
  WHOLE_ID,
} from "../../../../src/types/stream/stream-id-text";
import { type SeededRandom, withSeed } from "../../../support/seeds";

const WORD = 0xffff_ffffn;
const MOST = 2n ** 64n - 1n;
const DASH = 0x2d;
const EDGES = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, MOST - 1n, MOST];

interface Model {
  readonly ms: bigint;
  readonly seq: bigint;
}

function word(value: bigint): number {
  return Number(BigInt.asIntN(32, value & WORD));
}

function idOf({ ms, seq }: Model): StreamId {
  return new StreamId().set(word(ms >> 32n), word(ms), word(seq >> 32n), word(seq));
}

function textOf(id: StreamId): string {
  const bytes = new Uint8Array(50);
  const end = new StreamIdText().format(id, bytes, 3, DASH);
  return Buffer.from(bytes.slice(3, end)).toString();
}

function parse(text: string, missingSeq = SEQ_ZERO): readonly [number, string] {
  const id = new StreamId();
  const bytes = Buffer.from(`xx${text}`, "latin1");
  const found = new StreamIdText().parse(id, bytes, 2, bytes.length - 2, missingSeq);
  return [found, found === NO_ID ? "" : textOf(id)];
}

function someNumber(random: SeededRandom): bigint {
  if (random.chance(0.5)) return random.pick(EDGES);
  return (BigInt(random.word()) << BigInt(random.below(33))) & MOST;
}

test("IDs are ordered, counted on and written as two unsigned 64-bit numbers", () =>
  withSeed((random) => {
    for (let i = 0; i < 5000; i++) {
      const one = { ms: someNumber(random), seq: someNumber(random) };
      const isNear = random.chance(0.5);
      const other = {
        ms: isNear ? one.ms : someNumber(random),
        seq: random.chance(0.2) ? one.seq : someNumber(random),
      };
      const [a, b] = [(one.ms << 64n) | one.seq, (other.ms << 64n) | other.seq];
      const order = a < b ? -1 : Number(a > b);
      assert.equal(idOf(one).compare(idOf(other)), order, `${one.ms}-${one.seq}`);
      assert.equal(textOf(idOf(one)), `${one.ms}-${one.seq}`);
      assert.deepEqual(parse(`${one.ms}-${one.seq}`), [WHOLE_ID, `${one.ms}-${one.seq}`]);
      checkNeighbours(one);
    }
  }));

function checkNeighbours(model: Model): void {
  const number = (model.ms << 64n) | model.seq;
  const next = idOf(model);
  const isLast = number === (1n << 128n) - 1n;
  assert.equal(next.increment(), !isLast);
  const after = isLast ? number : number + 1n;
  assert.equal(textOf(next), `${after >> 64n}-${after & MOST}`);
  const before = idOf(model);
  assert.equal(before.decrement(), number > 0n);
  const less = number === 0n ? 0n : number - 1n;
  assert.equal(textOf(before), `${less >> 64n}-${less & MOST}`);
}

test("what is no ID is refused, and what Redis reads is read", () => {
  for (const text of [
    "",
    "-",
    "+",
    "*",
    "x",
    "1-",
    "-1",
    "1-x",
    "1--1",
    "1-1-1",
    "18446744073709551616",
    "1-18446744073709551616",
    " ",
    "5 ",
    "0x10",
    "1e3",
    `${"1".repeat(64)}-${"1".repeat(64)}`,
  ]) {
    assert.deepEqual(parse(text), [NO_ID, ""], JSON.stringify(text));
  }
  assert.deepEqual(parse("5"), [WHOLE_ID, "5-0"]);
  assert.deepEqual(parse("5", SEQ_MAX), [WHOLE_ID, "5-18446744073709551615"]);
  assert.deepEqual(parse("5-*"), [OPEN_ID, "5-0"]);
  assert.deepEqual(parse("007-01"), [WHOLE_ID, "7-1"]);
  assert.deepEqual(parse("+5-+6"), [WHOLE_ID, "5-6"]);
  assert.deepEqual(parse(" 5"), [WHOLE_ID, "5-0"]);
  assert.deepEqual(parse("5-6\0x"), [WHOLE_ID, "5-6"]);
});
