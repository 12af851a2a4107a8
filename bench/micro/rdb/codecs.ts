// CRC64 and LZF by the addon beside the twins, from lengths where the crossing counts to long ones:
// what the sizes in src/native/byte-codecs.ts were read from.

import { Crc64 } from "../../../src/base/crc64";
import { Lzf } from "../../../src/base/lzf";
import { loadAddon } from "../../../src/native/addon";
import type { Mitata } from "../mitata";

const LENGTHS = [16, 32, 64, 128, 256, 4096, 65_536, 1_048_576];
const MOST_BYTES = 1_048_576;
const WORDS = "key value 0123456789 timestamp user session of the and ".split(" ");

/** Text that shrinks to about half, as many values do. */
function someText(): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(MOST_BYTES));
  let state = 1;
  for (let at = 0; at < MOST_BYTES; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const word = WORDS[(state >>> 16) % WORDS.length] ?? "";
    const text = Buffer.from(`${word}:${state.toString(36)} `);
    const count = Math.min(text.length, MOST_BYTES - at);
    bytes.set(text.subarray(0, count), at);
    at += count;
  }
  return bytes;
}

export function benchCodecs({ bench, group, do_not_optimize }: Mitata): void {
  const { addon } = loadAddon();
  const text = someText();
  const out = new Uint8Array(MOST_BYTES * 2);
  const state = new Uint8Array(8);
  const crc = new Crc64();
  const lzf = new Lzf();
  for (const length of LENGTHS) {
    const packed = new Uint8Array(length * 2);
    const size = lzf.compress(text, 0, length, packed, 0, length * 2);
    group(`CRC64 and LZF of ${length} bytes`, () => {
      bench(`crc64 ${length} bytes, twin`, () => crc.update(text, 0, length));
      bench(`lzf compress ${length} bytes, twin`, () =>
        do_not_optimize(lzf.compress(text, 0, length, out, 0, length * 2)),
      );
      bench(`lzf decompress ${length} bytes, twin`, () =>
        do_not_optimize(lzf.decompress(packed, 0, size, out, 0, length)),
      );
      if (addon === undefined) return;
      bench(`crc64 ${length} bytes, addon`, () => addon.crc64Update(state, text, 0, length));
      bench(`lzf compress ${length} bytes, addon`, () =>
        do_not_optimize(addon.lzfCompress(text, 0, length, out, 0, length * 2)),
      );
      bench(`lzf decompress ${length} bytes, addon`, () =>
        do_not_optimize(addon.lzfDecompress(packed, 0, size, out, 0, length)),
      );
    });
  }
}
