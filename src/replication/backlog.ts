/**
 * The replication stream of this server: the latest bytes of it, once, for all replicas, and the
 * offset that they end at.
 *
 * A chain of blocks outside the JS heap. Replicas that stream read it where they are, each through a
 * BacklogReader, and nothing is copied for any of them; a replica that comes back reads on from its
 * offset. It knows no sockets, no ids and no commands.
 *
 *     first byte held                                                    offset (the last byte)
 *     v                                                                  v
 *     [block ........][block ........][block ........][block ........][block ....      ]
 *             ^ slow reader: its block stays               ^ quick reader
 *
 * What always holds:
 * - Bytes are numbered from 1: the byte after `offset` will be `offset + 1`. While it is closed
 *   nothing is kept and the offset stands still, as in Redis 7.0.
 * - At least `sizeBytes` of history are kept once that much has been written. A block goes when the
 *   rest is still that long and no reader is in it or before it: so a slow replica makes the chain
 *   longer, as in Redis 7.0, until `distanceBytes` of its reader passes the limit for replicas and
 *   its owner closes it.
 * - `append` allocates a block now and then and nothing else; reading allocates nothing.
 */
import { copyBytes } from "../base/bytes";
import type { EffectSink } from "../keyspace/effects/effect-sink";

const LEAST_BLOCK_BYTES = 4 * 1024;
const MOST_BLOCK_BYTES = 1024 * 1024;
/** So many blocks make up the configured size; what is kept above it is one of them at most. */
const BLOCKS_PER_SIZE = 8;

/** Where blocks become known, so that they can be sent from where they are (net/transport.ts). */
export interface BlockHome {
  /** Returns the number that runs name it by. */
  add(bytes: Uint8Array): number;
  remove(segment: number): void;
}

const NO_HOME: BlockHome = { add: () => 0, remove: () => undefined };

class Block {
  /** Offset of its first byte. */
  first = 0;
  /** Bytes in use. */
  length = 0;
  /** Readers that stand in it. */
  readers = 0;
  next: Block | undefined;
  readonly bytes: Uint8Array;
  readonly segment: number;

  constructor(sizeBytes: number, home: BlockHome) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(sizeBytes));
    this.segment = home.add(this.bytes);
  }
}

export class Backlog implements EffectSink {
  readonly takesMessages = true;
  /** master_repl_offset: the offset of the last byte of the stream. */
  #offset = 0;
  #sizeBytes: number;
  #head: Block | undefined;
  #tail: Block | undefined;
  /** A block that was given back, so that a full backlog turns over without the allocator. */
  #spare: Block | undefined;
  #usedBytes = 0;
  #history = {};
  readonly #home: BlockHome;

  /** @param sizeBytes repl-backlog-size. */
  constructor(sizeBytes: number, home = NO_HOME) {
    this.#sizeBytes = sizeBytes;
    this.#home = home;
  }

  get offset(): number {
    return this.#offset;
  }

  get isOpen(): boolean {
    return this.#head !== undefined;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Offset of the oldest byte that can be read; of the next byte when there is none. 0: closed. */
  get firstOffset(): number {
    return this.#head === undefined ? 0 : this.#head.first;
  }

  get historyBytes(): number {
    return this.#head === undefined ? 0 : this.#offset + 1 - this.#head.first;
  }

  /** Memory it takes, for used_memory. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Another one whenever it begins anew. */
  get history(): object {
    return this.#history;
  }

  /** Begins an empty history after `offset`. All readers must have been closed. */
  open(offset: number): void {
    this.close();
    this.#history = {};
    this.#offset = offset;
    this.#head = this.#newBlock();
    this.#tail = this.#head;
  }

  /** Forgets the history and gives its memory back; the offset stays. Readers must be closed. */
  close(): void {
    for (let block = this.#head; block !== undefined; block = block.next) {
      if (block.readers > 0) throw new Error("the backlog is being read");
    }
    for (let block = this.#head; block !== undefined; block = block.next) this.#leave(block);
    this.#head = undefined;
    this.#tail = undefined;
    this.#dropSpare();
    this.#usedBytes = 0;
  }

  /** What is kept beyond a smaller size goes at once, as far as nobody reads it. */
  resize(sizeBytes: number): void {
    this.#sizeBytes = sizeBytes;
    this.#dropSpare();
    this.#trim();
    this.#count();
  }

  /** Takes whole commands, or the bytes of a master's stream. They are copied. */
  append(bytes: Uint8Array, at: number, length: number): void {
    let tail = this.#tail;
    if (tail === undefined) return;
    let from = at;
    let left = length;
    while (left > 0) {
      if (tail.length === tail.bytes.length) {
        const next: Block = this.#newBlock();
        tail.next = next;
        tail = next;
        this.#tail = next;
        this.#trim();
      }
      const piece = Math.min(left, tail.bytes.length - tail.length);
      copyBytes(tail.bytes, tail.length, bytes, from, piece);
      tail.length += piece;
      this.#offset += piece;
      from += piece;
      left -= piece;
    }
    this.#trim();
  }

  /** Whether somebody who has all bytes before `offset` can read on here. */
  has(offset: number): boolean {
    return this.#head !== undefined && offset >= this.#head.first && offset <= this.#offset + 1;
  }

  /** @throws RangeError when the byte at `offset` is neither held nor the next one. */
  reader(offset: number): BacklogReader {
    let block = this.#head;
    if (block === undefined || !this.has(offset)) {
      throw new RangeError(`offset ${offset} is not in the backlog`);
    }
    while (block.next !== undefined && offset >= block.next.first) block = block.next;
    return new BacklogReader(this, block, offset);
  }

  /** Called by a reader that has left a block. */
  left(): void {
    this.#trim();
  }

  #newBlock(): Block {
    const wanted = blockBytes(this.#sizeBytes);
    let block = this.#spare;
    this.#spare = undefined;
    if (block === undefined || block.bytes.length !== wanted) {
      if (block !== undefined) this.#forget(block);
      block = new Block(wanted, this.#home);
      this.#usedBytes += wanted;
    }
    block.first = this.#offset + 1;
    block.length = 0;
    block.next = undefined;
    return block;
  }

  #trim(): void {
    for (;;) {
      const head = this.#head;
      if (head?.next === undefined || head.readers > 0) return;
      if (this.#offset + 1 - head.next.first < this.#sizeBytes) return;
      this.#head = head.next;
      head.next = undefined;
      if (this.#spare === undefined) this.#spare = head;
      else this.#forget(head);
    }
  }

  #forget(block: Block): void {
    this.#usedBytes -= block.bytes.length;
    this.#leave(block);
  }

  #dropSpare(): void {
    if (this.#spare !== undefined) this.#forget(this.#spare);
    this.#spare = undefined;
  }

  #leave(block: Block): void {
    this.#home.remove(block.segment);
  }

  #count(): void {
    let usedBytes = this.#spare?.bytes.length ?? 0;
    for (let block = this.#head; block !== undefined; block = block.next) {
      usedBytes += block.bytes.length;
    }
    this.#usedBytes = usedBytes;
  }
}

/** Where one replica stands in the stream. It holds what it has not read until it is closed. */
export class BacklogReader {
  /** The piece that `peek` found. */
  bytes: Uint8Array;
  /** The number of its memory. */
  segment: number;
  at = 0;
  length = 0;
  readonly #backlog: Backlog;
  #block: Block | undefined;
  #next: number;

  constructor(backlog: Backlog, block: Block, next: number) {
    this.#backlog = backlog;
    this.#block = block;
    this.#next = next;
    this.bytes = block.bytes;
    this.segment = block.segment;
    block.readers += 1;
  }

  /** What it reads: in it an offset always names the same byte. */
  get source(): object {
    return this.#backlog.history;
  }

  /** The offset of the next byte to read. */
  get nextOffset(): number {
    return this.#next;
  }

  /** Bytes written and not read yet: what client-output-buffer-limit of replicas measures. */
  get distanceBytes(): number {
    return this.#backlog.offset + 1 - this.#next;
  }

  /**
   * Finds the next bytes to read, at most `most`: `bytes`, `at`, `length` are valid until `advance`
   * or `close`. False when there are none now. More may follow right behind them.
   */
  peek(most: number): boolean {
    const block = this.#atBlock();
    if (block === undefined) return false;
    this.bytes = block.bytes;
    this.segment = block.segment;
    this.at = this.#next - block.first;
    this.length = Math.min(most, block.length - this.at);
    return this.length > 0;
  }

  /** Counts `length` bytes of the piece as read. */
  advance(length: number): void {
    this.#next += length;
    this.#atBlock();
  }

  /** Lets go of what it holds. It reads nothing any more. */
  close(): void {
    if (this.#block === undefined) return;
    this.#block.readers -= 1;
    this.#block = undefined;
    this.#backlog.left();
  }

  /** Moves into the block that the next byte is in, if that one is there already. */
  #atBlock(): Block | undefined {
    let block = this.#block;
    if (block === undefined) return undefined;
    let hasMoved = false;
    while (block.next !== undefined && this.#next >= block.next.first) {
      block.readers -= 1;
      block = block.next;
      block.readers += 1;
      hasMoved = true;
    }
    this.#block = block;
    if (hasMoved) this.#backlog.left();
    return block;
  }
}

function blockBytes(sizeBytes: number): number {
  const wanted = Math.floor(sizeBytes / BLOCKS_PER_SIZE);
  return Math.min(Math.max(wanted, LEAST_BLOCK_BYTES), MOST_BLOCK_BYTES);
}
