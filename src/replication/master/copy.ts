import { closeSync, readSync } from "node:fs";
import { systemErrorText } from "../../config/system-error-text";
import type { ChunkRing } from "../../persistence/snapshot/chunk-ring";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { FrameWriter } from "../link-frames/frame-writer";
import type { SegmentNumbers } from "./segment-numbers";

/**
 * Copies of the data set on their way to replicas, piece by piece as a replica's socket takes them:
 * from a file, or from the ring that the thread of the snapshot fills.
 *
 * What always holds: a piece stays where it is until the next one is asked for; `close` is called
 * once for every copy and gives back all that it held.
 */
export interface Copy {
  /** All has been written. */
  readonly isComplete: boolean;
  /**
   * Writes the next piece for the replica that is being written to; returns how many bytes are sent,
   * 0 when there is none now.
   * @param frames when its link is compressed.
   * @throws CopyError when there will be none.
   */
  writePiece(reply: ReplyWriter, frames?: FrameWriter): number;
  close(): void;
}

export class CopyError extends Error {}

const PIECE_BYTES = 256 * 1024;

/** A file that several replicas read: closed when the last of them, and who opened it, is done. */
export class CopyFile {
  readonly sizeBytes: number;
  readonly #descriptor: number;
  #users = 1;

  constructor(descriptor: number, sizeBytes: number) {
    this.#descriptor = descriptor;
    this.sizeBytes = sizeBytes;
  }

  use(): void {
    this.#users++;
  }

  /** Returns how many bytes there were. @throws CopyError */
  read(into: Uint8Array, position: number, length: number): number {
    try {
      return readSync(this.#descriptor, into, 0, length, position);
    } catch (error) {
      throw new CopyError(`Read error sending DB to replica: ${systemErrorText(error)}`);
    }
  }

  leave(): void {
    this.#users--;
    if (this.#users === 0) closeSync(this.#descriptor);
  }
}

export class FileCopy implements Copy {
  readonly #file: CopyFile;
  readonly #segments: SegmentNumbers;
  readonly #piece = new Uint8Array(new SharedArrayBuffer(PIECE_BYTES));
  readonly #segment: number;
  #position = 0;

  constructor(file: CopyFile, segments: SegmentNumbers) {
    this.#file = file;
    this.#segments = segments;
    this.#segment = segments.add(this.#piece);
    file.use();
  }

  get isComplete(): boolean {
    return this.#position === this.#file.sizeBytes;
  }

  writePiece(reply: ReplyWriter, frames?: FrameWriter): number {
    const left = this.#file.sizeBytes - this.#position;
    if (left === 0) return 0;
    const length = this.#file.read(this.#piece, this.#position, Math.min(left, PIECE_BYTES));
    if (length === 0) throw new CopyError("Read error sending DB to replica: premature EOF");
    const position = this.#position;
    this.#position += length;
    if (frames !== undefined) {
      return frames.piece(reply, this.#file, position, this.#piece, 0, length, this.#segment);
    }
    reply.rawBlock(this.#segment, 0, length);
    return length;
  }

  close(): void {
    this.#segments.remove(this.#segment);
    this.#file.leave();
  }
}

/** What goes to several sockets as it is made: the slowest of them sets the pace. */
export class CopyStream {
  readonly ring: ChunkRing;
  /** Chunks in all, once that is known. */
  chunkCount = Number.POSITIVE_INFINITY;
  readonly #segments: SegmentNumbers;
  readonly #segment: number;
  readonly #copies = new Set<StreamCopy>();
  #isOpen = true;

  constructor(ring: ChunkRing, segments: SegmentNumbers) {
    this.ring = ring;
    this.#segments = segments;
    this.#segment = segments.add(ring.bytes);
  }

  /** Nobody reads it any more. */
  get isUnused(): boolean {
    return this.#copies.size === 0;
  }

  /** The snapshot has ended: no more chunks will come. */
  complete(): void {
    this.chunkCount = this.ring.written;
  }

  newCopy(mark: Uint8Array): StreamCopy {
    const copy = new StreamCopy(this, this.#segment, mark);
    this.#copies.add(copy);
    return copy;
  }

  /**
   * Frees the places of the chunks that all replicas have been given. Only between two turns' sends:
   * what was given has then been sent, or copied by the transport.
   */
  freeTaken(): void {
    let least = this.ring.written;
    for (const { next } of this.#copies) if (next < least) least = next;
    if (least > this.ring.taken) this.ring.take(least);
  }

  leave(copy: StreamCopy): void {
    this.#copies.delete(copy);
    if (this.#copies.size > 0 || !this.#isOpen) return;
    this.#isOpen = false;
    this.#segments.remove(this.#segment);
  }
}

export class StreamCopy implements Copy {
  /** The next chunk that it has not been given. */
  next = 0;
  readonly #stream: CopyStream;
  readonly #segment: number;
  readonly #mark: Uint8Array;
  #isMarked = false;

  constructor(stream: CopyStream, segment: number, mark: Uint8Array) {
    this.#stream = stream;
    this.#segment = segment;
    this.#mark = mark;
  }

  get isComplete(): boolean {
    return this.#isMarked;
  }

  writePiece(reply: ReplyWriter, frames?: FrameWriter): number {
    const { ring, chunkCount } = this.#stream;
    if (this.next < ring.written) {
      const chunk = this.next++;
      const length = ring.lengthOf(chunk);
      const at = ring.placeOf(chunk);
      if (frames !== undefined) {
        return frames.piece(reply, this.#stream, chunk, ring.bytes, at, length, this.#segment);
      }
      reply.rawBlock(this.#segment, at, length);
      return length;
    }
    if (this.#isMarked || this.next < chunkCount) return 0;
    if (frames === undefined) reply.raw(this.#mark);
    else frames.short(reply, this.#mark);
    this.#isMarked = true;
    return this.#mark.length;
  }

  close(): void {
    this.#stream.leave(this);
  }
}
