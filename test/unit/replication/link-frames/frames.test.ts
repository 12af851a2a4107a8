import assert from "node:assert/strict";
import { test } from "node:test";
import { type Lz4Blocks, loadLz4 } from "../../../../src/native/lz4-blocks";
import { RUN_WORDS } from "../../../../src/net/transport";
import { ReplyWriter } from "../../../../src/protocol/reply-writer";
import {
  FRAME_HEADER_BYTES,
  FRAME_LZ4,
  FRAME_STORED,
  MOST_FRAME_BYTES,
} from "../../../../src/replication/link-frames/frame-format";
import { FrameProblem, FrameReader } from "../../../../src/replication/link-frames/frame-reader";
import { FrameWriter } from "../../../../src/replication/link-frames/frame-writer";
import { type SeededRandom, withSeed } from "../../../support/seeds";

const SOURCE = {};
const PIECES_SEGMENT = 0;

function loaded(): Lz4Blocks {
  const lz4 = loadLz4();
  if (typeof lz4 === "string") throw new Error(lz4);
  return lz4;
}

/** LZ4 that counts what it does. */
class CountedLz4 implements Lz4Blocks {
  compressed = 0;
  uncompressed = 0;
  readonly #lz4 = loaded();

  compressSync(bytes: Buffer): Buffer {
    this.compressed += 1;
    return this.#lz4.compressSync(bytes);
  }

  uncompressSync(bytes: Buffer): Buffer {
    this.uncompressed += 1;
    return this.#lz4.uncompressSync(bytes);
  }
}

/** A master's side without sockets: what each slot is sent. */
class Sender {
  readonly lz4 = new CountedLz4();
  readonly source = new Uint8Array(new SharedArrayBuffer(4 << 20));
  readonly segments: Uint8Array[] = [this.source];
  readonly output = new Uint8Array(1 << 20);
  readonly runs = new Uint32Array(1024 * RUN_WORDS);
  readonly sent = new Map<number, Buffer>();
  readonly reply = new ReplyWriter(this.output, this.runs, (count) => this.#take(count));
  readonly frames = new FrameWriter(this.lz4, {
    add: (bytes) => this.segments.push(bytes) - 1,
    remove: () => undefined,
  });

  piece(slot: number, at: number, length: number): void {
    this.reply.begin(slot);
    this.frames.piece(this.reply, SOURCE, at, this.source, at, length, PIECES_SEGMENT);
  }

  endTurn(): void {
    this.#take(this.reply.endTurn());
    this.frames.beginTurn();
  }

  #take(count: number): void {
    for (let at = 0; at < count * RUN_WORDS; at += RUN_WORDS) {
      const [slot = 0, source = 0, offset = 0, length = 0] = this.runs.subarray(at, at + RUN_WORDS);
      const memory = source === 0 ? this.output : this.segments[source - 1];
      assert.ok(memory !== undefined);
      const before = this.sent.get(slot) ?? Buffer.alloc(0);
      this.sent.set(slot, Buffer.concat([before, memory.subarray(offset, offset + length)]));
    }
  }
}

/** All that is in the frames, which come in pieces of any size. */
function unframed(bytes: Buffer, random: SeededRandom, reader = new FrameReader(loaded())): Buffer {
  const plain: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random.between(1, 70_000));
    const piece = Buffer.from(bytes.subarray(at, end));
    reader.add(piece);
    piece.fill(0xee);
    for (let next = reader.next(); next !== undefined; next = reader.next()) plain.push(next);
    at = end;
  }
  return Buffer.concat(plain);
}

/** Text, noise and zeros in turns. */
function fill(bytes: Uint8Array, random: SeededRandom): void {
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + random.between(1, 40_000));
    const kind = random.below(3);
    if (kind === 0) part.set(random.bytes(part.length));
    else if (kind === 1) for (let i = 0; i < part.length; i++) part[i] = 97 + (i % 7);
    at += part.length;
  }
}

test("what is framed comes out again, however it is cut, and is compressed once for all", () =>
  withSeed((random) => {
    const sender = new Sender();
    fill(sender.source, random);
    const parts: Buffer[] = [];
    let pieces = 0;
    for (let at = 0; at < sender.source.length - MOST_FRAME_BYTES; ) {
      const isLong = random.chance(0.3);
      const length = isLong ? random.between(256, MOST_FRAME_BYTES) : random.between(1, 2000);
      for (const slot of [1, 2, 3]) sender.piece(slot, at, length);
      if (length >= 256) pieces += 1;
      parts.push(Buffer.from(sender.source.subarray(at, at + length)));
      at += length;
      if (random.chance(0.3)) {
        sender.reply.begin(1);
        sender.frames.short(sender.reply, Buffer.from("\n"));
        sender.reply.begin(2);
        sender.frames.short(sender.reply, Buffer.from("\n"));
        parts.push(Buffer.from("\n"));
        sender.reply.begin(3);
        sender.frames.short(sender.reply, Buffer.from("\n"));
      }
      sender.endTurn();
    }
    const plain = Buffer.concat(parts);
    for (const slot of [1, 2, 3]) {
      assert.deepEqual(unframed(sender.sent.get(slot) ?? Buffer.alloc(0), random), plain);
    }
    assert.equal(sender.lz4.compressed, pieces);
    assert.equal(sender.frames.counts.plainBytes, plain.length * 3);
    assert.ok(sender.frames.counts.ratio > 1);
  }));

test("more replicas at different places than frames are kept still get their own", () =>
  withSeed((random) => {
    const sender = new Sender();
    fill(sender.source, random);
    const length = 10_000;
    for (let turn = 0; turn < 3; turn++) {
      for (let slot = 0; slot < 20; slot++) sender.piece(slot, (slot + turn * 20) * length, length);
      sender.endTurn();
    }
    for (let slot = 0; slot < 20; slot++) {
      const parts = [0, 1, 2].map((turn) => {
        const at = (slot + turn * 20) * length;
        return Buffer.from(sender.source.subarray(at, at + length));
      });
      const bytes = sender.sent.get(slot) ?? Buffer.alloc(0);
      assert.deepEqual(unframed(bytes, random), Buffer.concat(parts));
    }
  }));

function frame(kind: number, length: number, content: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header[0] = kind;
  header.writeUIntLE(length, 1, 3);
  return Buffer.concat([header, content]);
}

test("frames that nobody would send are refused before memory is taken for them", () => {
  const block = loaded().compressSync(Buffer.alloc(1000, "a"));
  const sized = (size: number): Buffer => {
    const changed = Buffer.from(block);
    changed.writeUInt32LE(size, 0);
    return changed;
  };
  const [stored, lz4] = [FRAME_STORED, FRAME_LZ4];
  for (const [bytes, text, tries] of [
    [frame(7, 4, Buffer.from("abcd")), /unknown kind 7/, 0],
    [frame(stored, 0, Buffer.alloc(0)), /a frame of 0 bytes/, 0],
    [frame(stored, MOST_FRAME_BYTES + 1, Buffer.alloc(0)), /a frame of 262145 bytes/, 0],
    [frame(lz4, 0xffffff, Buffer.alloc(0)), /a frame of 16777215 bytes/, 0],
    [frame(lz4, 3, Buffer.from("abc")), /a frame of 0 bytes/, 0],
    [frame(lz4, block.length, sized(0xffffffff)), /a frame of 4294967295 bytes/, 0],
    [frame(lz4, block.length, sized(MOST_FRAME_BYTES + 1)), /a frame of 262145 bytes/, 0],
    [frame(lz4, block.length, sized(999)), /no LZ4 block/, 1],
    [frame(lz4, block.length, sized(1001)), /no LZ4 block/, 1],
    [frame(lz4, 9, Buffer.from("\x64\0\0\0\xff\xff\xff\xff\xff", "latin1")), /no LZ4 block/, 1],
  ] as const) {
    const counted = new CountedLz4();
    const reader = new FrameReader(counted);
    reader.add(bytes);
    assert.throws(
      () => reader.next(),
      (error) => error instanceof FrameProblem && text.test(error.message),
    );
    assert.equal(counted.uncompressed, tries);
  }
});

test("random bytes are refused or wait for more, and never come to more than a frame", () =>
  withSeed((random) => {
    for (let round = 0; round < 2000; round++) {
      const reader = new FrameReader(loaded());
      const content = random.bytes(random.between(4, 200));
      content.writeUInt32LE(random.below(300_000));
      reader.add(frame(random.below(2), content.length, content));
      try {
        const plain = reader.next();
        assert.ok(plain === undefined || plain.length <= MOST_FRAME_BYTES);
      } catch (error) {
        assert.ok(error instanceof FrameProblem, String(error));
      }
    }
  }));
