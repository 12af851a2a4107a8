/**
 * What the thread that saves and the main thread tell each other while a snapshot is written: how
 * far it is, and whether it still counts. Four words of shared memory.
 *
 * What always holds: of `cancel` and `beginCommit` exactly one succeeds, so that a cancelled
 * snapshot never takes the place of the file, however late its thread hears of it.
 */
const KEYS = 0;
const STATE = 1;
const WORDS = 2;

const STATE_RUNNING = 0;
const STATE_CANCELLED = 1;
const STATE_COMMITTING = 2;
const STATE_ENDED = 3;

export class SaveProgress {
  readonly #words: Int32Array;

  /** @param shared what `shared` of the other side's object gave; absent on the side that begins. */
  constructor(shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(shared);
  }

  get shared(): SharedArrayBuffer {
    return this.#words.buffer as SharedArrayBuffer;
  }

  get keys(): number {
    return Atomics.load(this.#words, KEYS) >>> 0;
  }

  set keys(count: number) {
    Atomics.store(this.#words, KEYS, count | 0);
  }

  get isCancelled(): boolean {
    return Atomics.load(this.#words, STATE) === STATE_CANCELLED;
  }

  /** False when the file is just taking its place, or has taken it. */
  cancel(): boolean {
    const before = Atomics.compareExchange(this.#words, STATE, STATE_RUNNING, STATE_CANCELLED);
    return before === STATE_RUNNING || before === STATE_CANCELLED;
  }

  /** False when the snapshot has been cancelled. */
  beginCommit(): boolean {
    return (
      Atomics.compareExchange(this.#words, STATE, STATE_RUNNING, STATE_COMMITTING) === STATE_RUNNING
    );
  }

  /** Nothing more is done to any file. */
  end(): void {
    Atomics.store(this.#words, STATE, STATE_ENDED);
    Atomics.notify(this.#words, STATE);
  }

  /** Waits until a cancelled one has cleaned up behind itself; false after `timeoutMs`. */
  waitForCancelled(timeoutMs: number): boolean {
    return Atomics.wait(this.#words, STATE, STATE_CANCELLED, timeoutMs) !== "timed-out";
  }

  /** Waits for the end of a commit that `cancel` came too late for; false after `timeoutMs`. */
  waitForCommit(timeoutMs: number): boolean {
    return Atomics.wait(this.#words, STATE, STATE_COMMITTING, timeoutMs) !== "timed-out";
  }
}
