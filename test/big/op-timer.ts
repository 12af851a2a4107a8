// Times single operations of a test that runs for minutes, and says of the slow ones whose time it
// was: the operation's own, the garbage collector's (of the test itself: reading the clock
// allocates), or the machine's, which ran something else meanwhile.
//
// The own time of a slow operation is bound by the processor time that the thread has used. Reading
// that costs more than an operation, so it is read after each slow one and else now and then only,
// and counts from the reading before.

import { closeSync, openSync, readSync } from "node:fs";
import { PerformanceObserver, performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { ThreadClock } from "./thread-clock.js";

/** Between two readings of the thread's time there are at most so many operations, or so much time. */
const WINDOW = 64;
const WINDOW_MS = 0.1;
const SLOW_MS = 0.2;
const MOST_SLOW = 16384;
/** Histogram columns: under 1 us, 2 us, 4 us, ... */
const COLUMNS = 24;

export interface SlowOperation {
  readonly phase: string;
  /** Which operation of the phase it was. */
  readonly step: number;
  readonly wallMs: number;
  /** At most so much of it was the thread's work; interrupts of the system count as that too. */
  readonly ownMs: number;
  /** In the garbage collector. */
  readonly gcMs: number;
  /** Ready to run, while the processor was given to others. */
  readonly waitedMs: number;
  /** What the test noted about it. */
  readonly note: number;
}

interface Pause {
  readonly startMs: number;
  readonly endMs: number;
}

export class OpTimer {
  readonly #histogram = new Float64Array(COLUMNS);
  readonly #slow = {
    step: floats(),
    start: floats(),
    wall: floats(),
    cpu: floats(),
    waited: floats(),
    note: floats(),
  };
  readonly #schedstat = openSync("/proc/thread-self/schedstat", "r");
  readonly #text = Buffer.alloc(128);
  readonly #clock = new ThreadClock();
  #cpuBefore = 0;
  #waitedBefore = 0;
  readonly #pauses: Pause[] = [];
  readonly #observer: PerformanceObserver;
  #slowCount = 0;
  #left = WINDOW;
  #leftMs = WINDOW_MS;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        this.#pauses.push({ startMs: startTime, endMs: startTime + duration });
      }
    });
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** To be called before the first operation after anything that was not timed. */
  resume(): void {
    this.#left = WINDOW;
    this.#leftMs = WINDOW_MS;
    this.#cpuBefore = this.#clock.usedMs();
    this.#waitedBefore = this.#waitedMs();
  }

  /** An operation has just ended. `step` and `note` are kept if it was slow. */
  add(step: number, startMs: number, endMs: number, note: number): void {
    const wall = endMs - startMs;
    const column = wall < 0.001 ? 0 : 32 - Math.clz32(wall * 1000);
    this.#histogram[column < COLUMNS ? column : COLUMNS - 1]++;
    if (wall > SLOW_MS) this.#addSlow(step, startMs, wall, note);
    this.#leftMs -= wall;
    if (--this.#left <= 0 || this.#leftMs <= 0) this.resume();
  }

  #addSlow(step: number, startMs: number, wall: number, note: number): void {
    const index = this.#slowCount < MOST_SLOW ? this.#slowCount++ : this.#leastSlow(wall);
    if (index < 0) return;
    this.#slow.step[index] = step;
    this.#slow.start[index] = startMs;
    this.#slow.wall[index] = wall;
    this.#slow.cpu[index] = this.#clock.usedMs() - this.#cpuBefore;
    this.#slow.waited[index] = this.#waitedMs() - this.#waitedBefore;
    this.#slow.note[index] = note;
  }

  /** The least slow one of those kept, if it is less slow than `wall`; else -1. */
  #leastSlow(wall: number): number {
    let least = 0;
    for (let i = 1; i < MOST_SLOW; i++) if (this.#slow.wall[i] < this.#slow.wall[least]) least = i;
    return this.#slow.wall[least] < wall ? least : -1;
  }

  /** The slow operations of a phase that is over, the one with most own time first. */
  async endPhase(phase: string): Promise<SlowOperation[]> {
    // The observer reports collections a moment later.
    await sleep(20);
    const found: SlowOperation[] = [];
    for (let i = 0; i < this.#slowCount; i++) {
      const wallMs = this.#slow.wall[i];
      const startMs = this.#slow.start[i];
      const gcMs = this.#pausedMs(startMs, startMs + wallMs);
      const waitedMs = Math.min(this.#slow.waited[i], wallMs);
      const ownMs = Math.max(Math.min(wallMs, this.#slow.cpu[i]) - gcMs, 0);
      found.push({
        phase,
        step: this.#slow.step[i],
        wallMs,
        ownMs,
        gcMs,
        waitedMs,
        note: this.#slow.note[i],
      });
    }
    this.#slowCount = 0;
    this.#pauses.length = 0;
    return found.sort((a, b) => b.ownMs - a.ownMs);
  }

  /** Runs one operation that is not repeated. */
  once(phase: string, operation: () => void): SlowOperation {
    const before = this.#clock.usedMs();
    const waitedBefore = this.#waitedMs();
    const start = performance.now();
    operation();
    const wallMs = performance.now() - start;
    const waitedMs = this.#waitedMs() - waitedBefore;
    const ownMs = Math.min(this.#clock.usedMs() - before, wallMs);
    return { phase, step: 0, wallMs, ownMs, gcMs: 0, waitedMs, note: 0 };
  }

  /** One line: how many operations took how long, by the clock on the wall. Then it begins anew. */
  takeHistogram(): string {
    const parts: string[] = [];
    this.#histogram.forEach((count, column) => {
      if (count > 0) parts.push(`<${2 ** column}us: ${count}`);
    });
    this.#histogram.fill(0);
    return parts.join("  ");
  }

  close(): void {
    this.#observer.disconnect();
    closeSync(this.#schedstat);
  }

  #pausedMs(startMs: number, endMs: number): number {
    let sum = 0;
    for (const pause of this.#pauses) {
      sum += Math.max(Math.min(pause.endMs, endMs) - Math.max(pause.startMs, startMs), 0);
    }
    return sum;
  }

  /** How long this thread has waited so far: the second number of schedstat, in nanoseconds. */
  #waitedMs(): number {
    const length = readSync(this.#schedstat, this.#text, 0, this.#text.length, 0);
    let at = this.#text.indexOf(0x20) + 1;
    let value = 0;
    for (; at < length && this.#text[at] !== 0x20; at++) value = value * 10 + this.#text[at] - 0x30;
    return value / 1e6;
  }
}

function floats(): Float64Array {
  return new Float64Array(MOST_SLOW);
}
