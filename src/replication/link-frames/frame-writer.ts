import type { Lz4Blocks } from "../../native/lz4-blocks";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { BlockHome } from "../backlog";
import {
  CompressionCounts,
  FRAME_HEADER_BYTES,
  FRAME_LZ4,
  FRAME_STORED,
  MOST_FRAME_BYTES,
} from "./frame-format";

/** What is shorter is not worth the time. */
const LEAST_BYTES = 256;
/** Replicas that are at different places share nothing; so many places are remembered. */
const SLOTS = 8;
const NOWHERE = -1;

/** A frame that has been made, in memory of its own that it can be sent from. */
class Slot {
  readonly bytes = new Uint8Array(new SharedArrayBuffer(FRAME_HEADER_BYTES + MOST_FRAME_BYTES));
  readonly segment: number;
  source: object | undefined;
  position = NOWHERE;
  plainLength = 0;
  length = 0;
  /** The turn in which something last pointed to it. */
  turn = 0;

  constructor(home: BlockHome) {
    this.segment = home.add(this.bytes);
  }
}

/**
 * Writes what replicas with a compressed link are sent as frames.
 *
 * A piece is compressed once: whoever is sent the same piece of the same source next is sent the same
 * frame, from where it lies. What always holds: memory that a run of this turn points to stays as it
 * is until the turn has ended.
 */
export class FrameWriter {
  readonly counts = new CompressionCounts();
  readonly #lz4: Lz4Blocks;
  readonly #home: BlockHome;
  readonly #slots: Slot[] = [];
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #turn = 1;
  #next = 0;

  /** @param home where memory becomes known to the transport. */
  constructor(lz4: Lz4Blocks, home: BlockHome) {
    this.#lz4 = lz4;
    this.#home = home;
  }

  /** Before replicas are sent anything in a turn. */
  beginTurn(): void {
    this.#turn += 1;
  }

  /** Few bytes, which are copied. */
  short(reply: ReplyWriter, bytes: Uint8Array): void {
    this.#writeHeader(reply, bytes.length);
    reply.raw(bytes);
  }

  /**
   * A piece of at most MOST_FRAME_BYTES, from memory that stands still until the turn has ended and
   * is a segment of the transport. Returns how many bytes are sent for it.
   * @param source and `position`: what piece it is; the same ones always name the same bytes.
   */
  piece(
    reply: ReplyWriter,
    source: object,
    position: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    segment: number,
  ): number {
    const slot = length < LEAST_BYTES ? undefined : this.#slotFor(source, position, length);
    const isMade = slot?.source === source && slot.position === position;
    if (slot !== undefined && !isMade) this.#make(slot, source, position, bytes, at, length);
    if (slot === undefined || slot.length === 0) {
      this.#writeHeader(reply, length);
      reply.rawBlock(segment, at, length);
      return FRAME_HEADER_BYTES + length;
    }
    slot.turn = this.#turn;
    reply.rawBlock(slot.segment, 0, slot.length);
    this.#count(length, slot.length);
    return slot.length;
  }

  /** The slot of that piece, or one that it can be made in; undefined when all are being sent. */
  #slotFor(source: object, position: number, length: number): Slot | undefined {
    for (const slot of this.#slots) {
      const isSame = slot.source === source && slot.position === position;
      if (isSame && slot.plainLength === length) return slot;
    }
    if (this.#slots.length < SLOTS) {
      const slot = new Slot(this.#home);
      this.#slots.push(slot);
      return slot;
    }
    for (let tried = 0; tried < SLOTS; tried++) {
      const slot = this.#slots[this.#next];
      this.#next = (this.#next + 1) % SLOTS;
      if (slot.turn === this.#turn) continue;
      slot.position = NOWHERE;
      return slot;
    }
    return undefined;
  }

  /** `length` 0: it would not be shorter. */
  #make(
    slot: Slot,
    source: object,
    position: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): void {
    const plain = Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
    const block = this.#lz4.compressSync(plain);
    slot.source = source;
    slot.position = position;
    slot.plainLength = length;
    slot.length = 0;
    if (block.length >= length) return;
    this.#setHeader(FRAME_LZ4, block.length);
    slot.bytes.set(this.#header);
    slot.bytes.set(block, FRAME_HEADER_BYTES);
    slot.length = FRAME_HEADER_BYTES + block.length;
  }

  #writeHeader(reply: ReplyWriter, length: number): void {
    this.#setHeader(FRAME_STORED, length);
    reply.raw(this.#header);
    this.#count(length, FRAME_HEADER_BYTES + length);
  }

  #setHeader(kind: number, length: number): void {
    this.#header[0] = kind;
    this.#header.writeUIntLE(length, 1, FRAME_HEADER_BYTES - 1);
  }

  #count(plainBytes: number, wireBytes: number): void {
    this.counts.plainBytes += plainBytes;
    this.counts.wireBytes += wireBytes;
  }
}
