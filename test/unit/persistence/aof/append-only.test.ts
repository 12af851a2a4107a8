// The append only file as a whole on a node without sockets: its states, and how it makes up for a
// sync that has failed, on a disk that fails when it is told to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { growthToRewrite, RewritePace } from "../../../../src/persistence/aof/rewrite-pace";
import { FuzzNode } from "../../../fuzz/fuzz-node";

/** Steps of files take their time; the promises of a few of them. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await undefined;
}

test("a sync that fails refuses writes until the file was written anew", async () => {
  const fuzz = new FuzzNode(1);
  const { aof } = fuzz.node.persistence;
  fuzz.set("appendonly", "yes");
  fuzz.node.persistence.openAof(() => false);
  assert.equal(aof.state, "on");
  const command = Buffer.from("*1\r\n$4\r\nPING\r\n");
  fuzz.clock.advance(1500);
  fuzz.node.keyspace.setTime(fuzz.clock.nowMs());
  fuzz.aofDisk.failsToSync = true;
  aof.writer.append(command, 0, command.length);
  assert.equal(aof.problem, "Input/output error");
  fuzz.clock.advance(1500);
  fuzz.tick();
  assert.equal(aof.rewrites.isRunning, false, "the disk still fails");
  fuzz.aofDisk.failsToSync = false;
  for (let i = 0; i < 3 && !aof.rewrites.isRunning; i++) {
    fuzz.clock.advance(6000);
    fuzz.node.keyspace.setTime(fuzz.clock.nowMs());
    fuzz.tick();
  }
  assert.equal(aof.rewrites.isRunning, true);
  await settle();
  assert.equal(aof.problem, "Input/output error", "until the base is written");
  fuzz.aofDisk.writeWhole("server", `temp-rewriteaof-bg-${process.pid}.aof`, "base");
  fuzz.snapshots.end();
  await settle();
  assert.equal(aof.problem, undefined);
  assert.deepEqual([aof.rewrites.isRunning, aof.rewrites.begun], [false, 1]);
});

test("rewrites that fail again and again are put off, longer each time", () => {
  const pace = new RewritePace();
  const delays: number[] = [];
  let seconds = 1000;
  const isLimited = (failures: number): boolean =>
    pace.isLimited(failures, seconds, (minutes) => delays.push(minutes));
  assert.equal(isLimited(2), false);
  for (let failures = 3; failures < 12; failures++) {
    assert.equal(isLimited(failures), true);
    seconds += (delays.at(-1) ?? 0) * 60 - 1;
    assert.equal(isLimited(failures), true);
    seconds += 1;
    assert.equal(isLimited(failures), false);
  }
  assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  assert.equal(isLimited(0), false);
  assert.equal(isLimited(3), true);
  assert.equal(delays.at(-1), 1);
});

test("growth is counted from the last rewrite, above a least size", () => {
  const growth = { percentage: 100, leastBytes: 1000, bytes: 2000, baseBytes: 1000 };
  assert.equal(growthToRewrite(growth), 100);
  assert.equal(growthToRewrite({ ...growth, bytes: 1999 }), undefined);
  assert.equal(growthToRewrite({ ...growth, leastBytes: 2000 }), undefined);
  assert.equal(growthToRewrite({ ...growth, percentage: 0 }), undefined);
  assert.equal(growthToRewrite({ ...growth, baseBytes: 0 }), 199_900);
});
