import type { Clock } from "../base/clock";

/**
 * Work that is too long for a turn, done in slices of at most a millisecond between turns.
 *
 * While clients are quiet slices follow each other without a pause, so that the work is done at full
 * speed; under load they get a fixed share of the time, because every slice makes somebody wait. A
 * job is asked again only after `wake`.
 */
export interface BackgroundJob {
  readonly name: string;
  /** Whether there is something to do; asked after every turn, so it must be cheap. */
  readonly hasWork: () => boolean;
  /** Works for about `budgetMs` and never much longer. */
  readonly work: (budgetMs: number) => void;
}

export interface BackgroundParts {
  readonly clock: Clock;
  readonly jobs: readonly BackgroundJob[];
  /** Calls back when the sockets have been looked at (setImmediate). */
  readonly defer: (slice: () => void) => void;
  /** Before each slice: sets the clocks. */
  readonly beforeSlice: () => void;
  /** After each slice, with its length: sends what the work has written. */
  readonly afterSlice: (durationMs: number) => void;
}

/** A slice ends with the first step behind this, so that no slice takes a millisecond. */
export const LONGEST_SLICE_MS = 0.75;
/** Shorter ones would go to the overhead of a slice: what they would have is saved up instead. */
const SHORTEST_SLICE_MS = 0.1;
/** Of the time in which clients were served, so much more goes to the work: a quarter of all. */
const SHARE_UNDER_LOAD = 1 / 3;

export class Background {
  readonly #parts: BackgroundParts;
  #isDeferred = false;
  #servedTurns = false;
  #lastEndMs = 0;
  /** What the work is owed for time in which clients were served. */
  #savedMs = 0;
  #nextJob = 0;
  readonly #runSlice = (): void => this.#slice();

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** A turn was served. Begins to work when a job has something to do. */
  turnEnded(): void {
    this.#servedTurns = true;
    this.wake();
  }

  /** Begins to work when a job has something to do. */
  wake(): void {
    if (this.#isDeferred) return;
    for (const job of this.#parts.jobs) {
      if (!job.hasWork()) continue;
      this.#isDeferred = true;
      this.#lastEndMs = this.#parts.clock.monotonicMs();
      this.#parts.defer(this.#runSlice);
      return;
    }
  }

  /** One slice for the next job in turn that has work. */
  #slice(): void {
    const { clock, jobs, beforeSlice, afterSlice } = this.#parts;
    this.#isDeferred = false;
    let tried = 0;
    while (tried < jobs.length && !jobs[this.#nextJob].hasWork()) {
      this.#nextJob = (this.#nextJob + 1) % jobs.length;
      tried++;
    }
    if (tried === jobs.length) return;
    const beganMs = clock.monotonicMs();
    const budgetMs = this.#budgetMs(beganMs);
    if (budgetMs < SHORTEST_SLICE_MS) {
      this.#deferAgain();
      return;
    }
    beforeSlice();
    jobs[this.#nextJob].work(budgetMs);
    this.#nextJob = (this.#nextJob + 1) % jobs.length;
    // Before afterSlice, which ends in `turnEnded` as turns do.
    this.#isDeferred = true;
    afterSlice(clock.monotonicMs() - beganMs);
    this.#savedMs = 0;
    this.#deferAgain();
  }

  #deferAgain(): void {
    this.#isDeferred = true;
    this.#servedTurns = false;
    this.#lastEndMs = this.#parts.clock.monotonicMs();
    this.#parts.defer(this.#runSlice);
  }

  #budgetMs(nowMs: number): number {
    if (!this.#servedTurns) return LONGEST_SLICE_MS;
    this.#savedMs += (nowMs - this.#lastEndMs) * SHARE_UNDER_LOAD;
    return Math.min(this.#savedMs, LONGEST_SLICE_MS);
  }
}
