// When saves begin and how they end, with a writer that writes nothing and a clock that is set; and a
// thread that dies.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { SaveOrder } from "../../../src/persistence/snapshot/save-order";
import { SaveProgress } from "../../../src/persistence/snapshot/save-progress";
import { SnapshotThread } from "../../../src/persistence/snapshot/snapshot-thread";
import { FuzzNode } from "../../fuzz/fuzz-node";
import { tempDir } from "../../support/temp-dir";

const ORDER: SaveOrder = {
  data: { aux: [], functions: [], databases: [], access: "none", clockSeconds: 0 },
  versions: [10],
  directory: Buffer.from("/nowhere"),
  temporaryName: "temp.rdb",
  fileName: Buffer.from("dump.rdb"),
  compresses: true,
  hasChecksum: true,
  syncsInSteps: true,
  keyDelayUs: 0,
};

function newNode() {
  const fuzz = new FuzzNode(1);
  const { saves } = fuzz.node.persistence;
  const { stats } = fuzz.node.keyspace;
  return { fuzz, saves, stats, memory: fuzz.node.memory };
}

describe("save points", () => {
  test("begin a save when both their time and their changes have passed", () => {
    const { fuzz, saves, stats } = newNode();
    fuzz.set("save", "60 10 5 1000");
    stats.changes = 10;
    fuzz.clock.advance(60_000);
    fuzz.tick();
    assert.equal(saves.isRunning, false, "60 s are not more than 60 s");
    fuzz.clock.advance(1000);
    fuzz.tick();
    assert.equal(saves.isRunning, true);
    stats.changes = 1007;
    fuzz.snapshots.end();
    assert.equal(stats.unsavedChanges, 997, "what was changed meanwhile is still to be saved");
    fuzz.clock.advance(6000);
    fuzz.tick();
    assert.equal(saves.isRunning, false);
    stats.changes = 1010;
    fuzz.tick();
    assert.equal(saves.isRunning, true);
  });

  test("are tried again five seconds after a failure, while writes are refused", () => {
    const { fuzz, saves, stats, memory } = newNode();
    fuzz.set("save", "1 1");
    stats.changes = 1;
    fuzz.clock.advance(2000);
    fuzz.tick();
    fuzz.snapshots.end({ kind: "failed", problem: "the disk is full" });
    assert.deepEqual([saves.hasFailed, saves.refusesWrites, memory.frozenNow], [true, true, false]);
    fuzz.clock.advance(5000);
    fuzz.tick();
    assert.equal(saves.isRunning, false);
    fuzz.clock.advance(1000);
    fuzz.tick();
    assert.equal(saves.isRunning, true);
    fuzz.snapshots.end();
    assert.deepEqual(
      [saves.hasFailed, saves.refusesWrites, stats.unsavedChanges],
      [false, false, 0],
    );
  });
});

describe("a save in the background", () => {
  test("that is cancelled keeps memory frozen until its writer has let go", () => {
    const { fuzz, saves, stats, memory } = newNode();
    stats.changes = 3;
    assert.equal(saves.startBackground(), true);
    assert.equal(saves.startBackground(), false);
    assert.equal(saves.cancel(), true);
    assert.deepEqual([saves.isRunning, memory.frozenNow], [true, true]);
    fuzz.snapshots.end();
    assert.deepEqual([saves.isRunning, memory.frozenNow], [false, false]);
    assert.deepEqual([saves.hasFailed, saves.saves, stats.unsavedChanges], [false, 0, 3]);
    assert.equal(saves.cancel(), false);
  });

  test("makes a dictionary that was emptied meanwhile narrow again", () => {
    const { fuzz, saves } = newNode();
    const { keyspace, background } = fuzz.node;
    const [database] = keyspace.databases;
    const keys = Array.from({ length: 50_000 }, (_, i) => Buffer.from(`key:${i}`));
    for (const key of keys) {
      const hash = keyspace.hashOf(key, 0, key.length);
      database.setString(0, hash, key, 0, key.length, key, 0, key.length, -1);
    }
    const wide = database.dict.chunks;
    saves.startBackground();
    for (const key of keys) {
      const hash = keyspace.hashOf(key, 0, key.length);
      database.deleteFound(database.find(hash, key, 0, key.length));
    }
    assert.equal(database.dict.chunks, wide);
    fuzz.snapshots.end();
    for (const job of fuzz.node.persistence.jobs()) while (job.hasWork()) job.work(1);
    assert.ok(wide > 50 && database.dict.chunks < 3);
    background.wake();
  });
});

describe("of a cancel and a commit", () => {
  test("exactly one succeeds", () => {
    const cancelled = new SaveProgress();
    assert.deepEqual([cancelled.cancel(), cancelled.beginCommit()], [true, false]);
    const committed = new SaveProgress();
    const other = new SaveProgress(committed.shared);
    assert.deepEqual([other.beginCommit(), committed.cancel()], [true, false]);
    assert.equal(committed.waitForCommit(1), false);
    other.end();
    assert.equal(committed.waitForCommit(1000), true);
  });
});

describe("the thread that writes", () => {
  for (const [how, program] of [
    ["throws", "throw new Error('no memory left');"],
    ["exits", "require('node:worker_threads').parentPort.on('message', () => process.exit(3));"],
  ] as const) {
    test(`${how}: its order has failed, and the next gets a new thread`, async (t) => {
      const file = join(tempDir(t), "worker.js");
      writeFileSync(file, program);
      const thread = new SnapshotThread(file, () => ({ savers: [], rewriters: [] }));
      for (let round = 0; round < 2; round++) {
        const outcome = await new Promise((ended) => {
          thread.begin(ORDER, [], new SaveProgress(), ended);
        });
        assert.match(JSON.stringify(outcome), /failed.*thread that saves has ended with code/);
      }
      await thread.close();
    });
  }

  test("tells what the system said", () => {
    const { memory } = newNode();
    const thread = new SnapshotThread("unused", () => ({ savers: [], rewriters: [] }));
    assert.deepEqual(thread.writeNow(ORDER, memory), {
      kind: "failed",
      problem:
        "Failed opening the temp RDB file temp.rdb (in server root dir /nowhere) for saving: " +
        "No such file or directory",
    });
  });
});
