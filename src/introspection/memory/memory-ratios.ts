import type { MemoryFigures } from "./memory-report";

/** A ratio and the difference behind it: what is above over what is below. */
export interface Surplus {
  readonly ratio: number;
  readonly bytes: number;
}

/** The four fragmentation figures of INFO memory and MEMORY STATS, each of one layer over the next. */
export interface MemoryRatios {
  /** Blocks that are free between those in use. */
  readonly allocatorFragmentation: Surplus;
  /** Free pages that the system has not been given back. */
  readonly allocatorRss: Surplus;
  /** Everything in the process that is no data: Node, the JS heap, code, stacks. */
  readonly rssOverhead: Surplus;
  /** All of the process over all that is accounted for. */
  readonly fragmentation: Surplus;
}

export function memoryRatios(figures: MemoryFigures): MemoryRatios {
  const { allocatedBytes, activeBytes, residentBytes, rssBytes, usedBytes } = figures;
  return {
    allocatorFragmentation: surplus(activeBytes, allocatedBytes),
    allocatorRss: surplus(residentBytes, activeBytes),
    rssOverhead: surplus(rssBytes, residentBytes),
    fragmentation: surplus(rssBytes, usedBytes),
  };
}

function surplus(above: number, below: number): Surplus {
  return { ratio: below === 0 ? 0 : above / below, bytes: above - below };
}
