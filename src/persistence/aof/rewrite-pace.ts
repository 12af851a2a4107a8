/** After so many failures in a row a rewrite is not tried again at once: each leaves a file behind. */
const FAILURES_WITHOUT_LIMIT = 3;
const LONGEST_DELAY_MINUTES = 60;
const SECONDS_PER_MINUTE = 60;
const PERCENT = 100;

/** What a rewrite by itself depends on. */
export interface Growth {
  /** auto-aof-rewrite-percentage and -min-size. */
  readonly percentage: number;
  readonly leastBytes: number;
  /** Bytes of the append only file now, and behind the last rewrite. */
  readonly bytes: number;
  readonly baseBytes: number;
}

/**
 * When an append only file is rewritten by itself, and when not: decisions of Redis, without a clock
 * of its own.
 */
export class RewritePace {
  #delayMinutes = 0;
  #nextSeconds = 0;

  /**
   * Whether a rewrite must wait, because too many in a row have failed.
   * @param limited told for how long, when a delay begins.
   */
  isLimited(
    consecutiveFailures: number,
    nowSeconds: number,
    limited: (delayMinutes: number) => void,
  ): boolean {
    if (consecutiveFailures < FAILURES_WITHOUT_LIMIT) {
      this.#delayMinutes = 0;
      this.#nextSeconds = 0;
      return false;
    }
    if (this.#nextSeconds !== 0) {
      if (nowSeconds < this.#nextSeconds) return true;
      this.#nextSeconds = 0;
      return false;
    }
    const doubled = this.#delayMinutes === 0 ? 1 : this.#delayMinutes * 2;
    this.#delayMinutes = Math.min(doubled, LONGEST_DELAY_MINUTES);
    this.#nextSeconds = nowSeconds + this.#delayMinutes * SECONDS_PER_MINUTE;
    limited(this.#delayMinutes);
    return true;
  }
}

/** By how many percent the file has grown, if that is enough for a rewrite; else undefined. */
export function growthToRewrite(growth: Growth): number | undefined {
  const { percentage, leastBytes, bytes, baseBytes } = growth;
  if (percentage === 0 || bytes <= leastBytes) return undefined;
  const percent = Math.floor((bytes * PERCENT) / Math.max(1, baseBytes)) - PERCENT;
  return percent >= percentage ? percent : undefined;
}
