import { MAX_SEGMENTS } from "./block-memory";

/**
 * Runs of pages: what spans of small blocks and large blocks are cut from.
 *
 * It knows page numbers only, no bytes; Arena maps them to memory. A page is 16 KiB and its number
 * counts through all segments, so `page = ref >>> 10`. A run never crosses the end of a segment.
 *
 * What always holds: two free runs are never neighbours within one segment (they are merged), and
 * every free run stands in exactly one bin. Of a free run only the leading `dirty` pages may hold
 * memory; those behind were never touched, or have been given back to the system. So what is freed
 * before pages that were never touched is told from them, and is taken again before they are. Within
 * a bin, runs that hold memory come before those that hold none: they are taken first, and a purge
 * looks no further.
 *
 *     lengths: [ 5 . . . 5 | used 3 pages | 1 | used ... ]   first and last page of a free run
 *     bins[5] -> that run <-> others of five pages
 *
 * Bins are exact below 64 pages; above, there are four per doubling. Taking and giving back a run
 * are O(1): the first run of a higher bin is always long enough, and a bin whose runs may be too
 * short is searched for a few steps only, unless memory would have to grow.
 *
 * The tables have their full size from the start, so that nothing is ever copied; the system gives
 * them memory where they are touched. 13 bytes per page, which is 0.08%.
 */
export const SEGMENT_PAGES = 16384;
export const MAX_PAGES = MAX_SEGMENTS * SEGMENT_PAGES;

const EXACT_BINS = 64;
const EXACT_BITS = 6;
const BINS_PER_DOUBLING = 4;
/** Lengths go up to 2^14. */
const BIN_COUNT = EXACT_BINS + (14 - EXACT_BITS) * BINS_PER_DOUBLING + 1;
/** Of a bin that may hold runs which are too short, so many are looked at. */
const FEW_RUNS = 16;
const NONE = -1;
const STATE_USED = 0;
const STATE_FREE = 1;
/** Runs shorter than this are kept by the process: giving them back costs more than it saves. */
const MIN_ADVISED_PAGES = 4;

export class PageHeap {
  /** Pages in use. */
  usedPages = 0;
  /** Behind the run taken last: free pages that hold no memory yet, up to the end of their run. */
  cleanFrom = 0;
  cleanPages = 0;
  /** Free pages that may hold memory: what a purge could give back, short runs included. */
  dirtyPages = 0;
  #pages = 0;
  readonly #lengths = new Int32Array(MAX_PAGES);
  readonly #next = new Int32Array(MAX_PAGES);
  readonly #previous = new Int32Array(MAX_PAGES);
  /** By first page of a free run: how many of its pages, from the first on, may hold memory. */
  readonly #dirty = new Int32Array(MAX_PAGES);
  readonly #states = new Uint8Array(MAX_PAGES);
  readonly #bins = new Int32Array(BIN_COUNT).fill(NONE);
  readonly #lastOfBin = new Int32Array(BIN_COUNT).fill(NONE);

  /** Adds a segment's pages, none of them touched yet. Returns its first page. */
  addSegment(): number {
    const first = this.#pages;
    this.#pages += SEGMENT_PAGES;
    this.#linkRun(first, SEGMENT_PAGES, 0);
    return first;
  }

  /** Reserves a segment's page numbers that are never handed out (its block is larger than one). */
  skipSegment(): void {
    this.#pages += SEGMENT_PAGES;
  }

  /** First page of a run of `count` pages, or -1 when no free run is long enough. */
  take(count: number): number {
    const first = this.#find(count);
    if (first === NONE) return NONE;
    const length = this.#lengths[first];
    const dirty = this.#dirty[first];
    this.#unlinkRun(first, length);
    this.cleanFrom = first + Math.max(count, dirty);
    this.cleanPages = first + length - this.cleanFrom;
    if (length > count) this.#linkRun(first + count, length - count, Math.max(dirty - count, 0));
    this.usedPages += count;
    return first;
  }

  /** Gives a run back and merges it with its free neighbours. */
  give(first: number, count: number): void {
    this.usedPages -= count;
    let start = first;
    let length = count;
    let dirty = count;
    const segmentStart = first - (first % SEGMENT_PAGES);
    const before = first - 1;
    if (before >= segmentStart && this.#states[before] !== STATE_USED) {
      const beforeLength = this.#lengths[before];
      start = first - beforeLength;
      this.#unlinkRun(start, beforeLength);
      length += beforeLength;
      dirty += beforeLength;
    }
    const after = first + count;
    if (after < segmentStart + SEGMENT_PAGES && this.#states[after] !== STATE_USED) {
      const afterLength = this.#lengths[after];
      const afterDirty = this.#dirty[after];
      this.#unlinkRun(after, afterLength);
      if (afterDirty > 0) dirty = length + afterDirty;
      length += afterLength;
    }
    this.#linkRun(start, length, dirty);
  }

  /**
   * Hands pages of free runs that may hold memory to `advise`, at most `maxPages` in all, long runs
   * first, and of a run the last ones first. Returns the number of pages handed out.
   */
  purge(maxPages: number, advise: (firstPage: number, pages: number) => void): number {
    let purged = 0;
    for (let bin = BIN_COUNT - 1; bin >= MIN_ADVISED_PAGES && purged < maxPages; ) {
      const run = this.#bins[bin];
      const length = run === NONE ? 0 : this.#lengths[run];
      const dirty = run === NONE ? 0 : this.#dirty[run];
      if (dirty === 0) {
        bin--;
        continue;
      }
      const pages = Math.min(dirty, maxPages - purged);
      advise(run + dirty - pages, pages);
      this.#unlinkRun(run, length);
      this.#linkRun(run, length, dirty - pages);
      purged += pages;
    }
    return purged;
  }

  /**
   * Walks all runs; throws an Error that names the first broken rule. `usedRun` tells the length of
   * the used run at a page: negative when it stands for a skipped segment, 0 when there is none.
   */
  verify(usedRun: (firstPage: number) => number): void {
    let used = 0;
    let freeRuns = 0;
    let dirty = 0;
    let freeBefore = false;
    for (let page = 0; page < this.#pages; ) {
      if (page % SEGMENT_PAGES === 0) freeBefore = false;
      if (this.#states[page] === STATE_USED) {
        const length = usedRun(page);
        if (length === 0) throw new Error(`page ${page} belongs to no run`);
        this.#verifyUsed(page, Math.abs(length));
        if (length > 0) used += length;
        page += Math.abs(length);
        freeBefore = false;
        continue;
      }
      if (freeBefore) throw new Error(`free runs meet at page ${page}`);
      dirty += this.#dirty[page];
      page += this.#verifyFree(page);
      freeRuns++;
      freeBefore = true;
    }
    if (used !== this.usedPages) throw new Error(`${used} pages used, ${this.usedPages} counted`);
    if (dirty !== this.dirtyPages) {
      throw new Error(`${dirty} pages dirty, ${this.dirtyPages} counted`);
    }
    this.#verifyBins(freeRuns);
  }

  /** Only the ends of a free run are marked free. */
  #verifyUsed(first: number, length: number): void {
    for (let page = first; page < first + length; page++) {
      if (this.#states[page] !== STATE_USED) throw new Error(`page ${page} is marked free`);
    }
  }

  #verifyFree(first: number): number {
    const length = this.#lengths[first];
    const last = first + length - 1;
    if (this.#lengths[last] !== length || this.#states[last] !== STATE_FREE) {
      throw new Error(`free run ${first} has no end at ${last}`);
    }
    if (length > 2) this.#verifyUsed(first + 1, length - 2);
    const dirty = this.#dirty[first];
    if (dirty < 0 || dirty > length) throw new Error(`${dirty} of ${length} pages dirty`);
    return length;
  }

  #verifyBins(freeRuns: number): void {
    let binned = 0;
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      let before = NONE;
      let cleanBefore = false;
      for (let run = this.#bins[bin]; run !== NONE; run = this.#next[run]) {
        binned++;
        const isClean = this.#dirty[run] === 0;
        if (cleanBefore && !isClean) throw new Error(`run ${run} is hidden behind clean ones`);
        cleanBefore = isClean;
        const isRight = this.#states[run] === STATE_FREE && binOf(this.#lengths[run]) === bin;
        if (!isRight || this.#previous[run] !== before || binned > freeRuns) {
          throw new Error(`bin ${bin} leads to page ${run}`);
        }
        before = run;
      }
      if (this.#lastOfBin[bin] !== before) throw new Error(`bin ${bin} does not end at ${before}`);
    }
    if (binned !== freeRuns) throw new Error(`${freeRuns} free runs, ${binned} of them in bins`);
  }

  #find(count: number): number {
    const own = binOf(count);
    let few = FEW_RUNS;
    for (let run = this.#bins[own]; run !== NONE && few > 0; run = this.#next[run], few--) {
      if (this.#lengths[run] >= count) return run;
    }
    for (let bin = own + 1; bin < BIN_COUNT; bin++) {
      if (this.#bins[bin] !== NONE) return this.#bins[bin];
    }
    for (let run = this.#bins[own]; run !== NONE; run = this.#next[run]) {
      if (this.#lengths[run] >= count) return run;
    }
    return NONE;
  }

  #setState(first: number, length: number, state: number): void {
    this.#states[first] = state;
    this.#states[first + length - 1] = state;
  }

  #linkRun(first: number, length: number, dirty: number): void {
    this.#lengths[first] = length;
    this.#lengths[first + length - 1] = length;
    this.#dirty[first] = dirty;
    this.dirtyPages += dirty;
    this.#setState(first, length, STATE_FREE);
    const bin = binOf(length);
    const previous = dirty === 0 ? this.#lastOfBin[bin] : NONE;
    const next = dirty === 0 ? NONE : this.#bins[bin];
    this.#previous[first] = previous;
    this.#next[first] = next;
    if (previous === NONE) this.#bins[bin] = first;
    else this.#next[previous] = first;
    if (next === NONE) this.#lastOfBin[bin] = first;
    else this.#previous[next] = first;
  }

  #unlinkRun(first: number, length: number): void {
    const bin = binOf(length);
    const next = this.#next[first];
    const previous = this.#previous[first];
    if (previous === NONE) this.#bins[bin] = next;
    else this.#next[previous] = next;
    if (next === NONE) this.#lastOfBin[bin] = previous;
    else this.#previous[next] = previous;
    this.dirtyPages -= this.#dirty[first];
    this.#setState(first, length, STATE_USED);
  }
}

/** The bin of a free run. All runs of a higher bin are longer than any of a lower one. */
function binOf(length: number): number {
  if (length < EXACT_BINS) return length;
  const bits = 31 - Math.clz32(length);
  const quarter = (length >>> (bits - 2)) & (BINS_PER_DOUBLING - 1);
  return EXACT_BINS + (bits - EXACT_BITS) * BINS_PER_DOUBLING + quarter;
}
