import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "./block-memory";
import { MAX_PAGES, SEGMENT_PAGES } from "./page-heap";
import { CLASS_COUNT, CLASS_GRANULES, CLASS_SPAN_BLOCKS, PAGE_GRANULES } from "./size-classes";

/**
 * What the arena knows about pages in use: which span a page belongs to, and of each span its class
 * and its blocks. It moves no data and decides nothing; Arena allocates and frees.
 *
 * A span is named by its first page. A large block is a span of one block.
 *
 * What always holds: a span with a free block is either its class's current one or in the list of
 * those with room; one without is in neither (but may be current); no span without a used block
 * exists but the current ones.
 *
 * The tables have their full size from the start (see PageHeap). 37 bytes per page.
 */

/** Words of a span's record in `records`. */
export const SPAN_WORDS = 8;
/** Ref of the first block in the span's list of free blocks; 0 when there is none. */
export const SPAN_FREE = 0;
/** Blocks in use. */
export const SPAN_USED = 1;
/** Blocks that were handed out at least once; those behind them have never been touched. */
export const SPAN_CARVED = 2;
const SPAN_NEXT = 3;
const SPAN_PREVIOUS = 4;
export const SPAN_PAGES = 5;

/** A large block: whole pages. */
export const CLASS_LARGE = 255;
/** A block larger than a segment, in a segment of its own. */
export const CLASS_HUGE = 254;
/** No span. */
export const CLASS_NONE = 253;

export class SpanTable {
  readonly records = new Int32Array(MAX_PAGES * SPAN_WORDS);
  /** By page of a span: the span. Of a large block only the first page has its entry. */
  readonly spanOfPage = new Int32Array(MAX_PAGES);
  readonly classOfSpan = new Uint8Array(MAX_PAGES);
  /** By class: the span that blocks are taken from. Page 0 is never a span and counts as full. */
  readonly current = new Int32Array(CLASS_COUNT);
  /** By class: first of the other spans that have a free block; 0 is none. */
  readonly withRoom = new Int32Array(CLASS_COUNT);

  addSegment(index: number): void {
    const first = index * SEGMENT_PAGES;
    this.classOfSpan.fill(CLASS_NONE, first, first + SEGMENT_PAGES);
  }

  /** A span of small blocks begins, none of them handed out yet. */
  addSpan(span: number, sizeClass: number, pages: number): void {
    this.records.fill(0, span * SPAN_WORDS, (span + 1) * SPAN_WORDS);
    this.records[span * SPAN_WORDS + SPAN_PAGES] = pages;
    this.classOfSpan[span] = sizeClass;
    this.spanOfPage.fill(span, span, span + pages);
  }

  /** A block of whole pages begins; `sizeClass` is CLASS_LARGE or CLASS_HUGE. */
  addLarge(span: number, sizeClass: number, pages: number): void {
    this.records[span * SPAN_WORDS + SPAN_PAGES] = pages;
    this.classOfSpan[span] = sizeClass;
    this.spanOfPage[span] = span;
  }

  granulesOf(ref: number): number {
    const span = this.spanOfPage[ref >>> 10];
    const sizeClass = this.classOfSpan[span];
    if (sizeClass < CLASS_NONE) return CLASS_GRANULES[sizeClass];
    return this.records[span * SPAN_WORDS + SPAN_PAGES] * PAGE_GRANULES;
  }

  link(span: number, sizeClass: number): void {
    const head = this.withRoom[sizeClass];
    this.records[span * SPAN_WORDS + SPAN_NEXT] = head;
    this.records[span * SPAN_WORDS + SPAN_PREVIOUS] = 0;
    if (head !== 0) this.records[head * SPAN_WORDS + SPAN_PREVIOUS] = span;
    this.withRoom[sizeClass] = span;
  }

  unlink(span: number, sizeClass: number): void {
    const next = this.records[span * SPAN_WORDS + SPAN_NEXT];
    const previous = this.records[span * SPAN_WORDS + SPAN_PREVIOUS];
    if (previous === 0) this.withRoom[sizeClass] = next;
    else this.records[previous * SPAN_WORDS + SPAN_NEXT] = next;
    if (next !== 0) this.records[next * SPAN_WORDS + SPAN_PREVIOUS] = previous;
  }

  /** Throws an Error unless `ref` is the start of a block in use. For poison mode: walks a list. */
  checkUsed(memory: BlockMemory, ref: number): void {
    const span = this.spanOfPage[ref >>> 10];
    const sizeClass = this.classOfSpan[span];
    const offset = (ref >>> 0) - span * PAGE_GRANULES;
    if (ref === 0 || span === 0 || sizeClass === CLASS_NONE) throw notInUse(ref);
    if (sizeClass > CLASS_NONE) {
      if (offset !== 0) throw new Error(`ref ${ref >>> 0} points into a large block`);
      if (this.records[span * SPAN_WORDS + SPAN_PAGES] === 0) throw notInUse(ref);
      return;
    }
    const number = offset / CLASS_GRANULES[sizeClass];
    if (number >= this.records[span * SPAN_WORDS + SPAN_CARVED]) throw notInUse(ref);
    if (!Number.isInteger(number)) throw new Error(`ref ${ref >>> 0} points into a block`);
    for (let free = this.records[span * SPAN_WORDS + SPAN_FREE]; free !== 0; ) {
      if (free === ref) throw new Error(`ref ${ref >>> 0} is freed twice`);
      free = firstWord(memory, free);
    }
  }

  /**
   * Checks a span of small blocks; returns the granules of its blocks in use. `checkFree` is called
   * with each free block that has been used before.
   */
  verifySpan(memory: BlockMemory, span: number, checkFree: (ref: number) => void): number {
    const at = span * SPAN_WORDS;
    const sizeClass = this.classOfSpan[span];
    const carved = this.records[at + SPAN_CARVED];
    let free = 0;
    for (let ref = this.records[at + SPAN_FREE]; ref !== 0; free++) {
      const number = ((ref >>> 0) - span * PAGE_GRANULES) / CLASS_GRANULES[sizeClass];
      if (!Number.isInteger(number) || number < 0 || number >= carved || free > carved) {
        throw new Error(`free list of span ${span} leads to ${ref >>> 0}`);
      }
      checkFree(ref);
      ref = firstWord(memory, ref);
    }
    const used = this.records[at + SPAN_USED];
    if (used + free !== carved || carved > CLASS_SPAN_BLOCKS[sizeClass]) {
      throw new Error(`span ${span}: ${used} used and ${free} free of ${carved}`);
    }
    if (used === 0 && this.current[sizeClass] !== span) throw new Error(`span ${span} is empty`);
    const pages = this.records[at + SPAN_PAGES];
    if (this.spanOfPage.subarray(span, span + pages).some((owner) => owner !== span)) {
      throw new Error(`a page of span ${span} belongs to another`);
    }
    return used * CLASS_GRANULES[sizeClass];
  }

  /** Whether a span has a free block and is not current: it must be in the list of those. */
  shouldBeListed(span: number): boolean {
    const sizeClass = this.classOfSpan[span];
    return (
      span !== this.current[sizeClass] &&
      this.records[span * SPAN_WORDS + SPAN_USED] < CLASS_SPAN_BLOCKS[sizeClass]
    );
  }

  /** Checks the lists of spans with room, which must have `wanted` spans in all. */
  verifyLists(wanted: number): void {
    let listed = 0;
    for (let sizeClass = 0; sizeClass < CLASS_COUNT; sizeClass++) {
      let before = 0;
      for (let span = this.withRoom[sizeClass]; span !== 0; ) {
        listed++;
        const isRight = this.classOfSpan[span] === sizeClass && this.shouldBeListed(span);
        const previous = this.records[span * SPAN_WORDS + SPAN_PREVIOUS];
        if (!isRight || previous !== before || listed > wanted) {
          throw new Error(`spans of class ${sizeClass} with room lead to ${span}`);
        }
        before = span;
        span = this.records[span * SPAN_WORDS + SPAN_NEXT];
      }
    }
    if (listed !== wanted) throw new Error(`${wanted} spans with room, ${listed} of them listed`);
  }
}

function firstWord(memory: BlockMemory, ref: number): number {
  return memory.words[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) << 2];
}

function notInUse(ref: number): Error {
  return new Error(`ref ${ref >>> 0} is not in use`);
}
