import { type BlockMemory, GRANULE_MASK, SEGMENT_BYTES, SEGMENT_SHIFT } from "./block-memory";
import { GRANULE_BYTES } from "./size-classes";
import type { SpanTable } from "./span-table";

/** What freed blocks are overwritten with, and what new ones hold. */
const FREED_BYTE = 0xdd;
const NEW_BYTE = 0xa5;

interface PoisonedMemory extends BlockMemory {
  capacityOf(ref: number): number;
}

/**
 * The debug mode of the arena: it finds blocks that are freed twice or written to after they were
 * freed, and content that was never written.
 *
 * It only looks and overwrites; it hands nothing out. What always holds: a parked block is in
 * `#ownerless`, as nobody owns it any more although it is not free.
 */
export class MemoryPoison {
  readonly #memory: PoisonedMemory;
  readonly #table: SpanTable;
  /** Every parked block. */
  readonly #ownerless = new Set<number>();

  constructor(memory: PoisonedMemory, table: SpanTable) {
    this.#memory = memory;
    this.#table = table;
  }

  /** Throws unless `ref` is the start of a block that has an owner. */
  checkOwned(ref: number): void {
    this.#table.checkUsed(this.#memory, ref);
    if (this.#ownerless.has(ref)) throw new Error(`ref ${ref >>> 0} is freed twice (parked)`);
  }

  born(ref: number): void {
    this.#fill(ref, NEW_BYTE);
  }

  freed(ref: number): void {
    this.#fill(ref, FREED_BYTE);
  }

  parked(ref: number): void {
    this.#ownerless.add(ref);
  }

  unparked(ref: number): void {
    this.#ownerless.delete(ref);
  }

  /** Throws when a freed block was written to. Its first word links the free list. */
  checkFree(ref: number): void {
    const memory = this.#memory;
    const at = (ref & GRANULE_MASK) * GRANULE_BYTES;
    const block = memory.bytes[ref >>> SEGMENT_SHIFT].subarray(at + 4, at + memory.capacityOf(ref));
    if (block.some((byte) => byte !== FREED_BYTE)) {
      throw new Error(`block ${ref >>> 0} was written to after it was freed`);
    }
  }

  /** Overwrites a block, unless it is so large that this would take long. */
  #fill(ref: number, byte: number): void {
    const memory = this.#memory;
    const at = (ref & GRANULE_MASK) * GRANULE_BYTES;
    const capacity = memory.capacityOf(ref);
    if (capacity <= SEGMENT_BYTES) {
      memory.bytes[ref >>> SEGMENT_SHIFT].fill(byte, at, at + capacity);
    }
  }
}
