// The allocator: a block at once freed, a full turn-over in random order, and owning under freeze.

import { Arena } from "../../../src/memory/arena.js";
import type { Mitata } from "../mitata.js";
import { shuffled } from "../shuffled.js";

const BLOCKS = 100_000;

export function benchArena({ bench, group, do_not_optimize }: Mitata): void {
  group("arena", () => {
    for (const size of [64, 4096, 100_000]) {
      const arena = new Arena();
      bench(`arena alloc + free, ${size} B`, () => arena.free(arena.alloc(size)));
    }
    bench(`arena alloc + free of ${BLOCKS} blocks of 64 B, freed in random order`, turnOver());
    const arena = new Arena();
    const ref = arena.alloc(64);
    bench("arena own, no snapshot", () => do_not_optimize(arena.own(ref)));
    const frozen = new Arena();
    frozen.freeze();
    const born = frozen.alloc(64);
    bench("arena own of a block born since the freeze", () => do_not_optimize(frozen.own(born)));
    for (const size of [64, 4096]) {
      bench(
        `arena own of ${BLOCKS / 10} frozen blocks of ${size} B, with freeze to release`,
        ownAll(size),
      );
    }
  });
}

function turnOver(): () => void {
  const arena = new Arena();
  const order = shuffled(BLOCKS);
  const refs = new Int32Array(BLOCKS);
  return () => {
    for (let i = 0; i < BLOCKS; i++) refs[i] = arena.alloc(64);
    for (let i = 0; i < BLOCKS; i++) arena.free(refs[order[i]]);
  };
}

function ownAll(size: number): () => void {
  const arena = new Arena();
  const refs = new Int32Array(BLOCKS / 10).map(() => arena.alloc(size));
  return () => {
    arena.freeze();
    for (let i = 0; i < refs.length; i++) refs[i] = arena.own(refs[i]);
    arena.thaw();
    while (arena.releaseParked(refs.length) > 0);
  };
}
