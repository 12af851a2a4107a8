import { truncateSync } from "node:fs";
import { decodeUtf8 } from "../../config/byte-text";
import { systemErrorText } from "../../config/system-error-text";
import { LoadProblem } from "../loading/load-problem";
import { RdbFileLoading } from "../loading/rdb-file-loading";
import type { RdbLoadingParts } from "../loading/rdb-loading";
import { AofCommands } from "./aof-commands";
import { AofFileSource } from "./aof-source";
import type { CommandReplay } from "./command-replay";
import type { Manifest } from "./manifest";

export interface AofLoadingParts extends RdbLoadingParts {
  readonly replay: CommandReplay;
  /** aof-load-truncated. */
  readonly loadsTruncated: () => boolean;
}

interface LoadedFile {
  /** As the log calls it. */
  readonly shownName: string;
  readonly path: Uint8Array;
  readonly kind: "base" | "incr";
  readonly sizeBytes: number;
  readonly hasRdb: boolean;
}

/** What is being read of the file whose turn it is. */
interface Current {
  readonly file: LoadedFile;
  readonly isLast: boolean;
  readonly startedMs: number;
  /** Until it is done, then the commands behind it follow. */
  rdb: RdbFileLoading | undefined;
  source: AofFileSource | undefined;
  commands: AofCommands | undefined;
}

const RDB_START = Buffer.from("REDIS");

/**
 * Loads the data set from the files of an append only file: the base, which may be an RDB file or
 * have one in front, and the increments in their order; in slices or at one go.
 *
 * After a problem the data set is half of one: whoever loads must end the process then. Files are
 * never changed, but for the end of the last, which is cut off when it is no whole command and
 * `aof-load-truncated` says so.
 */
export class AofLoading {
  /** Function libraries that the files have brought along. */
  functions: Uint8Array[] = [];
  /** What the files have together, and the base alone, once they are loaded. */
  totalBytes = 0;
  baseBytes = 0;
  readonly #parts: AofLoadingParts;
  #files: LoadedFile[] = [];
  #current: Current | undefined;
  #doneBytes = 0;

  constructor(parts: AofLoadingParts) {
    this.#parts = parts;
  }

  /**
   * Looks for the files and begins. `step` is to be called until it returns true.
   * @param pathOf the path of a file of the manifest.
   * @throws LoadProblem
   */
  begin(manifest: Manifest, pathOf: (name: string) => Uint8Array): void {
    const { base, increments } = manifest;
    this.#files = [];
    this.functions = [];
    this.totalBytes = 0;
    this.baseBytes = 0;
    this.#doneBytes = 0;
    if (base !== undefined) this.#files.push(lookedAt(base.name, pathOf, "base"));
    for (const { name } of increments) this.#files.push(lookedAt(name, pathOf, "incr"));
    this.#parts.progress.begin(this.#files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    this.#parts.replay.reset();
  }

  /** Reads for about `budgetMs`; true when everything is loaded. @throws LoadProblem */
  step(budgetMs: number): boolean {
    const { clock, progress, log } = this.#parts;
    const endMs = clock.monotonicMs() + budgetMs;
    do {
      this.#current ??= this.#openNext();
      if (this.#current === undefined) {
        const seconds = progress.elapsedSeconds.toFixed(3);
        log.notice(`DB loaded from append only file: ${seconds} seconds`);
        progress.end();
        return true;
      }
      this.#stepFile(this.#current, endMs);
    } while (clock.monotonicMs() < endMs);
    return false;
  }

  #openNext(): Current | undefined {
    const { clock, log } = this.#parts;
    const file = this.#files.shift();
    if (file === undefined) return undefined;
    const current: Current = {
      file,
      isLast: this.#files.length === 0,
      startedMs: clock.monotonicMs(),
      rdb: undefined,
      source: undefined,
      commands: undefined,
    };
    if (!file.hasRdb) {
      this.#openCommands(current, 0);
      return current;
    }
    const isBase = file.shownName.endsWith(".base.rdb");
    log.notice(
      isBase ? "Reading RDB base file on AOF loading..." : "Reading RDB preamble from AOF file...",
    );
    const options = { dropsExpired: false, merges: false };
    current.rdb = new RdbFileLoading(this.#parts, file.path, options);
    return current;
  }

  #openCommands(current: Current, position: number): void {
    const { file } = current;
    const source = new AofFileSource(file.path);
    current.source = source;
    current.commands = new AofCommands(this.#parts, source, file.shownName, position);
    if (position > 0 && position < source.sizeBytes) {
      this.#parts.log.notice("Reading the remaining AOF tail...");
    }
  }

  #stepFile(current: Current, endMs: number): void {
    const { progress } = this.#parts;
    const { rdb } = current;
    if (rdb !== undefined) {
      const isDone = rdb.step(endMs);
      progress.loadedBytes = this.#doneBytes + rdb.position;
      if (!isDone) return;
      rdb.close();
      this.functions.push(...rdb.functions);
      current.rdb = undefined;
      this.#openCommands(current, rdb.position);
    }
    const { commands } = current;
    if (commands === undefined) return;
    const isDone = commands.step(endMs);
    progress.loadedBytes = this.#doneBytes + commands.position;
    if (isDone) this.#closeFile(current, commands);
  }

  #closeFile(current: Current, commands: AofCommands): void {
    const { clock, log } = this.#parts;
    const { file, startedMs } = current;
    current.source?.close();
    this.functions.push(...commands.functions);
    if (commands.isCut) this.#cutOff(current, commands.position);
    const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(3);
    log.notice(`DB loaded from ${file.kind} file ${file.shownName}: ${seconds} seconds`);
    this.#doneBytes += file.sizeBytes;
    this.totalBytes += commands.position;
    if (file.kind === "base") this.baseBytes = commands.position;
    this.#current = undefined;
  }

  /** The file does not end with a whole command, or within a transaction. */
  #cutOff({ file, isLast }: Current, position: number): void {
    const { log, loadsTruncated } = this.#parts;
    const { shownName, path } = file;
    if (!isLast) {
      throw new LoadProblem(
        `Unexpected end of file at byte ${position} of the append only file ${shownName}. ` +
          "Fatal error: the truncated file is not the last file",
      );
    }
    if (!loadsTruncated()) {
      throw new LoadProblem(
        `Unexpected end of file reading the append only file ${shownName}: what begins at byte ` +
          `${position} is not whole. You can: 1) Make a backup of your AOF file, then use ` +
          "./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the " +
          "'aof-load-truncated' configuration option to yes and restart the server.",
      );
    }
    log.warning(`!!! Warning: short read while loading the AOF file ${shownName}!!!`);
    log.warning(`!!! Truncating the AOF ${shownName} at offset ${position} !!!`);
    try {
      truncateSync(Buffer.from(path), position);
    } catch (error) {
      throw new LoadProblem(
        `Error truncating the AOF file ${shownName}: ${systemErrorText(error)}`,
      );
    }
    log.warning(`AOF ${shownName} loaded anyway because aof-load-truncated is enabled`);
  }
}

function lookedAt(
  name: string,
  pathOf: (name: string) => Uint8Array,
  kind: LoadedFile["kind"],
): LoadedFile {
  const shownName = decodeUtf8(name);
  const path = pathOf(name);
  let source: AofFileSource;
  try {
    source = new AofFileSource(path);
  } catch (error) {
    throw new LoadProblem(
      `The append log file ${shownName}, which the manifest names, cannot be opened: ` +
        systemErrorText(error),
    );
  }
  const start = Buffer.alloc(RDB_START.length);
  const { sizeBytes } = source;
  const got = source.read(start, 0, start.length, 0);
  source.close();
  const hasRdb = got === start.length && start.equals(RDB_START);
  return { shownName, path, kind, sizeBytes, hasRdb };
}
