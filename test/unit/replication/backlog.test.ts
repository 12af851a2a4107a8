import assert from "node:assert/strict";
import { test } from "node:test";
import { Backlog, type BacklogReader } from "../../../src/replication/backlog";
import { withSeed } from "../../support/seeds";

const KIB = 1024;

/** The byte that the tests write at an offset, so that any byte tells whether it is the right one. */
function byteAt(offset: number): number {
  return (Math.imul(offset, 2654435761) >>> 13) & 0xff;
}

function write(backlog: Backlog, length: number): void {
  const bytes = new Uint8Array(length + 2);
  for (let i = 0; i < length; i++) bytes[i + 1] = byteAt(backlog.offset + 1 + i);
  backlog.append(bytes, 1, length);
  bytes.fill(0);
}

function readAndCheck(reader: BacklogReader, most: number): number {
  if (!reader.peek(most)) return 0;
  const { bytes, at, length, nextOffset } = reader;
  assert.ok(length <= most);
  for (let i = 0; i < length; i++) assert.equal(bytes[at + i], byteAt(nextOffset + i));
  reader.advance(length);
  return length;
}

test("a closed backlog keeps nothing and does not count", () => {
  const backlog = new Backlog(16 * KIB);
  write(backlog, 100);
  assert.deepEqual(
    [backlog.offset, backlog.isOpen, backlog.firstOffset, backlog.historyBytes, backlog.usedBytes],
    [0, false, 0, 0, 0],
  );
  assert.equal(backlog.has(1), false);
  assert.throws(() => backlog.reader(1), RangeError);
});

test("an open backlog is read from its first byte to the next one", () => {
  const backlog = new Backlog(16 * KIB);
  backlog.open(1000);
  assert.equal(backlog.firstOffset, 1001);
  assert.ok(backlog.has(1001) && !backlog.has(1000) && !backlog.has(1002));
  write(backlog, 10);
  assert.ok(backlog.has(1001) && backlog.has(1011) && !backlog.has(1012));
  const reader = backlog.reader(1004);
  assert.equal(reader.distanceBytes, 7);
  assert.equal(readAndCheck(reader, 3), 3);
  assert.equal(readAndCheck(reader, 100), 4);
  assert.equal(readAndCheck(reader, 100), 0);
  write(backlog, 5);
  assert.equal(readAndCheck(reader, 100), 5);
  reader.close();
  assert.equal(reader.peek(1), false);
});

test("what the size asks for is kept, and not much more", () => {
  const backlog = new Backlog(16 * KIB);
  backlog.open(0);
  for (let i = 0; i < 1000; i++) {
    write(backlog, 333);
    const most = 16 * KIB + 4 * KIB;
    assert.ok(backlog.historyBytes >= Math.min(backlog.offset, 16 * KIB));
    assert.ok(backlog.historyBytes <= most, `${backlog.historyBytes}`);
    assert.ok(backlog.usedBytes <= most + 2 * 4 * KIB, `${backlog.usedBytes}`);
  }
});

test("a slow reader keeps what it has not read, and lets it go when it is closed", () => {
  const backlog = new Backlog(16 * KIB);
  backlog.open(0);
  const slow = backlog.reader(1);
  const quick = backlog.reader(1);
  for (let i = 0; i < 100; i++) {
    write(backlog, KIB);
    readAndCheck(quick, KIB);
  }
  assert.equal(slow.distanceBytes, 100 * KIB);
  assert.equal(backlog.firstOffset, 1);
  assert.throws(() => backlog.close(), /being read/);
  let total = 0;
  for (let got = 1; got > 0; total += got) got = readAndCheck(slow, 60 * KIB);
  assert.equal(total, 100 * KIB);
  assert.ok(backlog.historyBytes <= 20 * KIB);
  const late = backlog.reader(backlog.firstOffset);
  write(backlog, 50 * KIB);
  assert.ok(backlog.historyBytes > 50 * KIB);
  slow.close();
  quick.close();
  assert.ok(backlog.historyBytes > 50 * KIB);
  late.close();
  assert.ok(backlog.historyBytes <= 20 * KIB);
  backlog.close();
  assert.equal(backlog.usedBytes, 0);
});

test("a reader at the end of a full block does not hold it", () => {
  const backlog = new Backlog(16 * KIB);
  backlog.open(0);
  write(backlog, 4 * KIB);
  const reader = backlog.reader(1);
  while (readAndCheck(reader, 100 * KIB) > 0);
  for (let i = 0; i < 40; i++) {
    write(backlog, 4 * KIB);
    while (readAndCheck(reader, 100 * KIB) > 0);
  }
  assert.ok(backlog.historyBytes <= 20 * KIB);
});

test("it is made larger and smaller while it is read", () => {
  const backlog = new Backlog(64 * KIB);
  backlog.open(0);
  write(backlog, 64 * KIB);
  const reader = backlog.reader(1);
  backlog.resize(16 * KIB);
  assert.equal(backlog.firstOffset, 1);
  readAndCheck(reader, 64 * KIB);
  while (readAndCheck(reader, 64 * KIB) > 0);
  assert.ok(backlog.historyBytes <= 24 * KIB);
  backlog.resize(1024 * KIB);
  const first = backlog.firstOffset;
  write(backlog, 900 * KIB);
  assert.equal(backlog.firstOffset, first);
  while (readAndCheck(reader, 64 * KIB) > 0);
  assert.equal(reader.nextOffset, backlog.offset + 1);
});

test("random writes, readers and sizes against the plain model", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 40; round++) {
      const backlog = new Backlog(16 * KIB);
      const start = random.below(1_000_000);
      backlog.open(start);
      let size = 16 * KIB;
      const readers: BacklogReader[] = [];
      for (let i = 0; i < 300; i++) {
        const die = random.below(20);
        if (die < 9) write(backlog, random.below(random.pick([10, 500, 9000])));
        else if (die < 11)
          readers.push(backlog.reader(aHeldOffset(backlog, random.below(2 ** 30))));
        else if (die < 12) readers.splice(random.below(readers.length + 1), 1)[0]?.close();
        else if (die < 13) {
          size = random.pick([16, 20, 64, 300]) * KIB;
          backlog.resize(size);
        } else if (readers.length > 0) readAndCheck(random.pick(readers), random.below(20_000) + 1);
        check(backlog, readers, start, size);
      }
      for (const reader of readers) {
        while (readAndCheck(reader, 5000) > 0);
        assert.equal(reader.nextOffset, backlog.offset + 1);
        reader.close();
      }
      backlog.close();
      assert.equal(backlog.usedBytes, 0);
    }
  });
});

function aHeldOffset(backlog: Backlog, draw: number): number {
  return backlog.firstOffset + (draw % (backlog.historyBytes + 1));
}

function check(
  backlog: Backlog,
  readers: readonly BacklogReader[],
  start: number,
  size: number,
): void {
  assert.ok(backlog.usedBytes >= backlog.historyBytes);
  for (const reader of readers) {
    assert.ok(reader.nextOffset >= backlog.firstOffset && reader.distanceBytes >= 0);
  }
  // A smaller size lets bytes go for good, so a larger one after it cannot ask for them.
  if (size === 16 * KIB) {
    assert.ok(backlog.historyBytes >= Math.min(backlog.offset - start, size));
  }
}
