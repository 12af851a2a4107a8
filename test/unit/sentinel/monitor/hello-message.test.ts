// Hello messages: read as they are written, and nothing else is read.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatHello,
  type Hello,
  parseHello,
  placeOf,
} from "../../../../src/sentinel/monitor/hello-message";
import { type SeededRandom, withSeed } from "../../../support/seeds";
import { idOf } from "../sentinel-rig";

const GOOD: Hello = {
  host: "10.0.1.2",
  port: 26379,
  id: idOf(2),
  epoch: 7,
  masterName: "mymaster",
  masterHost: "fd00::1",
  masterPort: 6379,
  masterEpoch: 3,
};

test("a message is read back as it was written", () => {
  assert.deepEqual(parseHello(formatHello(GOOD)), GOOD);
  const text = `10.0.1.2,26379,${idOf(2)},7,mymaster,fd00::1,6379,3`;
  assert.equal(formatHello(GOOD), text);
});

test("where a message of an own id is from is told without reading all of it", () => {
  const text = formatHello(GOOD);
  assert.equal(placeOf(text, GOOD.id), "10.0.1.2,26379");
  assert.equal(placeOf(text, idOf(3)), undefined);
  for (const none of ["", ",", ",,", GOOD.id, `,${GOOD.id}`, `x,${GOOD.id}`]) {
    assert.equal(placeOf(none, GOOD.id), undefined, none);
  }
});

test("what no Sentinel sends is no message", () => {
  const fields = formatHello(GOOD).split(",");
  const wrong: [number, string[]][] = [
    [0, ["", "a b", "a\nb", "\x80", "x".repeat(256)]],
    [1, ["", "0", "65536", "-1", "1e3", "0x10", " 1", "026379", "99999999999999999999"]],
    [2, ["", "a".repeat(39), "a".repeat(41), "g".repeat(40), `${"a".repeat(39)} `]],
    [3, ["", "-1", "1.5", "NaN", "4503599627370497", "18446744073709551615", "01"]],
    [5, ["", "a b"]],
    [6, ["", "0", "70000"]],
    [7, ["", "-3", "9007199254740993"]],
  ];
  for (const [index, texts] of wrong) {
    for (const text of texts) {
      const mutated = fields.with(index, text).join(",");
      assert.equal(parseHello(mutated), undefined, mutated);
    }
  }
  for (const text of ["", ",,,,,,,", fields.slice(1).join(","), `${fields.join(",")},`]) {
    assert.equal(parseHello(text), undefined, text);
  }
  assert.equal(parseHello(fields.with(4, "m".repeat(5000)).join(",")), undefined);
});

test("random and mutated messages are read whole or not at all", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const hello = parseHello(mutate(random, formatHello(GOOD)));
      if (hello === undefined) continue;
      assert.equal(formatHello(hello).split(",").length, 8);
      assert.deepEqual(parseHello(formatHello(hello)), hello);
      for (const port of [hello.port, hello.masterPort]) assert.ok(port >= 1 && port <= 65_535);
      for (const epoch of [hello.epoch, hello.masterEpoch]) assert.ok(epoch <= 2 ** 52);
      assert.match(hello.id, /^[0-9a-fA-F]{40}$/);
    }
  });
});

function mutate(random: SeededRandom, text: string): string {
  let mutated = text;
  const times = 1 + random.below(3);
  for (let count = 0; count < times; count++) {
    const at = random.below(mutated.length + 1);
    const removed = random.below(3);
    const added = random.below(2) === 0 ? "" : String.fromCharCode(random.below(256));
    mutated = mutated.slice(0, at) + added + mutated.slice(at + removed);
  }
  return mutated;
}
