import type { Clock } from "../../base/clock";
import { formatBytesHuman } from "../../base/memory-size";
import type { Config } from "../../config/config";
import type { Keyspace } from "../../keyspace/keyspace";
import type { Arena } from "../../memory/arena";
import type { SaveOutcome } from "./save-order";
import { SaveProgress } from "./save-progress";
import { savedDataOf, saveOrderOf } from "./saved-data";
import type { SnapshotWriter } from "./snapshot-thread";

export interface RdbSavesParts {
  readonly config: Config;
  readonly keyspace: Keyspace;
  readonly memory: Arena;
  readonly clock: Clock;
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly writer: SnapshotWriter;
  readonly pid: number;
  readonly usedBytes: () => number;
  /** Whether another job (a rewrite of the AOF) runs, beside which none may be started. */
  readonly isOtherJobRunning: () => boolean;
  /** An event took so long (LATENCY). */
  readonly onLatency: (event: string, durationMs: number) => void;
  /** Something changed that `refusesWrites` depends on. */
  readonly statusChanged: () => void;
  /** A snapshot is over: what was put off while it lasted may be done. */
  readonly thawed: () => void;
}

interface Job {
  readonly progress: SaveProgress;
  readonly startedMs: number;
  /** Keys at the freeze. */
  readonly totalKeys: number;
  /** Changes ever made at the freeze. */
  readonly changes: number;
  /** Why it was given up, when it was not somebody's wish. */
  problem: string | undefined;
}

const RETRY_SECONDS = 5;
const LONGEST_COMMIT_MS = 10_000;
/** How long a shutdown waits for the thread to remove what it has written so far. */
const LONGEST_CLEANUP_MS = 1000;
const NEVER_TRIED = 0;

/**
 * When the data set is saved as an RDB file, and how that went: SAVE, BGSAVE, save points, the save
 * of a shutdown and of FLUSHALL.
 *
 * It writes nothing itself: a writer does, from frozen memory. What always holds: one snapshot at a
 * time; memory is frozen exactly from the start of one to the moment its writer has let go of it,
 * also when it was cancelled; a cancelled one never takes the place of the file.
 */
export class RdbSaves {
  /** Function libraries that a file brought along: kept as they are, and written back. */
  functions: readonly Uint8Array[] = [];
  /** Unix time of the last success, or of the start. */
  lastSaveSeconds: number;
  /** Whether the last attempt in the background failed. */
  hasFailed = false;
  /** Of the last save in the background; -1 before the first. */
  lastDurationSeconds = -1;
  /** Files written since the start. */
  saves = 0;
  /** Bytes that the last snapshot made stay beside the data, at most. */
  lastHeldBytes = 0;
  /** Snapshots started, and how long the last start took. */
  started = 0;
  lastStartUs = 0;
  isScheduled = false;
  readonly #parts: RdbSavesParts;
  #job: Job | undefined;
  #lastTrySeconds = NEVER_TRIED;
  #jobs = 0;

  constructor(parts: RdbSavesParts) {
    this.#parts = parts;
    this.lastSaveSeconds = this.#nowSeconds;
    const { statusChanged } = parts;
    parts.config.onChange(["save", "stop-writes-on-bgsave-error"], () => {
      statusChanged();
      return undefined;
    });
  }

  get isRunning(): boolean {
    return this.#job !== undefined;
  }

  /** Seconds since the running one began; -1 without one. */
  get runningSeconds(): number {
    const job = this.#job;
    return job === undefined
      ? -1
      : Math.floor((this.#parts.clock.monotonicMs() - job.startedMs) / 1000);
  }

  /** Keys written by the running one, and keys it has in all. */
  get keysDone(): number {
    return this.#job?.progress.keys ?? 0;
  }

  get keysTotal(): number {
    return this.#job?.totalKeys ?? 0;
  }

  /** What the running one makes stay beside the data, in bytes. */
  get heldBytes(): number {
    return this.#job === undefined ? 0 : this.#parts.memory.heldBytes;
  }

  get hasSavePoints(): boolean {
    return this.#parts.config.value("save").length > 0;
  }

  /** Whether writes are refused because the data set could not be saved. */
  get refusesWrites(): boolean {
    return (
      this.hasFailed && this.hasSavePoints && this.#parts.config.flag("stop-writes-on-bgsave-error")
    );
  }

  /** SAVE: writes the file before it returns. False when that failed; the log has said why. */
  saveNow(): boolean {
    const { memory, keyspace, config, writer, pid, log } = this.#parts;
    this.#waitForCommit();
    const order = saveOrderOf(this.#data(), config, `temp-${pid}.rdb`);
    const outcome = writer.writeNow(order, memory);
    if (outcome.kind !== "saved") {
      if (outcome.kind === "failed") log.warning(outcome.problem);
      return false;
    }
    log.notice("DB saved on disk");
    keyspace.stats.savedChanges = keyspace.stats.changes;
    this.#succeeded();
    return true;
  }

  /** BGSAVE: freezes the data set and has it written. False when it cannot be begun. */
  startBackground(): boolean {
    const { memory, keyspace, config, clock, writer, pid, log } = this.#parts;
    if (this.#job !== undefined || memory.frozenNow) return false;
    const startedMs = clock.monotonicMs();
    this.#lastTrySeconds = this.#nowSeconds;
    this.isScheduled = false;
    // Names of its own: a cancelled one may still be writing when the next begins, or SAVE.
    const order = saveOrderOf(this.#data(), config, `temp-${pid}-${++this.#jobs}.rdb`);
    const progress = new SaveProgress();
    memory.freeze();
    this.#job = {
      progress,
      startedMs,
      totalKeys: order.data.databases.reduce((keys, { size }) => keys + size, 0),
      changes: keyspace.stats.changes,
      problem: undefined,
    };
    try {
      writer.begin(order, memory.share(), progress, (outcome) => this.#ended(outcome));
    } catch (error) {
      this.#ended({ kind: "failed", problem: `Can't save in background: ${String(error)}` });
      return false;
    }
    const durationMs = clock.monotonicMs() - startedMs;
    this.started++;
    this.lastStartUs = Math.round(durationMs * 1000);
    // There is no fork, but this is the pause that who watches for forks wants to know of.
    this.#parts.onLatency("fork", durationMs);
    log.notice(`Background saving started by pid ${pid}`);
    return true;
  }

  /** Gives the running one up. False when there is none, or its file is just taking its place. */
  cancel(problem?: string): boolean {
    const job = this.#job;
    if (job === undefined || !job.progress.cancel()) return false;
    job.problem ??= problem;
    return true;
  }

  /** Every tick of the cron: the save points, and what was scheduled. */
  tick(): void {
    this.checkMemory();
    if (this.#job !== undefined || this.#parts.isOtherJobRunning()) return;
    const now = this.#nowSeconds;
    if (this.hasFailed && now - this.#lastTrySeconds <= RETRY_SECONDS) return;
    const { config, keyspace, log } = this.#parts;
    const { unsavedChanges } = keyspace.stats;
    for (const { seconds, changes } of config.value("save")) {
      if (unsavedChanges < changes || now - this.lastSaveSeconds <= seconds) continue;
      log.notice(`${changes} changes in ${seconds} seconds. Saving...`);
      this.startBackground();
      return;
    }
    if (this.isScheduled) this.startBackground();
  }

  /** Gives up a snapshot that takes more than snapshot-memory-limit. Cheap: asked every turn. */
  checkMemory(): void {
    const job = this.#job;
    if (job === undefined) return;
    const limit = this.#parts.config.number("snapshot-memory-limit");
    const { heldBytes } = this.#parts.memory;
    if (limit === 0 || heldBytes <= limit) return;
    this.cancel(
      `Background saving given up: it made ${formatBytesHuman(heldBytes)} stay in memory beside ` +
        `the data set, more than snapshot-memory-limit ${formatBytesHuman(limit)} allows`,
    );
  }

  /** After FLUSHALL: what a running one writes is of no use, and the file holds what is gone. */
  flushedAll(): void {
    this.cancel();
    if (this.hasSavePoints) this.saveNow();
  }

  /** The process is about to end: nothing of the running one may take the place of the file. */
  stopForShutdown(): void {
    if (this.#job === undefined) return;
    this.#parts.log.warning("There is a child saving an .rdb. Killing it!");
    this.cancel();
    this.#waitForCommit();
    this.#job.progress.waitForCancelled(LONGEST_CLEANUP_MS);
  }

  #data(): ReturnType<typeof savedDataOf> {
    const { keyspace, config, usedBytes } = this.#parts;
    return savedDataOf(keyspace, config, this.functions, usedBytes());
  }

  /** So that a file which is just taking its place does not replace the one written after it. */
  #waitForCommit(): void {
    this.#job?.progress.waitForCommit(LONGEST_COMMIT_MS);
  }

  #ended(outcome: SaveOutcome): void {
    const { memory, clock, keyspace, log, thawed, statusChanged } = this.#parts;
    const job = this.#job;
    if (job === undefined) return;
    this.lastHeldBytes = memory.heldBytes;
    this.#job = undefined;
    memory.thaw();
    this.lastDurationSeconds = Math.floor((clock.monotonicMs() - job.startedMs) / 1000);
    const problem = outcome.kind === "failed" ? outcome.problem : job.problem;
    if (outcome.kind === "saved") {
      log.notice("DB saved on disk");
      log.notice(`RDB: ${formatBytesHuman(this.lastHeldBytes)} of memory kept for the snapshot`);
      log.notice("Background saving terminated with success");
      keyspace.stats.savedChanges = job.changes;
      this.#succeeded();
    } else if (problem === undefined) {
      log.warning("Background saving cancelled");
    } else {
      log.warning(problem);
      log.warning("Background saving error");
      this.hasFailed = true;
    }
    statusChanged();
    thawed();
  }

  #succeeded(): void {
    this.saves++;
    this.hasFailed = false;
    this.lastSaveSeconds = this.#nowSeconds;
    this.#parts.statusChanged();
  }

  get #nowSeconds(): number {
    return Math.floor(this.#parts.clock.nowMs() / 1000);
  }
}
