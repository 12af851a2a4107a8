import type { Clock } from "../../base/clock";
import { parseSafeInteger } from "../../base/int64";
import { systemErrorText } from "../../config/system-error-text";
import type { Keyspace } from "../../keyspace/keyspace";
import type { ValueLoader } from "../../keyspace/value-codec";
import { RdbProblem } from "../../rdb/rdb-problem";
import { RdbReader } from "../../rdb/rdb-reader";
import { DatasetLoader } from "../rdb/dataset-loader";
import { RdbFileSource } from "./rdb-file-source";

export interface DatasetLoadingParts {
  readonly keyspace: Keyspace;
  readonly loaders: readonly ValueLoader[];
  readonly clock: Clock;
  readonly log: { notice(text: string): void; warning(text: string): void };
  /** key-load-delay: microseconds to wait after each record, so that tests see a large file. */
  readonly keyDelayUs: () => number;
  /** Told at the beginning and the end: nobody may use the data set in between. */
  readonly changed: (isLoading: boolean) => void;
}

/** Why a file could not be loaded; a whole sentence for the log. */
export class LoadProblem extends Error {
  /** There is no such file, so nothing has been changed. */
  readonly isMissing: boolean;

  constructor(text: string, isMissing = false) {
    super(text);
    this.isMissing = isMissing;
  }
}

/** The file that is being read, and how far it is. */
interface Running {
  readonly name: string;
  readonly source: RdbFileSource;
  readonly loader: DatasetLoader;
  readonly functions: Uint8Array[];
  readonly startedMs: number;
}

const RECORDS_PER_LOOK = 64;
const BYTES_PER_MB = 1024 * 1024;
const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

/**
 * Loads the data set from an RDB file, in slices or at one go, and tells how far it is.
 *
 * After a problem the data set is half of one: whoever loads must end the process then, unless the
 * file was missing.
 */
export class DatasetLoading {
  /** Of the last file that was loaded. */
  keysLoaded = 0;
  keysExpired = 0;
  /** Unix time at which the running one began, and what the file says of its memory. */
  startedSeconds = 0;
  usedMemory = 0;
  readonly #parts: DatasetLoadingParts;
  #running: Running | undefined;

  constructor(parts: DatasetLoadingParts) {
    this.#parts = parts;
  }

  get isLoading(): boolean {
    return this.#running !== undefined;
  }

  get totalBytes(): number {
    return this.#running?.source.sizeBytes ?? 0;
  }

  get loadedBytes(): number {
    return this.#running?.source.position ?? 0;
  }

  /** How long the rest will take, going by what has been read; 1 before that is known. */
  get etaSeconds(): number {
    const running = this.#running;
    if (running === undefined || this.loadedBytes === 0) return 1;
    const elapsedSeconds = (this.#parts.clock.monotonicMs() - running.startedMs) / MS_PER_SECOND;
    const left = this.totalBytes - this.loadedBytes;
    return Math.floor((elapsedSeconds * left) / this.loadedBytes);
  }

  /**
   * Opens the file and begins. `step` is to be called until it returns functions.
   * @param merges whether keys of the file take the place of those that are there.
   * @throws LoadProblem
   */
  begin(path: Uint8Array, merges = false): void {
    const { keyspace, loaders, clock, changed } = this.#parts;
    const name = Buffer.from(path).toString("utf8");
    const source = opened(path, name);
    const functions: Uint8Array[] = [];
    this.startedSeconds = Math.floor(clock.nowMs() / MS_PER_SECOND);
    this.usedMemory = 0;
    const loader = new DatasetLoader(new RdbReader(source), {
      keyspace,
      loaders,
      dropsExpired: true,
      merges,
      onAux: (aux, value) => this.#tell(aux, value),
      onFunction: (library) => functions.push(library),
    });
    this.#running = { name, source, loader, functions, startedMs: clock.monotonicMs() };
    changed(true);
  }

  /**
   * Reads for about `budgetMs`. Returns the function libraries of the file when it is at its end.
   * @throws LoadProblem
   */
  step(budgetMs: number): readonly Uint8Array[] | undefined {
    const running = this.#running;
    if (running === undefined) throw new Error("nothing is being loaded");
    const { clock, log } = this.#parts;
    const endMs = clock.monotonicMs() + budgetMs;
    try {
      while (this.#stepRecords(running.loader)) {
        if (clock.monotonicMs() >= endMs) return undefined;
      }
    } catch (error) {
      throw problemOf(error, running.name);
    }
    const { keysLoaded, keysExpired } = running.loader;
    this.keysLoaded = keysLoaded;
    this.keysExpired = keysExpired;
    log.notice(`Done loading RDB, keys loaded: ${keysLoaded}, keys expired: ${keysExpired}.`);
    running.source.close();
    this.#running = undefined;
    this.#parts.changed(false);
    return running.functions;
  }

  #stepRecords(loader: DatasetLoader): boolean {
    const delayUs = this.#parts.keyDelayUs();
    if (delayUs <= 0) return loader.step(RECORDS_PER_LOOK);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayUs / US_PER_MS);
    return loader.step(1);
  }

  #tell(aux: string, value: string): void {
    const { log } = this.#parts;
    if (aux === "redis-ver") {
      log.notice(`Loading RDB produced by version ${value}`);
    } else if (aux === "ctime") {
      const age = this.startedSeconds - numberIn(value);
      if (!Number.isNaN(age)) log.notice(`RDB age ${Math.max(0, age)} seconds`);
    } else if (aux === "used-mem") {
      this.usedMemory = numberIn(value);
      const megabytes = (this.usedMemory / BYTES_PER_MB).toFixed(2);
      log.notice(`RDB memory usage when created ${megabytes} Mb`);
    }
  }
}

function numberIn(text: string): number {
  const bytes = Buffer.from(text, "latin1");
  return parseSafeInteger(bytes, 0, bytes.length);
}

function opened(path: Uint8Array, name: string): RdbFileSource {
  try {
    return new RdbFileSource(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new LoadProblem(`Can't open the RDB file ${name}: ${systemErrorText(error)}`, isMissing);
  }
}

function problemOf(error: unknown, name: string): LoadProblem {
  if (error instanceof RdbProblem) {
    return new LoadProblem(
      `The RDB file ${name} is broken at byte ${error.position}: ${error.message}`,
    );
  }
  return new LoadProblem(`Error reading the RDB file ${name}: ${systemErrorText(error)}`);
}
