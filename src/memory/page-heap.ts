import { MAX_CLASS_GRANULES, PAGE_GRANULES } from "./size-classes";

/**
 * Runs of pages: what spans of small blocks and large blocks are cut from.
 *
 * It knows page numbers only, no bytes; Arena maps them to memory. A page is 16 KiB and its number
 * counts through all segments, so `page = ref >>> 10`. A run never crosses the end of a segment.
 *
 * What always holds: two free runs are never neighbours within one segment (they are merged), and
 * every free run stands in exactly one bin. Taking and giving back a run costs O(1), except for runs
 * of EXACT_BINS pages and more, whose bin is searched for the best fit.
 *
 *     lengths: [ 5 . . . 5 | used 3 pages | 1 | used ... ]   first and last page of a free run
 *     bins[5] -> that run <-> others of five pages
 */
export const SEGMENT_PAGES = 16384;

const EXACT_BINS = 64;
const NONE = -1;
const STATE_USED = 0;
const STATE_CLEAN = 1;
const STATE_DIRTY = 2;
/** Runs shorter than this are kept by the process: giving them back costs more than it saves. */
const MIN_ADVISED_PAGES = 4;

export class PageHeap {
  /** Pages in use. */
  usedPages = 0;
  #pages = 0;
  #lengths = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #states = new Uint8Array(0);
  readonly #bins = new Int32Array(EXACT_BINS + 1).fill(NONE);

  /** Adds a segment's pages, none of them touched yet. Returns its first page. */
  addSegment(): number {
    const first = this.#pages;
    this.#pages += SEGMENT_PAGES;
    if (this.#pages > this.#lengths.length) this.#growTables();
    this.#linkRun(first, SEGMENT_PAGES, STATE_CLEAN);
    return first;
  }

  /** Reserves a segment's page numbers that are never handed out (its block is larger than one). */
  skipSegment(): void {
    this.#pages += SEGMENT_PAGES;
    if (this.#pages > this.#lengths.length) this.#growTables();
  }

  /** First page of a run of `count` pages, or -1 when no free run is long enough. */
  take(count: number): number {
    const first = this.#find(count);
    if (first === NONE) return NONE;
    const length = this.#lengths[first];
    const state = this.#states[first];
    this.#unlinkRun(first, length);
    if (length > count) this.#linkRun(first + count, length - count, state);
    this.#lengths[first] = count;
    this.usedPages += count;
    return first;
  }

  /** Gives a run back and merges it with its free neighbours. */
  give(first: number, count: number): void {
    this.usedPages -= count;
    let start = first;
    let length = count;
    const segmentStart = first - (first % SEGMENT_PAGES);
    const before = first - 1;
    if (before >= segmentStart && this.#states[before] !== STATE_USED) {
      const beforeLength = this.#lengths[before];
      start = first - beforeLength;
      this.#unlinkRun(start, beforeLength);
      length += beforeLength;
    }
    const after = first + count;
    if (after < segmentStart + SEGMENT_PAGES && this.#states[after] !== STATE_USED) {
      const afterLength = this.#lengths[after];
      this.#unlinkRun(after, afterLength);
      length += afterLength;
    }
    this.#linkRun(start, length, STATE_DIRTY);
  }

  /**
   * Hands free runs that hold touched memory to `advise`, at most about `maxPages` in all, and marks
   * them clean. Returns the number of pages handed out.
   */
  purge(maxPages: number, advise: (firstPage: number, pages: number) => void): number {
    let purged = 0;
    for (let bin = EXACT_BINS; bin >= MIN_ADVISED_PAGES && purged < maxPages; bin--) {
      for (let run = this.#bins[bin]; run !== NONE && purged < maxPages; run = this.#next[run]) {
        if (this.#states[run] !== STATE_DIRTY) continue;
        advise(run, this.#lengths[run]);
        this.#setState(run, this.#lengths[run], STATE_CLEAN);
        purged += this.#lengths[run];
      }
    }
    return purged;
  }

  /**
   * Walks all runs; throws an Error that names the first broken rule. `usedRun` tells the length of
   * the used run at a page: negative when it stands for a skipped segment, 0 when there is none.
   */
  verify(usedRun: (firstPage: number) => number): void {
    let used = 0;
    let freeBefore = false;
    for (let page = 0; page < this.#pages; ) {
      if (page % SEGMENT_PAGES === 0) freeBefore = false;
      if (this.#states[page] === STATE_USED) {
        const length = usedRun(page);
        if (length === 0) throw new Error(`page ${page} belongs to no run`);
        if (length > 0) used += length;
        page += Math.abs(length);
        freeBefore = false;
        continue;
      }
      if (freeBefore) throw new Error(`free runs meet at page ${page}`);
      const length = this.#lengths[page];
      if (this.#lengths[page + length - 1] !== length)
        throw new Error(`run ${page} has two lengths`);
      page += length;
      freeBefore = true;
    }
    if (used !== this.usedPages) throw new Error(`${used} pages used, ${this.usedPages} counted`);
  }

  #find(count: number): number {
    for (let bin = count; bin < EXACT_BINS; bin++) {
      if (this.#bins[bin] !== NONE) return this.#bins[bin];
    }
    let best = NONE;
    for (let run = this.#bins[EXACT_BINS]; run !== NONE; run = this.#next[run]) {
      const length = this.#lengths[run];
      if (length >= count && (best === NONE || length < this.#lengths[best])) best = run;
    }
    return best;
  }

  #setState(first: number, length: number, state: number): void {
    this.#states[first] = state;
    this.#states[first + length - 1] = state;
  }

  #linkRun(first: number, length: number, state: number): void {
    const bin = Math.min(length, EXACT_BINS);
    const head = this.#bins[bin];
    this.#lengths[first] = length;
    this.#lengths[first + length - 1] = length;
    this.#setState(first, length, state);
    this.#previous[first] = NONE;
    this.#next[first] = head;
    if (head !== NONE) this.#previous[head] = first;
    this.#bins[bin] = first;
  }

  #unlinkRun(first: number, length: number): void {
    const bin = Math.min(length, EXACT_BINS);
    const next = this.#next[first];
    const previous = this.#previous[first];
    if (previous === NONE) this.#bins[bin] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#setState(first, length, STATE_USED);
  }

  #growTables(): void {
    const capacity = Math.max(this.#pages, this.#lengths.length * 2);
    const grow = (old: Int32Array) => {
      const grown = new Int32Array(capacity);
      grown.set(old);
      return grown;
    };
    this.#lengths = grow(this.#lengths);
    this.#next = grow(this.#next);
    this.#previous = grow(this.#previous);
    const states = new Uint8Array(capacity);
    states.set(this.#states);
    this.#states = states;
  }
}

/** Pages that a block of so many granules takes when it is larger than any class. */
export function pagesForGranules(granules: number): number {
  return granules <= MAX_CLASS_GRANULES ? 0 : Math.ceil(granules / PAGE_GRANULES);
}
