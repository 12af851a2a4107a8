/**
 * Time as rooms may see it: handed in, so that tests and simulations can set it. Rooms with
 * decisions take a Clock (or plain numbers) and never read Date themselves.
 *
 * It holds no timers. What always holds: `monotonicMs` never goes back and knows no clock changes;
 * `nowMs` may jump either way when somebody sets the system's clock.
 */

export interface Clock {
  /** Whole milliseconds of Unix time. */
  nowMs(): number;
  /** Whole microseconds of Unix time, never more than a millisecond away from `nowMs`. */
  nowUs(): number;
  /** Milliseconds with a fraction, from a beginning that means nothing. For durations. */
  monotonicMs(): number;
}

/** The last thousandth of a millisecond. */
const LAST_FRACTION_MS = 0.999;

export class SystemClock implements Clock {
  /** Unix time less `performance.now()`, in ms: what makes the fine clock a wall clock. */
  #offsetMs = performance.timeOrigin;

  nowMs(): number {
    return Date.now();
  }

  nowUs(): number {
    const wallMs = Date.now();
    const steadyMs = performance.now();
    const fineMs = this.#offsetMs + steadyMs;
    // The two drift apart as the system's clock is corrected. One that is ahead waits at the end of
    // the millisecond and does not begin it anew, or a later time could be told as an earlier one.
    if (fineMs < wallMs) this.#offsetMs = wallMs - steadyMs;
    else if (fineMs >= wallMs + 1) this.#offsetMs = wallMs + LAST_FRACTION_MS - steadyMs;
    return Math.floor((this.#offsetMs + steadyMs) * 1000);
  }

  monotonicMs(): number {
    return performance.now();
  }
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return Math.floor(this.#nowMs);
  }

  nowUs(): number {
    return Math.floor(this.#nowMs * 1000);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Lets time pass. Throws on a negative or absent duration: a monotonic clock cannot go back. */
  advance(durationMs: number): void {
    if (!(durationMs >= 0)) throw new RangeError(`advance(${durationMs}): time cannot go back`);
    this.#nowMs += durationMs;
    this.#monotonicMs += durationMs;
  }

  /** Sets the wall clock only, as an administrator or NTP does. */
  setNow(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}
