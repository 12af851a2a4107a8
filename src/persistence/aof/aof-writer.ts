import { copyBytes } from "../../base/bytes";
import { systemErrorText } from "../../config/system-error-text";
import type { EffectSink } from "../../keyspace/effects/effect-sink";
import type { AofOutput } from "./aof-output";
import { DurableBytes } from "./durable-bytes";

export type SyncPolicy = "always" | "everysec" | "no";

/** What configuration and the rest of the server tell the writer; asked at every write. */
export interface AofWriterSettings {
  readonly policy: SyncPolicy;
  /** aof-timestamp-enabled. */
  readonly writesTimestamps: boolean;
  /** no-appendfsync-on-rewrite is on, and a snapshot is being written. */
  readonly holdsSyncs: boolean;
  /** A snapshot is being written, for whatever. */
  readonly isBesideJob: boolean;
  /** DEBUG AOF-FLUSH-SLEEP. */
  readonly writeDelayUs: number;
}

export interface AofWriterParts {
  readonly settings: AofWriterSettings;
  /** Unix time of the turn. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly onLatency: (event: string, durationMs: number) => void;
  /** Something changed that `problem` depends on. */
  readonly statusChanged: () => void;
  /** More than before is on the disk. Told within `append`, too. */
  readonly becameDurable: () => void;
  /** Ends the process, because it has promised what it cannot keep. */
  readonly exit: () => never;
}

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;
const LONGEST_POSTPONEMENT_MS = 2000;
const ERROR_LOG_SECONDS = 30;
/** A buffer that grew larger is given back when it is empty. */
const KEPT_BUFFER_BYTES = 64 * 1024;
/** What must be written before more is kept back: a buffer has an end. */
const LARGEST_BUFFER_BYTES = 1024 * 1024 * 1024;
const NOBODY = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes the effects of commands to the end of the append only file, and has them reach the disk as
 * `appendfsync` says, by Redis's rules of flushing and postponing.
 *
 * It opens no files and knows none but the one it was given last. What always holds: when `append`
 * returns, the bytes are with the system, unless a sync is under way that the write would have to
 * wait for (two seconds at most) or the disk refuses them: then they are kept here, in order, and
 * `problem` tells why. Under `always` they are on the disk, or the process has ended. Only whole
 * calls of `append` end up in the file.
 */
export class AofWriter implements EffectSink {
  readonly takesMessages = false;
  /** Bytes of all files that are loaded, as INFO tells them. */
  totalBytes = 0;
  /** Writes that waited in vain for a sync to end. */
  delayedSyncs = 0;
  /** What of all that was appended is on the disk. */
  readonly progress = new DurableBytes();
  readonly #parts: AofWriterParts;
  #output: AofOutput | undefined;
  /** Of the file: written, and given to a sync. */
  #fileBytes = 0;
  #syncedBytes = 0;
  /** What is to be written yet. */
  #buffer: Uint8Array = new Uint8Array(KEPT_BUFFER_BYTES);
  #buffered = 0;
  #postponedSinceMs = 0;
  #lastSyncSeconds = 0;
  #timestampSeconds = 0;
  /** Syncs under way of the file, and of the one before it, which goes to the disk first. */
  #syncs = 0;
  #closing = 0;
  #writeError: unknown;
  #writeProblem: string | undefined;
  #syncProblem: string | undefined;
  /** The file that could not be synced: what the disk holds of it, nobody knows. */
  #doubtful: AofOutput | undefined;
  #wasProbedWell = false;
  #lastErrorLogSeconds = Number.NEGATIVE_INFINITY;
  /** Goes on when the files begin anew: what is heard of older ones is of no interest. */
  #generation = 0;

  constructor(parts: AofWriterParts) {
    this.#parts = parts;
  }

  /** Why writes of clients must be refused, in the system's words. */
  get problem(): string | undefined {
    return this.#writeProblem ?? this.#syncProblem;
  }

  /** What the file lacks can only be told anew: a sync has failed, and now they succeed again. */
  get needsNewFiles(): boolean {
    return this.#syncProblem !== undefined && this.#wasProbedWell;
  }

  /** Bytes of the file that is being written. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  get bufferedBytes(): number {
    return this.#buffered;
  }

  get bufferBytes(): number {
    return this.#buffer.length;
  }

  get pendingSyncs(): number {
    return this.#syncs;
  }

  /**
   * Writes to that file from now on. What the last one got reaches the disk in the background, and
   * before that the new one is not synced, so that hardly any loss of power leaves a gap. `flush(true)`
   * has left nothing behind.
   */
  switchTo(output: AofOutput): void {
    if (this.#buffered > 0) throw new Error("the last file lacks what is to be in front");
    const previous = this.#output;
    this.#output = output;
    this.#fileBytes = output.sizeBytes;
    this.#syncedBytes = output.sizeBytes;
    this.#lastSyncSeconds = this.#nowSeconds;
    this.progress.fileBegins();
    if (previous !== undefined) this.#finish(previous);
  }

  /** Writes and syncs what there is, and lets go of the file. */
  close(): void {
    if (this.#output === undefined) return;
    this.flush(true);
    this.sync();
    this.abandon();
  }

  /** Forgets what is kept back for a file that is of no use any more, and the file. */
  abandon(): void {
    this.#generation++;
    this.#buffered = 0;
    this.#postponedSinceMs = 0;
    this.#fileBytes = 0;
    this.#syncedBytes = 0;
    this.#output?.close();
    this.#output = undefined;
  }

  append(bytes: Uint8Array, at: number, length: number): void {
    this.progress.taken += length;
    if (this.#output === undefined) return;
    if (this.#parts.settings.writesTimestamps) this.#addTimestamp();
    if (this.#buffered === 0 && !this.#isPostponed()) {
      const written = this.#write(bytes, at, length);
      if (written < length) this.#keep(bytes, at + written, length - written);
      return;
    }
    this.#keep(bytes, at, length);
    this.flush(this.#buffered > LARGEST_BUFFER_BYTES);
  }

  /** Writes what is kept back, unless that is to wait for a sync; `force` does not wait. */
  flush(force: boolean): void {
    if (this.#buffered === 0 || this.#output === undefined) return;
    if (!force && this.#isPostponed()) return;
    const written = this.#write(this.#buffer, 0, this.#buffered);
    this.#buffered -= written;
    if (this.#buffered > 0) this.#buffer.copyWithin(0, written, written + this.#buffered);
    else if (this.#buffer.length > KEPT_BUFFER_BYTES) {
      this.#buffer = new Uint8Array(KEPT_BUFFER_BYTES);
    }
    // The write has synced it already under `always`.
    this.#tellDurable(0);
  }

  /** Every tick of the cron: what was put off, and the syncs of each second. */
  tick(everySecond: boolean): void {
    if (this.#output === undefined) return;
    if (this.#postponedSinceMs > 0) this.flush(false);
    if (everySecond && this.#writeProblem !== undefined) this.flush(false);
    if (this.#fileBytes !== this.#syncedBytes) this.#syncInTime();
    else if (everySecond && this.#syncProblem !== undefined && this.#syncs === 0) this.#syncLater();
  }

  /** All that was written is on the disk. False when that is not known, as the log tells. */
  sync(): boolean {
    try {
      this.#output?.sync();
      this.#syncedBytes = this.#fileBytes;
      this.#lastSyncSeconds = this.#nowSeconds;
      this.#tellDurable(this.#writtenCount);
      return true;
    } catch (error) {
      this.#parts.log.warning(`Fail to fsync the AOF file: ${systemErrorText(error)}`);
      return false;
    }
  }

  /** A new base and the present file tell all that is known: older problems are over. */
  renewed(): void {
    if (this.#doubtful !== this.#output || this.#output === undefined) this.progress.rebased();
    this.#tellDurable(this.progress.durable);
    if (this.#syncProblem === undefined || this.#doubtful === this.#output) return;
    this.#syncProblem = undefined;
    this.#doubtful = undefined;
    this.#parts.log.notice("AOF write error looks solved, Redis can write again.");
    this.#parts.statusChanged();
  }

  /** The append only file is begun anew: what was wrong with the old one is of no interest. */
  forgetProblems(): void {
    const { log, statusChanged } = this.#parts;
    if (this.#syncProblem !== undefined) {
      log.warning("AOF reopen, just ignore the AOF fsync error in bio job");
    }
    if (this.#writeProblem !== undefined) {
      log.warning("AOF reopen, just ignore the last error.");
    }
    this.#syncProblem = undefined;
    this.#writeProblem = undefined;
    this.#doubtful = undefined;
    statusChanged();
  }

  get #nowSeconds(): number {
    return Math.floor(this.#parts.nowMs() / MS_PER_SECOND);
  }

  /** The next sync must wait for the end of one that is under way. */
  get #isSyncing(): boolean {
    return this.#syncs > 0 || this.#closing > 0;
  }

  /** Redis's rule: two seconds for a sync that is under way, then the write is done anyway. */
  #isPostponed(): boolean {
    const { settings, log, nowMs } = this.#parts;
    if (settings.policy !== "everysec" || this.#syncs === 0) return false;
    if (this.#postponedSinceMs === 0) {
      this.#postponedSinceMs = nowMs();
      return true;
    }
    if (nowMs() - this.#postponedSinceMs < LONGEST_POSTPONEMENT_MS) return true;
    this.delayedSyncs++;
    log.notice(
      "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without " +
        "waiting for fsync to complete, this may slow down Redis.",
    );
    return false;
  }

  /** Writes it all, or tells why not; returns how much of it is in the file. */
  #write(bytes: Uint8Array, at: number, length: number): number {
    const { settings, monotonicMs } = this.#parts;
    if (settings.writeDelayUs > 0) Atomics.wait(NOBODY, 0, 0, settings.writeDelayUs / US_PER_MS);
    const startedMs = monotonicMs();
    const written = this.#writeOut(bytes, at, length);
    this.#tellLatency(monotonicMs() - startedMs);
    this.#postponedSinceMs = 0;
    const kept = written === length ? written : this.#failed(written, length);
    this.totalBytes += kept;
    this.#fileBytes += kept;
    if (written === length) this.#succeeded();
    return kept;
  }

  /** Returns how much was written before `#writeError` stopped it. */
  #writeOut(bytes: Uint8Array, at: number, length: number): number {
    let written = 0;
    try {
      while (written < length) {
        written += this.#output?.write(bytes, at + written, length - written) ?? 0;
      }
    } catch (error) {
      this.#writeError = error;
    }
    return written;
  }

  #tellLatency(durationMs: number): void {
    const { settings, onLatency } = this.#parts;
    if (this.#syncs > 0) onLatency("aof-write-pending-fsync", durationMs);
    else if (settings.isBesideJob) onLatency("aof-write-active-child", durationMs);
    else onLatency("aof-write-alone", durationMs);
    onLatency("aof-write", durationMs);
  }

  #succeeded(): void {
    const { log, statusChanged } = this.#parts;
    if (this.#writeProblem !== undefined) {
      this.#writeProblem = undefined;
      log.notice("AOF write error looks solved, Redis can write again.");
      statusChanged();
    }
    this.#syncInTime();
  }

  /** The torn part is taken back. Returns how much of it stays in the file after all. */
  #failed(written: number, length: number): number {
    const error = this.#writeError;
    const { settings, log, exit, statusChanged } = this.#parts;
    const nowSeconds = this.#nowSeconds;
    const isTold = nowSeconds - this.#lastErrorLogSeconds > ERROR_LOG_SECONDS;
    if (isTold) this.#lastErrorLogSeconds = nowSeconds;
    let kept = 0;
    if (written === 0) {
      if (isTold) log.warning(`Error writing to the AOF file: ${systemErrorText(error)}`);
    } else {
      if (isTold) {
        log.warning(
          `Short write while writing to the AOF file: (nwritten=${written}, expected=${length})`,
        );
      }
      if (!this.#takeBack(isTold)) kept = written;
    }
    if (settings.policy === "always") {
      log.warning(
        "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...",
      );
      exit();
    }
    const isNew = this.#writeProblem === undefined;
    this.#writeProblem = systemErrorText(error);
    if (isNew) statusChanged();
    return kept;
  }

  #takeBack(isTold: boolean): boolean {
    try {
      this.#output?.truncate(this.#fileBytes);
      return true;
    } catch (error) {
      if (isTold) {
        this.#parts.log.warning(
          "Could not remove short write from the append-only file.  Redis may refuse to load the " +
            `AOF the next time it starts.  ftruncate: ${systemErrorText(error)}`,
        );
      }
      return false;
    }
  }

  #syncInTime(): void {
    const { settings } = this.#parts;
    if (settings.holdsSyncs || this.#output === undefined) return;
    if (settings.policy === "always") {
      this.#syncNow(this.#output);
    } else if (settings.policy === "everysec") {
      const nowSeconds = this.#nowSeconds;
      if (nowSeconds <= this.#lastSyncSeconds) return;
      if (!this.#isSyncing) this.#syncLater();
      this.#lastSyncSeconds = nowSeconds;
    }
  }

  #syncNow(output: AofOutput): void {
    const { log, exit, monotonicMs, onLatency } = this.#parts;
    const startedMs = monotonicMs();
    try {
      output.sync();
    } catch (error) {
      log.warning(
        "Can't persist AOF for fsync error when the AOF fsync policy is 'always': " +
          `${systemErrorText(error)}. Exiting...`,
      );
      exit();
    }
    onLatency("aof-fsync-always", monotonicMs() - startedMs);
    this.#syncedBytes = this.#fileBytes;
    this.#lastSyncSeconds = this.#nowSeconds;
    this.#tellDurable(this.#writtenCount);
  }

  /** Of all that was appended, what is with the system. */
  get #writtenCount(): number {
    return this.progress.taken - this.#buffered;
  }

  /** A sync that has begun when so much was written has ended well. */
  #tellDurable(count: number): void {
    const { progress } = this;
    const before = progress.durable;
    // A file before this one that has not reached the disk yet is missing.
    if (this.#closing === 0) progress.synced(count);
    if (this.#closing === 0 && this.#syncs === 0 && this.#syncedBytes === this.#fileBytes) {
      progress.synced(this.#writtenCount);
    }
    if (progress.durable > before) this.#parts.becameDurable();
  }

  #syncLater(): void {
    const output = this.#output;
    if (output === undefined) return;
    const generation = this.#generation;
    const count = this.#writtenCount;
    this.#syncs++;
    this.#syncedBytes = this.#fileBytes;
    output.syncLater((error) => {
      this.#syncs--;
      this.#synced(output, generation, error, count);
    });
  }

  /** The file before this one: its end goes to the disk, if that was promised, and it is closed. */
  #finish(previous: AofOutput): void {
    if (this.#parts.settings.policy === "no") {
      previous.close();
      this.progress.lost();
      return;
    }
    const count = this.#writtenCount;
    const generation = this.#generation;
    this.#closing++;
    previous.syncLater((error) => {
      this.#closing--;
      previous.close();
      this.#synced(previous, generation, error, count);
    });
  }

  /**
   * A sync has ended. After a failure nobody knows what the disk holds, and no later success tells:
   * the system may have dropped what it could not write. So the problem lasts until a rewrite.
   */
  #synced(output: AofOutput, generation: number, error: Error | null, count: number): void {
    const { log, statusChanged } = this.#parts;
    if (generation !== this.#generation) return;
    if (error === null) {
      this.#wasProbedWell = this.#syncProblem !== undefined;
      if (this.#syncs === 0) this.flush(false);
      this.#tellDurable(count);
      return;
    }
    this.#wasProbedWell = false;
    this.#doubtful = output;
    this.progress.lost();
    if (this.#syncProblem === undefined) {
      log.warning(`Fail to fsync the AOF file: ${systemErrorText(error)}`);
    }
    this.#syncProblem = systemErrorText(error);
    statusChanged();
  }

  /** A line that tells the time, in front of what is written, once in a second at most. */
  #addTimestamp(): void {
    const nowSeconds = this.#nowSeconds;
    if (nowSeconds <= this.#timestampSeconds) return;
    this.#timestampSeconds = nowSeconds;
    const line = Buffer.from(`#TS:${nowSeconds}\r\n`, "latin1");
    this.#keep(line, 0, line.length);
  }

  #keep(bytes: Uint8Array, at: number, length: number): void {
    const needed = this.#buffered + length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = larger;
    }
    copyBytes(this.#buffer, this.#buffered, bytes, at, length);
    this.#buffered = needed;
  }
}
