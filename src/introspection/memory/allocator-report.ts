import type { Arena } from "../../memory/arena";
import type { ClassUsage } from "../../memory/class-usage";

/**
 * MEMORY MALLOC-STATS: what the arena's size classes hold, as a table for people.
 *
 * A row per class that has spans: how many blocks are in use and free, and what is lost at the ends
 * of its spans. The last row is of blocks that have whole pages of their own.
 */

type Cells = readonly [
  block: string,
  spans: string,
  used: string,
  free: string,
  reservedBytes: string,
  usedBytes: string,
  filled: string,
  wasteBytes: string,
];

const HEADINGS: Cells = ["block", "spans", "used", "free", "reserved", "in use", "filled", "waste"];
const CELL_WIDTH = 14;
const LARGE = "large";

export function allocatorReport(memory: Arena): string {
  const rows = memory.classUsage();
  const lines = [
    `Arena: ${memory.bytes.length} segments, ${memory.reservedBytes} bytes in pages with blocks, ` +
      `${memory.usedBytes} bytes in blocks.`,
    `Kept for a snapshot: ${memory.parkedBytes} bytes. ` +
      `Free pages that may hold memory: ${memory.residentBytes - memory.reservedBytes} bytes.`,
    "",
    lineOf(HEADINGS),
    ...rows.map((row) => lineOf(cellsOf(row))),
    lineOf(totalsOf(rows)),
  ];
  return `${lines.join("\n")}\n`;
}

function cellsOf(row: ClassUsage): Cells {
  return [
    row.blockBytes === 0 ? LARGE : String(row.blockBytes),
    String(row.spans),
    String(row.usedBlocks),
    String(row.freeBlocks),
    String(row.reservedBytes),
    String(row.usedBytes),
    percentOf(row.usedBytes, row.reservedBytes),
    String(row.wasteBytes),
  ];
}

function totalsOf(rows: readonly ClassUsage[]): Cells {
  const sum = (field: keyof ClassUsage): number =>
    rows.reduce((total, row) => total + row[field], 0);
  const [usedBytes, reservedBytes] = [sum("usedBytes"), sum("reservedBytes")];
  return [
    "all",
    String(sum("spans")),
    String(sum("usedBlocks")),
    String(sum("freeBlocks")),
    String(reservedBytes),
    String(usedBytes),
    percentOf(usedBytes, reservedBytes),
    String(sum("wasteBytes")),
  ];
}

function percentOf(part: number, whole: number): string {
  return whole === 0 ? "-" : `${((part * 100) / whole).toFixed(1)}%`;
}

function lineOf(cells: Cells): string {
  return cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
}
