/**
 * The transport on node:net, in TypeScript alone: for TLS, and for machines without the addon.
 *
 * It is the composition of listeners, input, output and clients into turns; what happens to bytes is
 * in portable-input.ts and portable-output.ts. A turn runs in setImmediate, after the poll in which
 * sockets became readable, and once more right away while some client has bytes left over.
 *
 * What always holds, beyond the contract in transport.ts:
 * - ACCEPTED is the only record of its slot in its turn, so that the server has set the slot's
 *   control words before the first byte is scanned. CLOSED is alone too: it comes after the turn
 *   whose commands were answered, and their replies have been given to the socket by then.
 * - Reading is never paused because a client does not read its replies; only when it sends faster
 *   than it gets turns, or while it is held, and a megabyte waits. Behind such a megabyte a held
 *   client's hang-up is noticed only when it is resumed, for Node tells of it only after the bytes.
 * - When descriptors run out libuv accepts and closes at once, silently: no ACCEPT_FAILED then.
 */

import { createServer, type Socket } from "node:net";
import { constants as osConstants } from "node:os";
import { type Clock, SystemClock } from "../base/clock";
import { HalfSipHash } from "../base/half-sip-hash";
import { PortableClient } from "./portable-client";
import { CLIENT_SHARE_BYTES, PortableInput } from "./portable-input";
import { type CreateServer, PortableListeners } from "./portable-listeners";
import { PortableOutput } from "./portable-output";
import { slotAddressOf } from "./slot-address";
import {
  CLOSED_BY_ERROR,
  CLOSED_BY_PEER,
  CLOSED_BY_SERVER,
  CLOSED_QUERY_LIMIT,
  CONTROL_FLAGS,
  CONTROL_WORDS,
  EVENT_ACCEPT_FAILED,
  EVENT_ACCEPTED,
  EVENT_CLOSED,
  EVENT_DRAINED,
  FLAG_TELLS_DRAINED,
  type SlotAddress,
  STATS_BYTES_IN,
  STATS_PENDING_OUTPUT,
  STATS_QUERY_BYTES,
  STATS_WORDS,
  type Transport,
  type TransportMemory,
  type TransportSettings,
} from "./transport";
import { createTransportMemory } from "./transport-memory";

const DEFAULT_MAX_SLOTS = 65536;
/** A client that has this much waiting is not read from until it has had its turns. */
const MAX_QUEUED_BYTES = 0x10_0000;
const ACCEPT_FAILED_INTERVAL_MS = 1000;
/** How long a peer that has said its last word may take none of the replies that are left. */
const LINGER_MS = 1000;

export interface PortableTransportOptions {
  /** Two 32-bit words: the key of the key hash in command records. */
  readonly hashKey: readonly [number, number];
  /** Most clients at once. */
  readonly maxSlots?: number;
  /** For TLS: makes a tls.Server with `allowHalfOpen`; plain TCP and unix sockets when absent. */
  readonly createServer?: CreateServer;
  /** For tests: time stands still, and memory is used by several transports in turn. */
  readonly clock?: Clock;
  readonly memory?: TransportMemory;
}

export class PortableTransport implements Transport {
  readonly name = "portable";
  readonly memory: TransportMemory;
  readonly maxSlots: number;
  readonly #clock: Clock;
  readonly #listeners: PortableListeners;
  readonly #input: PortableInput;
  readonly #output: PortableOutput;
  readonly #clients: (PortableClient | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** Clients that have something for the next turn, in the order in which they got it. */
  #ready: PortableClient[] = [];
  /** Clients whose CLOSED record is in this turn's table. */
  readonly #closed: PortableClient[] = [];
  /** Clients to be closed when this turn's, or the next turn's, output is given to their sockets. */
  readonly #toEnd: PortableClient[] = [];
  /** Sockets of freed clients that still send: who half-closes after a pipeline gets its answers, as
   * from Redis, whose replies all lie in the kernel when it closes. */
  readonly #lingering = new Set<Socket>();
  readonly #runTurn = (): void => this.#turn();
  #onTurn: ((records: number) => number) | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isInTurn = false;
  /** Set while and after stopping. */
  #stopped: Promise<void> | undefined;
  #onAllGone: (() => void) | undefined;
  #keepAliveMs = 0;
  #acceptErrno = 0;
  #acceptFailedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PortableTransportOptions) {
    this.maxSlots = options.maxSlots ?? DEFAULT_MAX_SLOTS;
    this.memory = options.memory ?? createTransportMemory(this.maxSlots);
    this.#clock = options.clock ?? new SystemClock();
    this.#input = new PortableInput(this.memory, new HalfSipHash(...options.hashKey));
    this.#output = new PortableOutput(this.memory, this.#clients, (client, reason) =>
      this.#drop(client, reason),
    );
    const plain: CreateServer = (onConnection) =>
      createServer({ allowHalfOpen: true }, onConnection);
    this.#listeners = new PortableListeners(options.createServer ?? plain, {
      accepted: (socket, id, path) => this.#accept(socket, id, path),
      acceptFailed: (errno) => this.#noteAcceptFailure(errno),
    });
    for (let slot = this.maxSlots - 1; slot >= 0; slot--) this.#freeSlots.push(slot);
  }

  configure(settings: TransportSettings): void {
    this.#input.scanner.maxBulkBytes = settings.maxBulkBytes;
    this.#input.maxQueryBytes = settings.maxQueryBytes;
    this.#keepAliveMs = settings.tcpKeepAliveSeconds * 1000;
  }

  listenTcp(ip: string, port: number, backlog: number): Promise<number> {
    return this.#listeners.listenTcp(ip, port, backlog);
  }

  listenUnix(path: string, mode: number, backlog: number): Promise<number> {
    return this.#listeners.listenUnix(path, mode, backlog);
  }

  closeListener(id: number): void {
    this.#listeners.close(id);
  }

  listenerPort(id: number): number {
    return this.#listeners.portOf(id);
  }

  start(onTurn: (records: number) => number): void {
    this.#onTurn = onTurn;
    this.#schedule();
  }

  flush(runs: number, waits = false): void {
    this.#output.send(runs, waits);
  }

  close(slot: number, afterOutput: boolean): void {
    const client = this.#clients[slot];
    if (client === undefined) return;
    if (!afterOutput) {
      this.#drop(client, CLOSED_BY_SERVER);
      return;
    }
    if (client.isClosing) return;
    client.isClosing = true;
    client.setClosedReason(CLOSED_BY_SERVER);
    this.#input.discard(client);
    this.#continueReading(client);
    // Also outside a turn: what is flushed right after this belongs to its output.
    this.#toEnd.push(client);
    this.#makeReady(client);
  }

  hold(slot: number, start: number): void {
    const client = this.#clients[slot];
    if (client === undefined) return;
    client.isHeld = true;
    if (start < 0) return;
    if (!client.isInRange(start)) throw new RangeError(`slot ${slot} has no byte at ${start}`);
    client.holdFrom = start;
  }

  resume(slot: number): void {
    const client = this.#clients[slot];
    if (client === undefined || !client.isHeld) return;
    client.isHeld = false;
    if (client.hasInput) this.#makeReady(client);
    this.#continueReading(client);
    this.#input.updateStats(client);
  }

  setNoDelay(slot: number, isOn: boolean): void {
    this.#clients[slot]?.socket.setNoDelay(isOn);
  }

  addressOf(slot: number): SlotAddress {
    const client = this.#clients[slot];
    if (client === undefined) throw new RangeError(`slot ${slot} has no client`);
    return client.address;
  }

  registerSegment(index: number, bytes: Uint8Array): void {
    this.#output.registerSegment(index, bytes);
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  /** Turns go on for the CLOSED records, until the last client and the last socket are gone. */
  async #stop(graceMs: number): Promise<void> {
    this.#listeners.closeAll();
    const allGone = new Promise<void>((resolve) => {
      this.#onAllGone = resolve;
    });
    for (const client of this.#clients) if (client !== undefined) this.close(client.slot, true);
    const timer = setTimeout(() => {
      for (const client of this.#clients) {
        if (client !== undefined) this.#drop(client, CLOSED_BY_SERVER);
      }
      for (const socket of this.#lingering) socket.destroy();
    }, graceMs);
    this.#tellIfAllGone();
    await allGone;
    clearTimeout(timer);
    clearImmediate(this.#immediate);
  }

  #tellIfAllGone(): void {
    const areAllFree = this.#freeSlots.length === this.maxSlots;
    if (areAllFree && this.#lingering.size === 0) this.#onAllGone?.();
  }

  #accept(socket: Socket, listenerId: number, unixPath: string): void {
    const slot = this.#stopped === undefined ? this.#freeSlots.pop() : undefined;
    if (slot === undefined) {
      socket.on("error", ignoreError).destroy();
      this.#noteAcceptFailure(osConstants.errno.EMFILE);
      return;
    }
    const { control, stats } = this.memory;
    control.fill(0, slot * CONTROL_WORDS, (slot + 1) * CONTROL_WORDS);
    stats.fill(0, slot * STATS_WORDS, (slot + 1) * STATS_WORDS);
    const address = slotAddressOf(socket, unixPath);
    const client = new PortableClient(slot, listenerId, socket, address, CLIENT_SHARE_BYTES);
    this.#clients[slot] = client;
    if (unixPath === "") {
      socket.setNoDelay(true);
      if (this.#keepAliveMs > 0) socket.setKeepAlive(true, this.#keepAliveMs);
    }
    this.#listenTo(client);
    this.#makeReady(client);
  }

  #listenTo(client: PortableClient): void {
    const { socket } = client;
    client.onWritten = () => {
      // The last writes of a freed client end when its slot may be another's.
      if (this.#clients[client.slot] !== client) return;
      this.#output.updateStats(client);
      if (!this.#tellsDrained(client)) return;
      client.isDrained = true;
      this.#makeReady(client);
    };
    socket.on("data", (chunk: Buffer) => this.#receive(client, chunk));
    socket.on("end", () => {
      // One that is being closed after its output may have nothing more to say and still read.
      if (!client.isClosing) this.#markGone(client, CLOSED_BY_PEER);
    });
    socket.on("error", () => client.setClosedReason(CLOSED_BY_ERROR));
    socket.on("close", () => this.#markGone(client, CLOSED_BY_PEER));
  }

  #receive(client: PortableClient, chunk: Buffer): void {
    this.memory.stats[client.slot * STATS_WORDS + STATS_BYTES_IN] += chunk.length;
    if (client.dropsInput || client.isGone) return;
    client.queue.push(chunk);
    if (client.queue.length > MAX_QUEUED_BYTES && !client.isReadingPaused) {
      client.isReadingPaused = true;
      client.socket.pause();
    }
    if (client.isHeld) this.#input.updateStats(client);
    else this.#makeReady(client);
  }

  #tellsDrained(client: PortableClient): boolean {
    const flags = this.memory.control[client.slot * CONTROL_WORDS + CONTROL_FLAGS];
    return (flags & FLAG_TELLS_DRAINED) !== 0 && client.socket.writableLength === 0;
  }

  #continueReading(client: PortableClient): void {
    const mayWait = client.isHeld && !client.isClosing;
    if (!client.isReadingPaused || mayWait || client.queue.length > MAX_QUEUED_BYTES) return;
    client.isReadingPaused = false;
    client.socket.resume();
  }

  #makeReady(client: PortableClient): void {
    if (client.isReady) return;
    client.isReady = true;
    this.#ready.push(client);
    this.#schedule();
  }

  #schedule(): void {
    const isIdle = this.#ready.length === 0 && this.#acceptErrno === 0;
    if (isIdle || this.#immediate !== undefined || this.#isInTurn) return;
    if (this.#onTurn === undefined && this.#stopped === undefined) return;
    this.#immediate = setImmediate(this.#runTurn);
  }

  #turn(): void {
    this.#immediate = undefined;
    const input = this.#input;
    this.#isInTurn = true;
    input.beginTurn();
    this.#reportAcceptFailure();
    const waiting = this.#ready;
    this.#ready = [];
    for (const client of waiting) this.#serve(client);
    const records = input.scanner.recordCount;
    // Stopped before it was started, it has turns only to free its clients.
    if (records > 0 && this.#onTurn !== undefined) this.#output.send(this.#onTurn(records));
    input.endTurn((client) => this.#drop(client, CLOSED_QUERY_LIMIT));
    this.#isInTurn = false;
    this.#afterTurn(waiting);
    this.#schedule();
  }

  /** Puts a client's records into the table: its arrival, its requests, or its end. */
  #serve(client: PortableClient): void {
    if (!this.#input.hasRoom()) {
      this.#ready.push(client);
      return;
    }
    client.isReady = false;
    const { scanner } = this.#input;
    if (client.isDrained) {
      client.isDrained = false;
      scanner.addEvent(client.slot, EVENT_DRAINED, 0, 0);
    }
    if (!client.isAnnounced) {
      client.isAnnounced = true;
      scanner.addEvent(client.slot, EVENT_ACCEPTED, client.listenerId, 0);
    } else if (client.hasInput) {
      if (!this.#input.scan(client)) this.#drop(client, CLOSED_QUERY_LIMIT);
    } else if (client.isGone) {
      scanner.addEvent(client.slot, EVENT_CLOSED, client.closedReason, 0);
      this.#closed.push(client);
    }
  }

  #afterTurn(served: readonly PortableClient[]): void {
    for (const client of this.#toEnd) this.#end(client);
    this.#toEnd.length = 0;
    for (const client of this.#closed) this.#free(client);
    this.#closed.length = 0;
    for (const client of served) {
      if (this.#clients[client.slot] !== client) continue;
      if (client.hasInput || client.isGone) this.#makeReady(client);
      this.#continueReading(client);
    }
  }

  /** Closes after what the socket has been given; 'close' tells when that is done. */
  #end(client: PortableClient): void {
    if (client.isGone || client.isEnding) return;
    client.isEnding = true;
    endSocket(client.socket);
  }

  /** Closes at once. */
  #drop(client: PortableClient, reason: number): void {
    client.setClosedReason(reason);
    client.isClosing = true;
    this.#input.discard(client);
    this.#markGone(client, reason);
    client.socket.destroy();
  }

  #markGone(client: PortableClient, reason: number): void {
    client.setClosedReason(reason);
    if (client.isGone) return;
    client.isGone = true;
    this.#makeReady(client);
  }

  #free(client: PortableClient): void {
    const { socket, slot } = client;
    this.#input.discard(client);
    this.#clients[slot] = undefined;
    this.#freeSlots.push(slot);
    const { stats } = this.memory;
    stats[slot * STATS_WORDS + STATS_PENDING_OUTPUT] = 0;
    stats[slot * STATS_WORDS + STATS_QUERY_BYTES] = 0;
    if (client.closedReason === CLOSED_BY_PEER && socket.writableLength > 0) this.#linger(socket);
    else socket.destroy();
    this.#tellIfAllGone();
  }

  #linger(socket: Socket): void {
    this.#lingering.add(socket);
    socket.once("close", () => {
      this.#lingering.delete(socket);
      this.#tellIfAllGone();
    });
    socket.setTimeout(LINGER_MS, () => socket.destroy());
    endSocket(socket);
  }

  #noteAcceptFailure(errno: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#stopped !== undefined || nowMs - this.#acceptFailedAtMs < ACCEPT_FAILED_INTERVAL_MS)
      return;
    this.#acceptFailedAtMs = nowMs;
    this.#acceptErrno = errno;
    this.#schedule();
  }

  #reportAcceptFailure(): void {
    if (this.#acceptErrno === 0) return;
    this.#input.scanner.addEvent(0, EVENT_ACCEPT_FAILED, this.#acceptErrno, 0);
    this.#acceptErrno = 0;
  }
}

/** For a socket that nobody will hear of. */
function ignoreError(): void {}

/** Closes after what the socket was given. */
function endSocket(socket: Socket): void {
  socket.end(() => socket.destroy());
}
