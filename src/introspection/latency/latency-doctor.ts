import type { EventHistory } from "./latency-monitor";

/** LATENCY DOCTOR: what the spikes of all events say, in figures and advice. */

/** Advice by the beginning of an event's name. */
const ADVICE: readonly (readonly [eventStart: string, advice: string])[] = [
  ["command", "SLOWLOG GET names the commands that take long and who sends them."],
  [
    "command",
    "Commands that walk over a whole large value take time in proportion to it: smaller values, or " +
      "the SCAN family, spread the work.",
  ],
  [
    "fast-command",
    "Commands that take constant time were held up, so the cause is outside of them: look for " +
      "swapping, other processes on the same cores, and long pauses of the machine.",
  ],
  ["fork", "Starting a child process took long; this depends on the memory in use."],
  [
    "aof",
    "Writing the append only file took long: see whether something else keeps the disk busy, and " +
      "what appendfsync and no-appendfsync-on-rewrite are set to.",
  ],
  [
    "rdb",
    "Replacing or removing a file took long: see whether something else keeps the disk busy.",
  ],
  [
    "expire",
    "Many keys ended at the same time: a random part in their times to live spreads the work.",
  ],
  [
    "eviction",
    "Much had to be evicted at once: more room below maxmemory, or smaller values, make it shorter.",
  ],
];

export function latencyDoctorReport(
  histories: readonly EventHistory[],
  thresholdMs: number,
  nowSeconds: number,
): string {
  if (thresholdMs === 0) {
    return (
      "Latency is not being watched, so there is nothing to tell. CONFIG SET " +
      "latency-monitor-threshold <milliseconds> begins to watch for whatever takes that long.\n"
    );
  }
  if (histories.length === 0) {
    return `Nothing has taken ${thresholdMs} ms or more since the watch began or was reset.\n`;
  }
  const figures = histories.map((history, index) => figuresOf(history, index + 1, nowSeconds));
  const isAbout = (start: string): boolean =>
    histories.some(({ event }) => event === start || event.startsWith(`${start}-`));
  const advice = ADVICE.filter(([start]) => isAbout(start)).map(([, text]) => `- ${text}\n`);
  const head = `These events have taken ${thresholdMs} ms or more:\n\n`;
  const tail = advice.length === 0 ? "" : `\nWhat may help:\n\n${advice.join("")}`;
  return `${head}${figures.join("")}${tail}`;
}

function figuresOf({ event, spikes, worstMs }: EventHistory, place: number, nowS: number): string {
  const sum = spikes.reduce((total, { durationMs }) => total + durationMs, 0);
  const average = sum / spikes.length;
  const deviations = spikes.map(({ durationMs }) => Math.abs(durationMs - average));
  const deviation = deviations.reduce((total, each) => total + each, 0) / spikes.length;
  const periodSeconds = (nowS - spikes[0].timeSeconds) / spikes.length;
  return (
    `${place}. ${event}: ${spikes.length} latency spikes (average ${Math.floor(average)}ms, ` +
    `mean deviation ${Math.floor(deviation)}ms, period ${periodSeconds.toFixed(2)} sec). ` +
    `Worst all time event ${worstMs}ms.\n`
  );
}
