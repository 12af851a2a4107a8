import { Crc64 } from "../base/crc64";
import { Lzf } from "../base/lzf";
import type { NativeAddon } from "./addon";

/**
 * Checksums and compression through the addon, which leaves short ranges to the twins.
 *
 * A crossing costs about 0.07 us for a checksum and 0.1 us for compression, so below the sizes here
 * the twin is faster (bench/micro/rdb/codecs.ts): a checksum of 64 bytes takes 72 ns against 91, of
 * 128 bytes 140 against 118; 16 bytes are compressed in 100 ns against 117, 32 in 194 against 136;
 * 64 bytes are decompressed in 94 ns against 126, 128 in 195 against 137. From 4 KiB on the addon is
 * two to four times as fast.
 */
const SUM_NATIVELY_BYTES = 128;
const COMPRESS_NATIVELY_BYTES = 24;
const DECOMPRESS_NATIVELY_BYTES = 128;

/** Makes what reads and writes of files need; each keeps a state and serves one at a time. */
export interface ByteCodecs {
  newCrc64(): Crc64;
  newLzf(): Lzf;
}

/** The twins alone. */
export const PORTABLE_CODECS: ByteCodecs = {
  newCrc64: () => new Crc64(),
  newLzf: () => new Lzf(),
};

/** By the addon where there is one, else by the twins alone. */
export function byteCodecs(addon: NativeAddon | undefined): ByteCodecs {
  if (addon === undefined) return PORTABLE_CODECS;
  return { newCrc64: () => new NativeCrc64(addon), newLzf: () => new NativeLzf(addon) };
}

class NativeCrc64 extends Crc64 {
  readonly #addon: NativeAddon;

  constructor(addon: NativeAddon) {
    super();
    this.#addon = addon;
  }

  override update(bytes: Uint8Array, from: number, to: number): void {
    if (to - from < SUM_NATIVELY_BYTES) super.update(bytes, from, to);
    else this.#addon.crc64Update(this.state, bytes, from, to - from);
  }
}

class NativeLzf extends Lzf {
  readonly #addon: NativeAddon;

  constructor(addon: NativeAddon) {
    super();
    this.#addon = addon;
  }

  override compress(
    bytes: Uint8Array,
    at: number,
    length: number,
    out: Uint8Array,
    outAt: number,
    room: number,
  ): number {
    if (length < COMPRESS_NATIVELY_BYTES) {
      return super.compress(bytes, at, length, out, outAt, room);
    }
    return this.#addon.lzfCompress(bytes, at, length, out, outAt, room);
  }

  override decompress(
    bytes: Uint8Array,
    at: number,
    size: number,
    out: Uint8Array,
    outAt: number,
    length: number,
  ): boolean {
    if (length < DECOMPRESS_NATIVELY_BYTES) {
      return super.decompress(bytes, at, size, out, outAt, length);
    }
    return this.#addon.lzfDecompress(bytes, at, size, out, outAt, length) === 1;
  }
}
