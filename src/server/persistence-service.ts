import type { Clock } from "../base/clock";
import type { Config } from "../config/config";
import type { EffectStream } from "../keyspace/effects/effect-stream";
import type { Eviction } from "../keyspace/eviction";
import type { Keyspace } from "../keyspace/keyspace";
import type { UsedMemory } from "../keyspace/used-memory";
import type { ValueLoader } from "../keyspace/value-codec";
import type { Arena } from "../memory/arena";
import type { ByteCodecs } from "../native/byte-codecs";
import type { AofDisk } from "../persistence/aof/aof-disk";
import { AofLoading } from "../persistence/aof/aof-loading";
import type { AppendOnly } from "../persistence/aof/append-only";
import type { CommandReplay } from "../persistence/aof/command-replay";
import { ManifestProblem } from "../persistence/aof/manifest";
import { DatasetLoading } from "../persistence/loading/dataset-loading";
import { LoadProblem } from "../persistence/loading/load-problem";
import { LoadingProgress } from "../persistence/loading/loading-progress";
import type { RdbLoadingParts } from "../persistence/loading/rdb-loading";
import type { DiskTrouble } from "../persistence/snapshot/disk-error-gate";
import { rehearseFreeze } from "../persistence/snapshot/freeze-rehearsal";
import { RdbSaves } from "../persistence/snapshot/rdb-saves";
import type { SnapshotWriter } from "../persistence/snapshot/snapshot-thread";
import { isProcessRunning, removeStrayFiles } from "../persistence/snapshot/stray-files";
import type { CronTask } from "../process/cron";
import type { SessionLog } from "../session/session-log";
import type { BackgroundJob } from "./background";
import { newAppendOnly } from "./new-append-only";

export interface PersistenceServiceParts {
  readonly config: Config;
  readonly codecs: ByteCodecs;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  readonly eviction: Eviction;
  readonly usedMemory: UsedMemory;
  readonly writer: SnapshotWriter;
  readonly loaders: readonly ValueLoader[];
  readonly onLatency: (event: string, durationMs: number) => void;
  /** Answers clients at once, if that can be done while the event loop waits. */
  readonly answer: () => void;
  /** Where the effects of commands come from; known once there are commands. */
  readonly effects: () => EffectStream;
  /** Where the append only file is; absent for where the configuration says. */
  readonly aofDisk?: AofDisk;
  /** Raise or lower the gates; they exist once the commands do. */
  readonly setLoading: (progress: LoadingProgress) => void;
  readonly setRefusesWrites: (refuses: boolean) => void;
}

/** Between two looks at the sockets while the data set is loaded. */
const LOADING_SLICE_MS = 5;
const MERGES_PER_LOOK = 16;
/** One takes up to 2 ms, and the compiler has seen everything after a few. */
const REHEARSALS = 4;
const PREPARE_PERIOD_MS = 1000;
const PREPARE_FROM_BYTES = 16 * 1024 * 1024;

/** Saving and loading of the data set, wired to configuration, cron, gates and keyspace. */
export class PersistenceService {
  readonly saves: RdbSaves;
  readonly aof: AppendOnly;
  /** Checksums and compression of files and payloads. */
  readonly codecs: ByteCodecs;
  readonly loading: LoadingProgress;
  /** What loading of an RDB file needs. */
  readonly loadingParts: RdbLoadingParts;
  /** Told of the facts in the RDB file that was loaded at the start, and how many keys of it had
   * expired and were left out. */
  restored: (facts: ReadonlyMap<string, string>, keysExpired: number) => void = () => undefined;
  readonly #rdb: DatasetLoading;
  #aofLoading: AofLoading | undefined;
  readonly #parts: PersistenceServiceParts;
  /** Databases that may have more chunks than they need since a snapshot forbade to merge. */
  #wide = 0;
  #rehearsals = 0;

  constructor(parts: PersistenceServiceParts) {
    const { config, codecs, clock, log, memory, keyspace, usedMemory, writer, loaders } = parts;
    this.#parts = parts;
    this.codecs = codecs;
    this.saves = new RdbSaves({
      config,
      clock,
      log,
      memory,
      keyspace,
      writer,
      pid: process.pid,
      usedBytes: () => usedMemory.bytes,
      isOtherJobRunning: () => this.isOtherJobRunning(),
      onLatency: parts.onLatency,
      statusChanged: () => this.#troubleChanged(),
      thawed: () => this.#thawed(),
    });
    this.aof = newAppendOnly({
      ...parts,
      functions: () => this.saves.functions,
      usedBytes: () => usedMemory.bytes,
      isSaving: () => this.saves.isRunning,
      statusChanged: () => this.#troubleChanged(),
      thawed: () => this.#thawed(),
    });
    this.loading = new LoadingProgress(clock, () => {
      parts.eviction.appliesLimit = !this.loading.isLoading;
      parts.setLoading(this.loading);
    });
    this.loadingParts = {
      keyspace,
      loaders,
      codecs,
      clock,
      log,
      progress: this.loading,
      keyDelayUs: () => config.number("key-load-delay"),
      sanitizes: () => config.value("sanitize-dump-payload") === "yes",
      answer: parts.answer,
    };
    this.#rdb = new DatasetLoading(this.loadingParts);
    keyspace.afterFlushAll = () => this.saves.flushedAll();
  }

  /** Called once, when there are commands: `replay` runs those of append only files. */
  attachReplay(replay: CommandReplay): void {
    const { config } = this.#parts;
    this.#aofLoading = new AofLoading({
      ...this.loadingParts,
      replay,
      loadsTruncated: () => config.flag("aof-load-truncated"),
    });
  }

  /** Whether something beside a snapshot keeps the one place for background work taken. */
  isOtherJobRunning(): boolean {
    return this.aof.rewrites.isRunning;
  }

  /** Why the gate of disk errors is up. */
  get diskTrouble(): DiskTrouble {
    return { cannotSave: this.saves.refusesWrites, appendProblem: this.aof.problem };
  }

  /** Snapshots that take too much memory are given up. Cheap: asked every turn. */
  checkMemory(): void {
    this.saves.checkMemory();
    this.aof.rewrites.checkMemory();
  }

  /**
   * Behind the loading at the start of the process: what is executed from now on is written.
   * @param isAmidTransaction whether a command of EXEC is being run.
   * @throws LoadProblem when the append only file cannot be opened, as the log tells.
   */
  openAof(isAmidTransaction: () => boolean): void {
    if (!this.aof.openAtStart()) throw new LoadProblem("The append only file cannot be opened.");
    this.aof.followConfig(isAmidTransaction);
  }

  /**
   * At the start of the process: reads the append only file, where that is on, else the RDB file, if
   * there is one, in slices between which clients are told to wait.
   * @throws LoadProblem; then the data set must not be used.
   */
  async loadAtStart(): Promise<void> {
    const { log, config } = this.#parts;
    removeStrayFiles({
      directory: ".",
      fileName: config.text("dbfilename"),
      pid: process.pid,
      isRunning: isProcessRunning,
      log,
    });
    this.#readManifest();
    if (!this.#parts.config.flag("appendonly")) {
      await this.#loadRdbAtStart();
      return;
    }
    const loading = this.#beginAof();
    while (!loading.step(LOADING_SLICE_MS)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#aofLoaded(loading);
  }

  /** DEBUG LOADAOF, within a command: what was written last must be in the files. */
  reloadAof(): void {
    const { keyspace, log } = this.#parts;
    if (this.aof.state === "on") {
      this.#parts.effects().drain();
      this.aof.writer.flush(true);
    }
    this.#readManifest();
    const loading = this.#beginAof();
    // Whatever is found out from here on, there is no data set to go back to.
    for (const database of keyspace.databases) keyspace.flush(database);
    while (!loading.step(Number.POSITIVE_INFINITY));
    this.#aofLoaded(loading);
    log.warning("Append Only File loaded by DEBUG LOADAOF");
  }

  /** It is read even where there is none to load: who turns it on goes on from there. */
  #readManifest(): void {
    try {
      this.aof.files.readManifest();
    } catch (error) {
      if (!(error instanceof ManifestProblem)) throw error;
      throw new LoadProblem(error.report.join("\n"));
    }
  }

  #beginAof(): AofLoading {
    const { files } = this.aof;
    const loading = this.#aofLoading;
    if (loading === undefined) throw new Error("there are no commands to run yet");
    if (!files.adoptOldFile()) {
      throw new LoadProblem("The append only file of an older version could not be taken over.");
    }
    loading.begin(files.manifest, (name) => files.disk.path("aof", name));
    return loading;
  }

  #aofLoaded({ functions, totalBytes, baseBytes }: AofLoading): void {
    const { keyspace } = this.#parts;
    this.saves.functions = functions;
    this.aof.loaded(totalBytes, baseBytes);
    keyspace.stats.savedChanges = keyspace.stats.changes;
  }

  async #loadRdbAtStart(): Promise<void> {
    const { config, clock, log, keyspace } = this.#parts;
    const startedMs = clock.monotonicMs();
    const facts = new Map<string, string>();
    try {
      this.#rdb.begin(config.bytes("dbfilename"), false, (name, value) => facts.set(name, value));
    } catch (error) {
      if (error instanceof LoadProblem && error.isMissing) return;
      throw error;
    }
    keyspace.setTime(clock.nowMs());
    let functions = this.#rdb.step(LOADING_SLICE_MS);
    // Nobody is answered between the last slice and `restored`: a replica that asked just then would
    // find a master without the history of its file, and be sent a whole copy.
    while (functions === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      keyspace.setTime(clock.nowMs());
      functions = this.#rdb.step(LOADING_SLICE_MS);
    }
    this.saves.functions = functions;
    keyspace.stats.savedChanges = keyspace.stats.changes;
    const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(3);
    log.notice(`DB loaded from disk: ${seconds} seconds`);
    this.restored(facts, this.loading.keysExpired);
  }

  /** DEBUG RELOAD, within a command. @throws LoadProblem */
  reload(flushes: boolean, merges: boolean): void {
    const { config, keyspace, log } = this.#parts;
    const path = config.bytes("dbfilename");
    this.#rdb.begin(path, merges);
    if (flushes) for (const database of keyspace.databases) keyspace.flush(database);
    this.saves.functions = this.#rdb.step(Number.POSITIVE_INFINITY) ?? [];
    keyspace.stats.savedChanges = keyspace.stats.changes;
    log.warning("DB reloaded by DEBUG RELOAD");
  }

  tasks(): CronTask[] {
    return [
      { name: "aof", periodMs: 0, run: () => this.aof.tick() },
      { name: "saves", periodMs: 0, run: () => this.#tickSaves() },
      { name: "snapshot-thread", periodMs: PREPARE_PERIOD_MS, run: () => this.#prepareThread() },
      { name: "freeze-rehearsal", periodMs: 0, run: () => this.#rehearse() },
    ];
  }

  jobs(): BackgroundJob[] {
    return [
      {
        name: "narrow",
        hasWork: () => this.#wide > 0 && !this.#parts.memory.frozenNow,
        work: (budgetMs) => this.#narrow(budgetMs),
      },
    ];
  }

  /**
   * Starts the thread before it is needed, which takes 3 ms. It costs 11 MB, so a server that has
   * little data, and nothing that a save point will want to be saved, goes without until it must.
   */
  #prepareThread(): void {
    const { keyspace, memory, writer } = this.#parts;
    const isToBeSaved = this.saves.hasSavePoints && keyspace.stats.unsavedChanges > 0;
    if (isToBeSaved || memory.usedBytes >= PREPARE_FROM_BYTES) writer.prepare();
  }

  /** What a replica is loading is no data set yet, and no file may be made of it. */
  #tickSaves(): void {
    if (!this.loading.isLoading) this.saves.tick();
  }

  #troubleChanged(): void {
    const { cannotSave, appendProblem } = this.diskTrouble;
    this.#parts.setRefusesWrites(cannotSave || appendProblem !== undefined);
  }

  #thawed(): void {
    this.#wide = this.#parts.keyspace.databases.length;
  }

  #rehearse(): void {
    const { keyspace, memory } = this.#parts;
    if (this.#rehearsals === REHEARSALS || memory.frozenNow) return;
    this.#rehearsals++;
    rehearseFreeze(keyspace);
  }

  /** Merges chunks of dictionaries that were emptied while a snapshot was written. */
  #narrow(budgetMs: number): void {
    const { clock, keyspace } = this.#parts;
    const endMs = clock.monotonicMs() + budgetMs;
    let merges = 0;
    while (this.#wide > 0) {
      if (!keyspace.databases[this.#wide - 1].dict.shrink()) this.#wide--;
      else if (++merges % MERGES_PER_LOOK === 0 && clock.monotonicMs() >= endMs) return;
    }
  }
}
