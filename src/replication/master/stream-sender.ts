import { STATS_PENDING_OUTPUT, STATS_WORDS } from "../../net/transport";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { OutputLimits } from "../../session/output-limits";
import type { BacklogReader } from "../backlog";
import type { FrameWriter } from "../link-frames/frame-writer";
import { CopyError } from "./copy";
import type { Replica } from "./replica";
import type { Replicas } from "./replicas";
import type { SyncCounts } from "./sync-counts";

export interface StreamSenderParts {
  readonly replicas: Replicas;
  /** Figures of the transport, slot by slot. */
  readonly stats: Float64Array;
  readonly counts: SyncCounts;
  readonly reply: ReplyWriter;
  /** For compressed links; undefined where none ever was. */
  readonly frames: () => FrameWriter | undefined;
  readonly outputLimits: OutputLimits;
  readonly monotonicMs: () => number;
  /** Has `send` called again soon, when the sockets have been looked at. */
  readonly sendAgain: () => void;
  /** The last byte of its copy is with its socket. */
  readonly copied: (replica: Replica) => void;
  readonly copyFailed: (replica: Replica, problem: string) => void;
  readonly overLimit: (replica: Replica) => void;
}

/** More is not given to a socket at once: so much at most is copied when it takes nothing. */
const MOST_BYTES = 256 * 1024;

/**
 * Sends replicas what is theirs: the copy, then the stream, straight from where it lies.
 *
 * A replica is given a limited piece whenever its socket has taken the one before, so a slow one
 * costs that piece and what the backlog keeps for it. What always holds: it runs as the last thing
 * of a turn, so that what it points to stands still until it is sent.
 */
export class StreamSender {
  readonly #parts: StreamSenderParts;

  constructor(parts: StreamSenderParts) {
    this.#parts = parts;
  }

  send(): void {
    this.#parts.frames()?.beginTurn();
    let isMoreLeft = false;
    for (const replica of this.#parts.replicas.list) {
      if (this.#serve(replica)) isMoreLeft = true;
      this.#judge(replica);
    }
    if (isMoreLeft) this.#parts.sendAgain();
  }

  /** True when there may be more for it at once. */
  #serve(replica: Replica): boolean {
    const { stats } = this.#parts;
    if (stats[replica.client.slot * STATS_WORDS + STATS_PENDING_OUTPUT] > 0) return false;
    if (replica.copy !== undefined) return this.#sendCopy(replica);
    if (replica.isOnline && !replica.awaitsAck) return this.#sendStream(replica);
    return false;
  }

  #sendCopy(replica: Replica): boolean {
    const { reply, copied, copyFailed, counts, monotonicMs } = this.#parts;
    const { copy, client } = replica;
    if (copy === undefined) return false;
    // Its last piece was sent in a turn before this one, and nothing points to it any more.
    if (copy.isComplete) {
      copied(replica);
      return true;
    }
    reply.begin(client.slot);
    try {
      const bytes = copy.writePiece(reply, this.#framesOf(replica));
      if (bytes === 0) return false;
      counts.sentBytes += bytes;
    } catch (error) {
      if (!(error instanceof CopyError)) throw error;
      copyFailed(replica, error.message);
      return false;
    }
    replica.lastWriteMs = monotonicMs();
    return true;
  }

  #sendStream(replica: Replica): boolean {
    const { reply, counts } = this.#parts;
    const { client, reader, prologue } = replica;
    if (reader === undefined) return false;
    const frames = this.#framesOf(replica);
    if (prologue !== undefined) {
      reply.begin(client.slot);
      if (frames === undefined) reply.raw(prologue);
      else frames.short(reply, prologue);
      replica.prologue = undefined;
    }
    let left = MOST_BYTES;
    while (left > 0 && reader.peek(left)) {
      if (left === MOST_BYTES) reply.begin(client.slot);
      counts.sentBytes += this.#sendPiece(reader, frames);
      left -= reader.length;
      reader.advance(reader.length);
    }
    return left === 0;
  }

  #sendPiece(reader: BacklogReader, frames: FrameWriter | undefined): number {
    const { reply } = this.#parts;
    const { bytes, segment, at, length, nextOffset } = reader;
    if (frames === undefined) {
      reply.rawBlock(segment, at, length);
      return length;
    }
    return frames.piece(reply, reader.source, nextOffset, bytes, at, length, segment);
  }

  #framesOf({ isFramed }: Replica): FrameWriter | undefined {
    return isFramed ? this.#parts.frames() : undefined;
  }

  /** What waits for a replica is what the backlog keeps for it, beside what its socket has not taken. */
  #judge(replica: Replica): void {
    const { reader, client } = replica;
    if (reader === undefined) return;
    client.streamBytes = reader.distanceBytes;
    const { outputLimits, overLimit } = this.#parts;
    if (outputLimits.exceedsHard(client)) overLimit(replica);
  }
}
