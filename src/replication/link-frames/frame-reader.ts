import type { Lz4Blocks } from "../../native/lz4-blocks";
import {
  BLOCK_SIZE_BYTES,
  CompressionCounts,
  FRAME_HEADER_BYTES,
  FRAME_LZ4,
  FRAME_STORED,
  MOST_FRAME_BYTES,
} from "./frame-format";

/** What came is no frame; a sentence for the log. */
export class FrameProblem extends Error {}

const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * Takes frames apart again, one at a time, as they are asked for.
 *
 * What always holds: it keeps no more than what was added and not asked for; sizes are looked at
 * before memory is taken for them.
 */
export class FrameReader {
  readonly counts = new CompressionCounts();
  readonly #lz4: Lz4Blocks;
  #bytes = NO_BYTES;

  constructor(lz4: Lz4Blocks) {
    this.#lz4 = lz4;
  }

  /** Bytes from the socket; they are copied. */
  add(bytes: Buffer): void {
    this.counts.wireBytes += bytes.length;
    this.#bytes =
      this.#bytes.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#bytes, bytes]);
  }

  /** What is in the next frame; undefined before all of it has come. @throws FrameProblem */
  next(): Buffer | undefined {
    const bytes = this.#bytes;
    if (bytes.length < FRAME_HEADER_BYTES) return undefined;
    const kind = bytes[0];
    const length = bytes.readUIntLE(1, FRAME_HEADER_BYTES - 1);
    if (kind !== FRAME_STORED && kind !== FRAME_LZ4) {
      throw new FrameProblem(`a frame of the unknown kind ${kind}`);
    }
    if (length === 0 || length > MOST_FRAME_BYTES) throw tooLong(length);
    const end = FRAME_HEADER_BYTES + length;
    if (bytes.length < end) return undefined;
    const content = bytes.subarray(FRAME_HEADER_BYTES, end);
    this.#bytes = bytes.length === end ? NO_BYTES : bytes.subarray(end);
    const plain = kind === FRAME_STORED ? content : this.#inflate(content);
    this.counts.plainBytes += plain.length;
    return plain;
  }

  #inflate(block: Buffer): Buffer {
    const length = block.length < BLOCK_SIZE_BYTES ? 0 : block.readUInt32LE(0);
    if (length === 0 || length > MOST_FRAME_BYTES) throw tooLong(length);
    let plain: Buffer | undefined;
    try {
      plain = this.#lz4.uncompressSync(block);
    } catch {
      // Told below.
    }
    if (plain?.length !== length) throw new FrameProblem("a frame that is no LZ4 block");
    return plain;
  }
}

function tooLong(length: number): FrameProblem {
  return new FrameProblem(`a frame of ${length} bytes, not of 1 to ${MOST_FRAME_BYTES}`);
}
