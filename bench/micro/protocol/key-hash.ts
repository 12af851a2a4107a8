// HalfSipHash-1-3 by key size: the portable twin against the crossing into the addon. Below which
// size the twin is faster is written at the door in src/native/addon.ts.

import { HalfSipHash } from "../../../src/base/half-sip-hash";
import { loadAddon } from "../../../src/native/addon";
import type { Mitata } from "../mitata";

const KEYS = [0x01234567, 0x09abcdef] as const;
const twin = new HalfSipHash(...KEYS);
const { addon } = loadAddon();
const bytes = new Uint8Array(1 << 16).fill(97);

export function benchKeyHash({ bench, do_not_optimize, summary }: Mitata): void {
  for (const length of [4, 16, 32, 64, 96, 128, 192, 256, 1024, 16_384]) {
    summary(() => {
      bench(`${length} B: twin`, () => do_not_optimize(twin.hash(bytes, 0, length)));
      if (addon !== undefined) {
        bench(`${length} B: addon`, () =>
          do_not_optimize(addon.halfSipHash13(bytes, 0, length, KEYS[0], KEYS[1])),
        );
      }
    });
  }
}
