import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import type { StreamId } from "./stream-id";

/** IDs as files have them in places: sixteen bytes, most significant first. */
export const ID_BYTES = 16;

/** Writes the ID at a word of a block to the beginning of `out`. */
export function writeRawId(memory: BlockMemory, ref: number, word: number, out: Uint8Array): void {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  for (let i = 0; i < ID_BYTES; i++) out[i] = words[at + (i >>> 2)] >>> ((3 - (i & 3)) << 3);
}

export function readRawId(bytes: Uint8Array, at: number, into: StreamId): StreamId {
  return into.set(
    wordAt(bytes, at),
    wordAt(bytes, at + 4),
    wordAt(bytes, at + 8),
    wordAt(bytes, at + 12),
  );
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
