import type { Clock } from "../../base/clock";
import { formatBytesHuman } from "../../base/memory-size";
import type { Config } from "../../config/config";
import type { Keyspace } from "../../keyspace/keyspace";
import type { Arena } from "../../memory/arena";
import type { SavedData } from "../rdb/dataset-writer";
import type { ChunkRing } from "./chunk-ring";
import type { SaveOrder, SaveOutcome } from "./save-order";
import { savedDataOf, saveOrderOf } from "./saved-data";
import { SnapshotJob } from "./snapshot-job";
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

/** A snapshot that replicas wait for. */
export interface SnapshotCopy {
  /** It goes to their sockets by this ring; else to the file, which stays open for them. */
  readonly ring?: ChunkRing;
  /** A chunk is ready. */
  readonly published?: () => void;
  /** Libraries of functions and no keys, for who asked for nothing else. */
  readonly isFunctionsOnly?: boolean;
  /** RDB versions to try instead of those that are configured. */
  readonly versions?: readonly number[];
  /** Told once, when memory is free again; the descriptor in the outcome is the receiver's to close. */
  readonly ended: (outcome: SaveOutcome) => void;
}

const RETRY_SECONDS = 5;
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
  /** What files tell of the place of the data set in the stream of replication. */
  replicationAux: () => SavedData["aux"] = () => [];
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
  #job: SnapshotJob | undefined;
  /** What the running one is for, when replicas wait for it. */
  #copy: SnapshotCopy | undefined;
  /** Changes of the data set before the running one. */
  #jobChanges = 0;
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
    return this.#job?.runningSeconds ?? -1;
  }

  /** Keys written by the running one, and keys it has in all. */
  get keysDone(): number {
    return this.#job?.keysDone ?? 0;
  }

  get keysTotal(): number {
    return this.#job?.totalKeys ?? 0;
  }

  /** What the running one makes stay beside the data, in bytes. */
  get heldBytes(): number {
    return this.#job?.heldBytes ?? 0;
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
    this.#job?.waitForCommit();
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

  /**
   * BGSAVE: freezes the data set and has it written. False when it cannot be begun.
   * @param copy for replicas.
   */
  startBackground(copy?: SnapshotCopy): boolean {
    const { memory, keyspace, config, pid, log } = this.#parts;
    if (this.#job !== undefined || memory.frozenNow) return false;
    const what = nameOf(copy);
    const job = new SnapshotJob(this.#parts, what, (outcome) => this.#ended(job, outcome, copy));
    if (copy?.ring === undefined) {
      this.#lastTrySeconds = this.#nowSeconds;
      this.isScheduled = false;
    }
    // Names of its own: a cancelled one may still be writing when the next begins, or SAVE.
    const plain = saveOrderOf(this.#data(), config, `temp-${pid}-${++this.#jobs}.rdb`);
    const order = copy === undefined ? plain : orderOfCopy(plain, copy);
    this.#job = job;
    this.#copy = copy;
    this.#jobChanges = keyspace.stats.changes;
    if (!job.begin(order, copy?.published)) return false;
    this.started++;
    this.lastStartUs = job.startUs;
    log.notice(`${what} started by pid ${pid}`);
    return true;
  }

  /** Gives the running one up. False when there is none, or its file is just taking its place. */
  cancel(): boolean {
    return this.#job?.cancel() ?? false;
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
    this.#job?.checkMemory(this.#parts.config.number("snapshot-memory-limit"));
  }

  /** After FLUSHALL: what a running one writes is of no use, and the file holds what is gone. */
  flushedAll(): void {
    // Replicas are told of the flush behind what is sent to them.
    if (this.#copy?.ring === undefined) this.cancel();
    if (this.hasSavePoints) this.saveNow();
  }

  /** The process is about to end: nothing of the running one may take the place of the file. */
  stopForShutdown(): void {
    if (this.#job === undefined) return;
    this.#parts.log.warning("There is a child saving an .rdb. Killing it!");
    this.#job.stop();
  }

  #data(): ReturnType<typeof savedDataOf> {
    const { keyspace, config, usedBytes } = this.#parts;
    const aux = this.replicationAux();
    return savedDataOf(keyspace, config, this.functions, usedBytes(), false, aux);
  }

  #ended(job: SnapshotJob, outcome: SaveOutcome, copy: SnapshotCopy | undefined): void {
    const { keyspace, log, thawed, statusChanged } = this.#parts;
    const isTransfer = copy?.ring !== undefined;
    const what = nameOf(copy);
    this.#job = undefined;
    this.#copy = undefined;
    this.lastHeldBytes = job.lastHeldBytes;
    this.lastDurationSeconds = job.runningSeconds;
    if (outcome.kind === "saved") {
      if (!isTransfer) log.notice("DB saved on disk");
      log.notice(`RDB: ${formatBytesHuman(this.lastHeldBytes)} of memory kept for the snapshot`);
      log.notice(`${what} terminated with success`);
      if (!isTransfer) {
        keyspace.stats.savedChanges = this.#jobChanges;
        this.#succeeded();
      }
    } else if (outcome.kind === "cancelled") {
      log.warning(`${what} cancelled`);
    } else {
      log.warning(outcome.problem);
      log.warning(`${what} error`);
      // A version that only a replica needs says nothing about the files of this server.
      const isTooNewForReplica = outcome.isTooNew === true && copy?.versions !== undefined;
      if (!isTransfer && !isTooNewForReplica) this.hasFailed = true;
    }
    statusChanged();
    thawed();
    copy?.ended(outcome);
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

/** As the log calls it. */
function nameOf(copy: SnapshotCopy | undefined): string {
  return copy?.ring === undefined ? "Background saving" : "Background RDB transfer";
}

/** Without a file there is no second try: what has been sent cannot be taken back. */
function orderOfCopy(order: SaveOrder, copy: SnapshotCopy): SaveOrder {
  const { ring, versions = order.versions, isFunctionsOnly } = copy;
  const data = isFunctionsOnly === true ? { ...order.data, databases: [] } : order.data;
  if (ring === undefined) return { ...order, data, versions, keepsOpen: true };
  return { ...order, data, versions: versions.slice(0, 1), ring: ring.shared };
}
