// Which offset of the stream a replica says to have on the disk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SyncedOffset } from "../../../../src/replication/replica/synced-offset";
import { withSeed } from "../../../support/seeds";

class PretendedFile {
  takenBytes = 0;
  durable = 0;
  isOn = true;

  isDurable(takenBytes: number): boolean {
    return this.isOn && this.durable >= takenBytes;
  }
}

test("it names nothing that is not on the disk, and in the end all", () =>
  withSeed((random) => {
    const file = new PretendedFile();
    const synced = new SyncedOffset(file);
    /** Bytes of effects up to each offset. */
    const bytesAt = new Map([[0, 0]]);
    let offset = 0;
    let nowMs = 0;
    for (let step = 0; step < 2000; step++) {
      offset += 1 + random.below(100);
      if (random.chance(0.8)) file.takenBytes += random.below(50);
      bytesAt.set(offset, file.takenBytes);
      nowMs += random.below(40);
      synced.settled(offset, nowMs);
      if (random.chance(0.1)) file.durable += random.below(file.takenBytes - file.durable + 1);
      if (!random.chance(0.2)) continue;
      const told = synced.at(offset);
      assert.ok((bytesAt.get(told) ?? Number.NaN) <= file.durable, `${told} at step ${step}`);
    }
    file.durable = file.takenBytes;
    assert.equal(synced.at(offset), offset);
  }));

test("while much is written it follows the disk at a distance", () => {
  const file = new PretendedFile();
  const synced = new SyncedOffset(file);
  for (let second = 0; second < 5; second++) {
    for (let ms = 0; ms < 1000; ms += 10) {
      file.takenBytes += 10;
      synced.settled(file.takenBytes, second * 1000 + ms);
    }
    file.durable = file.takenBytes - 500;
    const told = synced.at(file.takenBytes);
    assert.ok(told > file.durable - 100 && told <= file.durable, `${told} of ${file.durable}`);
  }
});

test("another history begins at nothing, and without a file nothing is new", () => {
  const file = new PretendedFile();
  const synced = new SyncedOffset(file);
  assert.equal(synced.at(100), 100);
  file.isOn = false;
  assert.equal(synced.at(200), 100);
  synced.reset();
  assert.equal(synced.at(200), 0);
});
