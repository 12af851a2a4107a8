import { TICK_MS } from "./model/constants";

/** Ticks come up to twice as often as the slowest. */
const LEAST_SHARE = 0.5;

/**
 * The ticks of a Sentinel: each after another random time, so that Sentinels that were started
 * together do not act as one for long (two that stand for election at the same moment both lose).
 */
export class SentinelTimer {
  readonly #tick: () => void;
  readonly #random: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(tick: () => void, random: () => number) {
    this.#tick = tick;
    this.#random = random;
  }

  start(): void {
    const delayMs = TICK_MS * (LEAST_SHARE + (1 - LEAST_SHARE) * this.#random());
    this.#timer = setTimeout(() => {
      this.start();
      this.#tick();
    }, delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
