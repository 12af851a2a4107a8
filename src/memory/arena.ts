import {
  type BlockMemory,
  GRANULE_MASK,
  MAX_SEGMENTS,
  SEGMENT_BYTES,
  SEGMENT_SHIFT,
} from "./block-memory";
import { BornBitmap } from "./born-bitmap";
import { PageHeap, pagesForGranules, SEGMENT_PAGES } from "./page-heap";
import { ParkedBlocks } from "./parked-blocks";
import {
  CLASS_COUNT,
  CLASS_GRANULES,
  CLASS_OF_GRANULES,
  CLASS_SPAN_BLOCKS,
  CLASS_SPAN_PAGES,
  GRANULE_BYTES,
  MAX_CLASS_GRANULES,
  PAGE_BYTES,
  PAGE_GRANULES,
} from "./size-classes";

/**
 * The linear memory that holds all data: blocks, their sizes, and the freeze that snapshots need.
 *
 * It knows nothing of what blocks mean. Every block has exactly one owner that holds its ref.
 *
 *     segment (256 MiB SharedArrayBuffer) = 16,384 pages of 16 KiB
 *     span    = 1..8 pages cut into blocks of one size class; its free blocks form a list, the ref
 *               of the next in the first word of each
 *     large   = whole pages; above a segment, a segment of its own
 *
 * Freeze. Between `freeze()` and `thaw()` every block that existed at the freeze keeps its bytes: a
 * writer calls `own(ref)` first and stores the ref it gets in the block's parent (which it owns by
 * the same rule); a freed one is parked and given back after the thaw, a little at a time.
 *
 * What always holds: `frozen(ref)` is true exactly for blocks that existed at the freeze; a parked
 * block is neither changed nor handed out while the snapshot lasts; `usedBytes` is the sum of the
 * capacities of all blocks that are not free, parked ones included.
 *
 * Costs: alloc and free are O(1), about 10 ns; a block costs its class size plus 0.2% for tables.
 */

/** Words of a span's record in `#spans`, which is indexed by the span's first page. */
const SPAN_WORDS = 8;
const SPAN_FREE = 0;
const SPAN_USED = 1;
const SPAN_CARVED = 2;
const SPAN_NEXT = 3;
const SPAN_PREVIOUS = 4;
const SPAN_PAGES = 5;

const CLASS_LARGE = 255;
const CLASS_HUGE = 254;
const CLASS_NONE = 253;
const POISON_BYTE = 0xdd;
const LONG_COPY_WORDS = 64;

export interface ArenaOptions {
  /** Overwrites freed blocks and checks every ref that is freed or owned (debug builds). */
  readonly poison?: boolean;
  /** Tells the system that a range of a segment is not needed; absent: memory is kept. */
  readonly advise?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Called when a segment has been added. */
  readonly onSegment?: (index: number, bytes: Uint8Array) => void;
}

export class Arena implements BlockMemory {
  readonly bytes: Uint8Array[] = [];
  readonly words: Int32Array[] = [];
  /** True between freeze and thaw. Read-only for everybody else. */
  frozenNow = false;
  #usedGranules = 0;
  readonly #pages = new PageHeap();
  #spans = new Int32Array(0);
  #spanOfPage = new Int32Array(0);
  #classOfSpan = new Uint8Array(0);
  /** By class: the span that blocks are taken from. Page 0 is never a span and counts as full. */
  readonly #current = new Int32Array(CLASS_COUNT);
  /** By class: first of the other spans that have a free block; 0 is none. */
  readonly #withRoom = new Int32Array(CLASS_COUNT);
  readonly #freeSegments: number[] = [];
  readonly #born = new BornBitmap();
  #parked = new ParkedBlocks();
  readonly #released: ParkedBlocks[] = [];
  readonly #options: ArenaOptions;

  constructor(options: ArenaOptions = {}) {
    this.#options = options;
    this.#addSegment();
    this.#pages.take(1);
    this.#classOfSpan[0] = CLASS_NONE;
    this.#spans[SPAN_PAGES] = 1;
    this.#spans[SPAN_CARVED] = PAGE_GRANULES;
  }

  /** Sum of the capacities of all blocks in use, in bytes. */
  get usedBytes(): number {
    return this.#usedGranules * GRANULE_BYTES;
  }

  /** Bytes of pages that hold at least one block: what the allocator keeps from the system. */
  get reservedBytes(): number {
    return this.#pages.usedPages * PAGE_BYTES;
  }

  /** Blocks that wait to be given back since a snapshot froze them. */
  get parkedCount(): number {
    let count = this.#parked.count;
    for (const list of this.#released) count += list.count;
    return count;
  }

  /**
   * A block of at least `sizeBytes` (less than 4 GiB), its content undefined.
   * @throws RangeError when 64 GiB are used up or the system gives no memory.
   */
  alloc(sizeBytes: number): number {
    const granules = (sizeBytes + 15) >>> 4;
    if (granules > MAX_CLASS_GRANULES) return this.#allocLarge(granules);
    const sizeClass = CLASS_OF_GRANULES[granules];
    let span = this.#current[sizeClass];
    let at = span * SPAN_WORDS;
    let ref = this.#spans[at + SPAN_FREE];
    if (ref === 0 && this.#spans[at + SPAN_CARVED] >= CLASS_SPAN_BLOCKS[sizeClass]) {
      span = this.#refill(sizeClass);
      at = span * SPAN_WORDS;
      ref = this.#spans[at + SPAN_FREE];
    }
    if (ref !== 0) {
      this.#spans[at + SPAN_FREE] = this.words[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) << 2];
    } else {
      const carved = this.#spans[at + SPAN_CARVED]++;
      ref = (span * PAGE_GRANULES + carved * CLASS_GRANULES[sizeClass]) | 0;
    }
    this.#spans[at + SPAN_USED]++;
    this.#usedGranules += CLASS_GRANULES[sizeClass];
    if (this.frozenNow) this.#born.mark(ref);
    return ref;
  }

  /** Gives a block back; one that a snapshot still needs is parked instead. */
  free(ref: number): void {
    if (this.#options.poison) this.#check(ref);
    if (this.frozenNow && !this.#born.has(ref)) this.#parked.push(ref);
    else this.#release(ref);
  }

  /** Whether a snapshot needs the block as it is. */
  frozen(ref: number): boolean {
    return this.frozenNow && !this.#born.has(ref);
  }

  /**
   * A block with the same content that may be changed: `ref` itself, or a copy when it is frozen
   * (then `ref` is freed for its owner, who must store the new ref instead).
   */
  own(ref: number): number {
    if (!this.frozenNow || this.#born.has(ref)) return ref;
    return this.#copyOf(ref);
  }

  /** Bytes that the block has room for. */
  capacityOf(ref: number): number {
    return this.#granulesOf(ref) * GRANULE_BYTES;
  }

  /**
   * A block with room for `sizeBytes` whose first `keepBytes` are those of `ref`; `ref` itself when
   * its size class is already right and it may be changed. The caller's old ref is no longer its own.
   */
  resize(ref: number, sizeBytes: number, keepBytes: number): number {
    const capacity = this.capacityOf(ref);
    const tooSmall = sizeBytes > capacity;
    const farTooLarge = sizeBytes * 2 < capacity && capacity > 64;
    if (!tooSmall && !farTooLarge) return this.own(ref);
    const resized = this.alloc(sizeBytes);
    this.copyWords(ref, resized, (keepBytes + 3) >>> 2);
    this.free(ref);
    return resized;
  }

  /** Copies the first `count` words of one block to another. */
  copyWords(from: number, to: number, count: number): void {
    const source = this.words[from >>> SEGMENT_SHIFT];
    const target = this.words[to >>> SEGMENT_SHIFT];
    const sourceAt = (from & GRANULE_MASK) << 2;
    const targetAt = (to & GRANULE_MASK) << 2;
    if (count <= LONG_COPY_WORDS) {
      for (let i = 0; i < count; i++) target[targetAt + i] = source[sourceAt + i];
    } else if (source === target) {
      target.copyWithin(targetAt, sourceAt, sourceAt + count);
    } else {
      target.set(source.subarray(sourceAt, sourceAt + count), targetAt);
    }
  }

  /** Starts a snapshot: every block that exists is immutable until `thaw`. */
  freeze(): void {
    if (this.frozenNow) throw new Error("a snapshot is already running");
    this.#born.reset(this.words.length);
    this.frozenNow = true;
  }

  /** Ends a snapshot. What it parked is given back by `releaseParked`, not here. */
  thaw(): void {
    if (!this.frozenNow) throw new Error("no snapshot is running");
    this.frozenNow = false;
    if (this.#parked.count > 0) this.#released.push(this.#parked);
    this.#parked = new ParkedBlocks();
  }

  /** Frees up to `most` blocks of ended snapshots; returns how many were freed. */
  releaseParked(most: number): number {
    let freed = 0;
    while (freed < most && this.#released.length > 0) {
      const list = this.#released[this.#released.length - 1];
      const ref = list.pop();
      if (ref === 0) {
        this.#released.pop();
        continue;
      }
      this.#release(ref);
      freed++;
    }
    if (freed < most && !this.frozenNow) this.#born.clearSome();
    return freed;
  }

  /** The segments, for a worker's SegmentView. */
  share(): SharedArrayBuffer[] {
    return this.bytes.map((segment) => segment.buffer as SharedArrayBuffer);
  }

  /** Returns up to about `maxBytes` of free pages to the system; returns the bytes returned. */
  purge(maxBytes: number): number {
    const advise = this.#options.advise;
    if (advise === undefined) return 0;
    const pages = this.#pages.purge(Math.ceil(maxBytes / PAGE_BYTES), (first, count) => {
      const segment = Math.floor(first / SEGMENT_PAGES);
      advise(this.bytes[segment], (first % SEGMENT_PAGES) * PAGE_BYTES, count * PAGE_BYTES);
    });
    return pages * PAGE_BYTES;
  }

  /** Walks every page, span and free list; throws an Error that names the first broken rule. */
  verify(): void {
    let granules = 0;
    this.#pages.verify((page) => {
      const sizeClass = this.#classOfSpan[page];
      if (sizeClass === CLASS_NONE) return page === 0 ? 1 : 0;
      const count = this.#spans[page * SPAN_WORDS + SPAN_PAGES];
      if (sizeClass === CLASS_HUGE) {
        granules += count * PAGE_GRANULES;
        return -SEGMENT_PAGES;
      }
      if (sizeClass === CLASS_LARGE) granules += count * PAGE_GRANULES;
      else granules += this.#verifySpan(page, sizeClass);
      return count;
    });
    if (granules !== this.#usedGranules) {
      throw new Error(`${granules} granules used, ${this.#usedGranules} counted`);
    }
  }

  #verifySpan(span: number, sizeClass: number): number {
    const at = span * SPAN_WORDS;
    const carved = this.#spans[at + SPAN_CARVED];
    let free = 0;
    for (let ref = this.#spans[at + SPAN_FREE]; ref !== 0; free++) {
      const inSpan = ((ref >>> 0) - span * PAGE_GRANULES) / CLASS_GRANULES[sizeClass];
      if (!Number.isInteger(inSpan) || inSpan < 0 || inSpan >= carved || free > carved) {
        throw new Error(`free list of span ${span} leads to ${ref >>> 0}`);
      }
      ref = this.words[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) << 2];
    }
    const used = this.#spans[at + SPAN_USED];
    if (used + free !== carved) {
      throw new Error(`span ${span}: ${used} used and ${free} free of ${carved}`);
    }
    if (used === 0 && this.#current[sizeClass] !== span) throw new Error(`span ${span} is empty`);
    return used * CLASS_GRANULES[sizeClass];
  }

  #copyOf(ref: number): number {
    const granules = this.#granulesOf(ref);
    const copy = this.alloc(granules * GRANULE_BYTES);
    this.copyWords(ref, copy, granules << 2);
    this.free(ref);
    return copy;
  }

  #granulesOf(ref: number): number {
    const span = this.#spanOfPage[ref >>> 10];
    const sizeClass = this.#classOfSpan[span];
    if (sizeClass < CLASS_NONE) return CLASS_GRANULES[sizeClass];
    return this.#spans[span * SPAN_WORDS + SPAN_PAGES] * PAGE_GRANULES;
  }

  #release(ref: number): void {
    const span = this.#spanOfPage[ref >>> 10];
    const sizeClass = this.#classOfSpan[span];
    if (sizeClass >= CLASS_NONE) {
      this.#releaseLarge(span, sizeClass);
      return;
    }
    const at = span * SPAN_WORDS;
    const words = this.words[ref >>> SEGMENT_SHIFT];
    const word = (ref & GRANULE_MASK) << 2;
    if (this.#options.poison) this.#poison(ref, CLASS_GRANULES[sizeClass]);
    const first = this.#spans[at + SPAN_FREE];
    words[word] = first;
    this.#spans[at + SPAN_FREE] = ref;
    const used = --this.#spans[at + SPAN_USED];
    this.#usedGranules -= CLASS_GRANULES[sizeClass];
    if (span === this.#current[sizeClass]) return;
    const wasFull = first === 0 && this.#spans[at + SPAN_CARVED] === CLASS_SPAN_BLOCKS[sizeClass];
    if (used === 0) {
      if (!wasFull) this.#unlinkSpan(span, sizeClass);
      this.#classOfSpan[span] = CLASS_NONE;
      this.#pages.give(span, CLASS_SPAN_PAGES[sizeClass]);
    } else if (wasFull) {
      this.#linkSpan(span, sizeClass);
    }
  }

  #releaseLarge(span: number, sizeClass: number): void {
    if (sizeClass === CLASS_NONE) throw new Error(`block of page ${span} is not in use`);
    const pages = this.#spans[span * SPAN_WORDS + SPAN_PAGES];
    this.#usedGranules -= pages * PAGE_GRANULES;
    if (sizeClass === CLASS_HUGE) {
      const segment = span / SEGMENT_PAGES;
      this.bytes[segment] = new Uint8Array(new SharedArrayBuffer(0));
      this.words[segment] = new Int32Array(new SharedArrayBuffer(0));
      this.#spans[span * SPAN_WORDS + SPAN_PAGES] = 0;
      this.#freeSegments.push(segment);
      return;
    }
    this.#classOfSpan[span] = CLASS_NONE;
    this.#pages.give(span, pages);
  }

  /** Makes a span with a free block current: one that has room, or a new one. */
  #refill(sizeClass: number): number {
    let span = this.#withRoom[sizeClass];
    if (span !== 0) {
      this.#unlinkSpan(span, sizeClass);
    } else {
      const pages = CLASS_SPAN_PAGES[sizeClass];
      span = this.#takePages(pages);
      this.#spans.fill(0, span * SPAN_WORDS, (span + 1) * SPAN_WORDS);
      this.#spans[span * SPAN_WORDS + SPAN_PAGES] = pages;
      this.#classOfSpan[span] = sizeClass;
      this.#spanOfPage.fill(span, span, span + pages);
    }
    this.#current[sizeClass] = span;
    return span;
  }

  #allocLarge(granules: number): number {
    const pages = pagesForGranules(granules);
    if (pages > SEGMENT_PAGES) return this.#allocHuge(pages);
    const span = this.#takePages(pages);
    this.#spans[span * SPAN_WORDS + SPAN_PAGES] = pages;
    this.#classOfSpan[span] = CLASS_LARGE;
    this.#spanOfPage[span] = span;
    this.#usedGranules += pages * PAGE_GRANULES;
    const ref = (span * PAGE_GRANULES) | 0;
    if (this.frozenNow) this.#born.mark(ref);
    return ref;
  }

  #allocHuge(pages: number): number {
    const reused = this.#freeSegments.pop();
    const segment = reused ?? this.#newSegmentIndex();
    this.#setSegment(segment, pages * PAGE_BYTES);
    if (reused === undefined) {
      this.#pages.skipSegment();
      this.#growTables();
    }
    const span = segment * SEGMENT_PAGES;
    this.#spans[span * SPAN_WORDS + SPAN_PAGES] = pages;
    this.#classOfSpan[span] = CLASS_HUGE;
    this.#spanOfPage[span] = span;
    this.#usedGranules += pages * PAGE_GRANULES;
    const ref = (span * PAGE_GRANULES) | 0;
    if (this.frozenNow) this.#born.mark(ref);
    return ref;
  }

  #takePages(count: number): number {
    let first = this.#pages.take(count);
    if (first < 0) {
      this.#addSegment();
      first = this.#pages.take(count);
    }
    return first;
  }

  #addSegment(): void {
    const index = this.#newSegmentIndex();
    this.#setSegment(index, SEGMENT_BYTES);
    this.#pages.addSegment();
    this.#growTables();
  }

  #newSegmentIndex(): number {
    if (this.bytes.length === MAX_SEGMENTS) throw new RangeError("all 64 GiB of memory are in use");
    return this.bytes.length;
  }

  #setSegment(index: number, sizeBytes: number): void {
    const buffer = new SharedArrayBuffer(sizeBytes);
    this.bytes[index] = new Uint8Array(buffer);
    this.words[index] = new Int32Array(buffer);
    this.#options.onSegment?.(index, this.bytes[index]);
    if (this.frozenNow) this.#born.addSegment(index);
  }

  #growTables(): void {
    const pages = this.bytes.length * SEGMENT_PAGES;
    if (pages <= this.#classOfSpan.length) return;
    const capacity = Math.max(pages, this.#classOfSpan.length * 2);
    const spans = new Int32Array(capacity * SPAN_WORDS);
    spans.set(this.#spans);
    this.#spans = spans;
    const spanOfPage = new Int32Array(capacity);
    spanOfPage.set(this.#spanOfPage);
    this.#spanOfPage = spanOfPage;
    const classes = new Uint8Array(capacity).fill(CLASS_NONE);
    classes.set(this.#classOfSpan);
    this.#classOfSpan = classes;
  }

  #linkSpan(span: number, sizeClass: number): void {
    const head = this.#withRoom[sizeClass];
    this.#spans[span * SPAN_WORDS + SPAN_NEXT] = head;
    this.#spans[span * SPAN_WORDS + SPAN_PREVIOUS] = 0;
    if (head !== 0) this.#spans[head * SPAN_WORDS + SPAN_PREVIOUS] = span;
    this.#withRoom[sizeClass] = span;
  }

  #unlinkSpan(span: number, sizeClass: number): void {
    const next = this.#spans[span * SPAN_WORDS + SPAN_NEXT];
    const previous = this.#spans[span * SPAN_WORDS + SPAN_PREVIOUS];
    if (previous === 0) this.#withRoom[sizeClass] = next;
    else this.#spans[previous * SPAN_WORDS + SPAN_NEXT] = next;
    if (next !== 0) this.#spans[next * SPAN_WORDS + SPAN_PREVIOUS] = previous;
  }

  #poison(ref: number, granules: number): void {
    const at = (ref & GRANULE_MASK) * GRANULE_BYTES;
    this.bytes[ref >>> SEGMENT_SHIFT].fill(POISON_BYTE, at + 4, at + granules * GRANULE_BYTES);
  }

  /** Poison mode: throws unless `ref` is the start of a block that is in use. */
  #check(ref: number): void {
    const span = this.#spanOfPage[ref >>> 10];
    const sizeClass = this.#classOfSpan[span];
    const inSpan = (ref >>> 0) - span * PAGE_GRANULES;
    if (ref === 0 || sizeClass === CLASS_NONE) throw new Error(`ref ${ref >>> 0} is not in use`);
    if (sizeClass >= CLASS_NONE) {
      if (inSpan !== 0) throw new Error(`ref ${ref >>> 0} points into a large block`);
      return;
    }
    if (inSpan % CLASS_GRANULES[sizeClass] !== 0) throw new Error(`ref ${ref >>> 0} is no block`);
    for (let free = this.#spans[span * SPAN_WORDS + SPAN_FREE]; free !== 0; ) {
      if (free === ref) throw new Error(`ref ${ref >>> 0} is freed twice`);
      free = this.words[free >>> SEGMENT_SHIFT][(free & GRANULE_MASK) << 2];
    }
  }
}
