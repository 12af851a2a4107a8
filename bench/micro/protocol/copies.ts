// Copying bytes between memories: what copyBytes does, a plain loop, views with a memmove,
// and words through DataViews. LONG_COPY_BYTES in src/base/bytes.ts follows from this. Offsets change from
// copy to copy, as they do between segments and the output.

import { copyBytes } from "../../../src/base/bytes";
import type { Mitata } from "../mitata";

const SIZE = 1 << 20;
const SPREAD = 4096;
const STEP = 17;

type Copy = (
  target: Uint8Array,
  targetAt: number,
  source: Uint8Array,
  sourceAt: number,
  length: number,
) => void;

const byBytes: Copy = (target, targetAt, source, sourceAt, length) => {
  for (let i = 0; i < length; i++) target[targetAt + i] = source[sourceAt + i];
};

const byViews: Copy = (target, targetAt, source, sourceAt, length) => {
  target.set(source.subarray(sourceAt, sourceAt + length), targetAt);
};

/** Words through DataViews, which need no alignment. The views are made once per memory. */
function byDataView(target: Uint8Array, source: Uint8Array): Copy {
  const to = new DataView(target.buffer);
  const from = new DataView(source.buffer);
  return (_target, targetAt, _source, sourceAt, length) => {
    const end = length - 3;
    let i = 0;
    for (; i < end; i += 4) to.setUint32(targetAt + i, from.getUint32(sourceAt + i, true), true);
    for (; i < length; i++) to.setUint8(targetAt + i, from.getUint8(sourceAt + i));
  };
}

const memories = {
  "plain to plain": [new Uint8Array(SIZE), new Uint8Array(SIZE)],
  "shared to plain": [new Uint8Array(SIZE), new Uint8Array(new SharedArrayBuffer(SIZE))],
  "shared to shared": [
    new Uint8Array(new SharedArrayBuffer(SIZE)),
    new Uint8Array(new SharedArrayBuffer(SIZE)),
  ],
} as const;

export function benchCopies({ bench, do_not_optimize, summary }: Mitata): void {
  for (const [where, [target, source]] of Object.entries(memories)) {
    const copies: Record<string, Copy> = {
      copyBytes,
      "byte loop": byBytes,
      "views and set": byViews,
      "DataView, 4 bytes": byDataView(target, source),
    };
    for (const length of [8, 16, 32, 64, 100, 160, 256, 512]) {
      summary(() => {
        for (const [name, copy] of Object.entries(copies)) {
          let at = 0;
          bench(`${where}, ${length} B: ${name}`, () => {
            at = (at + STEP) % SPREAD;
            copy(target, at, source, SPREAD - at, length);
            do_not_optimize(target);
          });
        }
      });
    }
  }
}
