// Bit operations by the addon beside the twin, from lengths where the crossing counts to long ones:
// what the sizes in src/native/native-bit-operations.ts were read from.

import { type AddonResult, loadAddon } from "../../../src/native/addon";
import { BITS_XOR, type BitOperations } from "../../../src/native/bit-operations";
import { PortableBitOperations } from "../../../src/native/portable-bit-operations";
import type { Mitata } from "../mitata";

const LENGTHS = [16, 32, 64, 256, 4096, 65_536, 1_048_576];
const MOST_BYTES = 1_048_576;
/** Sources and target lie differently within their words. */
const AT = 1;
const OTHER_AT = 2;

export function benchBitOperations({ bench, group, do_not_optimize }: Mitata): void {
  const ways: readonly (readonly [string, BitOperations])[] = [
    ["twin", new PortableBitOperations()],
    ...crossing(loadAddon()),
  ];
  const [zeros, ones, target] = [0, 255, 0].map((byte) =>
    new Uint8Array(new SharedArrayBuffer(MOST_BYTES + 16)).fill(byte),
  );
  if (zeros === undefined || ones === undefined || target === undefined) return;
  for (const length of LENGTHS) {
    group(`bits of ${length} bytes`, () => {
      for (const [name, bits] of ways) {
        const shown = `${length} bytes, ${name}`;
        bench(`bit count ${shown}`, () => do_not_optimize(bits.count(ones, AT, length)));
        bench(`bit find ${shown}`, () => do_not_optimize(bits.findOther(zeros, AT, length, 0)));
        bench(`bit xor ${shown}`, () =>
          bits.combine(BITS_XOR, target, 0, ones, AT, zeros, OTHER_AT, length),
        );
      }
    });
  }
}

/** The addon at every length, short ones as well. */
function crossing({ addon }: AddonResult): [string, BitOperations][] {
  if (addon === undefined) return [];
  const native: BitOperations = {
    count: (bytes, at, length) => addon.bitCount(bytes, at, length),
    findOther: (bytes, at, length, byte) => addon.bitFindOther(bytes, at, length, byte),
    combine: (...words) => addon.bitCombine(...words),
  };
  return [["addon", native]];
}
