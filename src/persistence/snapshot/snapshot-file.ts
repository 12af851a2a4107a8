import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { systemErrorText } from "../../config/system-error-text";
import type { SnapshotTarget } from "./snapshot-target";

const STEP_BYTES = 4 * 1024 * 1024;
const FILE_MODE = 0o644;

/** What went wrong, in Redis's words: a whole sentence for the log. */
export class SnapshotFileError extends Error {}

export interface SnapshotFilePaths {
  /** Absolute. */
  readonly directory: Uint8Array;
  readonly temporaryName: string;
  readonly fileName: Uint8Array;
}

/** What failures are called, up to the system's reason. */
interface FailureTexts {
  open(paths: SnapshotFilePaths): string;
  readonly write: string;
  move(paths: SnapshotFilePaths): string;
}

const RDB_TEXTS: FailureTexts = {
  open: ({ temporaryName, directory }) =>
    `Failed opening the temp RDB file ${temporaryName} (in server root dir ${shown(directory)}) ` +
    "for saving: ",
  write: "Write error saving DB on disk: ",
  move: ({ temporaryName, fileName, directory }) =>
    `Error moving temp DB file ${temporaryName} on the final destination ${shown(fileName)} ` +
    `(in server root dir ${shown(directory)}): `,
};

const AOF_TEXTS: FailureTexts = {
  open: () => "Opening the temp file for AOF rewrite in rewriteAppendOnlyFile(): ",
  write: "Write error writing append only file on disk: ",
  move: () => "Error moving temp append only file on the final destination: ",
};

/**
 * A file that is written beside the one it is to replace, and takes its place when all of it is on
 * the disk: at every moment, also after a loss of power, the old or the new one is there and whole.
 *
 * It knows nothing of what is written. With `syncsInSteps` the disk gets it every 4 MiB, so that
 * there is no long sync at the end that holds up everybody else's.
 */
export class SnapshotFile implements SnapshotTarget {
  sizeBytes = 0;
  readonly #paths: SnapshotFilePaths;
  readonly #temporary: Buffer;
  readonly #syncsInSteps: boolean;
  readonly #texts: FailureTexts;
  readonly #keepsOpen: boolean;
  #file = -1;
  #unsynced = 0;

  /** @param keepsOpen `commit` returns the descriptor, for reading. @throws SnapshotFileError */
  constructor(
    paths: SnapshotFilePaths,
    syncsInSteps: boolean,
    isAofBase: boolean,
    keepsOpen = false,
  ) {
    this.#texts = isAofBase ? AOF_TEXTS : RDB_TEXTS;
    this.#paths = paths;
    this.#temporary = inDirectory(paths.directory, Buffer.from(paths.temporaryName));
    this.#syncsInSteps = syncsInSteps;
    this.#keepsOpen = keepsOpen;
    try {
      this.#file = openSync(this.#temporary, keepsOpen ? "w+" : "w", FILE_MODE);
    } catch (error) {
      throw failure(this.#texts.open(paths), error);
    }
  }

  /** @throws SnapshotFileError */
  write(bytes: Uint8Array, length: number): void {
    try {
      // A disk that is filling up takes a part first, and says why at the next try.
      for (let done = 0; done < length; ) {
        done += writeSync(this.#file, bytes, done, length - done);
      }
      this.sizeBytes += length;
      this.#unsynced += length;
      if (!this.#syncsInSteps || this.#unsynced < STEP_BYTES) return;
      fdatasyncSync(this.#file);
      this.#unsynced = 0;
    } catch (error) {
      throw failure(this.#texts.write, error);
    }
  }

  /** All that was written is on the disk, and the file is closed unless kept open. @throws SnapshotFileError */
  finish(): void {
    try {
      fsyncSync(this.#file);
      if (!this.#keepsOpen) this.#close();
    } catch (error) {
      throw failure(this.#texts.write, error);
    }
  }

  /** Takes the place of the old file. @throws SnapshotFileError */
  commit(): number | undefined {
    const { directory, fileName } = this.#paths;
    try {
      renameSync(this.#temporary, inDirectory(directory, fileName));
    } catch (error) {
      throw failure(this.#texts.move(this.#paths), error);
    }
    try {
      const opened = openSync(Buffer.from(directory), "r");
      try {
        fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
    } catch (error) {
      throw failure(this.#texts.write, error);
    }
    return this.#keepsOpen ? this.#file : undefined;
  }

  /** Closes and removes what is there of the new file; the old one stays. */
  abandon(): void {
    try {
      this.#close();
      unlinkSync(this.#temporary);
    } catch {
      // The problem that brought us here is the one worth telling.
    }
  }

  #close(): void {
    const file = this.#file;
    this.#file = -1;
    if (file >= 0) closeSync(file);
  }
}

function failure(text: string, error: unknown): SnapshotFileError {
  return new SnapshotFileError(`${text}${systemErrorText(error)}`);
}

function inDirectory(directory: Uint8Array, name: Uint8Array): Buffer {
  return Buffer.concat([directory, Buffer.from("/"), name]);
}

function shown(name: Uint8Array): string {
  return Buffer.from(name).toString("utf8");
}
