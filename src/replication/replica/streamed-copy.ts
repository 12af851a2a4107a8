/**
 * The copy of a master's data set that is loaded while it comes: into the keyspace, which is empty
 * then, or into databases beside those that are served. It ends after so many bytes, or with the
 * mark that the master has announced; what is in the copy is never searched for the mark.
 *
 * It reads no socket. What always holds: a slice between turns is all that it takes of the thread;
 * beside what one value needs no more than MOST_PENDING_BYTES wait in memory; and after `stop`, or
 * an end with a problem, nothing is left of what was loaded beside the data set.
 */
import { SpareDatabases } from "../../keyspace/spare-databases";
import { LoadProblem } from "../../persistence/loading/load-problem";
import { RdbLiveLoading, TooLargeToHold } from "../../persistence/loading/rdb-live-loading";
import type { RdbLoadingParts } from "../../persistence/loading/rdb-loading";
import type { Payload } from "../decisions/replication-state";
import type { LoadedCopy } from "./copy-loading";
import { databaseIn } from "./saved-place";

export interface StreamedCopyParts {
  readonly loading: RdbLoadingParts;
  /** Whether nothing more is to be taken for now. */
  readonly stopFlow: (isStopped: boolean) => void;
  /** All is there (undefined), or why it never will be. Not called after `stop`. */
  readonly ended: (problem: CopyProblem | undefined) => void;
}

export interface CopyProblem {
  readonly text: string;
  /** It might go well by way of a file. */
  readonly wantsFile: boolean;
}

/** Between two looks at the sockets. */
const SLICE_MS = 5;
const MOST_PENDING_BYTES = 1024 * 1024;
const MARK_BYTES = 40;
/** A master that has been silent for so long may have sent all of it. */
const QUIET_MS = 50;

export class StreamedCopy {
  /** The size that was announced, 0 for none. */
  readonly totalBytes: number;
  receivedBytes = 0;
  readonly #parts: StreamedCopyParts;
  readonly #payload: Payload;
  readonly #loading: RdbLiveLoading;
  readonly #spare: SpareDatabases | undefined;
  #streamDb = 0;
  #isRead = false;
  #isRunning = false;
  #isScheduled = false;
  #isEnded = false;
  #lostReason: string | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(parts: StreamedCopyParts, payload: Payload) {
    const { keyspace, progress } = parts.loading;
    const { sizeBytes, into } = payload;
    this.#parts = parts;
    this.#payload = payload;
    this.totalBytes = sizeBytes ?? 0;
    this.#spare = into === "swap" ? new SpareDatabases(keyspace) : undefined;
    this.#loading = new RdbLiveLoading(parts.loading, sizeBytes, {
      ...(this.#spare !== undefined && { databases: this.#spare.list }),
      dropsExpired: false,
      merges: false,
      onAux: (name, value) => {
        if (name !== "repl-stream-db") return;
        this.#streamDb = databaseIn(value, keyspace.databases.length) ?? 0;
      },
    });
    if (this.#spare === undefined) progress.begin(this.totalBytes);
    else progress.prepare(this.totalBytes);
  }

  /** It is in databases of its own until it takes the place of the data set. */
  get isBeside(): boolean {
    return this.#spare !== undefined;
  }

  get hasKeys(): boolean {
    return this.#loading.keysLoaded > 0;
  }

  /** What has come is not used up: the copy gets on, whoever is silent. */
  get isBusy(): boolean {
    return this.#isScheduled;
  }

  get loaded(): LoadedCopy {
    return { functions: this.#loading.functions, streamDb: this.#streamDb, isOnDisk: false };
  }

  /** What came behind the copy. Once, when it has ended well. */
  rest(): Buffer {
    return this.#loading.rest();
  }

  /** @param bytes are copied. Returns how many belong to the copy, as far as is known. */
  take(bytes: Buffer): number {
    const { sizeBytes } = this.#payload;
    const left = (sizeBytes ?? Number.POSITIVE_INFINITY) - this.receivedBytes;
    const taken = bytes.length <= left ? bytes : bytes.subarray(0, left);
    const { source } = this.#loading;
    source.push(taken);
    this.receivedBytes += taken.length;
    if (this.receivedBytes === sizeBytes) source.isOver = true;
    if (source.pendingBytes >= this.#mostPending) this.#parts.stopFlow(true);
    this.#awaitQuiet();
    if (source.isOver || source.pendingBytes >= this.#loading.wantedBytes) this.#schedule();
    return taken.length;
  }

  /** Nothing more comes. What has come may be all. */
  lost(reason: string): void {
    this.#lostReason = reason;
    this.#loading.source.isOver = true;
    this.#schedule();
  }

  /** What was loaded beside the data set becomes it. */
  takePlace(): void {
    this.#spare?.takePlace();
  }

  /** Nobody wants it any more. */
  stop(): void {
    const wasEnded = this.#isEnded;
    this.#isEnded = true;
    // Within a value clients are answered, and one of them may have said so.
    if (this.#isRunning) return;
    if (!wasEnded) this.#close();
    this.#spare?.discard();
  }

  get #mostPending(): number {
    return Math.max(MOST_PENDING_BYTES, this.#loading.wantedBytes);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isEnded) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isEnded) this.#run();
    });
  }

  #run(): void {
    const { clock, keyspace, progress } = this.#parts.loading;
    keyspace.setTime(clock.nowMs());
    let outcome: "done" | "more" | "starved" | CopyProblem;
    this.#isRunning = true;
    try {
      outcome = this.#advance(clock.monotonicMs() + SLICE_MS);
    } catch (error) {
      outcome = this.#problemOf(error);
    }
    this.#isRunning = false;
    progress.loadedBytes = this.#loading.position;
    // A copy without any key, which may have to be refused, is nothing that clients should notice.
    if (this.hasKeys && !progress.isLoading) progress.raise(this.#payload.keepsServing);
    if (this.#isEnded) {
      this.#close();
      this.#spare?.discard();
    } else if (outcome === "more") {
      this.#schedule();
    } else if (outcome === "starved") {
      this.#parts.stopFlow(false);
      this.#awaitQuiet();
    } else {
      this.#end(outcome === "done" ? undefined : outcome);
    }
  }

  #advance(endMs: number): "done" | "more" | "starved" {
    if (!this.#isRead) {
      const outcome = this.#loading.advance(endMs);
      if (outcome !== "done") return outcome;
      this.#isRead = true;
    }
    const { mark, sizeBytes } = this.#payload;
    if (mark === undefined) {
      const behind = (sizeBytes ?? 0) - this.#loading.position;
      if (behind > 0) throw new LoadProblem(`there are ${behind} bytes behind its end`);
      return "done";
    }
    const found = this.#loading.tail(MARK_BYTES);
    if (found === undefined) return "starved";
    if (found.toString("latin1") !== mark) {
      throw new LoadProblem("Replication stream EOF marker is broken");
    }
    return "done";
  }

  #end(problem: CopyProblem | undefined): void {
    this.#isEnded = true;
    this.#close();
    if (problem !== undefined) this.#spare?.discard();
    this.#parts.ended(problem);
  }

  #close(): void {
    clearTimeout(this.#quiet);
    this.#parts.loading.progress.end();
  }

  #problemOf(error: unknown): CopyProblem {
    if (!(error instanceof LoadProblem)) throw error;
    const lost = this.#lostReason;
    const text = lost === undefined ? error.message : `${lost}, after ${this.receivedBytes} bytes`;
    return { text, wantsFile: error instanceof TooLargeToHold };
  }

  /** So that what a large value waits for is not waited for in vain. */
  #awaitQuiet(): void {
    clearTimeout(this.#quiet);
    if (this.#isEnded || this.#loading.wantedBytes <= 1) return;
    this.#quiet = setTimeout(() => {
      if (this.#loading.source.pendingBytes > 0) this.#schedule();
    }, QUIET_MS).unref();
  }
}
