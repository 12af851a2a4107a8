import type { ReplyWriter } from "../../protocol/reply-writer";
import { memoryRatios } from "./memory-ratios";
import type { DatabaseMemory, MemoryFigures } from "./memory-report";

/** MEMORY STATS: the figures as a map of Redis's names; those that only we have stand last. */

type Field = readonly [name: string, value: number | Double | DatabaseMemory];

/** A number with fraction; a plain one is an integer. */
class Double {
  constructor(readonly value: number) {}
}

export function replyMemoryStats(reply: ReplyWriter, figures: MemoryFigures): void {
  const fields = [...usageFields(figures), ...allocatorFields(figures), ...ownFields(figures)];
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkLatin1(name);
    if (typeof value === "number") reply.integer(value);
    else if (value instanceof Double) reply.double(value.value);
    else replyDatabase(reply, value);
  }
}

function usageFields(figures: MemoryFigures): Field[] {
  const { usedBytes, peakBytes } = figures;
  return [
    ["peak.allocated", peakBytes],
    ["total.allocated", usedBytes],
    ["startup.allocated", figures.startupBytes],
    ["replication.backlog", figures.backlogBytes],
    ["clients.slaves", figures.replicaClientBytes],
    ["clients.normal", figures.normalClientBytes],
    ["cluster.links", 0],
    ["aof.buffer", figures.aofBufferBytes],
    ["lua.caches", 0],
    ["functions.caches", 0],
    ...figures.databases.map((database): Field => [`db.${database.index}`, database]),
    ["overhead.total", figures.overheadBytes],
    ["keys.count", figures.keys],
    ["keys.bytes-per-key", figures.bytesPerKey],
    ["dataset.bytes", figures.datasetBytes],
    ["dataset.percentage", new Double(figures.datasetPercent)],
    ["peak.percentage", new Double((usedBytes * 100) / peakBytes)],
  ];
}

function allocatorFields(figures: MemoryFigures): Field[] {
  const ratios = memoryRatios(figures);
  const { allocatorFragmentation, allocatorRss, rssOverhead, fragmentation } = ratios;
  return [
    ["allocator.allocated", figures.allocatedBytes],
    ["allocator.active", figures.activeBytes],
    ["allocator.resident", figures.residentBytes],
    ["allocator-fragmentation.ratio", new Double(allocatorFragmentation.ratio)],
    ["allocator-fragmentation.bytes", allocatorFragmentation.bytes],
    ["allocator-rss.ratio", new Double(allocatorRss.ratio)],
    ["allocator-rss.bytes", allocatorRss.bytes],
    ["rss-overhead.ratio", new Double(rssOverhead.ratio)],
    ["rss-overhead.bytes", rssOverhead.bytes],
    ["fragmentation", new Double(fragmentation.ratio)],
    ["fragmentation.bytes", fragmentation.bytes],
  ];
}

function ownFields(figures: MemoryFigures): Field[] {
  return [
    ["heap.used", figures.heapBytes],
    ["clients.buffers", figures.clientBufferBytes],
    ["snapshot.kept", figures.parkedBytes],
  ];
}

/** Expiry times lie in the entries and there are no slots, so that only the table itself counts. */
function replyDatabase(reply: ReplyWriter, database: DatabaseMemory): void {
  reply.map(3);
  reply.bulkLatin1("overhead.hashtable.main");
  reply.integer(database.tableBytes);
  reply.bulkLatin1("overhead.hashtable.expires");
  reply.integer(0);
  reply.bulkLatin1("overhead.hashtable.slot-to-keys");
  reply.integer(0);
}
