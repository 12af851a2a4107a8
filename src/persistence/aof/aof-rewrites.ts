import { unlink, unlinkSync } from "node:fs";
import { formatBytesHuman } from "../../base/memory-size";
import { decodeUtf8 } from "../../config/byte-text";
import type { Config } from "../../config/config";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import type { SaveOrder, SaveOutcome } from "../snapshot/save-order";
import type { SnapshotFilePaths } from "../snapshot/snapshot-file";
import { SnapshotJob, type SnapshotJobParts } from "../snapshot/snapshot-job";
import type { AofFiles } from "./aof-files";
import { type BaseFormat, temporaryIncrementName } from "./aof-names";
import type { AofWriter } from "./aof-writer";
import { lastIncrement, planCollection, planNextIncrement, planRewritten } from "./manifest-plans";

/** `waiting`: it is being turned on, and on when the first rewrite has ended. */
export type AofState = "off" | "on" | "waiting";

export interface AofRewritesParts extends SnapshotJobParts {
  readonly config: Config;
  readonly log: { notice(text: string): void; warning(text: string): void };
  readonly files: AofFiles;
  readonly output: AofWriter;
  readonly effects: Pick<EffectStream, "drain" | "reselect">;
  readonly pid: number;
  readonly state: () => AofState;
  /** An order to write the data set as it is now. */
  readonly orderFor: (format: BaseFormat, paths: SnapshotFilePaths) => SaveOrder;
  /** A rewrite has ended well; its base has so many bytes. */
  readonly succeeded: (baseBytes: number) => void;
  /** A rewrite is over, however it went. */
  readonly ended: () => void;
}

/** What a rewrite is at. */
type Phase = "preparing" | "writing" | "finishing";

interface Rewrite {
  phase: Phase;
  isCancelled: boolean;
  readonly startedSeconds: number;
  readonly format: BaseFormat;
  job: SnapshotJob | undefined;
}

const MS_PER_SECOND = 1000;

/**
 * Rewrites of the append only file: a new base is written by the thread that saves, from frozen
 * memory, while what is executed meanwhile goes to a new increment.
 *
 * What always holds: one rewrite at a time; the new increment begins exactly where the new base ends
 * (in one go: effects are drained, files are switched, memory is frozen); until the manifest names
 * the new base, the old files tell everything.
 */
export class AofRewrites {
  isScheduled = false;
  /** How the last one went; -1 s before the first. */
  hasFailed = false;
  lastDurationSeconds = -1;
  lastHeldBytes = 0;
  /** Begun since the start of the server, and failed in a row. */
  begun = 0;
  consecutiveFailures = 0;
  readonly #parts: AofRewritesParts;
  #running: Rewrite | undefined;

  constructor(parts: AofRewritesParts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Seconds since the running one began; -1 without one. */
  get runningSeconds(): number {
    const running = this.#running;
    return running === undefined ? -1 : this.#nowSeconds - running.startedSeconds;
  }

  get job(): SnapshotJob | undefined {
    return this.#running?.job;
  }

  /** Begins a rewrite, when no other job runs. False when it cannot be begun: the log tells why. */
  start(): boolean {
    const { files, config, memory } = this.#parts;
    if (this.#running !== undefined || memory.frozenNow) return false;
    if (!files.makeDirectory()) return this.#refused();
    const rewrite: Rewrite = {
      phase: "preparing",
      isCancelled: false,
      startedSeconds: this.#nowSeconds,
      format: config.flag("aof-use-rdb-preamble") ? "rdb" : "aof",
      job: undefined,
    };
    if (!this.#flushes()) return this.#refused();
    this.#running = rewrite;
    const state = this.#parts.state();
    if (state !== "on" && this.#switch(rewrite, state)) {
      this.begun++;
      return this.#freeze(rewrite);
    }
    const prepared =
      state === "on" &&
      files.carryOutLater((manifest) => planNextIncrement(manifest, files.aofName));
    if (prepared === false) {
      this.#running = undefined;
      return this.#refused();
    }
    this.begun++;
    void this.#begin(rewrite, prepared);
    return true;
  }

  /** Gives the running one up: nothing of it comes to count, unless it is all but done. */
  cancel(): void {
    const running = this.#running;
    if (running === undefined || running.isCancelled) return;
    this.#parts.log.notice(`Killing running AOF rewrite child: ${this.#parts.pid}`);
    running.isCancelled = true;
    running.job?.cancel();
  }

  /** The process is about to end. */
  stop(): void {
    const job = this.#running?.job;
    this.cancel();
    job?.stop();
    try {
      unlinkSync(this.#basePath);
    } catch {
      // Nothing was written, or it is the base already.
    }
  }

  /** Gives up a rewrite that takes more than snapshot-memory-limit. Cheap: asked every turn. */
  checkMemory(): void {
    this.#running?.job?.checkMemory(this.#parts.config.number("snapshot-memory-limit"));
  }

  get #nowSeconds(): number {
    return Math.floor(this.#parts.clock.nowMs() / MS_PER_SECOND);
  }

  get #baseName(): string {
    return `temp-rewriteaof-bg-${this.#parts.pid}.aof`;
  }

  #refused(): false {
    this.hasFailed = true;
    this.consecutiveFailures++;
    return false;
  }

  /** All that was executed is in the old file: what is kept back must not follow the new base. */
  #flushes(): boolean {
    const { output, effects, log, state } = this.#parts;
    if (state() !== "on") return true;
    effects.drain();
    output.flush(true);
    if (output.bufferedBytes === 0) return true;
    log.warning(
      "Can't rewrite append only file in background: the end of the present one cannot be written: " +
        output.problem,
    );
    return false;
  }

  /** When the manifest names the new increment. */
  async #begin(rewrite: Rewrite, prepared: Promise<boolean>): Promise<void> {
    const isPrepared = await prepared;
    if (rewrite.isCancelled) this.#end(rewrite, "cancelled");
    else if (isPrepared && this.#flushes() && this.#switch(rewrite, "on")) this.#freeze(rewrite);
    else this.#end(rewrite, "failed");
  }

  /** From here on commands go to the new increment; `effects` has nothing for the old one left. */
  #switch(rewrite: Rewrite, state: AofState): boolean {
    const { files, output, effects, log } = this.#parts;
    if (state === "off") return true;
    let name: string | undefined;
    if (state === "waiting") {
      name = temporaryIncrementName(files.aofName);
      effects.drain();
      output.abandon();
      if (!files.createIncrement(name)) return false;
    }
    const opened = files.openIncrement(name);
    if (opened === undefined) return false;
    output.switchTo(opened);
    effects.reselect();
    const created = decodeUtf8(name ?? lastIncrement(files.manifest).name);
    log.notice(`Creating AOF incr file ${created} on background rewrite`);
    rewrite.phase = "writing";
    return true;
  }

  #freeze(rewrite: Rewrite): boolean {
    const { config, orderFor, log, pid } = this.#parts;
    const order = orderFor(rewrite.format, {
      directory: config.bytes("dir"),
      temporaryName: `temp-rewriteaof-${pid}.aof`,
      fileName: Buffer.from(this.#baseName),
    });
    const job = new SnapshotJob(this.#parts, "Background AOF rewrite", (outcome) => {
      this.#written(rewrite, job, outcome);
    });
    rewrite.job = job;
    if (!job.begin(order)) return false;
    this.isScheduled = false;
    log.notice(`Background append only file rewriting started by pid ${pid}`);
    return true;
  }

  /** The thread that saves has let go of the memory. */
  #written(rewrite: Rewrite, job: SnapshotJob, outcome: SaveOutcome): void {
    const { log } = this.#parts;
    rewrite.job = undefined;
    this.lastHeldBytes = job.lastHeldBytes;
    if (rewrite.isCancelled || outcome.kind === "cancelled") {
      this.#end(rewrite, "cancelled");
    } else if (outcome.kind === "failed") {
      log.warning(outcome.problem);
      log.warning("Background AOF rewrite terminated with error");
      this.#end(rewrite, "failed");
    } else {
      log.notice(`Successfully created the temporary AOF base file ${this.#baseName}`);
      log.notice(
        `AOF rewrite: ${formatBytesHuman(job.lastHeldBytes)} of memory kept for the snapshot`,
      );
      log.notice("Background AOF rewrite terminated with success");
      rewrite.phase = "finishing";
      void this.#finish(rewrite, outcome.sizeBytes);
    }
  }

  async #finish(rewrite: Rewrite, baseBytes: number): Promise<void> {
    const { files, log, state, config, succeeded } = this.#parts;
    const begunIn = state();
    const isDone = await files.carryOutLater((manifest) =>
      planRewritten(manifest, files.aofName, {
        format: rewrite.format,
        temporaryBase: this.#baseName,
        isWriting: begunIn !== "off",
        hasTemporaryIncrement: begunIn === "waiting",
      }),
    );
    if (!isDone) {
      this.#end(rewrite, "failed");
      return;
    }
    if (!config.flag("aof-disable-auto-gc")) await this.collect();
    this.hasFailed = false;
    this.consecutiveFailures = 0;
    log.notice("Background AOF rewrite finished successfully");
    if (!rewrite.isCancelled) succeeded(baseBytes);
    this.#end(rewrite, "done");
  }

  /** Removes what a rewrite has made superfluous. */
  async collect(): Promise<void> {
    const { files, log } = this.#parts;
    const { history } = files.manifest;
    if (history.length === 0) return;
    for (const { name } of history) {
      log.notice(`Removing the history file ${decodeUtf8(name)} in the background`);
    }
    await files.carryOutLater((manifest) => planCollection(manifest, files.aofName));
  }

  #end(rewrite: Rewrite, how: "done" | "failed" | "cancelled"): void {
    if (this.#running !== rewrite) return;
    if (how === "failed") {
      this.hasFailed = true;
      this.consecutiveFailures++;
    }
    if (how !== "done") unlink(this.#basePath, () => undefined);
    this.lastDurationSeconds = this.runningSeconds;
    this.#running = undefined;
    this.#parts.ended();
  }

  get #basePath(): Buffer {
    const directory = this.#parts.config.bytes("dir");
    return Buffer.concat([directory, Buffer.from(`/${this.#baseName}`)]);
  }
}
