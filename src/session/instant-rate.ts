/**
 * A rate per second averaged over the last samples of a growing counter: the `instantaneous_...`
 * fields of INFO. Times are monotonic milliseconds.
 */
const SAMPLES = 16;

export class InstantRate {
  readonly #rates = new Float64Array(SAMPLES);
  #next = 0;
  #lastCount = 0;
  #lastMs = 0;

  /** A counter that went back (CONFIG RESETSTAT) counts from there on. */
  sample(count: number, nowMs: number): void {
    const elapsedMs = nowMs - this.#lastMs;
    if (elapsedMs <= 0) return;
    const added = Math.max(0, count - this.#lastCount);
    this.#rates[this.#next] = (added * 1000) / elapsedMs;
    this.#next = (this.#next + 1) % SAMPLES;
    this.#lastCount = count;
    this.#lastMs = nowMs;
  }

  get perSecond(): number {
    let sum = 0;
    for (const rate of this.#rates) sum += rate;
    return sum / SAMPLES;
  }

  reset(): void {
    this.#rates.fill(0);
  }
}
