import type { Clock } from "../base/clock";

/**
 * Periodic work, run between turns.
 *
 * One timer ticks some times a second and runs each task when its period has passed. Tasks are short
 * (well under a millisecond): what is more is done a little per tick.
 */
export interface CronTask {
  readonly name: string;
  /** 0 runs at every tick. */
  readonly periodMs: number;
  readonly run: (nowMs: number) => void;
}

export class Cron {
  readonly #clock: Clock;
  readonly #tasks: readonly CronTask[];
  readonly #dueMs: number[];
  readonly #afterTick: (durationMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #hz = 0;

  /** @param afterTick called after each tick with its length, to send what the tasks have written. */
  constructor(clock: Clock, tasks: readonly CronTask[], afterTick: (durationMs: number) => void) {
    this.#clock = clock;
    this.#tasks = tasks;
    this.#dueMs = tasks.map(() => 0);
    this.#afterTick = afterTick;
  }

  /** Ticks from now on, so often a second. */
  start(hz: number): void {
    clearInterval(this.#timer);
    this.#hz = hz;
    this.#timer = setInterval(() => this.tick(), Math.floor(1000 / hz));
  }

  /** Ticks more or less often, if it ticks at all. */
  setHz(hz: number): void {
    if (this.#timer !== undefined && hz !== this.#hz) this.start(hz);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#tasks.forEach((task, index) => {
      if (nowMs < this.#dueMs[index]) return;
      this.#dueMs[index] = nowMs + task.periodMs;
      task.run(nowMs);
    });
    this.#afterTick(this.#clock.monotonicMs() - nowMs);
  }
}
