import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { RdbSource } from "../../rdb/rdb-reader";

/** Read at most at once, so that `onRead` is called often enough within a long string. */
const MOST_READ_BYTES = 1024 * 1024;

/** The bytes of a file, as far as it reached when it was opened. */
export class RdbFileSource implements RdbSource {
  readonly sizeBytes: number;
  /** Bytes handed out. */
  position = 0;
  readonly #file: number;
  readonly #onRead: () => void;

  /**
   * @param onRead called before every read: within a large value, too.
   * @throws what the system says when there is no such file, or it may not be read.
   */
  constructor(path: Uint8Array, onRead = (): void => undefined) {
    this.#onRead = onRead;
    this.#file = openSync(Buffer.from(path), "r");
    this.sizeBytes = fstatSync(this.#file).size;
  }

  get remaining(): number {
    return this.sizeBytes - this.position;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const most = Math.min(length, this.remaining, MOST_READ_BYTES);
    if (most === 0) return 0;
    this.#onRead();
    const got = readSync(this.#file, target, at, most, null);
    this.position += got;
    return got;
  }

  close(): void {
    closeSync(this.#file);
  }
}
