import type { Clock } from "../../base/clock";
import { parseSafeInteger } from "../../base/int64";
import { systemErrorText } from "../../config/system-error-text";
import type { Keyspace } from "../../keyspace/keyspace";
import type { ValueLoader } from "../../keyspace/value-codec";
import type { ByteCodecs } from "../../native/byte-codecs";
import { RdbProblem } from "../../rdb/rdb-problem";
import { RdbReader } from "../../rdb/rdb-reader";
import { DatasetLoader } from "../rdb/dataset-loader";
import { LoadProblem } from "./load-problem";
import type { LoadingProgress } from "./loading-progress";
import { RdbFileSource } from "./rdb-file-source";

export interface RdbLoadingParts {
  readonly keyspace: Keyspace;
  readonly loaders: readonly ValueLoader[];
  readonly codecs: ByteCodecs;
  readonly clock: Clock;
  readonly progress: LoadingProgress;
  readonly log: { notice(text: string): void; warning(text: string): void };
  /** key-load-delay: microseconds to wait after each record, so that tests see a large file. */
  readonly keyDelayUs: () => number;
  /** Whether sanitize-dump-payload asks for files to be checked in depth, and so for counting it. */
  readonly sanitizes?: () => boolean;
  /** Answers clients, when reading one value takes longer than a step may. */
  readonly answer: () => void;
}

export interface RdbFileOptions {
  /** Keys whose time has come are left out: on a master, and not in the base of an AOF. */
  readonly dropsExpired: boolean;
  /** Keys of the file take the place of those that are there. */
  readonly merges: boolean;
  /** Told of every fact that the file names. */
  readonly onAux?: (name: string, value: string) => void;
}

const RECORDS_PER_LOOK = 64;
/** Within a value: how long clients wait between two answers. */
const ANSWER_PERIOD_MS = 5;
const BYTES_PER_MB = 1024 * 1024;
const US_PER_MS = 1000;

/** One RDB file, or the RDB in front of an append only file, that is being read, and how far it is. */
export class RdbFileLoading {
  /** The function libraries that were in it. */
  readonly functions: Uint8Array[] = [];
  readonly sizeBytes: number;
  readonly #parts: RdbLoadingParts;
  readonly #name: string;
  readonly #source: RdbFileSource;
  readonly #reader: RdbReader;
  readonly #loader: DatasetLoader;
  readonly #onAux: ((name: string, value: string) => void) | undefined;
  /** When the running step is to be over. */
  #endMs = 0;
  /** How far the progress knows, which whoever calls `step` sets behind it. */
  #toldPosition = 0;

  /** Opens the file. @throws LoadProblem */
  constructor(parts: RdbLoadingParts, path: Uint8Array, options: RdbFileOptions) {
    this.#parts = parts;
    this.#onAux = options.onAux;
    this.#name = Buffer.from(path).toString("utf8");
    this.#source = opened(path, this.#name, () => this.#answerWhenDue());
    this.sizeBytes = this.#source.sizeBytes;
    this.#reader = new RdbReader(this.#source, parts.codecs);
    this.#loader = new DatasetLoader(this.#reader, {
      keyspace: parts.keyspace,
      loaders: parts.loaders,
      dropsExpired: options.dropsExpired,
      merges: options.merges,
      onAux: (aux, value) => this.#tell(aux, value),
      onFunction: (library) => this.functions.push(library),
    });
  }

  /** Bytes of the file that have been used; behind the last record when it is done. */
  get position(): number {
    return this.#reader.position;
  }

  /** Reads until a time of the monotonic clock; true when all is read. @throws LoadProblem */
  step(endMs: number): boolean {
    const { clock, progress, log, keyspace, sanitizes } = this.#parts;
    this.#endMs = endMs;
    this.#toldPosition = this.position;
    try {
      while (this.#stepRecords()) {
        if (clock.monotonicMs() >= endMs) return false;
      }
    } catch (error) {
      throw problemOf(error, this.#name);
    }
    const { keysLoaded, keysExpired, emptyKeys } = this.#loader;
    if (sanitizes?.() === true) keyspace.stats.sanitizedBlocks += this.#reader.packedBlocks;
    progress.keysLoaded = keysLoaded;
    progress.keysExpired = keysExpired;
    const skipped = emptyKeys === 0 ? "" : `, empty keys skipped: ${emptyKeys}`;
    const counts = `keys loaded: ${keysLoaded}, keys expired: ${keysExpired}${skipped}`;
    log.notice(`Done loading RDB, ${counts}.`);
    return true;
  }

  close(): void {
    this.#source.close();
  }

  /** The time of a step may pass within a value, which is read to its end in any case. */
  #answerWhenDue(): void {
    const { clock, progress, answer } = this.#parts;
    if (clock.monotonicMs() < this.#endMs) return;
    progress.loadedBytes += this.position - this.#toldPosition;
    this.#toldPosition = this.position;
    answer();
    this.#endMs = clock.monotonicMs() + ANSWER_PERIOD_MS;
  }

  #stepRecords(): boolean {
    const delayUs = this.#parts.keyDelayUs();
    if (delayUs <= 0) return this.#loader.step(RECORDS_PER_LOOK);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayUs / US_PER_MS);
    return this.#loader.step(1);
  }

  #tell(aux: string, value: string): void {
    const { log, progress } = this.#parts;
    this.#onAux?.(aux, value);
    if (aux === "redis-ver") {
      log.notice(`Loading RDB produced by version ${value}`);
    } else if (aux === "ctime") {
      const age = progress.startedSeconds - numberIn(value);
      if (!Number.isNaN(age)) log.notice(`RDB age ${Math.max(0, age)} seconds`);
    } else if (aux === "used-mem") {
      progress.usedMemory = numberIn(value);
      const megabytes = (progress.usedMemory / BYTES_PER_MB).toFixed(2);
      log.notice(`RDB memory usage when created ${megabytes} Mb`);
    } else if (aux === "aof-preamble" && numberIn(value) === 1) {
      log.notice("RDB has an AOF tail");
    } else if (aux === "aof-base" && numberIn(value) === 1) {
      log.notice("RDB is base AOF");
    }
  }
}

function numberIn(text: string): number {
  const bytes = Buffer.from(text, "latin1");
  return parseSafeInteger(bytes, 0, bytes.length);
}

function opened(path: Uint8Array, name: string, onRead: () => void): RdbFileSource {
  try {
    return new RdbFileSource(path, onRead);
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
