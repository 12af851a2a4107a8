import type { Clock } from "../../base/clock";
import { decodeUtf8 } from "../../config/byte-text";
import type { Config } from "../../config/config";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import type { Arena } from "../../memory/arena";
import type { SaveOrder } from "../snapshot/save-order";
import type { SnapshotFilePaths } from "../snapshot/snapshot-file";
import type { SnapshotWriter } from "../snapshot/snapshot-thread";
import type { AofDisk } from "./aof-disk";
import { AofFiles } from "./aof-files";
import { type BaseFormat, temporaryIncrementName } from "./aof-names";
import { AofRewrites, type AofState } from "./aof-rewrites";
import { AofWriter } from "./aof-writer";
import { lastIncrement, planStart } from "./manifest-plans";
import { growthToRewrite, RewritePace } from "./rewrite-pace";

export interface AppendOnlyParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: {
    debug(text: string): void;
    notice(text: string): void;
    warning(text: string): void;
  };
  readonly memory: Arena;
  readonly disk: AofDisk;
  readonly snapshots: SnapshotWriter;
  readonly pid: number;
  /** Where the effects of commands come from; known once there are commands. */
  readonly effects: () => EffectStream;
  /** Unix time of the turn. */
  readonly nowMs: () => number;
  /** An order to write the data set as it is now as a base. */
  readonly orderFor: (format: BaseFormat, paths: SnapshotFilePaths) => SaveOrder;
  /** Whether another snapshot is being written (BGSAVE): a rewrite must wait for its end. */
  readonly isOtherJobRunning: () => boolean;
  readonly onLatency: (event: string, durationMs: number) => void;
  /** Something changed that `problem` depends on. */
  readonly statusChanged: () => void;
  readonly thawed: () => void;
  /** Ends the process at once, because it has promised what it cannot keep. */
  readonly exit: () => never;
}

const MS_PER_SECOND = 1000;
/** Between two rewrites that are to make up for a failed sync. */
const RECOVERY_SECONDS = 5;

/**
 * The append only file as a whole: whether it is on, when it is rewritten, and what it refuses.
 *
 * What always holds: while it is `on`, whatever `effects` hands over is written before a reply
 * leaves, and the files of the manifest tell the whole data set; while it is `waiting` for its first
 * base, what is there of old files stays as it is.
 */
export class AppendOnly {
  readonly files: AofFiles;
  readonly writer: AofWriter;
  readonly rewrites: AofRewrites;
  state: AofState = "off";
  /** Bytes behind the last rewrite, or of the base when the server was started. */
  baseBytes = 0;
  /** DEBUG AOF-FLUSH-SLEEP. */
  writeDelayUs = 0;
  /** Told when more than before is on the disk, or the state has changed: what `isDurable` says may have changed. */
  becameDurable: () => void = () => undefined;
  readonly #parts: AppendOnlyParts;
  readonly #pace = new RewritePace();
  #lastSecond = 0;
  #lastRecoverySeconds = 0;

  constructor(parts: AppendOnlyParts) {
    const { config, clock, log, nowMs, disk } = parts;
    this.#parts = parts;
    this.files = new AofFiles({
      disk,
      log,
      aofName: config.value("appendfilename"),
      directoryName: config.value("appenddirname"),
    });
    this.writer = new AofWriter({
      settings: this.#writerSettings(),
      nowMs,
      monotonicMs: () => clock.monotonicMs(),
      log,
      onLatency: parts.onLatency,
      statusChanged: parts.statusChanged,
      becameDurable: () => this.becameDurable(),
      exit: parts.exit,
    });
    this.rewrites = this.#newRewrites();
  }

  /** Why writes of clients must be refused, in the system's words. */
  get problem(): string | undefined {
    return this.state === "off" ? undefined : this.writer.problem;
  }

  /** Bytes of effects that it has taken, those among them that are still to be handed over too. */
  get takenBytes(): number {
    this.#parts.effects().drain();
    return this.writer.progress.taken;
  }

  /** Whether the files on the disk tell all that the first `takenBytes` have told. */
  isDurable(takenBytes: number): boolean {
    return this.state === "on" && this.writer.progress.durable >= takenBytes;
  }

  /** Follows CONFIG SET from now on. @param isAmidTransaction whether a command of EXEC is run. */
  followConfig(isAmidTransaction: () => boolean): void {
    const { config } = this.#parts;
    config.onChange("appendonly", () => {
      if (!config.flag("appendonly")) {
        if (this.state !== "off") this.stop();
      } else if (this.state === "off" && !this.start(isAmidTransaction())) {
        return "Unable to turn on AOF. Check server logs.";
      }
      return undefined;
    });
    config.onChange("aof-disable-auto-gc", () => {
      if (!config.flag("aof-disable-auto-gc")) void this.rewrites.collect();
      return undefined;
    });
  }

  /** What the loading of the files has found out. */
  loaded(totalBytes: number, baseBytes: number): void {
    this.writer.totalBytes = totalBytes;
    this.baseBytes = baseBytes;
  }

  /**
   * At the start of the server, behind the loading: opens the file that is written to, if it is
   * configured. False when that failed, as the log tells: the server must not go on.
   */
  openAtStart(): boolean {
    const { config, log } = this.#parts;
    if (config.flag("appendonly") && !this.#open()) return false;
    if (!config.flag("aof-disable-auto-gc")) {
      this.rewrites.collect().catch((error) => log.warning(String(error)));
    }
    return true;
  }

  /** Turns it on: it is on when a base has been written. False when that cannot be begun. */
  start(isAmidTransaction: boolean): boolean {
    const { log, isOtherJobRunning, effects } = this.#parts;
    const { rewrites } = this;
    this.state = "waiting";
    effects().addSink(this.writer);
    if (isOtherJobRunning()) {
      rewrites.isScheduled = true;
      log.notice(
        "AOF was enabled but there is already another background operation. An AOF background was " +
          "scheduled to start when possible.",
      );
    } else if (isAmidTransaction) {
      rewrites.isScheduled = true;
      log.warning(
        "AOF was enabled during a transaction. An AOF background was scheduled to start when " +
          "possible.",
      );
    } else if (rewrites.isRunning) {
      log.warning(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background " +
          "AOF and starting a rewrite now.",
      );
      rewrites.cancel();
      rewrites.isScheduled = true;
    } else if (!rewrites.start()) {
      this.#turnOff();
      log.warning(
        "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check " +
          "the above logs for more info about the error.",
      );
      return false;
    }
    this.writer.forgetProblems();
    return true;
  }

  /** Turns it off: what was executed so far is on the disk. */
  stop(): void {
    this.#parts.effects().drain();
    this.writer.close();
    this.rewrites.cancel();
    this.#turnOff();
  }

  /** BGREWRITEAOF. How it was answered. */
  rewriteNow(isAmidTransaction: boolean): "running" | "scheduled" | "started" | "failed" {
    const { rewrites } = this;
    if (rewrites.isRunning) return "running";
    if (isAmidTransaction || this.#parts.isOtherJobRunning()) {
      rewrites.isScheduled = true;
      rewrites.consecutiveFailures = 0;
      return "scheduled";
    }
    return rewrites.start() ? "started" : "failed";
  }

  /** Every tick of the cron: what was put off, syncs, and rewrites that are due. */
  tick(): void {
    const nowSeconds = this.#nowSeconds;
    const isNewSecond = nowSeconds !== this.#lastSecond;
    this.#lastSecond = nowSeconds;
    this.rewrites.checkMemory();
    if (this.state !== "off") this.writer.tick(isNewSecond);
    if (this.rewrites.isRunning || this.#parts.isOtherJobRunning() || this.files.isBusy) return;
    if (this.rewrites.isScheduled && !this.#isLimited()) this.rewrites.start();
    else if (this.state === "on") this.#rewriteWhereDue(nowSeconds);
  }

  /**
   * The process is about to end. False when it must not, because the data set is on no disk yet.
   * @param isForced it ends anyway.
   */
  stopForShutdown(isForced: boolean): boolean {
    const { log, effects } = this.#parts;
    if (this.rewrites.isRunning) {
      if (this.state === "waiting") {
        const end = isForced ? "Exit anyway." : "can't exit.";
        log.warning(`Writing initial AOF${isForced ? ". " : ", "}${end}`);
        if (!isForced) return false;
      }
      log.warning("There is a child rewriting the AOF. Killing it!");
      this.rewrites.stop();
    }
    if (this.state === "off") return true;
    log.notice("Calling fsync() on the AOF file.");
    effects().drain();
    this.writer.flush(true);
    this.writer.sync();
    return true;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#parts.clock.nowMs() / MS_PER_SECOND);
  }

  #open(): boolean {
    const { config, log, effects } = this.#parts;
    const { files } = this;
    const { manifest } = files;
    const format = config.flag("aof-use-rdb-preamble") ? "rdb" : "aof";
    const plan = planStart(manifest, files.aofName, format);
    if (!files.carryOut(plan, (name) => this.#writeBase(name, format))) return false;
    if (manifest.base !== plan.manifest.base) {
      const name = decodeUtf8(plan.manifest.base?.name ?? "");
      log.notice(`Creating AOF base file ${name} on server start`);
    }
    const output = files.openIncrement();
    if (output === undefined) return false;
    const name = decodeUtf8(lastIncrement(files.manifest).name);
    const verb = manifest.increments.length > 0 ? "Opening" : "Creating";
    log.notice(`${verb} AOF incr file ${name} on server start`);
    this.writer.switchTo(output);
    this.state = "on";
    effects().addSink(this.writer);
    effects().reselect();
    return true;
  }

  #writeBase(name: string, format: BaseFormat): boolean {
    const { orderFor, snapshots, memory, pid, log, disk } = this.#parts;
    const order = orderFor(format, {
      directory: disk.path("aof"),
      temporaryName: `temp-rewriteaof-${pid}.aof`,
      fileName: Buffer.from(name, "latin1"),
    });
    const outcome = snapshots.writeNow(order, memory);
    if (outcome.kind === "failed") log.warning(outcome.problem);
    return outcome.kind === "saved";
  }

  #turnOff(): void {
    this.state = "off";
    this.rewrites.isScheduled = false;
    this.#parts.effects().removeSink(this.writer);
    this.#parts.statusChanged();
    this.becameDurable();
  }

  #isLimited(): boolean {
    const { consecutiveFailures } = this.rewrites;
    return this.#pace.isLimited(consecutiveFailures, this.#nowSeconds, (delayMinutes) =>
      this.#parts.log.warning(
        "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in " +
          `${delayMinutes} minutes`,
      ),
    );
  }

  #rewriteWhereDue(nowSeconds: number): void {
    const { config, log } = this.#parts;
    if (this.writer.needsNewFiles) {
      if (nowSeconds - this.#lastRecoverySeconds < RECOVERY_SECONDS) return;
      this.#lastRecoverySeconds = nowSeconds;
      log.warning(
        "A sync of the append only file has failed, so nobody knows what the disk holds of it: " +
          "rewriting it.",
      );
      this.rewrites.start();
      return;
    }
    const percent = growthToRewrite({
      percentage: config.number("auto-aof-rewrite-percentage"),
      leastBytes: config.number("auto-aof-rewrite-min-size"),
      bytes: this.writer.totalBytes,
      baseBytes: this.baseBytes,
    });
    if (percent === undefined || this.#isLimited()) return;
    log.notice(`Starting automatic rewriting of AOF on ${percent}% growth`);
    this.rewrites.start();
  }

  #newRewrites(): AofRewrites {
    const { config, clock, log, memory, snapshots, pid, onLatency, orderFor } = this.#parts;
    return new AofRewrites({
      config,
      clock,
      log,
      memory,
      writer: snapshots,
      pid,
      onLatency,
      orderFor,
      files: this.files,
      output: this.writer,
      effects: {
        drain: () => this.#parts.effects().drain(),
        reselect: () => this.#parts.effects().reselect(),
      },
      state: () => this.state,
      succeeded: (baseBytes) => this.#rewritten(baseBytes),
      ended: () => this.#rewriteEnded(),
    });
  }

  #rewritten(baseBytes: number): void {
    if (this.state === "off") return;
    this.writer.totalBytes = baseBytes + this.writer.fileBytes;
    this.baseBytes = this.writer.totalBytes;
    this.state = "on";
    this.writer.renewed();
    this.becameDurable();
  }

  #rewriteEnded(): void {
    this.#parts.thawed();
    if (this.state !== "waiting") return;
    // What was executed meanwhile belongs to a base that never was.
    this.writer.abandon();
    this.files.removeIncrement(temporaryIncrementName(this.files.aofName));
    this.rewrites.isScheduled = true;
  }

  /** Read at every write, so that there is nothing to follow. */
  #writerSettings(): ConstructorParameters<typeof AofWriter>[0]["settings"] {
    const { config } = this.#parts;
    const isBesideJob = (): boolean => this.rewrites.isRunning || this.#parts.isOtherJobRunning();
    const delayUs = (): number => this.writeDelayUs;
    return {
      get policy() {
        return config.value("appendfsync");
      },
      get writesTimestamps() {
        return config.flag("aof-timestamp-enabled");
      },
      get holdsSyncs() {
        return config.flag("no-appendfsync-on-rewrite") && isBesideJob();
      },
      get isBesideJob() {
        return isBesideJob();
      },
      get writeDelayUs() {
        return delayUs();
      },
    };
  }
}
