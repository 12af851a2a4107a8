import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, writeSync } from "node:fs";

/** The open file that commands are written to. Its problems are the system's errors. */
export interface AofOutput {
  /** Bytes of the file when it was opened. */
  readonly sizeBytes: number;
  /** Adds what the file takes at once; tells how many bytes these are. @throws when it takes none */
  write(bytes: Uint8Array, at: number, length: number): number;
  /** What was written is on the disk. @throws when that is not known */
  sync(): void;
  /** The same without holding up the caller; `done` is called in a later turn. */
  syncLater(done: (error: Error | null) => void): void;
  /** Takes back what was written behind the first `sizeBytes`. @throws */
  truncate(sizeBytes: number): void;
  /** When the syncs that are under way have ended. */
  close(): void;
}

/** A file of the disk, opened for appending. */
export class FileOutput implements AofOutput {
  readonly sizeBytes: number;
  readonly #file: number;
  #syncs = 0;
  #isClosing = false;

  /** @param file its descriptor, which belongs to this from now on. */
  constructor(file: number) {
    this.#file = file;
    this.sizeBytes = fstatSync(file).size;
  }

  write(bytes: Uint8Array, at: number, length: number): number {
    return writeSync(this.#file, bytes, at, length);
  }

  sync(): void {
    fdatasyncSync(this.#file);
  }

  syncLater(done: (error: Error | null) => void): void {
    this.#syncs++;
    fdatasync(this.#file, (error) => {
      this.#syncs--;
      done(error);
      if (this.#isClosing) this.close();
    });
  }

  truncate(sizeBytes: number): void {
    ftruncateSync(this.#file, sizeBytes);
  }

  /** A closed descriptor may be another file's before a sync comes to use it. */
  close(): void {
    this.#isClosing = true;
    if (this.#syncs > 0) return;
    this.#isClosing = false;
    closeSync(this.#file);
  }
}
