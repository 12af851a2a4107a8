import { REGISTERS } from "./layout";

/**
 * The dense form: 16384 registers of 6 bits, lowest bits first, four of them in three bytes.
 *
 * `at` is always where the registers begin. Whoever writes owns the bytes.
 */

const MASK = 63;
const GROUP_REGISTERS = 4;
const GROUP_BYTES = 3;

export function denseRegister(bytes: Uint8Array, at: number, index: number): number {
  const bit = index * 6;
  const byte = at + (bit >>> 3);
  const shift = bit & 7;
  // The last register ends with its byte; what stands behind is shifted out.
  return ((bytes[byte] >>> shift) | (bytes[byte + 1] << (8 - shift))) & MASK;
}

export function setDenseRegister(
  bytes: Uint8Array,
  at: number,
  index: number,
  value: number,
): void {
  const bit = index * 6;
  const byte = at + (bit >>> 3);
  const shift = bit & 7;
  bytes[byte] = (bytes[byte] & ~(MASK << shift)) | (value << shift);
  if (shift <= 2) return;
  const behind = 8 - shift;
  bytes[byte + 1] = (bytes[byte + 1] & ~(MASK >>> behind)) | (value >>> behind);
}

/** Counts in `histogram` how many registers have each value. */
export function countDense(bytes: Uint8Array, at: number, histogram: Int32Array): void {
  const end = at + (REGISTERS / GROUP_REGISTERS) * GROUP_BYTES;
  for (let i = at; i < end; i += GROUP_BYTES) {
    const group = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16);
    histogram[group & MASK]++;
    histogram[(group >>> 6) & MASK]++;
    histogram[(group >>> 12) & MASK]++;
    histogram[group >>> 18]++;
  }
}

/** Raises each of `registers` to the dense one of the same place. */
export function mergeDense(bytes: Uint8Array, at: number, registers: Uint8Array): void {
  let i = at;
  for (let index = 0; index < REGISTERS; index += GROUP_REGISTERS, i += GROUP_BYTES) {
    const group = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16);
    raise(registers, index, group & MASK);
    raise(registers, index + 1, (group >>> 6) & MASK);
    raise(registers, index + 2, (group >>> 12) & MASK);
    raise(registers, index + 3, group >>> 18);
  }
}

function raise(registers: Uint8Array, index: number, value: number): void {
  if (value > registers[index]) registers[index] = value;
}
