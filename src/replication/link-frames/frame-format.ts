/**
 * A compressed link between two servers of this kind: what its master sends is cut into frames.
 *
 *     [kind 1][length 3, least significant first][so many bytes]
 *
 * A frame of kind STORED has the bytes as they are, one of kind LZ4 a block (native/lz4-blocks.ts).
 * The replica offers it by `REPLCONF capa lz4`, which a Redis answers with `+OK` and forgets; the
 * master that takes it answers `+OK lz4`. Frames begin behind the line that answers PSYNC. What is in
 * them, one behind the other, is what would have been sent without them, and offsets count that.
 *
 * What always holds: no frame has more than MOST_FRAME_BYTES in it, compressed or not.
 */
export const FRAME_HEADER_BYTES = 4;
export const FRAME_STORED = 0;
export const FRAME_LZ4 = 1;
export const MOST_FRAME_BYTES = 256 * 1024;
/** The size in front of an LZ4 block. */
export const BLOCK_SIZE_BYTES = 4;

/** Bytes before and after, for INFO. */
export class CompressionCounts {
  plainBytes = 0;
  wireBytes = 0;

  /** How many times less is sent than there is; 1 before anything was. */
  get ratio(): number {
    return this.wireBytes === 0 ? 1 : this.plainBytes / this.wireBytes;
  }
}
