/**
 * Redis's intset in plain bytes: [width 4][count 4] and values of that width, ascending, all numbers
 * least significant byte first.
 */
const HEADER_BYTES = 8;

/** Whether bytes are an intset with at least one value, in order and none twice. */
export function isIntset(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < HEADER_BYTES) return false;
  const width = uint32(bytes, at);
  const count = uint32(bytes, at + 4);
  if (width !== 2 && width !== 4 && width !== 8) return false;
  if (count === 0 || HEADER_BYTES + count * width !== length) return false;
  const end = at + length;
  for (let value = at + HEADER_BYTES + width; value < end; value += width) {
    if (!isLess(bytes, value - width, value, width)) return false;
  }
  return true;
}

/** Whether the signed integer at one place is less than the one at another. */
function isLess(bytes: Uint8Array, one: number, other: number, width: number): boolean {
  const top = width - 1;
  // With the sign bit turned, signed order is that of the bytes from the most significant on.
  const difference = (bytes[one + top] ^ 0x80) - (bytes[other + top] ^ 0x80);
  if (difference !== 0) return difference < 0;
  for (let i = top - 1; i >= 0; i--) {
    if (bytes[one + i] !== bytes[other + i]) return bytes[one + i] < bytes[other + i];
  }
  return false;
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
