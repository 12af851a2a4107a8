import type { Clock } from "../../base/clock";

const MS_PER_SECOND = 1000;

/**
 * That the data set is being loaded, from whatever kind of file, and how far it is: what INFO tells
 * of it meanwhile, and of the last RDB file afterwards.
 */
export class LoadingProgress {
  isLoading = false;
  /** What is loaded is kept beside the data set, which is served meanwhile. */
  isAsync = false;
  /** Unix time at which it began. */
  startedSeconds = 0;
  totalBytes = 0;
  loadedBytes = 0;
  /** What an RDB file says of the memory of who wrote it. */
  usedMemory = 0;
  /** Of the last RDB file that was loaded. */
  keysLoaded = 0;
  keysExpired = 0;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #startedMs = 0;

  /** @param changed told at the beginning and the end. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  begin(totalBytes: number): void {
    this.prepare(totalBytes);
    this.raise(false);
  }

  /** Something is read of which it is not known yet whether it is going to be loaded. */
  prepare(totalBytes: number): void {
    this.startedSeconds = Math.floor(this.#clock.nowMs() / MS_PER_SECOND);
    this.#startedMs = this.#clock.monotonicMs();
    this.totalBytes = totalBytes;
    this.loadedBytes = 0;
    this.usedMemory = 0;
  }

  /** What was prepared is being loaded. */
  raise(isAsync: boolean): void {
    this.isLoading = true;
    this.isAsync = isAsync;
    this.#changed();
  }

  end(): void {
    this.isLoading = false;
    this.isAsync = false;
    this.#changed();
  }

  /** Nobody may use the data set: it is half of one. */
  get isBlocking(): boolean {
    return this.isLoading && !this.isAsync;
  }

  /** Seconds since `begin`. */
  get elapsedSeconds(): number {
    return (this.#clock.monotonicMs() - this.#startedMs) / MS_PER_SECOND;
  }

  /** How long the rest will take, going by what has been read; 1 before that is known. */
  get etaSeconds(): number {
    if (this.loadedBytes === 0) return 1;
    const left = this.totalBytes - this.loadedBytes;
    return Math.floor((this.elapsedSeconds * left) / this.loadedBytes);
  }
}
