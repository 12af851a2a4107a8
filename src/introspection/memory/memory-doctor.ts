import { formatBytesHuman } from "../../base/memory-size";
import { type MemoryRatios, memoryRatios } from "./memory-ratios";
import type { MemoryFigures } from "./memory-report";

/**
 * MEMORY DOCTOR: says in words what in the figures deserves attention, and what can be done.
 *
 * It decides from figures alone. Limits are where Redis draws them, where it knows the same thing.
 */

const MEBIBYTE = 1024 * 1024;
/** With less data than this every ratio is noise. */
const LEAST_DATA_BYTES = 5 * MEBIBYTE;
const HIGH_PEAK_RATIO = 1.5;
const HIGH_FRAGMENTATION_RATIO = 1.4;
const HIGH_ALLOCATOR_RATIO = 1.1;
const NOTABLE_BYTES = 10 * MEBIBYTE;
const LARGE_CLIENT_BYTES = 200 * 1024;
const HIGH_PARKED_SHARE = 0.3;
/** Share of the limit of the JS heap from which it may end the process. */
const HIGH_HEAP_SHARE = 0.8;

type Examined = MemoryFigures & MemoryRatios;

export function memoryDiagnosis(figures: MemoryFigures): string {
  const examined = { ...figures, ...memoryRatios(figures) };
  const { allocatedBytes } = figures;
  const heapFinding = largeHeap(examined);
  if (allocatedBytes < LEAST_DATA_BYTES && heapFinding === undefined) {
    const held = formatBytesHuman(allocatedBytes);
    return `This server holds ${held} of data, too little for a diagnosis to mean anything.\n`;
  }
  const findings = CHECKS.map((check) => check(examined)).filter((text) => text !== undefined);
  if (findings.length === 0) return "Nothing is wrong with how this server uses memory.\n";
  const list = findings.map((text) => ` * ${text}\n`).join("\n");
  return `What deserves attention in how this server uses memory:\n\n${list}`;
}

const CHECKS: readonly ((examined: Examined) => string | undefined)[] = [
  highPeak,
  highFragmentation,
  gapsBetweenBlocks,
  freePages,
  largeBuffers,
  keptForSnapshot,
  largeHeap,
];

function highPeak({ peakBytes, usedBytes }: Examined): string | undefined {
  if (peakBytes <= usedBytes * HIGH_PEAK_RATIO) return undefined;
  return (
    `Peak: ${formatBytesHuman(peakBytes)} were in use once, now it is ` +
    `${formatBytesHuman(usedBytes)}. That time may be why the process is larger than its data.`
  );
}

function highFragmentation({ fragmentation, rssBytes }: Examined): string | undefined {
  const { ratio, bytes } = fragmentation;
  if (ratio <= HIGH_FRAGMENTATION_RATIO || bytes <= NOTABLE_BYTES) return undefined;
  return (
    `Resident size: the process holds ${formatBytesHuman(rssBytes)}, ${ratio.toFixed(2)} times ` +
    "what is in use. Node itself is part of that; where data is the reason, it is said below."
  );
}

function gapsBetweenBlocks({ allocatorFragmentation }: Examined): string | undefined {
  const { ratio, bytes } = allocatorFragmentation;
  if (ratio <= HIGH_ALLOCATOR_RATIO || bytes <= NOTABLE_BYTES) return undefined;
  return (
    `Gaps between blocks: ${formatBytesHuman(bytes)} of the pages in use are free, which is what ` +
    "remains when some of many neighbours are deleted. New data of the same sizes fills them; " +
    "MEMORY MALLOC-STATS shows which sizes."
  );
}

function freePages({ allocatorRss }: Examined): string | undefined {
  const { ratio, bytes } = allocatorRss;
  if (ratio <= HIGH_ALLOCATOR_RATIO || bytes <= NOTABLE_BYTES) return undefined;
  return (
    `Free pages: up to ${formatBytesHuman(bytes)} have not been given back to the system yet. ` +
    "That is done in the background; MEMORY PURGE does it at once."
  );
}

function largeBuffers({ clientBufferBytes, clientCount }: Examined): string | undefined {
  if (clientBufferBytes <= clientCount * LARGE_CLIENT_BYTES) return undefined;
  return (
    `Clients: requests and replies that wait take ${formatBytesHuman(clientBufferBytes)}, for ` +
    `${clientCount} clients. CLIENT LIST shows who reads too slowly (omem) or sends too much at ` +
    "once (qbuf); client-output-buffer-limit and client-query-buffer-limit bound both."
  );
}

function keptForSnapshot({ parkedBytes, allocatedBytes }: Examined): string | undefined {
  if (parkedBytes <= Math.max(allocatedBytes * HIGH_PARKED_SHARE, NOTABLE_BYTES)) return undefined;
  return (
    `Snapshot: ${formatBytesHuman(parkedBytes)} that were overwritten or deleted are kept for a ` +
    "snapshot, and are given back after it."
  );
}

function largeHeap({ heapBytes, heapLimitBytes }: Examined): string | undefined {
  if (heapBytes <= heapLimitBytes * HIGH_HEAP_SHARE) return undefined;
  return (
    `JavaScript heap: ${formatBytesHuman(heapBytes)} of at most ` +
    `${formatBytesHuman(heapLimitBytes)} are in use, and at the limit the process ends. Data does ` +
    "not live there, but clients do. NODE_OPTIONS=--max-old-space-size=MEBIBYTES raises the limit."
  );
}
