/**
 * The copy of a master's data set on its way to disk: a temporary file that is complete when so many
 * bytes have come, or when what came last is the mark that the master has announced.
 *
 * What always holds: until `finish` nobody has seen the file under another name, and `discard` leaves
 * nothing of it. A file whose head or checksum is wrong is never finished, so that the data that it
 * was to replace stay.
 */
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import type { ByteCodecs } from "../../native/byte-codecs";
import { RDB_MAGIC } from "../../rdb/rdb-format";
import type { Payload } from "../decisions/replication-state";

const MARK_BYTES = 40;
const CHECKSUM_BYTES = 8;
const CHUNK_BYTES = 1024 * 1024;

export class PayloadFile {
  readonly path: string;
  /** Bytes of the file so far; with a mark the mark may be among the last. */
  receivedBytes = 0;
  readonly #sizeBytes: number | undefined;
  readonly #mark: Buffer;
  /** The last bytes that have come. */
  readonly #last = Buffer.alloc(MARK_BYTES);
  #file: number | undefined;

  /** @throws what the system says when the file cannot be made. */
  constructor(path: string, { sizeBytes, mark }: Pick<Payload, "sizeBytes" | "mark">) {
    this.path = path;
    this.#sizeBytes = sizeBytes;
    this.#mark = Buffer.from(mark ?? "", "latin1");
    this.#file = openSync(path, "wx+", 0o644);
  }

  /** The size that was announced, 0 for none. */
  get totalBytes(): number {
    return this.#sizeBytes ?? 0;
  }

  get isComplete(): boolean {
    if (this.#sizeBytes !== undefined) return this.receivedBytes === this.#sizeBytes;
    return this.receivedBytes >= MARK_BYTES && this.#last.equals(this.#mark);
  }

  /** Takes what belongs to the file; returns how much that was. @throws as the system does */
  take(bytes: Buffer): number {
    const left = (this.#sizeBytes ?? Number.POSITIVE_INFINITY) - this.receivedBytes;
    const length = Math.min(bytes.length, left);
    for (let at = 0; at < length; ) at += writeSync(this.#fd, bytes, at, length - at);
    this.receivedBytes += length;
    if (this.#sizeBytes === undefined) this.#remember(bytes);
    return length;
  }

  /**
   * Closes the complete file, or says what is wrong with it: a sentence for the log.
   * @throws as the system does
   */
  finish(codecs: ByteCodecs): string | undefined {
    if (this.#sizeBytes === undefined) {
      this.receivedBytes -= MARK_BYTES;
      ftruncateSync(this.#fd, this.receivedBytes);
    }
    const problem = this.#problem(codecs);
    closeSync(this.#fd);
    this.#file = undefined;
    return problem;
  }

  /** Removes it, in whatever state it is. */
  discard(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    try {
      unlinkSync(this.path);
    } catch {
      // It has been renamed or removed; either way it is not left behind under this name.
    }
  }

  get #fd(): number {
    if (this.#file === undefined) throw new Error("the file is closed");
    return this.#file;
  }

  #remember(bytes: Buffer): void {
    const last = this.#last;
    if (bytes.length >= MARK_BYTES) {
      bytes.copy(last, 0, bytes.length - MARK_BYTES);
      return;
    }
    last.copyWithin(0, bytes.length);
    bytes.copy(last, MARK_BYTES - bytes.length);
  }

  #problem(codecs: ByteCodecs): string | undefined {
    const size = this.receivedBytes;
    const head = Buffer.alloc(RDB_MAGIC.length);
    readSync(this.#fd, head, 0, head.length, 0);
    if (size < RDB_MAGIC.length + CHECKSUM_BYTES || head.toString("latin1") !== RDB_MAGIC) {
      return "Wrong signature in the copy that the master has sent: it is no RDB file";
    }
    const expected = Buffer.alloc(CHECKSUM_BYTES);
    readSync(this.#fd, expected, 0, CHECKSUM_BYTES, size - CHECKSUM_BYTES);
    const version = this.#versionText();
    if (version < "0005" || expected.readBigUInt64LE() === 0n) return undefined;
    const sum = codecs.newCrc64();
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; at < size - CHECKSUM_BYTES; ) {
      const most = Math.min(CHUNK_BYTES, size - CHECKSUM_BYTES - at);
      const got = readSync(this.#fd, chunk, 0, most, at);
      if (got === 0) return "The copy that the master has sent has become shorter";
      sum.update(chunk, 0, got);
      at += got;
    }
    if (sum.equals(expected, 0)) return undefined;
    return "Wrong RDB checksum in the copy that the master has sent";
  }

  #versionText(): string {
    const digits = Buffer.alloc(4);
    readSync(this.#fd, digits, 0, digits.length, RDB_MAGIC.length);
    return digits.toString("latin1");
  }
}
