import {
  CLASS_COUNT,
  CLASS_GRANULES,
  CLASS_SPAN_BLOCKS,
  GRANULE_BYTES,
  PAGE_BYTES,
} from "./size-classes";
import { CLASS_NONE, SPAN_PAGES, SPAN_USED, SPAN_WORDS, type SpanTable } from "./span-table";

/**
 * What the spans of one size class hold, for reports. Reads the arena's tables and changes nothing.
 *
 * What always holds: `reservedBytes` is what the used blocks take, the free ones, and the waste.
 */
export interface ClassUsage {
  /** Bytes of one block; 0 for the row of large blocks, which have whole pages each. */
  readonly blockBytes: number;
  readonly spans: number;
  readonly usedBlocks: number;
  readonly freeBlocks: number;
  readonly reservedBytes: number;
  readonly usedBytes: number;
  /** Ends of spans that are too short for a block. */
  readonly wasteBytes: number;
}

/** A row per class that has spans, smallest blocks first, and one for large blocks if there are any. */
export function classUsage(table: SpanTable, pages: number): ClassUsage[] {
  // The classes, and behind them the large blocks of every kind as one more.
  const spans = new Float64Array(CLASS_COUNT + 1);
  const blocks = new Float64Array(CLASS_COUNT + 1);
  const reserved = new Float64Array(CLASS_COUNT + 1);
  for (let page = 1; page < pages; page++) {
    const sizeClass = table.classOfSpan[page];
    const spanPages = table.records[page * SPAN_WORDS + SPAN_PAGES];
    if (sizeClass === CLASS_NONE || spanPages === 0) continue;
    const row = Math.min(sizeClass, CLASS_COUNT);
    spans[row]++;
    blocks[row] += sizeClass > CLASS_NONE ? 1 : table.records[page * SPAN_WORDS + SPAN_USED];
    reserved[row] += spanPages * PAGE_BYTES;
  }
  const rows: ClassUsage[] = [];
  for (let row = 0; row <= CLASS_COUNT; row++) {
    if (spans[row] > 0) rows.push(usageRow(row, spans[row], blocks[row], reserved[row]));
  }
  return rows;
}

function usageRow(row: number, spans: number, blocks: number, reservedBytes: number): ClassUsage {
  const isLarge = row === CLASS_COUNT;
  const blockBytes = isLarge ? 0 : CLASS_GRANULES[row] * GRANULE_BYTES;
  const usedBytes = isLarge ? reservedBytes : blocks * blockBytes;
  const freeBlocks = isLarge ? 0 : spans * CLASS_SPAN_BLOCKS[row] - blocks;
  return {
    blockBytes,
    spans,
    usedBlocks: blocks,
    freeBlocks,
    reservedBytes,
    usedBytes,
    wasteBytes: reservedBytes - usedBytes - freeBlocks * blockBytes,
  };
}
