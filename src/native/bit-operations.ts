/**
 * Counting, searching and combining bits of long byte ranges: what there is to ask, no behaviour.
 * native-bit-operations.ts is the door to the addon, portable-bit-operations.ts its twin.
 */

export const BITS_AND = 0;
export const BITS_OR = 1;
export const BITS_XOR = 2;
/** Clears in the first what is set in the second. */
export const BITS_AND_NOT = 3;
/** Takes the first alone; the second may be any. */
export const BITS_NOT = 4;

export interface BitOperations {
  /** Bits that are set in [at, at + length). */
  count(bytes: Uint8Array, at: number, length: number): number;
  /** How many bytes stand before the first that is not `byte`; `length` when there is none. */
  findOther(bytes: Uint8Array, at: number, length: number, byte: number): number;
  /**
   * target[i] = a[i] op b[i] over `length` bytes; BITS_* are the operations. The target may be one
   * of the sources, but must not overlap one in part.
   */
  combine(
    operation: number,
    target: Uint8Array,
    targetAt: number,
    a: Uint8Array,
    aAt: number,
    b: Uint8Array,
    bAt: number,
    length: number,
  ): void;
}
