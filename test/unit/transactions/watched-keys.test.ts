// Watched keys against a plain model: who is told of which change, and that nothing is left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../../src/keyspace/commands/keyspace-commands";
import { Client } from "../../../src/session/client";
import { Transaction } from "../../../src/transactions/transaction";
import { WatchedKeys } from "../../../src/transactions/watched-keys";
import { stringCommands } from "../../../src/types/string/string-commands";
import { StringLimits } from "../../../src/types/string/string-limits";
import { stringType } from "../../../src/types/string/string-value";
import { CommandEngine } from "../../support/command-engine";
import { type SeededRandom, withSeed } from "../../support/seeds";

const KEYS = ["a", "b", "c", "__proto__", ""];
const START_MS = 1_700_000_000_000;

class Rig {
  readonly engine = new CommandEngine({
    commands: [...keyspaceCommands, ...stringCommands(new StringLimits(1 << 20))],
    types: [stringType],
  });
  isListening = false;
  readonly watched = new WatchedKeys(this.engine.keyspace, (_listener, isListening) => {
    assert.notEqual(isListening, this.isListening, "told of a change only");
    this.isListening = isListening;
  });

  constructor() {
    this.engine.setNow(START_MS);
  }

  join(id: number): Transaction {
    const address = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
    const transaction = new Transaction();
    transaction.client = new Client(id, 0, address, 0);
    return transaction;
  }

  watch(transaction: Transaction, key: string): void {
    // Its arguments are left to be looked at.
    this.engine.run("exists", key);
    this.watched.watch(transaction, this.engine.call, 1);
  }

  change(key: string): void {
    if (!this.isListening) return;
    const bytes = Buffer.from(key);
    this.watched.changed(this.engine.keyspace.databases[0], bytes, 0, bytes.length);
  }
}

interface Watcher {
  readonly transaction: Transaction;
  readonly keys: Set<string>;
}

function step(rig: Rig, watchers: readonly Watcher[], random: SeededRandom): void {
  const one = random.pick(watchers);
  const { client } = one.transaction;
  const key = random.pick(KEYS);
  const choice = random.below(4);
  if (choice < 2) {
    if (client.isDirty) return;
    rig.watch(one.transaction, key);
    one.keys.add(key);
  } else if (choice === 2) {
    rig.watched.unwatchAll(one.transaction);
    client.isDirty = false;
    one.keys.clear();
  } else {
    rig.change(key);
    for (const { keys, transaction } of watchers) {
      if (!keys.has(key)) continue;
      assert.equal(transaction.client.isDirty, true);
      keys.clear();
    }
  }
}

test("random watches, changes and ends", () =>
  withSeed((random) => {
    const rig = new Rig();
    const watchers = Array.from({ length: 6 }, (_, id) => ({
      transaction: rig.join(id),
      keys: new Set<string>(),
    }));
    for (let n = 0; n < 5000; n++) {
      step(rig, watchers, random);
      const all = new Set(watchers.flatMap(({ keys }) => [...keys]));
      assert.equal(rig.watched.count, all.size);
      for (const { transaction, keys } of watchers) {
        assert.equal(transaction.watches.length, keys.size);
        assert.equal(transaction.client.watchedBytes > 0, keys.size > 0);
        if (keys.size > 0) assert.equal(transaction.client.isDirty, false);
      }
      if (all.size > 0) assert.equal(rig.isListening, true);
    }
    for (const { transaction } of watchers) rig.watched.unwatchAll(transaction);
    assert.deepEqual([rig.watched.count, rig.isListening], [0, false]);
  }));

test("a key that expires unnoticed is found at EXEC, one that had expired before is not", () => {
  const rig = new Rig();
  const early = rig.join(1);
  const late = rig.join(2);
  rig.engine.run("set", "k", "v", "px", "100");
  rig.watch(early, "k");
  assert.equal(rig.watched.hasExpired(early), false);
  rig.engine.keyspace.expiresKeys = false;
  rig.engine.setNow(START_MS + 200);
  rig.watch(late, "k");
  assert.equal(rig.watched.hasExpired(early), true);
  assert.equal(rig.watched.hasExpired(late), false);
});

test("two hundred clients watch one key, and each is told", () => {
  const rig = new Rig();
  const many = Array.from({ length: 200 }, (_, id) => rig.join(id));
  for (const one of many) rig.watch(one, "k");
  assert.equal(rig.watched.count, 1);
  rig.change("other");
  assert.ok(many.every((one) => !one.client.isDirty));
  rig.change("k");
  assert.ok(many.every((one) => one.client.isDirty && one.watches.length === 0));
  assert.equal(rig.watched.count, 0);
});
