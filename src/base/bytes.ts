/**
 * Moving and comparing raw bytes between memories without allocating on the JS heap.
 *
 * Not for text: names of commands and options are ASCII and compared with `equalsIgnoreCase`.
 * Short runs are moved byte by byte, eight in a round, which beats a view and a memmove up to
 * LONG_COPY_BYTES (bench/micro/protocol/copies.ts: at 64 bytes 56 ns each, a plain loop 109, at 160
 * bytes 75 ns for the view and 275 for a plain loop); longer ones pay for the view.
 */

const LONG_COPY_BYTES = 64;
/**
 * From here on `fill` copies: it is one memcpy in Node's C++, while `set` moves a shared buffer byte
 * by byte when source and target are not aligned alike (64 KiB: 6 us against 28 us).
 */
const MEMCPY_BYTES = 400;
const fillFrom = Buffer.prototype.fill;

/** Copies `length` bytes; the two ranges may lie in one buffer only if they do not overlap. */
export function copyBytes(
  target: Uint8Array,
  targetAt: number,
  source: Uint8Array,
  sourceAt: number,
  length: number,
): void {
  if (length > LONG_COPY_BYTES) {
    const part = source.subarray(sourceAt, sourceAt + length);
    if (length < MEMCPY_BYTES) target.set(part, targetAt);
    else fillFrom.call(target, part, targetAt, targetAt + length);
    return;
  }
  let to = targetAt;
  let from = sourceAt;
  const end = sourceAt + length;
  for (; from + 8 <= end; from += 8, to += 8) {
    target[to] = source[from];
    target[to + 1] = source[from + 1];
    target[to + 2] = source[from + 2];
    target[to + 3] = source[from + 3];
    target[to + 4] = source[from + 4];
    target[to + 5] = source[from + 5];
    target[to + 6] = source[from + 6];
    target[to + 7] = source[from + 7];
  }
  while (from < end) target[to++] = source[from++];
}

/** Whether two ranges of one length hold the same bytes. */
export function equalBytes(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}

/**
 * Below 0, 0 or above 0 as the first range comes before, equals or comes behind the second: byte by
 * byte, unsigned, and a beginning before what it begins.
 */
export function compareBytes(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): number {
  const shared = Math.min(aLength, bLength);
  for (let i = 0; i < shared; i++) {
    const difference = a[aAt + i] - b[bAt + i];
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** Whether a range equals `lower`, ASCII letters compared without case. `lower` is lower case. */
export function equalsIgnoreCase(
  bytes: Uint8Array,
  at: number,
  length: number,
  lower: Uint8Array,
): boolean {
  if (length !== lower.length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i];
    const folded = byte >= 65 && byte <= 90 ? byte | 0x20 : byte;
    if (folded !== lower[i]) return false;
  }
  return true;
}

/** The bytes of a latin1 text (one byte per character). For constants and slow paths. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

/** The latin1 text of a range: one character per byte. Allocates; not for the hot path. */
export function latin1Text(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("latin1");
}
