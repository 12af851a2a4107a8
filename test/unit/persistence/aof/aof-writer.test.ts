// When the writer of the append only file writes and syncs, and what it does when the disk refuses:
// with a file that says what was done to it and fails when it is told to, and a clock that is set.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AofOutput } from "../../../../src/persistence/aof/aof-output";
import { AofWriter, type SyncPolicy } from "../../../../src/persistence/aof/aof-writer";
import { SeededRandom, withSeed } from "../../../support/seeds";

class Exited extends Error {}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

class PretendedOutput implements AofOutput {
  readonly sizeBytes = 0;
  text = "";
  syncs = 0;
  /** Bytes that no loss of power takes. */
  onDisk = 0;
  isClosed = false;
  /** Bytes it takes before it is full. */
  roomBytes = Number.POSITIVE_INFINITY;
  mostAtOnceBytes = Number.POSITIVE_INFINITY;
  failsToTruncate = false;
  failsToSync = false;
  readonly #pending: ((error: Error | null) => void)[] = [];

  write(bytes: Uint8Array, at: number, length: number): number {
    const taken = Math.min(length, this.roomBytes, this.mostAtOnceBytes);
    if (taken === 0) throw systemError("ENOSPC");
    this.roomBytes -= taken;
    this.text += Buffer.from(bytes.subarray(at, at + taken)).toString("latin1");
    return taken;
  }

  sync(): void {
    if (this.failsToSync) throw systemError("EIO");
    this.syncs++;
    this.onDisk = this.text.length;
  }

  syncLater(done: (error: Error | null) => void): void {
    const { length } = this.text;
    this.#pending.push((error) => {
      if (error === null) this.onDisk = Math.max(this.onDisk, length);
      done(error);
    });
  }

  truncate(sizeBytes: number): void {
    if (this.failsToTruncate) throw systemError("EIO");
    this.roomBytes += this.text.length - sizeBytes;
    this.text = this.text.slice(0, sizeBytes);
  }

  close(): void {
    this.isClosed = true;
  }

  get pendingSyncs(): number {
    return this.#pending.length;
  }

  endSync(error: Error | null = null): void {
    const done = this.#pending.shift();
    assert.ok(done !== undefined, "no sync is under way");
    if (error === null) this.syncs++;
    done(error);
  }
}

function newRig(policy: SyncPolicy) {
  const settings = {
    policy,
    writesTimestamps: false,
    holdsSyncs: false,
    isBesideJob: false,
    writeDelayUs: 0,
  };
  const log: string[] = [];
  const output = new PretendedOutput();
  const clock = { nowMs: 1_000_000 };
  const told: number[] = [];
  const writer = new AofWriter({
    settings,
    nowMs: () => clock.nowMs,
    monotonicMs: () => clock.nowMs,
    log: { notice: (text) => log.push(text), warning: (text) => log.push(text) },
    onLatency: () => undefined,
    statusChanged: () => undefined,
    becameDurable: () => void told.push(writer.progress.durable),
    exit: () => {
      throw new Exited();
    },
  });
  writer.switchTo(output);
  const append = (text: string): void => {
    writer.append(Buffer.from(text, "latin1"), 0, text.length);
  };
  return Object.assign(clock, { settings, log, output, writer, append, told });
}

/** What is on the disk of one file after the other, up to the first byte that is not. */
function onDiskOf(outputs: readonly PretendedOutput[]): number {
  let bytes = 0;
  for (const { text, onDisk } of outputs) {
    bytes += onDisk;
    if (onDisk < text.length) break;
  }
  return bytes;
}

describe("the writer of the append only file", () => {
  test("syncs under `always` before it returns, under `no` never", () => {
    const always = newRig("always");
    always.append("one");
    always.append("two");
    assert.deepEqual([always.output.text, always.output.syncs], ["onetwo", 2]);
    const never = newRig("no");
    never.append("one");
    never.nowMs += 10_000;
    never.append("two");
    never.writer.tick(true);
    assert.deepEqual([never.output.text, never.output.pendingSyncs], ["onetwo", 0]);
  });

  test("syncs under `everysec` once a second, also when no more is written", () => {
    const rig = newRig("everysec");
    rig.append("one");
    assert.equal(rig.output.pendingSyncs, 0);
    rig.nowMs += 1000;
    rig.writer.tick(true);
    assert.deepEqual([rig.output.pendingSyncs, rig.writer.pendingSyncs], [1, 1]);
    rig.output.endSync();
    rig.nowMs += 5000;
    rig.writer.tick(true);
    assert.equal(rig.output.pendingSyncs, 0, "there is nothing to sync");
  });

  test("tells what is on the disk: no more than is, and in the end all", () =>
    withSeed((random) => {
      for (const policy of ["always", "everysec", "no"] as const) {
        const rig = newRig(policy);
        const outputs = [rig.output];
        for (let step = 0; step < 300; step++) {
          const last = outputs.at(-1) as PretendedOutput;
          if (random.chance(0.5)) rig.append("x".repeat(1 + random.below(20)));
          if (random.chance(0.3)) rig.nowMs += random.below(1500);
          if (random.chance(0.3)) rig.writer.tick(random.chance(0.5));
          const pending = random.pick(outputs);
          if (pending.pendingSyncs > 0) pending.endSync();
          if (random.chance(0.03) && rig.writer.bufferedBytes === 0) {
            outputs.push(new PretendedOutput());
            rig.writer.switchTo(outputs.at(-1) as PretendedOutput);
          }
          // Under `always` a full disk ends the process.
          if (policy !== "always" && random.chance(0.02)) last.roomBytes = random.below(30);
          else if (random.chance(0.3)) last.roomBytes = Number.POSITIVE_INFINITY;
          assert.ok(rig.writer.progress.durable <= onDiskOf(outputs), `step ${step}, ${policy}`);
        }
        for (const output of outputs) output.roomBytes = Number.POSITIVE_INFINITY;
        rig.writer.flush(true);
        for (let round = 0; round < 3; round++) {
          for (const output of outputs) while (output.pendingSyncs > 0) output.endSync();
          rig.nowMs += 2000;
          rig.writer.tick(true);
        }
        if (policy === "no") assert.equal(rig.writer.progress.durable, 0);
        else assert.equal(rig.writer.progress.durable, rig.writer.progress.taken, policy);
        assert.deepEqual(
          rig.told,
          [...new Set(rig.told)].sort((one, other) => one - other),
        );
      }
    }));

  test("knows nothing to be on the disk behind a sync that failed, until a base tells it anew", () => {
    const rig = newRig("everysec");
    rig.append("one");
    rig.nowMs += 1000;
    rig.writer.tick(true);
    rig.output.endSync(systemError("EIO"));
    rig.append("two");
    rig.nowMs += 1000;
    rig.writer.tick(true);
    rig.output.endSync();
    assert.equal(rig.writer.progress.durable, 0);
    const next = new PretendedOutput();
    rig.writer.switchTo(next);
    rig.append("three");
    rig.output.endSync();
    rig.writer.renewed();
    assert.equal(rig.writer.progress.durable, 6);
    rig.nowMs += 1000;
    rig.writer.tick(true);
    next.endSync();
    assert.equal(rig.writer.progress.durable, 11);
  });

  test("puts a write off for a sync under way, two seconds at most", () => {
    const rig = newRig("everysec");
    rig.nowMs += 1000;
    rig.append("one ");
    assert.equal(rig.output.pendingSyncs, 1);
    rig.append("two ");
    rig.nowMs += 1999;
    rig.append("three ");
    assert.deepEqual([rig.output.text, rig.writer.bufferedBytes], ["one ", 10]);
    rig.nowMs += 1;
    rig.writer.tick(false);
    assert.deepEqual([rig.output.text, rig.writer.delayedSyncs], ["one two three ", 1]);
    assert.match(rig.log.join(), /Asynchronous AOF fsync is taking too long/);
    rig.append("four ");
    rig.output.endSync();
    assert.equal(rig.output.text, "one two three four ", "the end of a sync lets writes go on");
  });

  test("syncs nothing while that is held back for a rewrite", () => {
    const rig = newRig("always");
    rig.settings.holdsSyncs = true;
    rig.append("one");
    assert.equal(rig.output.syncs, 0);
    rig.settings.holdsSyncs = false;
    rig.writer.tick(false);
    assert.equal(rig.output.syncs, 1);
  });

  test("takes a torn write back, refuses, and goes on when there is room", () => {
    const rig = newRig("everysec");
    rig.append("whole ");
    rig.output.roomBytes = 3;
    rig.append("torn ");
    assert.deepEqual([rig.output.text, rig.writer.problem], ["whole ", "No space left on device"]);
    assert.match(rig.log.join(), /Short write while writing to the AOF file: \(nwritten=3, expect/);
    rig.output.roomBytes = 0;
    rig.append("expired ");
    rig.writer.tick(true);
    assert.equal(rig.output.text, "whole ");
    rig.output.roomBytes = 100;
    rig.writer.tick(true);
    assert.deepEqual([rig.output.text, rig.writer.problem], ["whole torn expired ", undefined]);
    assert.equal(rig.writer.fileBytes, rig.output.text.length);
    assert.equal(rig.log.at(-1), "AOF write error looks solved, Redis can write again.");
  });

  test("goes on behind a torn write that cannot be taken back", () => {
    const rig = newRig("everysec");
    rig.output.roomBytes = 3;
    rig.output.failsToTruncate = true;
    rig.append("abcdef");
    assert.deepEqual([rig.output.text, rig.writer.fileBytes], ["abc", 3]);
    rig.output.roomBytes = 100;
    rig.writer.tick(true);
    assert.deepEqual([rig.output.text, rig.writer.fileBytes], ["abcdef", 6]);
  });

  test("ends the process under `always` when it cannot write or sync", () => {
    const full = newRig("always");
    full.output.roomBytes = 2;
    assert.throws(() => full.append("abc"), Exited);
    assert.equal(full.output.text, "");
    assert.match(full.log.join(), /Can't recover from AOF write error/);
    const failing = newRig("always");
    failing.output.failsToSync = true;
    assert.throws(() => failing.append("abc"), Exited);
    assert.match(failing.log.join(), /Can't persist AOF for fsync error.*Input\/output error/);
  });

  test("does not trust a sync after one that failed, but only new files", () => {
    const rig = newRig("everysec");
    rig.nowMs += 1000;
    rig.append("one");
    rig.output.endSync(systemError("EIO"));
    assert.equal(rig.writer.problem, "Input/output error");
    assert.equal(rig.writer.needsNewFiles, false, "syncs fail still, as far as is known");
    rig.nowMs += 1000;
    rig.writer.tick(true);
    rig.output.endSync();
    assert.deepEqual([rig.writer.problem, rig.writer.needsNewFiles], ["Input/output error", true]);
    rig.writer.renewed();
    assert.equal(rig.writer.problem, "Input/output error", "the same file is no new one");
    rig.writer.switchTo(new PretendedOutput());
    rig.output.endSync();
    rig.writer.renewed();
    assert.equal(rig.writer.problem, undefined);
    assert.equal(rig.output.isClosed, true);
  });

  test("writes to the next file at once, but syncs it behind the last", () => {
    const rig = newRig("everysec");
    rig.append("old");
    const next = new PretendedOutput();
    rig.writer.switchTo(next);
    rig.append("new");
    rig.nowMs += 1000;
    rig.append("er");
    assert.deepEqual([next.text, next.pendingSyncs, rig.output.isClosed], ["newer", 0, false]);
    rig.output.endSync();
    rig.nowMs += 1000;
    rig.writer.tick(true);
    assert.deepEqual([rig.output.text, next.pendingSyncs, rig.output.isClosed], ["old", 1, true]);
  });

  test("tells the time in front of what it writes, once in a second", () => {
    const rig = newRig("no");
    rig.settings.writesTimestamps = true;
    rig.append("a ");
    rig.append("b ");
    rig.nowMs += 1000;
    rig.append("c ");
    assert.equal(rig.output.text, "#TS:1000\r\na b #TS:1001\r\nc ");
  });

  test("has written all of it in order after any history of problems", async () => {
    await withSeed((random) => {
      for (let history = 0; history < 200; history++) liveThrough(new SeededRandom(random.word()));
    });
  });
});

/** Only whole calls are in the file at the end, each once, whatever the disk did meanwhile. */
function liveThrough(random: SeededRandom): void {
  const rig = newRig(random.pick(["everysec", "no"]));
  let expected = "";
  for (let step = 0; step < 60; step++) {
    const event = random.below(10);
    if (event < 5) {
      const text = `${step};`.repeat(random.between(1, 300));
      expected += text;
      rig.append(text);
    } else if (event < 7) {
      rig.nowMs += random.below(1500);
      rig.writer.tick(random.chance(0.5));
    } else if (event < 8) {
      rig.output.roomBytes = random.pick([0, 1, 100, 5000, Number.POSITIVE_INFINITY]);
      rig.output.mostAtOnceBytes = random.pick([7, 1000, Number.POSITIVE_INFINITY]);
      rig.output.failsToTruncate = random.chance(0.3);
    } else if (rig.output.pendingSyncs > 0) {
      rig.output.endSync();
    }
    assert.ok(expected.startsWith(rig.output.text));
    assert.equal(rig.output.text.length, rig.writer.fileBytes);
  }
  while (rig.output.pendingSyncs > 0) rig.output.endSync();
  rig.output.roomBytes = Number.POSITIVE_INFINITY;
  rig.writer.flush(true);
  assert.equal(rig.output.text, expected);
  assert.equal(rig.writer.problem, undefined);
}
