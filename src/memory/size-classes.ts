/**
 * Size classes of the allocator: which block sizes exist and how many pages a span of them has.
 *
 * Sizes are in granules of 16 bytes. Up to 16 granules every size has its own class; above, eight
 * classes per doubling up to 32 KiB, so that at most 12.5% of a block is unused. What is larger is
 * given whole pages (see Arena).
 */

export const GRANULE_BYTES = 16;
export const PAGE_GRANULES = 1024;
export const PAGE_BYTES = PAGE_GRANULES * GRANULE_BYTES;
/** The largest block that comes from a span; 2048 granules are 32 KiB. */
export const MAX_CLASS_GRANULES = 2048;
export const MAX_CLASS_BYTES = MAX_CLASS_GRANULES * GRANULE_BYTES;

const EXACT_CLASSES = 16;
const CLASSES_PER_DOUBLING = 8;
const MAX_SPAN_PAGES = 8;

function listClassSizes(): Int32Array {
  const sizes: number[] = [];
  for (let size = 1; size <= EXACT_CLASSES; size++) sizes.push(size);
  for (let base = EXACT_CLASSES; base < MAX_CLASS_GRANULES; base *= 2) {
    for (let step = 1; step <= CLASSES_PER_DOUBLING; step++) {
      sizes.push(base + (base / CLASSES_PER_DOUBLING) * step);
    }
  }
  return Int32Array.from(sizes);
}

/** The smallest span whose tail, too short for a block, is at most an eighth of it. */
function spanPagesFor(blockGranules: number): number {
  for (let pages = 1; pages < MAX_SPAN_PAGES; pages++) {
    const granules = pages * PAGE_GRANULES;
    if (granules >= blockGranules && (granules % blockGranules) * 8 <= granules) return pages;
  }
  return MAX_SPAN_PAGES;
}

/** Granules of a block, by class. */
export const CLASS_GRANULES: Int32Array = listClassSizes();
export const CLASS_COUNT = CLASS_GRANULES.length;
/** Pages of a span, by class. */
export const CLASS_SPAN_PAGES: Int32Array = CLASS_GRANULES.map(spanPagesFor);
/** Blocks in a span, by class. */
export const CLASS_SPAN_BLOCKS: Int32Array = CLASS_GRANULES.map((granules, index) =>
  Math.floor((CLASS_SPAN_PAGES[index] * PAGE_GRANULES) / granules),
);
/** Class of a size: index is granules, 0 .. MAX_CLASS_GRANULES. */
export const CLASS_OF_GRANULES: Uint8Array = (() => {
  const classes = new Uint8Array(MAX_CLASS_GRANULES + 1);
  let index = 0;
  for (let granules = 0; granules <= MAX_CLASS_GRANULES; granules++) {
    if (granules > CLASS_GRANULES[index]) index++;
    classes[granules] = index;
  }
  return classes;
})();
