/**
 * An RDB that is being read into a keyspace, from whatever source, and how far it is: a file, the
 * part in front of an append only file, or what comes from a master.
 */
import type { Clock } from "../../base/clock";
import { parseSafeInteger } from "../../base/int64";
import { systemErrorText } from "../../config/system-error-text";
import type { Database } from "../../keyspace/database";
import type { Keyspace } from "../../keyspace/keyspace";
import type { ValueLoader } from "../../keyspace/value-codec";
import type { ByteCodecs } from "../../native/byte-codecs";
import { BYTES_TO_COME } from "../../rdb/bytes-to-come";
import { RdbProblem } from "../../rdb/rdb-problem";
import { RdbReader, type RdbSource } from "../../rdb/rdb-reader";
import { DatasetLoader } from "../rdb/dataset-loader";
import { LoadProblem } from "./load-problem";
import type { LoadingProgress } from "./loading-progress";

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

export interface RdbLoadingOptions {
  /** Where the keys go; absent for the keyspace's own databases. */
  readonly databases?: readonly Database[];
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

export class RdbLoading {
  /** The function libraries that were in it. */
  readonly functions: Uint8Array[] = [];
  protected readonly reader: RdbReader;
  readonly #parts: RdbLoadingParts;
  readonly #name: string;
  readonly #loader: DatasetLoader;
  readonly #onAux: ((name: string, value: string) => void) | undefined;
  /** When the running step is to be over. */
  #endMs = 0;
  /** How far the progress knows, which whoever calls `step` sets behind it. */
  #toldPosition = 0;

  /**
   * @param name as problems are to call it, behind an article.
   * @param newSource is given what is to be called now and then while a large value is read.
   */
  constructor(
    parts: RdbLoadingParts,
    name: string,
    newSource: (onRead: () => void) => RdbSource,
    options: RdbLoadingOptions,
  ) {
    this.#parts = parts;
    this.#onAux = options.onAux;
    this.#name = name;
    this.reader = new RdbReader(
      newSource(() => this.#answerWhenDue()),
      parts.codecs,
    );
    const { databases } = options;
    this.#loader = new DatasetLoader(this.reader, {
      keyspace: parts.keyspace,
      ...(databases !== undefined && { databases }),
      loaders: parts.loaders,
      dropsExpired: options.dropsExpired,
      merges: options.merges,
      onAux: (aux, value) => this.#tell(aux, value),
      onFunction: (library) => this.functions.push(library),
    });
  }

  /** Bytes that have been used; behind the last record when it is done. */
  get position(): number {
    return this.reader.position;
  }

  get keysLoaded(): number {
    return this.#loader.keysLoaded;
  }

  /**
   * Reads until a time of the monotonic clock; true when all is read.
   * @throws LoadProblem
   * @throws BYTES_TO_COME where the source does; the next call goes on.
   */
  step(endMs: number): boolean {
    const { clock, progress, log, keyspace, sanitizes } = this.#parts;
    this.#endMs = endMs;
    this.#toldPosition = this.position;
    try {
      while (this.#stepRecords()) {
        if (clock.monotonicMs() >= endMs) return false;
      }
    } catch (error) {
      throw error === BYTES_TO_COME ? error : this.problemOf(error);
    }
    const { keysLoaded, keysExpired, emptyKeys } = this.#loader;
    if (sanitizes?.() === true) keyspace.stats.sanitizedBlocks += this.reader.packedBlocks;
    progress.keysLoaded = keysLoaded;
    progress.keysExpired = keysExpired;
    const skipped = emptyKeys === 0 ? "" : `, empty keys skipped: ${emptyKeys}`;
    const counts = `keys loaded: ${keysLoaded}, keys expired: ${keysExpired}${skipped}`;
    log.notice(`Done loading RDB, ${counts}.`);
    return true;
  }

  /** What to tell of an error that ended it. */
  protected problemOf(error: unknown): LoadProblem {
    const name = this.#name;
    return error instanceof RdbProblem
      ? new LoadProblem(`The ${name} is broken at byte ${error.position}: ${error.message}`)
      : new LoadProblem(`Error reading the ${name}: ${systemErrorText(error)}`);
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
