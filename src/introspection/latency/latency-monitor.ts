/**
 * Spikes of latency by the event that caused them: LATENCY HISTORY, LATEST, GRAPH and DOCTOR.
 *
 * An event is a name such as `command` or `expire-cycle`; each keeps its last 160 spikes, at most one
 * a second, and the worst there was. What is shorter than the threshold is no spike. Names come
 * from this program, never from users.
 */

/** Spikes kept for each event. */
export const MOST_SPIKES = 160;

export interface Spike {
  /** Seconds since 1970. */
  readonly timeSeconds: number;
  durationMs: number;
}

export interface EventHistory {
  readonly event: string;
  /** Oldest first. */
  readonly spikes: readonly Spike[];
  readonly worstMs: number;
}

class History implements EventHistory {
  readonly spikes: Spike[] = [];
  worstMs = 0;

  constructor(readonly event: string) {}

  add(timeSeconds: number, durationMs: number): void {
    this.worstMs = Math.max(this.worstMs, durationMs);
    const last = this.spikes.at(-1);
    if (last !== undefined && last.timeSeconds === timeSeconds) {
      last.durationMs = Math.max(last.durationMs, durationMs);
      return;
    }
    this.spikes.push({ timeSeconds, durationMs });
    if (this.spikes.length > MOST_SPIKES) this.spikes.shift();
  }
}

export class LatencyMonitor {
  /** latency-monitor-threshold; 0 watches nothing. */
  thresholdMs = 0;
  readonly #histories = new Map<string, History>();

  /** An event took so long; kept when it is a spike. */
  add(event: string, nowMs: number, durationMs: number): void {
    if (this.thresholdMs === 0 || durationMs < this.thresholdMs) return;
    let history = this.#histories.get(event);
    if (history === undefined) {
      history = new History(event);
      this.#histories.set(event, history);
    }
    history.add(Math.floor(nowMs / 1000), Math.floor(durationMs));
  }

  /** Events that had spikes, each with one spike at least. */
  get histories(): readonly EventHistory[] {
    return [...this.#histories.values()];
  }

  historyOf(event: string): EventHistory | undefined {
    return this.#histories.get(event);
  }

  /** Forgets an event; false when it had no spikes. */
  reset(event: string): boolean {
    return this.#histories.delete(event);
  }
}
