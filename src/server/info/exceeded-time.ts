/**
 * For how long memory has been above maxmemory: sampled by the cron, so that it is exact to one
 * period of it. Times are in ms of a clock that never goes back.
 */
export class ExceededTime {
  #endedMs = 0;
  #sinceMs = 0;
  #nowMs = 0;
  #isExceeded = false;

  sample(isExceeded: boolean, nowMs: number): void {
    if (isExceeded && !this.#isExceeded) this.#sinceMs = nowMs;
    if (!isExceeded && this.#isExceeded) this.#endedMs += nowMs - this.#sinceMs;
    this.#isExceeded = isExceeded;
    this.#nowMs = nowMs;
  }

  /** Since it was passed last; 0 while memory is below the limit. */
  get currentMs(): number {
    return this.#isExceeded ? this.#nowMs - this.#sinceMs : 0;
  }

  get totalMs(): number {
    return this.#endedMs + this.currentMs;
  }

  /** CONFIG RESETSTAT: what lasts begins anew. */
  reset(): void {
    this.#endedMs = 0;
    this.#sinceMs = this.#nowMs;
  }
}
