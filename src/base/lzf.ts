/**
 * LZF, the quick compression that Redis uses for strings in files and for the inner nodes of lists.
 *
 *     000lllll                       l + 1 bytes as they are follow
 *     lllooooo oooooooo              l + 2 bytes again, from o + 1 bytes back          l = 1 .. 6
 *     111ooooo llllllll oooooooo     l + 9 bytes again
 *
 * Any reader of the format takes what this writes; the bytes are not those that liblzf would choose.
 * Speed comes first: one look into a table per byte that is not repeated. Nothing is allocated per
 * call. Decompression is strict: it never reads or writes outside of the ranges given. The twin of
 * native/core/lzf, which src/native/byte-codecs.ts prefers for longer ranges.
 */
const MOST_LITERALS = 32;
const MOST_OFFSET = 8192;
const MOST_REPEATED = 264;
const LEAST_REPEATED = 3;
const TABLE_BITS = 14;
/** Positions are remembered on top of a base that grows from call to call; here it starts anew. */
const MOST_BASE = 0x4000_0000;

export class Lzf {
  /** Where three bytes were seen last, by their hash. */
  readonly #seen = new Int32Array(1 << TABLE_BITS);
  #base = 1;

  /**
   * Compresses `length` bytes (below 2^30) into at most `room` bytes of `out`. Returns the size, or 0
   * when they do not fit.
   */
  compress(
    bytes: Uint8Array,
    at: number,
    length: number,
    out: Uint8Array,
    outAt: number,
    room: number,
  ): number {
    const seen = this.#seen;
    const base = this.#nextBase(length) - at;
    const end = at + length;
    const outEnd = outAt + room;
    let literalsAt = at;
    let to = outAt;
    let from = at;
    while (from + LEAST_REPEATED <= end) {
      const three = (bytes[from] << 16) | (bytes[from + 1] << 8) | bytes[from + 2];
      const slot = (Math.imul(three, 0x9e3779b1) >>> (32 - TABLE_BITS)) | 0;
      const before = seen[slot] - base;
      seen[slot] = from + base;
      const isNear = before >= at && from - before <= MOST_OFFSET;
      if (!isNear || !startsAlike(bytes, before, from)) {
        from++;
        continue;
      }
      to = writeLiterals(bytes, literalsAt, from, out, to, outEnd);
      const most = Math.min(end - from, MOST_REPEATED);
      let repeated = LEAST_REPEATED;
      while (repeated < most && bytes[before + repeated] === bytes[from + repeated]) repeated++;
      if (to < 0 || to + 3 > outEnd) return 0;
      const offset = from - before - 1;
      const told = repeated - 2;
      out[to++] = (Math.min(told, 7) << 5) | (offset >>> 8);
      if (told >= 7) out[to++] = told - 7;
      out[to++] = offset & 255;
      from += repeated;
      literalsAt = from;
    }
    to = writeLiterals(bytes, literalsAt, end, out, to, outEnd);
    return to < 0 ? 0 : to - outAt;
  }

  /** As `lzfDecompress`. */
  decompress(
    bytes: Uint8Array,
    at: number,
    size: number,
    out: Uint8Array,
    outAt: number,
    length: number,
  ): boolean {
    return lzfDecompress(bytes, at, size, out, outAt, length);
  }

  /** A number above all that the table holds, with room for `length` positions above it. */
  #nextBase(length: number): number {
    if (this.#base > MOST_BASE) {
      this.#seen.fill(0);
      this.#base = 1;
    }
    const base = this.#base;
    this.#base += length;
    return base;
  }
}

function startsAlike(bytes: Uint8Array, one: number, other: number): boolean {
  return (
    bytes[one] === bytes[other] &&
    bytes[one + 1] === bytes[other + 1] &&
    bytes[one + 2] === bytes[other + 2]
  );
}

/** Returns where to go on in `out`, or -1 when there is not enough room. */
function writeLiterals(
  bytes: Uint8Array,
  from: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  outEnd: number,
): number {
  let to = outAt;
  for (let at = from; at < end; ) {
    const count = Math.min(end - at, MOST_LITERALS);
    if (to + 1 + count > outEnd) return -1;
    out[to++] = count - 1;
    for (const stop = at + count; at < stop; at++) out[to++] = bytes[at];
  }
  return to;
}

/**
 * Decompresses `size` bytes into exactly `length` bytes of `out`. False, with `out` undefined, when
 * they are no LZF of that length.
 */
export function lzfDecompress(
  bytes: Uint8Array,
  at: number,
  size: number,
  out: Uint8Array,
  outAt: number,
  length: number,
): boolean {
  const end = at + size;
  const outEnd = outAt + length;
  let from = at;
  let to = outAt;
  while (from < end) {
    const control = bytes[from++];
    if (control < MOST_LITERALS) {
      const count = control + 1;
      if (from + count > end || to + count > outEnd) return false;
      for (const stop = from + count; from < stop; ) out[to++] = bytes[from++];
      continue;
    }
    let count = (control >>> 5) + 2;
    if (count === 9) {
      if (from >= end) return false;
      count += bytes[from++];
    }
    if (from >= end) return false;
    let source = to - (((control & 31) << 8) | bytes[from++]) - 1;
    if (source < outAt || to + count > outEnd) return false;
    // Byte by byte, because what is repeated may overlap what is being written.
    for (const stop = to + count; to < stop; ) out[to++] = out[source++];
  }
  return to === outEnd;
}
