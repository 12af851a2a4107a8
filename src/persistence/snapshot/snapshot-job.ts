import type { Clock } from "../../base/clock";
import { formatBytesHuman } from "../../base/memory-size";
import type { Arena } from "../../memory/arena";
import type { SaveOrder, SaveOutcome } from "./save-order";
import { SaveProgress } from "./save-progress";
import type { SnapshotWriter } from "./snapshot-thread";

export interface SnapshotJobParts {
  readonly memory: Arena;
  readonly clock: Clock;
  readonly writer: SnapshotWriter;
  /** An event took so long (LATENCY). */
  readonly onLatency: (event: string, durationMs: number) => void;
}

const LONGEST_COMMIT_MS = 10_000;
/** How long a shutdown waits for the thread to remove what it has written so far. */
const LONGEST_CLEANUP_MS = 1000;
const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

/**
 * One snapshot that is written in the background, for whoever wants it.
 *
 * What always holds: memory is frozen exactly from `begin` to the moment its writer has let go of
 * it, also when it was cancelled; `ended` is called once, behind that.
 */
export class SnapshotJob {
  /** Keys at the freeze. */
  totalKeys = 0;
  /** How long the start took: the pause that there is. */
  startUs = 0;
  /** Bytes that it made stay beside the data; told when it has ended. */
  lastHeldBytes = 0;
  readonly #parts: SnapshotJobParts;
  readonly #progress = new SaveProgress();
  readonly #startedMs: number;
  readonly #what: string;
  readonly #ended: (outcome: SaveOutcome) => void;
  /** Why it was given up, when it was not somebody's wish. */
  #problem: string | undefined;

  /** @param what is done by it, as the log calls it. */
  constructor(parts: SnapshotJobParts, what: string, ended: (outcome: SaveOutcome) => void) {
    this.#parts = parts;
    this.#what = what;
    this.#ended = ended;
    this.#startedMs = parts.clock.monotonicMs();
  }

  get runningSeconds(): number {
    const { clock } = this.#parts;
    return Math.floor((clock.monotonicMs() - this.#startedMs) / MS_PER_SECOND);
  }

  get keysDone(): number {
    return this.#progress.keys;
  }

  get heldBytes(): number {
    return this.#parts.memory.heldBytes;
  }

  /**
   * Freezes memory and has it written. False when that cannot be begun: it has ended then.
   * @param published told of each chunk for replicas.
   */
  begin(order: SaveOrder, published?: () => void): boolean {
    const { memory, clock, writer, onLatency } = this.#parts;
    this.totalKeys = order.data.databases.reduce((keys, { size }) => keys + size, 0);
    memory.freeze();
    try {
      const ended = (outcome: SaveOutcome): void => this.#end(outcome);
      writer.begin(order, memory.share(), this.#progress, ended, published);
    } catch (error) {
      this.#end({ kind: "failed", problem: `Can't save in background: ${String(error)}` });
      return false;
    }
    const durationMs = clock.monotonicMs() - this.#startedMs;
    this.startUs = Math.round(durationMs * US_PER_MS);
    // There is no fork, but this is the pause that who watches for forks wants to know of.
    onLatency("fork", durationMs);
    return true;
  }

  /** Gives it up. False when its file is just taking its place, or has taken it. */
  cancel(problem?: string): boolean {
    if (!this.#progress.cancel()) return false;
    this.#problem ??= problem;
    return true;
  }

  /** Gives it up when it holds more memory than it may; 0 is no limit. */
  checkMemory(limitBytes: number): void {
    const { heldBytes } = this;
    if (limitBytes === 0 || heldBytes <= limitBytes) return;
    this.cancel(
      `${this.#what} given up: it made ${formatBytesHuman(heldBytes)} stay in memory beside ` +
        `the data set, more than snapshot-memory-limit ${formatBytesHuman(limitBytes)} allows`,
    );
  }

  /** So that a file which is just taking its place does not replace the one written after it. */
  waitForCommit(): void {
    this.#progress.waitForCommit(LONGEST_COMMIT_MS);
  }

  /** The process is about to end: nothing more takes the place of a file, nothing is left behind. */
  stop(): void {
    this.cancel();
    this.waitForCommit();
    this.#progress.waitForCancelled(LONGEST_CLEANUP_MS);
  }

  #end(outcome: SaveOutcome): void {
    const { memory } = this.#parts;
    this.lastHeldBytes = memory.heldBytes;
    memory.thaw();
    const problem = this.#problem;
    const isGivenUp = outcome.kind === "cancelled" && problem !== undefined;
    this.#ended(isGivenUp ? { kind: "failed", problem } : outcome);
  }
}
