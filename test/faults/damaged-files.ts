// R7: RDB files with a bit turned or cut short. With a checksum each is refused or holds the same as
// before; without one it may hold something else, but what is read is whole.

import { NodeSender } from "../persistence/node-sender";
import { filled, newNode } from "../persistence/random-data";
import { savedBytes } from "../persistence/saved-bytes";
import { DamagedFileReader } from "./damaged-file-reader";
import { everyType, oldFile, SMALL_LIMITS } from "./every-type";
import { type FaultFigure, type FaultRow, type FaultRun, Misses, sharedCount } from "./fault-row";

const LARGE_BYTES = 1024 * 1024;
const LARGE_FLIPS = 300;
const LARGE_CUTS = 300;
/** Of a file of 1 MiB, the end is cut at every byte. */
const TAIL_BYTES = 40;
const VERSION = 12;

interface DamagedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly hasChecksum: boolean;
}

function smallFiles(seed: number): DamagedFile[] {
  const fuzz = everyType(seed);
  return [true, false].flatMap((hasChecksum) => {
    const name = hasChecksum ? "" : " without a checksum";
    const now = savedBytes(fuzz, { version: VERSION, hasChecksum, access: "idle" });
    return [
      { name: `a file of all types${name}`, bytes: now, hasChecksum },
      { name: `a file of old encodings${name}`, bytes: oldFile(9, hasChecksum), hasChecksum },
    ];
  });
}

function largeFile(run: FaultRun): DamagedFile {
  const fuzz = filled(run.random, run.seed);
  const sender = new NodeSender(fuzz);
  const wanted = LARGE_BYTES * Math.max(run.share, 0.05);
  let bytes = savedBytes(fuzz, { version: VERSION });
  for (let key = 0; bytes.length < wanted; ) {
    for (const end = key + 200; key < end; key++) {
      sender.send("SET", `large:${key}`, run.random.bytes(run.random.below(150)));
      sender.send("RPUSH", `list:${key >> 6}`, run.random.bytes(40), String(key));
      sender.send("HSET", `hash:${key >> 7}`, `field ${key}`, run.random.bytes(20));
    }
    bytes = savedBytes(fuzz, { version: VERSION });
  }
  return { name: "a large file", bytes, hasChecksum: true };
}

class Tally {
  readonly counts = { refused: 0, identical: 0, other: 0 };
  readonly misses = new Misses();
  longestMs = 0;
  peakBytes = 0;

  damage(file: DamagedFile, damaged: Iterable<readonly [where: string, bytes: Buffer]>): void {
    const reader = new DamagedFileReader(newNode(1, SMALL_LIMITS));
    const original = reader.read(file.bytes);
    if (original === undefined) throw new Error(`${file.name} is refused as it is`);
    for (const [where, bytes] of damaged) {
      try {
        const damage = reader.damage(bytes, original);
        this.counts[damage]++;
        if (damage !== "other" || !file.hasChecksum) continue;
        this.misses.add(`${file.name}, ${where}: it is read and holds something else`);
      } catch (error) {
        this.misses.add(`${file.name}, ${where}: ${error instanceof Error ? error.stack : error}`);
        // What is left in the node is of no use any more.
        this.damage(file, []);
        return;
      }
    }
    this.longestMs = Math.max(this.longestMs, reader.longestMs);
    this.peakBytes = Math.max(this.peakBytes, reader.peakBytes);
  }
}

function turned(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >>> 3] ^= 1 << (bit & 7);
  return copy;
}

function* everyBit({ bytes }: DamagedFile, every: number): Iterable<[string, Buffer]> {
  for (let bit = 0; bit < bytes.length * 8; bit += every) {
    yield [`bit ${bit & 7} of byte ${bit >>> 3}`, turned(bytes, bit)];
  }
}

function* everyCut({ bytes }: DamagedFile, every: number): Iterable<[string, Buffer]> {
  for (let length = 0; length < bytes.length; length += every) {
    yield [`cut at ${length}`, bytes.subarray(0, length)];
  }
}

function* someOfLarge(run: FaultRun, { bytes }: DamagedFile): Iterable<[string, Buffer]> {
  for (let left = sharedCount(LARGE_FLIPS, run); left > 0; left--) {
    const bit = run.random.below(bytes.length * 8);
    yield [`bit ${bit & 7} of byte ${bit >>> 3}`, turned(bytes, bit)];
  }
  for (let left = sharedCount(LARGE_CUTS, run); left > 0; left--) {
    const length = run.random.below(bytes.length);
    yield [`cut at ${length}`, bytes.subarray(0, length)];
  }
  for (let length = bytes.length - TAIL_BYTES; length < bytes.length; length++) {
    yield [`cut at ${length}`, bytes.subarray(0, length)];
  }
}

async function run(run: FaultRun): Promise<FaultFigure> {
  const tally = new Tally();
  // Odd, so that a slice meets every bit of a byte.
  const every = run.share >= 1 ? 1 : 2 * Math.round(0.5 / run.share) + 1;
  for (const file of smallFiles(run.seed)) {
    tally.damage(file, everyBit(file, every));
    tally.damage(file, everyCut(file, every));
    run.progress(`${file.name}: ${file.bytes.length} bytes`);
  }
  const large = largeFile(run);
  tally.damage(large, someOfLarge(run, large));
  const { refused, identical, other } = tally.counts;
  return {
    text:
      `${refused + identical + other} damaged files: ${refused} refused, ${identical} identical, ` +
      `${other} without a checksum read as something else and whole, ` +
      `${tally.misses.count} wrong; ` +
      `longest ${Math.round(tally.longestMs)} ms, most memory ${tally.peakBytes} bytes`,
    misses: tally.misses.texts,
  };
}

export const DAMAGED_FILES: FaultRow = {
  id: "R7",
  summary: "RDB files with a bit turned or cut short are refused or identical",
  run,
};
