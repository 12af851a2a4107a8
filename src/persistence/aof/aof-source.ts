import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Where the bytes of an append only file come from; as long as it was when it was opened. */
export interface AofSource {
  readonly sizeBytes: number;
  /** Puts up to `length` bytes from `position` of the file at `at`; returns how many. */
  read(target: Uint8Array, at: number, length: number, position: number): number;
}

/** A file that stands still, or grows behind our back without that being seen. */
export class AofFileSource implements AofSource {
  readonly sizeBytes: number;
  readonly #file: number;

  /** @throws what the system says when there is no such file, or it may not be read. */
  constructor(path: Uint8Array) {
    this.#file = openSync(Buffer.from(path), "r");
    this.sizeBytes = fstatSync(this.#file).size;
  }

  read(target: Uint8Array, at: number, length: number, position: number): number {
    return readSync(this.#file, target, at, length, position);
  }

  close(): void {
    closeSync(this.#file);
  }
}
