import {
  type BlockMemory,
  GRANULE_MASK,
  MAX_SEGMENTS,
  SEGMENT_BYTES,
  SEGMENT_SHIFT,
} from "./block-memory";
import { BornBitmap } from "./born-bitmap";
import { type ClassUsage, classUsage } from "./class-usage";
import { HugeSegments } from "./huge-segments";
import { MemoryPoison } from "./memory-poison";
import { PageHeap, SEGMENT_PAGES } from "./page-heap";
import { ParkedBlocks } from "./parked-blocks";
import { PopulateAhead } from "./populate-ahead";
import {
  CLASS_GRANULES,
  CLASS_OF_GRANULES,
  CLASS_SPAN_BLOCKS,
  CLASS_SPAN_PAGES,
  GRANULE_BYTES,
  MAX_CLASS_BYTES,
  PAGE_BYTES,
  PAGE_GRANULES,
} from "./size-classes";
import {
  CLASS_HUGE,
  CLASS_LARGE,
  CLASS_NONE,
  SPAN_CARVED,
  SPAN_FREE,
  SPAN_PAGES,
  SPAN_USED,
  SPAN_WORDS,
  SpanTable,
} from "./span-table";

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

const LONG_COPY_WORDS = 64;
/** A typed array over a block can have so many bytes. */
const MAX_BLOCK_BYTES = 0x1_0000_0000;
/** Parts of the born bitmap that one call clears after a snapshot: about 10 us. */
const CLEARED_PARTS = 64;

export interface ArenaOptions {
  /** Overwrites freed blocks and checks every ref that is freed or owned (debug builds). */
  readonly poison?: boolean;
  /** Tells the system that a range of a segment is not needed; absent: memory is kept. */
  readonly advise?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Has memory put behind a range that is soon to be used, beside this thread. */
  readonly populate?: (segment: Uint8Array, offset: number, length: number) => void;
  /** Called when a segment has been added. */
  readonly onSegment?: (index: number, bytes: Uint8Array) => void;
}

export class Arena implements BlockMemory {
  readonly bytes: Uint8Array[] = [];
  readonly words: Int32Array[] = [];
  readonly doubles: Float64Array[] = [];
  /** True between freeze and thaw. Read-only for everybody else. */
  frozenNow = false;
  #usedGranules = 0;
  #parkedGranules = 0;
  /** The part of them that the running snapshot, or the last one, has parked. */
  #heldGranules = 0;
  readonly #pages = new PageHeap();
  readonly #table = new SpanTable();
  /** The table's own arrays, which never change places. */
  readonly #records = this.#table.records;
  readonly #spanOfPage = this.#table.spanOfPage;
  readonly #classOfSpan = this.#table.classOfSpan;
  readonly #current = this.#table.current;
  readonly #huge = new HugeSegments();
  /** Of the running snapshot, or of the last one. */
  #born = new BornBitmap();
  /** Of the one before: two take turns, so that one can be cleared while the other is in use. */
  #bornBefore = new BornBitmap();
  #parked = new ParkedBlocks();
  readonly #released: ParkedBlocks[] = [];
  readonly #options: ArenaOptions;
  readonly #ahead: PopulateAhead | undefined;
  readonly #poison: MemoryPoison | undefined;
  /** Whether own, alloc and free have more to do than usual: while frozen, and in poison mode. */
  #guarded: boolean;

  constructor(options: ArenaOptions = {}) {
    this.#options = options;
    const { populate } = options;
    this.#ahead = populate === undefined ? undefined : new PopulateAhead(populate);
    this.#poison = options.poison ? new MemoryPoison(this, this.#table) : undefined;
    this.#guarded = this.#poison !== undefined;
    this.#addSegment();
    const first = this.#pages.take(1);
    this.#records[first * SPAN_WORDS + SPAN_PAGES] = 1;
    this.#records[first * SPAN_WORDS + SPAN_CARVED] = PAGE_GRANULES;
  }

  /** Sum of the capacities of all blocks in use, in bytes. */
  get usedBytes(): number {
    return this.#usedGranules * GRANULE_BYTES;
  }

  /** Whether `releaseParked` has something to give back. */
  get hasReleasable(): boolean {
    return this.#released.length > 0;
  }

  /** The part of `usedBytes` that waits to be given back since a snapshot froze it. */
  get parkedBytes(): number {
    return this.#parkedGranules * GRANULE_BYTES;
  }

  /** What the running snapshot, or the last one until the next, has made stay beside the data. */
  get heldBytes(): number {
    return this.#heldGranules * GRANULE_BYTES;
  }

  /** Bytes of pages that hold at least one block: what the allocator keeps from the system. */
  get reservedBytes(): number {
    return (this.#pages.usedPages + this.#huge.usedPages) * PAGE_BYTES;
  }

  /**
   * `reservedBytes` and the free pages that may hold memory. More than is true after a block was
   * freed behind pages that have been given back, until the next purge.
   */
  get residentBytes(): number {
    return this.reservedBytes + this.#pages.dirtyPages * PAGE_BYTES;
  }

  /** The part of `residentBytes` that nothing uses: what `purge` could give back. */
  get dirtyBytes(): number {
    return this.#pages.dirtyPages * PAGE_BYTES;
  }

  /** What each size class holds, smallest first, then the large blocks. Walks all pages' tables. */
  classUsage(): ClassUsage[] {
    return classUsage(this.#table, this.bytes.length * SEGMENT_PAGES);
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
    if (!(sizeBytes >= 0 && sizeBytes <= MAX_CLASS_BYTES)) return this.#allocLarge(sizeBytes);
    const records = this.#records;
    const sizeClass = CLASS_OF_GRANULES[(sizeBytes + 15) >>> 4];
    let span = this.#current[sizeClass];
    let at = span * SPAN_WORDS;
    let ref = records[at + SPAN_FREE];
    if (ref === 0 && records[at + SPAN_CARVED] >= CLASS_SPAN_BLOCKS[sizeClass]) {
      span = this.#refill(sizeClass);
      at = span * SPAN_WORDS;
      ref = records[at + SPAN_FREE];
    }
    if (ref !== 0) {
      records[at + SPAN_FREE] = this.words[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) << 2];
    } else {
      const carved = records[at + SPAN_CARVED]++;
      ref = (span * PAGE_GRANULES + carved * CLASS_GRANULES[sizeClass]) | 0;
    }
    records[at + SPAN_USED]++;
    this.#usedGranules += CLASS_GRANULES[sizeClass];
    if (this.#guarded) this.#noteNew(ref);
    return ref;
  }

  /** Gives a block back; one that a snapshot still needs is parked instead. */
  free(ref: number): void {
    if (this.#guarded && this.#park(ref)) return;
    this.#release(ref);
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
    if (!this.#guarded) return ref;
    this.#poison?.checkOwned(ref);
    return this.frozen(ref) ? this.#copyOf(ref) : ref;
  }

  /** Bytes that the block has room for. */
  capacityOf(ref: number): number {
    return this.#table.granulesOf(ref) * GRANULE_BYTES;
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
    if (!this.#born.isClear) {
      const dirty = this.#born;
      this.#born = this.#bornBefore;
      this.#bornBefore = dirty;
    }
    this.#born.reset();
    this.#heldGranules = 0;
    this.frozenNow = true;
    this.#guarded = true;
  }

  /** Ends a snapshot. What it parked is given back by `releaseParked`, not here. */
  thaw(): void {
    if (!this.frozenNow) throw new Error("no snapshot is running");
    this.frozenNow = false;
    this.#guarded = this.#poison !== undefined;
    if (this.#parked.count > 0) this.#released.push(this.#parked);
    this.#parked = new ParkedBlocks();
  }

  /**
   * Frees up to `most` blocks of ended snapshots and clears up behind them; returns how many were
   * freed. To be called until it returns 0 and now and then after, so that a freeze finds no work.
   */
  releaseParked(most: number): number {
    let freed = 0;
    while (freed < most && this.#released.length > 0) {
      const list = this.#released[this.#released.length - 1];
      const ref = list.pop();
      if (ref === 0) {
        this.#released.pop();
        continue;
      }
      this.#poison?.unparked(ref);
      this.#parkedGranules -= this.#table.granulesOf(ref);
      this.#release(ref);
      freed++;
    }
    if (!this.frozenNow) this.#born.clearSome(CLEARED_PARTS);
    this.#bornBefore.clearSome(CLEARED_PARTS);
    return freed;
  }

  /** The segments, for a worker's SegmentView. */
  share(): SharedArrayBuffer[] {
    return this.bytes.map((segment) => segment.buffer as SharedArrayBuffer);
  }

  /**
   * Returns up to `maxBytes` of free pages to the system; returns the bytes returned. Without
   * `advise` only the segments of freed blocks above 256 MiB go, when the garbage collector comes.
   */
  purge(maxBytes: number): number {
    const advise = this.#options.advise;
    const most = Math.ceil(maxBytes / PAGE_BYTES);
    const ofHuge = this.#huge.purge(this, most, advise);
    if (advise === undefined) return 0;
    const pages = this.#pages.purge(most - ofHuge, (first, count) => {
      const segment = Math.floor(first / SEGMENT_PAGES);
      advise(this.bytes[segment], (first % SEGMENT_PAGES) * PAGE_BYTES, count * PAGE_BYTES);
    });
    return (ofHuge + pages) * PAGE_BYTES;
  }

  /** Walks every page, span and free list; throws an Error that names the first broken rule. */
  verify(): void {
    const table = this.#table;
    const checkFree = (ref: number): void => this.#poison?.checkFree(ref);
    let granules = 0;
    let hugePages = 0;
    let withRoom = 0;
    this.#pages.verify((page) => {
      const sizeClass = table.classOfSpan[page];
      const pages = this.#records[page * SPAN_WORDS + SPAN_PAGES];
      if (sizeClass === CLASS_NONE) return page === 0 ? 1 : 0;
      if (sizeClass === CLASS_HUGE) {
        hugePages += pages;
        return -SEGMENT_PAGES;
      }
      if (sizeClass === CLASS_LARGE) granules += pages * PAGE_GRANULES;
      else granules += table.verifySpan(this, page, checkFree);
      if (sizeClass !== CLASS_LARGE && table.shouldBeListed(page)) withRoom++;
      return pages;
    });
    table.verifyLists(withRoom);
    compare("pages of huge blocks", hugePages, this.#huge.usedPages);
    compare("granules", granules + hugePages * PAGE_GRANULES, this.#usedGranules);
  }

  #copyOf(ref: number): number {
    const granules = this.#table.granulesOf(ref);
    const copy = this.alloc(granules * GRANULE_BYTES);
    this.copyWords(ref, copy, granules << 2);
    this.free(ref);
    return copy;
  }

  #release(ref: number): void {
    const records = this.#records;
    const span = this.#spanOfPage[ref >>> 10];
    const sizeClass = this.#classOfSpan[span];
    if (sizeClass >= CLASS_NONE) {
      this.#releaseLarge(ref, span, sizeClass);
      return;
    }
    const at = span * SPAN_WORDS;
    this.#poison?.freed(ref);
    const first = records[at + SPAN_FREE];
    this.words[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) << 2] = first;
    records[at + SPAN_FREE] = ref;
    const used = --records[at + SPAN_USED];
    this.#usedGranules -= CLASS_GRANULES[sizeClass];
    if (span === this.#current[sizeClass]) return;
    const wasFull = first === 0 && records[at + SPAN_CARVED] === CLASS_SPAN_BLOCKS[sizeClass];
    if (used === 0) {
      if (!wasFull) this.#table.unlink(span, sizeClass);
      this.#classOfSpan[span] = CLASS_NONE;
      this.#pages.give(span, CLASS_SPAN_PAGES[sizeClass]);
    } else if (wasFull) {
      this.#table.link(span, sizeClass);
    }
  }

  #releaseLarge(ref: number, span: number, sizeClass: number): void {
    const pages = this.#records[span * SPAN_WORDS + SPAN_PAGES];
    if (sizeClass === CLASS_NONE || pages === 0) {
      throw new Error(`block of page ${span} is not in use`);
    }
    this.#usedGranules -= pages * PAGE_GRANULES;
    if (sizeClass === CLASS_HUGE) {
      this.#records[span * SPAN_WORDS + SPAN_PAGES] = 0;
      this.#huge.give(ref >>> SEGMENT_SHIFT, pages);
      return;
    }
    this.#poison?.freed(ref);
    this.#table.classOfSpan[span] = CLASS_NONE;
    this.#pages.give(span, pages);
  }

  /** Makes a span with a free block current: one that has room, or a new one. */
  #refill(sizeClass: number): number {
    let span = this.#table.withRoom[sizeClass];
    if (span !== 0) {
      this.#table.unlink(span, sizeClass);
    } else {
      const pages = CLASS_SPAN_PAGES[sizeClass];
      span = this.#takePages(pages);
      this.#table.addSpan(span, sizeClass, pages);
    }
    this.#current[sizeClass] = span;
    return span;
  }

  #allocLarge(sizeBytes: number): number {
    if (!(sizeBytes >= 0 && sizeBytes < MAX_BLOCK_BYTES)) {
      throw new RangeError(`no block can have ${sizeBytes} bytes`);
    }
    const pages = Math.ceil(sizeBytes / PAGE_BYTES);
    const isHuge = pages > SEGMENT_PAGES;
    const span = isHuge ? this.#takeHuge(pages) * SEGMENT_PAGES : this.#takePages(pages);
    this.#table.addLarge(span, isHuge ? CLASS_HUGE : CLASS_LARGE, pages);
    this.#usedGranules += pages * PAGE_GRANULES;
    const ref = (span * PAGE_GRANULES) | 0;
    if (this.#guarded) this.#noteNew(ref);
    return ref;
  }

  /** The segment for a block of its own: one that such a block has left, or a new one. */
  #takeHuge(pages: number): number {
    const fitting = this.#huge.takeFitting(this, pages);
    if (fitting >= 0) return fitting;
    const emptied = this.#huge.emptied;
    const segment = emptied < 0 ? this.#newSegmentIndex() : emptied;
    this.#setSegment(segment, pages * PAGE_BYTES);
    if (emptied < 0) this.#pages.skipSegment();
    this.#huge.take(segment, pages);
    return segment;
  }

  #takePages(count: number): number {
    let first = this.#pages.take(count);
    if (first < 0) {
      this.#addSegment();
      first = this.#pages.take(count);
    }
    this.#ahead?.taken(this, this.#pages);
    return first;
  }

  #addSegment(): void {
    const index = this.#newSegmentIndex();
    this.#setSegment(index, SEGMENT_BYTES);
    this.#pages.addSegment();
    this.#table.addSegment(index);
  }

  #newSegmentIndex(): number {
    if (this.bytes.length === MAX_SEGMENTS) throw new RangeError("all 64 GiB of memory are in use");
    return this.bytes.length;
  }

  /** @throws RangeError, with nothing changed, when the system gives no memory. */
  #setSegment(index: number, sizeBytes: number): void {
    const buffer = new SharedArrayBuffer(sizeBytes);
    this.#born.addSegment(index);
    this.#bornBefore.addSegment(index);
    this.bytes[index] = new Uint8Array(buffer);
    this.words[index] = new Int32Array(buffer);
    this.doubles[index] = new Float64Array(buffer);
    this.#options.onSegment?.(index, this.bytes[index]);
  }

  #noteNew(ref: number): void {
    if (this.frozenNow) this.#born.mark(ref);
    this.#poison?.born(ref);
  }

  /** Parks a block that the snapshot needs; false when it may be given back at once. */
  #park(ref: number): boolean {
    this.#poison?.checkOwned(ref);
    if (!this.frozen(ref)) return false;
    const granules = this.#table.granulesOf(ref);
    this.#parkedGranules += granules;
    this.#heldGranules += granules;
    this.#parked.push(ref);
    this.#poison?.parked(ref);
    return true;
  }
}

function compare(what: string, found: number, counted: number): void {
  if (found !== counted) throw new Error(`${what}: ${found} found, ${counted} counted`);
}
