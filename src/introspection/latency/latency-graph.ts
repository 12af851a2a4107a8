import type { EventHistory } from "./latency-monitor";
import { drawSparkline } from "./sparkline";

/** LATENCY GRAPH: the spikes of one event as a drawing, with their age below. */

const WIDTH = 80;
const ROWS = 4;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

export function latencyGraph(history: EventHistory, nowSeconds: number): string {
  const durations = history.spikes.map(({ durationMs }) => durationMs);
  const high = Math.max(...durations);
  const low = Math.min(...durations);
  const head =
    `${history.event} - high ${high} ms, low ${low} ms ` +
    `(all time high ${history.worstMs} ms)\n${"-".repeat(WIDTH)}\n`;
  const columns = history.spikes.map(({ timeSeconds, durationMs }) => ({
    value: durationMs,
    label: ageText(nowSeconds - timeSeconds),
  }));
  return head + drawSparkline(columns, WIDTH, ROWS);
}

/** An age in the largest unit that is not below one: `5s`, `3m`, `2h`, `8d`. */
function ageText(ageSeconds: number): string {
  if (ageSeconds < MINUTE_S) return `${ageSeconds}s`;
  if (ageSeconds < HOUR_S) return `${Math.floor(ageSeconds / MINUTE_S)}m`;
  if (ageSeconds < DAY_S) return `${Math.floor(ageSeconds / HOUR_S)}h`;
  return `${Math.floor(ageSeconds / DAY_S)}d`;
}
