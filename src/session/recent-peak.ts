/**
 * The largest value noted in the last seconds: `client_recent_max_...` of INFO. One slot a second.
 */
const SECONDS = 8;

export class RecentPeak {
  readonly #peaks = new Float64Array(SECONDS);

  note(value: number, nowMs: number): void {
    const slot = Math.floor(nowMs / 1000) % SECONDS;
    // The slot of the next second is emptied now, so that it holds nothing of the last round.
    this.#peaks[(slot + 1) % SECONDS] = 0;
    if (value > this.#peaks[slot]) this.#peaks[slot] = value;
  }

  get value(): number {
    return Math.max(...this.#peaks);
  }
}
