import { type LatencyHistogram, longestEquivalentNs } from "../../base/latency-histogram";
import type { Call } from "../../command/call";
import type { Command } from "../../command/command";
import { showPercentile } from "../../config/special/percentiles";

/** How long calls of commands took: LATENCY HISTOGRAM, and the percentiles of INFO latencystats. */

/** The first step of the histogram that is told; each step doubles. */
const FIRST_STEP_NS = 1024;
const NS_PER_US = 1000;
const PERCENTILE_DECIMALS = 3;

/** Replies a map of the commands that have been called and measured. */
export function replyHistograms({ reply }: Call, commands: readonly Command<never>[]): void {
  const measured = commands.filter(({ latencies }) => latencies !== undefined);
  reply.map(measured.length);
  for (const { fullName, latencies } of measured) {
    if (latencies === undefined) continue;
    const steps = cumulativeSteps(latencies);
    reply.bulkLatin1(fullName);
    reply.map(2);
    reply.bulkLatin1("calls");
    reply.integer(latencies.total);
    reply.bulkLatin1("histogram_usec");
    reply.map(steps.length);
    for (const [us, calls] of steps) {
      reply.integer(us);
      reply.integer(calls);
    }
  }
}

/** Steps at which the number of calls that took no longer rises, in microseconds. */
function cumulativeSteps(latencies: LatencyHistogram): [us: number, calls: number][] {
  const steps: [number, number][] = [];
  let before = 0;
  for (let stepNs = FIRST_STEP_NS; before < latencies.total; stepNs *= 2) {
    const calls = latencies.countUpTo(stepNs);
    if (calls > before) steps.push([Math.floor(longestEquivalentNs(stepNs) / NS_PER_US), calls]);
    before = calls;
  }
  return steps;
}

/** Fields of INFO latencystats: for each measured command the percentiles in microseconds. */
export function latencyFields(
  commands: Iterable<Command<never>>,
  percentiles: readonly number[],
): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (const { fullName, latencies } of commands) {
    if (latencies === undefined) continue;
    const values = percentiles.map((percent) => {
      const us = latencies.valueAtPercentile(percent) / NS_PER_US;
      return `p${showPercentile(percent)}=${us.toFixed(PERCENTILE_DECIMALS)}`;
    });
    fields.push([`latency_percentiles_usec_${fullName}`, values.join(",")]);
  }
  return fields;
}
