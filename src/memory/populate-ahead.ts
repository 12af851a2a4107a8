import type { BlockMemory } from "./block-memory";
import { type PageHeap, SEGMENT_PAGES } from "./page-heap";
import { PAGE_BYTES } from "./size-classes";

const STEP_PAGES = (2 * 1024 * 1024) / PAGE_BYTES;
const LEAST_USED_PAGES = (16 * 1024 * 1024) / PAGE_BYTES;

/**
 * Has the system put memory behind pages shortly before they are used for the first time.
 *
 * Why: the first touch of a page waits for the system to clear it. A huge page takes 0.2 ms, and 4 ms
 * where the machine is itself a guest whose host must find the memory first. While a snapshot lasts,
 * every write takes new pages, so this thread would stand still every few milliseconds.
 *
 * It only asks, for 2 to 4 MiB ahead of the last pages taken, and knows nothing of blocks. A server
 * with little data asks for nothing.
 */
export class PopulateAhead {
  readonly #populate: (segment: Uint8Array, offset: number, length: number) => void;
  /** Behind the pages that were asked for last. */
  #end = 0;

  constructor(populate: (segment: Uint8Array, offset: number, length: number) => void) {
    this.#populate = populate;
  }

  /** Pages were taken from the heap. */
  taken(memory: BlockMemory, pages: PageHeap): void {
    const { cleanFrom, cleanPages } = pages;
    if (pages.usedPages < LEAST_USED_PAGES || cleanPages === 0) return;
    const ahead = this.#end - cleanFrom;
    const isNear = ahead >= 0 && ahead < 2 * STEP_PAGES;
    if (isNear && ahead >= STEP_PAGES) return;
    const from = isNear ? this.#end : cleanFrom;
    const to = Math.min(cleanFrom + cleanPages, from + STEP_PAGES);
    if (from >= to) return;
    this.#end = to;
    const segment = memory.bytes[Math.floor(from / SEGMENT_PAGES)];
    this.#populate(segment, (from % SEGMENT_PAGES) * PAGE_BYTES, (to - from) * PAGE_BYTES);
  }
}
