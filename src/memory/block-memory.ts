/**
 * Segments of linear memory as both sides of a snapshot see them, and how a ref names a place.
 *
 * A ref is a 32-bit integer (kept signed, so that it stays a small integer in V8) that counts
 * granules of 16 bytes: `ref >>> 24` is the segment, `(ref & GRANULE_MASK) << 4` the byte and
 * `<< 2` the 32-bit word in it. 0 is null. The main thread's Arena and a worker's SegmentView are
 * both a BlockMemory, so that one structure class reads either.
 */
export interface BlockMemory {
  readonly bytes: Uint8Array[];
  readonly words: Int32Array[];
  /** The same bytes as doubles, two to a granule: for those at a multiple of 8 bytes in a block. */
  readonly doubles: Float64Array[];
}

export const SEGMENT_SHIFT = 24;
export const GRANULE_MASK = 0xffffff;
/** 256 MiB: what one segment of small blocks holds. */
export const SEGMENT_BYTES = 0x1000_0000;
/** Refs have 8 bits for the segment: 64 GiB in all. */
export const MAX_SEGMENTS = 256;

/** A worker thread's read-only sight of the segments, built from what `Arena.share` gave. */
export class SegmentView implements BlockMemory {
  readonly bytes: Uint8Array[];
  readonly words: Int32Array[];
  readonly doubles: Float64Array[];

  constructor(segments: readonly SharedArrayBuffer[]) {
    this.bytes = segments.map((segment) => new Uint8Array(segment));
    this.words = segments.map((segment) => new Int32Array(segment));
    this.doubles = segments.map((segment) => new Float64Array(segment));
  }
}
