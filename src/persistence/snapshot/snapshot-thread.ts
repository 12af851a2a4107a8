import { type MessagePort, Worker } from "node:worker_threads";
import { type BlockMemory, SegmentView } from "../../memory/block-memory";
import { type ByteCodecs, PORTABLE_CODECS } from "../../native/byte-codecs";
import type { SaveOrder, SaveOutcome } from "./save-order";
import { SaveProgress } from "./save-progress";
import { type ValueEncoders, writeSnapshot } from "./write-snapshot";

/** Who writes snapshots: the real one below, or a test's. */
export interface SnapshotWriter {
  /** Makes the first `begin` as fast as the others. */
  prepare(): void;
  /** Writes before it returns; memory stands still because nobody else runs. */
  writeNow(order: SaveOrder, memory: BlockMemory): SaveOutcome;
  /**
   * Begins to write what is in the segments, which are frozen until `ended` is called: once, in a
   * later turn. One at a time. `published` is told of each chunk for replicas.
   */
  begin(
    order: SaveOrder,
    segments: readonly SharedArrayBuffer[],
    progress: SaveProgress,
    ended: (outcome: SaveOutcome) => void,
    published?: () => void,
  ): void;
}

/** How values in that memory are written. */
export type EncodersOf = (memory: BlockMemory) => ValueEncoders;

interface Message {
  readonly order: SaveOrder;
  readonly segments: readonly SharedArrayBuffer[];
  readonly progress: SharedArrayBuffer;
}

/** Sent for each chunk that is ready for replicas; everything else that is sent is an outcome. */
const PUBLISHED = "published";

/**
 * The worker thread that writes snapshots, from the side of the main thread: started by `prepare` or
 * when the first is written, and kept.
 *
 * What always holds: every order has exactly one outcome. A thread that dies, whatever of, ends its
 * order as failed and never the server; the next order gets a new thread.
 */
export class SnapshotThread implements SnapshotWriter {
  readonly #file: string;
  readonly #encodersOf: EncodersOf;
  readonly #codecs: ByteCodecs;
  #worker: Worker | undefined;
  #ended: ((outcome: SaveOutcome) => void) | undefined;
  #published: () => void = () => undefined;
  #lastError = "";

  /** @param file the compiled program of the worker, which calls `serveSnapshots`. */
  constructor(file: string, encodersOf: EncodersOf, codecs = PORTABLE_CODECS) {
    this.#file = file;
    this.#encodersOf = encodersOf;
    this.#codecs = codecs;
  }

  /** Starting a thread stops this one for some milliseconds. */
  prepare(): void {
    if (this.#worker === undefined) this.#start().unref();
  }

  writeNow(order: SaveOrder, memory: BlockMemory): SaveOutcome {
    const encoders = this.#encodersOf(memory);
    return writeSnapshot(order, memory, encoders, new SaveProgress(), this.#codecs);
  }

  begin(
    order: SaveOrder,
    segments: readonly SharedArrayBuffer[],
    progress: SaveProgress,
    ended: (outcome: SaveOutcome) => void,
    published: () => void = () => undefined,
  ): void {
    if (this.#ended !== undefined) throw new Error("a snapshot is being written already");
    const message: Message = { order, segments, progress: progress.shared };
    const worker = this.#worker ?? this.#start();
    this.#ended = ended;
    this.#published = published;
    worker.ref();
    worker.postMessage(message);
  }

  /** Ends the thread, in the middle of what it does. For tests and the end of the process. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#file, {
      execArgv: [],
      name: "snapshots",
      // Files that are sent on to replicas outlive the thread that wrote them.
      trackUnmanagedFds: false,
    });
    this.#worker = worker;
    this.#lastError = "";
    worker.on("message", (message: SaveOutcome | typeof PUBLISHED) => {
      if (message === PUBLISHED) this.#published();
      else this.#end(message);
    });
    worker.on("error", (error) => {
      this.#lastError = `: ${error instanceof Error ? error.message : String(error)}`;
    });
    worker.on("exit", (code) => {
      this.#worker = undefined;
      const problem = `The thread that saves has ended with code ${code}${this.#lastError}`;
      this.#end({ kind: "failed", problem });
    });
    return worker;
  }

  #end(outcome: SaveOutcome): void {
    const ended = this.#ended;
    if (ended === undefined) return;
    this.#ended = undefined;
    this.#worker?.unref();
    ended(outcome);
  }
}

/** The worker's side: writes what it is sent, one after the other. */
export function serveSnapshots(
  port: MessagePort,
  encodersOf: EncodersOf,
  codecs: ByteCodecs,
): void {
  port.on("message", ({ order, segments, progress: shared }: Message) => {
    const progress = new SaveProgress(shared);
    const memory = new SegmentView(segments);
    const encoders = encodersOf(memory);
    const published = (): void => port.postMessage(PUBLISHED);
    const outcome = writeSnapshot(order, memory, encoders, progress, codecs, published);
    progress.end();
    port.postMessage(outcome);
  });
}
