import { copyBytes } from "../../base/bytes";
import { Lzf, lzfDecompress } from "../../base/lzf";
import type { Arena } from "../../memory/arena";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import {
  LISTPACK_COUNT,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  LISTPACK_START,
  type ListpackReader,
} from "../../structures/listpack-reader";
import { listWord, setListWord } from "./list-layout";

/**
 * A node of a list whose elements are compressed, as `list-compress-depth` asks for nodes far from
 * both ends.
 *
 *     [count][0][bytes of the elements][bytes of the LZF] LZF ...
 *
 * The words are where a listpack has its own, so that a node weighs the same either way; a listpack
 * never starts at 0. What is read from such a node, or written to it, is inflated first.
 */
const RAW_BYTES = 2;
const LZF_BYTES = 3;
const HEADER_BYTES = 16;
/** Shorter nodes are not worth it, nor is saving less than this (both as Redis has it). */
const LEAST_BYTES = 48;
const LEAST_SAVED_BYTES = 8;
/** Longer ones would take long to inflate whenever somebody looks at them. */
const MOST_BYTES = 1024 * 1024;

export function isCompressed(memory: BlockMemory, node: number): boolean {
  return listWord(memory, node, LISTPACK_START) === 0;
}

/** Bytes of the elements of a compressed node. */
export function rawBytesOf(memory: BlockMemory, node: number): number {
  return listWord(memory, node, RAW_BYTES);
}

/** Writes the elements of a compressed node to `out`, where there is room for them. */
export function inflate(memory: BlockMemory, node: number, out: Uint8Array, at: number): void {
  const bytes = memory.bytes[node >>> SEGMENT_SHIFT];
  const from = ((node & GRANULE_MASK) << 4) + HEADER_BYTES;
  const size = listWord(memory, node, LZF_BYTES);
  if (!lzfDecompress(bytes, from, size, out, at, rawBytesOf(memory, node))) {
    throw new Error("a compressed node of a list is damaged");
  }
}

/** A listpack with the elements of a compressed node, in a block of its own. */
export function inflatedCopy(memory: Arena, node: number): number {
  const raw = rawBytesOf(memory, node);
  const copy = memory.alloc(LISTPACK_HEADER_BYTES + raw);
  const at = ((copy & GRANULE_MASK) << 4) + LISTPACK_HEADER_BYTES;
  inflate(memory, node, memory.bytes[copy >>> SEGMENT_SHIFT], at);
  setListWord(memory, copy, LISTPACK_COUNT, listWord(memory, node, LISTPACK_COUNT));
  setListWord(memory, copy, LISTPACK_START, LISTPACK_HEADER_BYTES);
  setListWord(memory, copy, LISTPACK_END, LISTPACK_HEADER_BYTES + raw);
  return copy;
}

/** A copy of a compressed node as it is. */
export function compressedCopy(memory: Arena, node: number): number {
  const size = HEADER_BYTES + listWord(memory, node, LZF_BYTES);
  const copy = memory.alloc(size);
  memory.copyWords(node, copy, (size + 3) >>> 2);
  return copy;
}

/** Compresses nodes. */
export class NodePacker {
  readonly #memory: Arena;
  readonly #lzf = new Lzf();
  #scratch = new Uint8Array(0);

  constructor(memory: Arena) {
    this.#memory = memory;
  }

  /** A compressed node with the elements of a listpack, or 0 when that would save too little. */
  compress(pack: ListpackReader): number {
    const raw = pack.elementsBytes;
    if (raw < LEAST_BYTES || raw > MOST_BYTES) return 0;
    if (this.#scratch.length < raw) this.#scratch = new Uint8Array(raw);
    const scratch = this.#scratch;
    const from = pack.positionOf(pack.first());
    const room = raw - LEAST_SAVED_BYTES;
    const size = this.#lzf.compress(pack.elementBytes, from, raw, scratch, 0, room);
    if (size === 0) return 0;
    const memory = this.#memory;
    const node = memory.alloc(HEADER_BYTES + size);
    setListWord(memory, node, LISTPACK_COUNT, pack.count);
    setListWord(memory, node, LISTPACK_START, 0);
    setListWord(memory, node, RAW_BYTES, raw);
    setListWord(memory, node, LZF_BYTES, size);
    const at = ((node & GRANULE_MASK) << 4) + HEADER_BYTES;
    copyBytes(memory.bytes[node >>> SEGMENT_SHIFT], at, scratch, 0, size);
    return node;
  }
}
