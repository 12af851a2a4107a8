import { formatBytesHuman } from "../../base/memory-size";
import type { Config } from "../../config/config";
import { memoryRatios } from "../../introspection/memory/memory-ratios";
import type { MemoryFigures, MemoryReport } from "../../introspection/memory/memory-report";
import type { LazyFree } from "../../keyspace/lazy-free";
import { type InfoField, type InfoSection, twoDecimals } from "../../process/info/info-section";

export interface MemorySectionParts {
  readonly report: MemoryReport;
  readonly config: Config;
  readonly lazyFree: LazyFree;
  readonly systemMemoryBytes: number;
}

/** INFO memory. Scripts and functions are not part of this server yet and take nothing. */
export function memorySection(parts: MemorySectionParts): InfoSection {
  const { report, config, lazyFree, systemMemoryBytes } = parts;
  const fields = () => {
    const figures = report.figures();
    return [
      ...usageFields(figures),
      ...withHuman("total_system_memory", systemMemoryBytes),
      ...SCRIPT_FIELDS,
      ...withHuman("maxmemory", config.number("maxmemory")),
      ["maxmemory_policy", config.value("maxmemory-policy")] as const,
      ...ratioFields(figures),
      ...bufferFields(figures),
      ["mem_allocator", "arena"] as const,
      ["active_defrag_running", 0] as const,
      ["lazyfree_pending_objects", lazyFree.pendingObjects] as const,
      ["lazyfreed_objects", lazyFree.freedObjects] as const,
      ["used_memory_data", figures.allocatedBytes] as const,
      ["used_memory_js_heap", figures.heapBytes] as const,
      ["used_memory_client_buffers", figures.clientBufferBytes] as const,
    ];
  };
  return { name: "Memory", shownBy: "default", fields };
}

const SCRIPT_FIELDS: readonly InfoField[] = [
  ["used_memory_lua", 0],
  ["used_memory_vm_eval", 0],
  ["used_memory_lua_human", formatBytesHuman(0)],
  ["used_memory_scripts_eval", 0],
  ["number_of_cached_scripts", 0],
  ["number_of_functions", 0],
  ["number_of_libraries", 0],
  ["used_memory_vm_functions", 0],
  ["used_memory_vm_total", 0],
  ["used_memory_vm_total_human", formatBytesHuman(0)],
  ["used_memory_functions", 0],
  ["used_memory_scripts", 0],
  ["used_memory_scripts_human", formatBytesHuman(0)],
];

function usageFields(figures: MemoryFigures): InfoField[] {
  const { usedBytes, peakBytes } = figures;
  return [
    ...withHuman("used_memory", usedBytes),
    ...withHuman("used_memory_rss", figures.rssBytes),
    ...withHuman("used_memory_peak", peakBytes),
    ["used_memory_peak_perc", `${twoDecimals((usedBytes * 100) / peakBytes)}%`],
    ["used_memory_overhead", figures.overheadBytes],
    ["used_memory_startup", figures.startupBytes],
    ["used_memory_dataset", figures.datasetBytes],
    ["used_memory_dataset_perc", `${twoDecimals(figures.datasetPercent)}%`],
    ["allocator_allocated", figures.allocatedBytes],
    ["allocator_active", figures.activeBytes],
    ["allocator_resident", figures.residentBytes],
  ];
}

function ratioFields(figures: MemoryFigures): InfoField[] {
  const ratios = memoryRatios(figures);
  const { allocatorFragmentation, allocatorRss, rssOverhead, fragmentation } = ratios;
  return [
    ["allocator_frag_ratio", twoDecimals(allocatorFragmentation.ratio)],
    ["allocator_frag_bytes", allocatorFragmentation.bytes],
    ["allocator_rss_ratio", twoDecimals(allocatorRss.ratio)],
    ["allocator_rss_bytes", allocatorRss.bytes],
    ["rss_overhead_ratio", twoDecimals(rssOverhead.ratio)],
    ["rss_overhead_bytes", rssOverhead.bytes],
    ["mem_fragmentation_ratio", twoDecimals(fragmentation.ratio)],
    ["mem_fragmentation_bytes", fragmentation.bytes],
  ];
}

function bufferFields(figures: MemoryFigures): InfoField[] {
  return [
    ["mem_not_counted_for_evict", figures.parkedBytes + figures.streamBytes - figures.backlogBytes],
    ["mem_replication_backlog", figures.backlogBytes],
    ["mem_total_replication_buffers", figures.streamBytes],
    ["mem_clients_slaves", figures.replicaClientBytes],
    ["mem_clients_normal", figures.normalClientBytes],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", figures.aofBufferBytes],
  ];
}

function withHuman(name: string, sizeBytes: number): InfoField[] {
  return [
    [name, sizeBytes],
    [`${name}_human`, formatBytesHuman(sizeBytes)],
  ];
}
