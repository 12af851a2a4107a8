/**
 * One client of the portable transport: its socket, what of its bytes waits where, and what is to
 * become of it. Data only; portable-input.ts and portable-transport.ts work on it.
 *
 * A client's bytes pass through `queue` (arrived), then lie in one range of the input for a turn;
 * what is unfinished then waits in `kept`, or, when it is large, in a place of the big region, until
 * the next bytes come. What always holds: at most one of `kept` and a place is in use, and it begins
 * with the first byte of the request that `state` is in.
 */

import type { Socket } from "node:net";
import { RequestParseState } from "../protocol/request-parse-state";
import { ChunkQueue } from "./chunk-queue";
import type { SlotAddress } from "./transport";

export const NO_PLACE = -1;
const NO_REASON = -1;
export const NO_RANGE = -1;
const NO_HOLD = -1;
const NO_BYTES = Buffer.alloc(0);

function nothing(): void {}

export class PortableClient {
  readonly queue = new ChunkQueue();
  readonly state = new RequestParseState();
  kept: Uint8Array = NO_BYTES;
  place = NO_PLACE;
  placeBytes = 0;
  /** This turn's range of the input, and where in it the unfinished request begins. */
  rangeFrom = NO_RANGE;
  rangeEnd = 0;
  restAt = 0;
  /** From where on the server wants this turn's bytes again. */
  holdFrom = NO_HOLD;
  /** Bytes it may bring into the next turn; small after a hold, which may hold them again. */
  shareBytes: number;
  /** There are bytes to scan although none arrived since the last turn. */
  mustScan = false;

  /** Waits for its part in a turn. */
  isReady = false;
  /** Its ACCEPTED record was delivered. */
  isAnnounced = false;
  isHeld = false;
  /** The server closes it: no input any more, output until it is sent. */
  isClosing = false;
  /** Its socket was told that no output follows what it has. */
  isEnding = false;
  /** Its socket gives nothing more and takes nothing more; CLOSED follows what is queued. */
  isGone = false;
  isReadingPaused = false;
  /** Its socket has taken all, which the server wants to be told. */
  isDrained = false;
  /** CLOSED_*, or NO_REASON. The first reason stays. */
  closedReason = NO_REASON;
  /** Bytes given to the socket so far. */
  writtenBytes = 0;

  /** Called when the socket has taken a write; one function for all writes. */
  onWritten: () => void = nothing;

  constructor(
    readonly slot: number,
    readonly listenerId: number,
    readonly socket: Socket,
    readonly address: SlotAddress,
    shareBytes: number,
  ) {
    this.shareBytes = shareBytes;
  }

  /** Whether what it sends is thrown away. */
  get dropsInput(): boolean {
    return this.isClosing || this.state.isStopped;
  }

  /** Whether a turn would find something to scan. */
  get hasInput(): boolean {
    return !this.dropsInput && !this.isHeld && (this.queue.length > 0 || this.mustScan);
  }

  /** Bytes of the request that is not complete. */
  get unfinishedBytes(): number {
    return this.place === NO_PLACE ? this.kept.length : this.placeBytes;
  }

  /** Whether `offset` lies in its bytes of the turn that runs. */
  isInRange(offset: number): boolean {
    return this.rangeFrom !== NO_RANGE && offset >= this.rangeFrom && offset <= this.rangeEnd;
  }

  get wasHeldThisTurn(): boolean {
    return this.holdFrom !== NO_HOLD;
  }

  forgetHold(): void {
    this.holdFrom = NO_HOLD;
  }

  forgetKept(): void {
    this.kept = NO_BYTES;
  }

  setClosedReason(reason: number): void {
    if (this.closedReason === NO_REASON) this.closedReason = reason;
  }
}
