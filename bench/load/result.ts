// What one run of the bench hands to its reports and keeps as JSON: all raw samples, and where.

import { cpus, loadavg, totalmem } from "node:os";
import type { Measurement } from "./measurement";

export interface BenchResult {
  readonly startedAt: string;
  readonly machine: {
    readonly processors: number;
    readonly model: string;
    readonly memoryBytes: number;
    /** Work of others on the machine at the start; figures from a busy one say little. */
    readonly loadAverage: number;
  };
  readonly versions: { readonly ours: string; readonly real: string; readonly node: string };
  readonly pairs: number;
  readonly quick: boolean;
  readonly measurements: readonly Measurement[];
}

export function describeMachine(): BenchResult["machine"] {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? "unknown",
    memoryBytes: totalmem(),
    loadAverage: loadavg()[0] ?? Number.NaN,
  };
}
