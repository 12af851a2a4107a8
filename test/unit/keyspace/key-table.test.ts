// The table of keys that clients wait for or watch, against a plain model.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type KeyNode, KeyTable } from "../../../src/keyspace/key-table";
import { type SeededRandom, withSeed } from "../../support/seeds";

const KEYS = ["", "k", "kk", "__proto__", "\x00", "\xff\x00\r\n", "constructor"];
const MOST = 3000;

function drawKey(random: SeededRandom): Buffer {
  const text = random.chance(0.2) ? random.pick(KEYS) : `key${random.below(MOST)}`;
  return Buffer.from(text, "latin1");
}

/** Few hashes, so that chains hold several keys of one hash. */
function hashOf(key: Buffer, spread: number): number {
  let hash = 0;
  for (const byte of key) hash = (Math.imul(hash, 31) + byte) | 0;
  return Math.imul(hash % spread, 0x9e3779b1) | 0;
}

function find(table: KeyTable<number>, db: number, key: Buffer, spread: number) {
  const padded = Buffer.concat([Buffer.from("<"), key, Buffer.from(">")]);
  return table.find(db, hashOf(key, spread), padded, 1, key.length);
}

for (const spread of [1, 50, 2 ** 31]) {
  test(`random keys of ${spread} hashes are found as long as they are there`, () =>
    withSeed((random) => {
      const table = new KeyTable<number>();
      const model = new Map<string, KeyNode<number>>();
      for (let step = 0; step < 5000; step++) {
        // Waves, so that the table grows and shrinks.
        const adds = Math.floor(step / 1000) % 2 === 0;
        const key = drawKey(random);
        const db = random.below(3);
        const name = `${db}:${key.toString("latin1")}`;
        const known = model.get(name);
        assert.equal(find(table, db, key, spread), known);
        if (known === undefined && random.chance(adds ? 0.9 : 0.1)) {
          model.set(name, table.add(db, hashOf(key, spread), key, step));
        } else if (known !== undefined && random.chance(adds ? 0.1 : 0.9)) {
          table.remove(known);
          model.delete(name);
        }
        assert.equal(table.size, model.size);
      }
      for (const db of [0, 1, 2]) {
        const inDatabase = [...model.values()].filter((node) => node.db === db);
        assert.deepEqual(new Set(table.of(db)), new Set(inDatabase));
      }
      for (const node of model.values()) table.remove(node);
      assert.equal(table.size, 0);
    }));
}

test("a node that is in no chain cannot be taken out", () => {
  const table = new KeyTable<number>();
  const node = table.add(0, 1, Buffer.from("k"), 1);
  table.remove(node);
  assert.throws(() => table.remove(node), /no chain/);
});
