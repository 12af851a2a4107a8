import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDiagnosis } from "../../../../src/introspection/memory/memory-doctor";
import type { MemoryFigures } from "../../../../src/introspection/memory/memory-report";

const MEBIBYTE = 1024 * 1024;

/** A server with 100 MiB of data and nothing to complain of. */
const HEALTHY: MemoryFigures = {
  usedBytes: 110 * MEBIBYTE,
  peakBytes: 111 * MEBIBYTE,
  rssBytes: 140 * MEBIBYTE,
  startupBytes: 8 * MEBIBYTE,
  heapBytes: 8 * MEBIBYTE,
  clientBufferBytes: 1000,
  normalClientBytes: 5000,
  replicaClientBytes: 0,
  aofBufferBytes: 0,
  backlogBytes: 0,
  streamBytes: 0,
  clientCount: 3,
  databases: [{ index: 0, keys: 1000, tableBytes: MEBIBYTE }],
  keys: 1000,
  datasetBytes: 99 * MEBIBYTE,
  overheadBytes: 11 * MEBIBYTE,
  datasetPercent: 97,
  bytesPerKey: 100_000,
  allocatedBytes: 100 * MEBIBYTE,
  activeBytes: 101 * MEBIBYTE,
  residentBytes: 102 * MEBIBYTE,
  parkedBytes: 0,
  heapLimitBytes: 2000 * MEBIBYTE,
};

/** The first words of each finding. */
function findings(changes: Partial<MemoryFigures>): string[] {
  const text = memoryDiagnosis({ ...HEALTHY, ...changes });
  return [...text.matchAll(/^ \* ([^:]+):/gm)].map((match) => match[1]);
}

test("nothing is found where nothing is wrong", () => {
  assert.match(memoryDiagnosis(HEALTHY), /^Nothing is wrong/);
});

test("little data is not judged, however bad the ratios look", () => {
  const little = { allocatedBytes: 4 * MEBIBYTE, usedBytes: MEBIBYTE, rssBytes: 600 * MEBIBYTE };
  assert.match(memoryDiagnosis({ ...HEALTHY, ...little }), /too little/);
});

test("each finding has its reason", () => {
  assert.deepEqual(findings({ peakBytes: 300 * MEBIBYTE }), ["Peak"]);
  assert.deepEqual(findings({ rssBytes: 200 * MEBIBYTE }), ["Resident size"]);
  assert.deepEqual(findings({ activeBytes: 120 * MEBIBYTE, residentBytes: 120 * MEBIBYTE }), [
    "Gaps between blocks",
  ]);
  assert.deepEqual(findings({ residentBytes: 130 * MEBIBYTE }), ["Free pages"]);
  assert.deepEqual(findings({ clientBufferBytes: 4 * MEBIBYTE }), ["Clients"]);
  assert.deepEqual(findings({ parkedBytes: 40 * MEBIBYTE }), ["Snapshot"]);
  assert.deepEqual(findings({ heapBytes: 1700 * MEBIBYTE }), ["JavaScript heap"]);
});

test("several findings are listed together", () => {
  const found = findings({ peakBytes: 300 * MEBIBYTE, clientBufferBytes: 4 * MEBIBYTE });
  assert.deepEqual(found, ["Peak", "Clients"]);
});

test("a full JS heap is told of even without data", () => {
  assert.deepEqual(findings({ allocatedBytes: 0, heapBytes: 1700 * MEBIBYTE }), [
    "JavaScript heap",
  ]);
});
