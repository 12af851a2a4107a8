/**
 * Brings clients' bytes into the input memory, has them scanned, and puts the unfinished rest away.
 *
 * It owns the input's two receiving regions and the scanner, and no socket. A turn is: beginTurn,
 * scan for each client that is ready, the server's work, endTurn. What always holds: between
 * beginTurn and the next beginTurn every offset in the table stays valid; a client's bytes of one
 * turn are one range, whose first byte is the first of a request.
 *
 * A request that is, or says it will be, over 32 KiB gets a place of its own, into which its further
 * bytes are copied straight from the socket's buffers. What it announces is not believed: a place
 * grows with the bytes that really came.
 */

import type { HalfSipHash } from "../base/half-sip-hash";
import {
  RequestScanner,
  SCAN_AWAITS_TURN,
  SCAN_TABLE_FULL,
  SCAN_TOO_MANY_ARGUMENTS,
} from "../protocol/request-scanner";
import { BigPlaces } from "./big-places";
import { NO_PLACE, NO_RANGE, type PortableClient } from "./portable-client";
import {
  CONTROL_FLAGS,
  CONTROL_WORDS,
  FLAG_UNAUTHENTICATED,
  INPUT_BIG_AT,
  INPUT_SCRATCH_AT,
  STATS_QUERY_BYTES,
  STATS_WORDS,
  type TransportMemory,
} from "./transport";

/** What one client may bring into one turn, so that no client's pipeline delays the others. */
export const CLIENT_SHARE_BYTES = 0x4_0000;
/** The same for a client whose commands were just held: those bytes may be copied back again. */
const SHARE_AFTER_HOLD_BYTES = 0x4000;
/** More for a large request: bytes that are copied and not executed. */
const PLACE_SHARE_BYTES = 0x10_0000;
/** A turn takes in no further client above this, so that a turn stays short. */
const TURN_BYTES = 0x40_0000;
const BIG_REQUEST_BYTES = 0x8000;
/** A place is not larger than this, or than twice the bytes that are here. */
const SPECULATIVE_PLACE_BYTES = 0x10_0000;

export class PortableInput {
  readonly scanner: RequestScanner;
  /** client-query-buffer-limit. */
  maxQueryBytes = 1024 * 1024 * 1024;
  readonly #memory: TransportMemory;
  readonly #places = new BigPlaces(INPUT_BIG_AT, INPUT_SCRATCH_AT);
  /** Places whose requests were delivered; theirs until the next turn begins. */
  readonly #usedPlaces: number[] = [];
  readonly #scanned: PortableClient[] = [];
  #regionUsed = 0;
  #turnBytes = 0;

  constructor(memory: TransportMemory, keyHash: HalfSipHash) {
    this.#memory = memory;
    this.scanner = new RequestScanner(memory.input, memory.table, keyHash);
  }

  beginTurn(): void {
    for (const place of this.#usedPlaces) this.#places.free(place);
    this.#usedPlaces.length = 0;
    this.#regionUsed = 0;
    this.#turnBytes = 0;
    this.scanner.clearTable();
  }

  /** Whether this turn takes in one more client. */
  hasRoom(): boolean {
    return this.#turnBytes < TURN_BYTES && this.scanner.hasRoomForEvent();
  }

  /** Takes in and scans; false when the request is too large for what there is, and the client
   * must be closed for it. */
  scan(client: PortableClient): boolean {
    const from = client.place === NO_PLACE ? this.#takeInRegion(client) : this.#takeInPlace(client);
    if (from < 0) return false;
    const { scanner } = this;
    const flags = this.#memory.control[client.slot * CONTROL_WORDS + CONTROL_FLAGS];
    const isUnauthenticated = (flags & FLAG_UNAUTHENTICATED) !== 0;
    const outcome = scanner.scan(
      client.state,
      client.slot,
      from,
      client.rangeEnd,
      isUnauthenticated,
    );
    client.restAt = scanner.restAt;
    client.mustScan = outcome === SCAN_TABLE_FULL || outcome === SCAN_AWAITS_TURN;
    client.shareBytes = CLIENT_SHARE_BYTES;
    client.rangeFrom = from;
    this.#scanned.push(client);
    return outcome !== SCAN_TOO_MANY_ARGUMENTS;
  }

  /** Puts every scanned client's rest away; calls back those whose rest is over the limit. */
  endTurn(tooLarge: (client: PortableClient) => void): void {
    for (const client of this.#scanned) {
      const fits = this.#putAway(client);
      client.rangeFrom = NO_RANGE;
      this.updateStats(client);
      if (!fits) tooLarge(client);
    }
    this.#scanned.length = 0;
  }

  /** Forgets all bytes of a client; what this turn's records point to stays until the turn ends. */
  discard(client: PortableClient): void {
    client.queue.clear();
    client.forgetKept();
    client.forgetHold();
    client.mustScan = false;
    this.#leavePlace(client);
  }

  updateStats(client: PortableClient): void {
    const heldBytes = client.isHeld ? client.queue.length : 0;
    const word = client.slot * STATS_WORDS + STATS_QUERY_BYTES;
    this.#memory.stats[word] = client.unfinishedBytes + heldBytes;
  }

  /** The usual way: what was kept and what arrived, side by side in the region of this turn. */
  #takeInRegion(client: PortableClient): number {
    const { input } = this.#memory;
    const from = this.#regionUsed;
    const arrived = Math.min(client.queue.length, client.shareBytes);
    const newFrom = from + client.kept.length;
    if (client.kept.length > 0) input.set(client.kept, from);
    client.queue.take(input, newFrom, arrived);
    client.forgetKept();
    client.rangeEnd = newFrom + arrived;
    this.#regionUsed = client.rangeEnd;
    this.#turnBytes += client.rangeEnd - from;
    return from;
  }

  #takeInPlace(client: PortableClient): number {
    const arrived = Math.min(client.queue.length, PLACE_SHARE_BYTES);
    const needed = client.placeBytes + arrived;
    if (!this.#growPlace(client, needed)) return -1;
    client.queue.take(this.#memory.input, client.place + client.placeBytes, arrived);
    client.placeBytes = needed;
    client.rangeEnd = client.place + needed;
    this.#turnBytes += arrived;
    return client.place;
  }

  #growPlace(client: PortableClient, neededBytes: number): boolean {
    if (neededBytes <= this.#places.capacityOf(client.place)) return true;
    const size = placeSize(neededBytes, client.state.leastBytes());
    if (this.#places.extend(client.place, size)) return true;
    const place = this.#places.allocate(size);
    if (place < 0) return false;
    this.#memory.input.copyWithin(place, client.place, client.place + client.placeBytes);
    // No record of this turn points into the old place: the client is scanned after this.
    this.#places.free(client.place);
    client.place = place;
    return true;
  }

  #putAway(client: PortableClient): boolean {
    if (client.isClosing) {
      this.discard(client);
      return true;
    }
    if (client.wasHeldThisTurn) {
      this.#takeBack(client);
      return true;
    }
    const restBytes = client.rangeEnd - client.restAt;
    if (client.state.isStopped) this.discard(client);
    if (restBytes === 0) this.#leavePlace(client);
    if (restBytes === 0 || client.state.isStopped) return true;
    if (restBytes > this.maxQueryBytes) return false;
    if (client.place === client.restAt) return true;
    this.#leavePlace(client);
    const least = Math.max(restBytes, client.state.leastBytes());
    if (least > BIG_REQUEST_BYTES) return this.#moveToPlace(client, restBytes, least);
    const { input } = this.#memory;
    client.kept = Buffer.from(input.subarray(client.restAt, client.rangeEnd));
    return true;
  }

  #moveToPlace(client: PortableClient, restBytes: number, leastBytes: number): boolean {
    const place = this.#places.allocate(placeSize(restBytes, leastBytes));
    if (place < 0) return false;
    this.#memory.input.copyWithin(place, client.restAt, client.rangeEnd);
    client.place = place;
    client.placeBytes = restBytes;
    return true;
  }

  /** Gives the bytes from `holdFrom` on back to the queue, to be scanned again when it is resumed. */
  #takeBack(client: PortableClient): void {
    const { input } = this.#memory;
    if (client.holdFrom < client.rangeEnd) {
      client.queue.unshift(Buffer.from(input.subarray(client.holdFrom, client.rangeEnd)));
    }
    client.state.reset();
    client.mustScan = false;
    client.shareBytes = SHARE_AFTER_HOLD_BYTES;
    client.forgetHold();
    this.#leavePlace(client);
  }

  /** The place may still be pointed at by records: it is given back when the next turn begins. */
  #leavePlace(client: PortableClient): void {
    if (client.place === NO_PLACE) return;
    this.#usedPlaces.push(client.place);
    client.place = NO_PLACE;
    client.placeBytes = 0;
  }
}

/** Room for `haveBytes` at once and for `leastBytes` as far as the bytes here lend it credit. */
function placeSize(haveBytes: number, leastBytes: number): number {
  const credit = Math.max(SPECULATIVE_PLACE_BYTES, 2 * haveBytes);
  return Math.max(haveBytes, Math.min(leastBytes + CLIENT_SHARE_BYTES, credit));
}
