// Connections of simulated servers over virtual time.
import type { SeededRandom } from "../../support/seeds";
import { EventQueue } from "../event-queue";

export interface Endpoint {
  received(bytes: Buffer): void;
  closed(): void;
}

export interface Acceptor {
  readonly isUp: boolean;
  accept(end: ConnectionEnd): Endpoint;
}

const RETRANSMIT_MS = 200;
const MOST_LATENCY_MS = 30;

export class VirtualNetwork extends EventQueue {
  readonly random: SeededRandom;
  readonly #nodes = new Map<string, Acceptor>();
  readonly #blocked = new Set<string>();
  readonly #open = new Set<ConnectionEnd>();

  constructor(random: SeededRandom) {
    super();
    this.random = random;
  }

  add(name: string, node: Acceptor): void {
    this.#nodes.set(name, node);
  }

  /** Packets from one to the other do not arrive until `unblock`; they are sent again, as TCP does. */
  block(from: string, to: string): void {
    this.#blocked.add(`${from}>${to}`);
  }

  unblock(): void {
    this.#blocked.clear();
  }

  isBlocked(from: string, to: string): boolean {
    return this.#blocked.has(`${from}>${to}`);
  }

  /** Resets a random connection. */
  cutOne(): void {
    if (this.#open.size > 0) this.random.pick([...this.#open]).reset();
  }

  /** A process is gone: the others hear of it. */
  resetAllOf(name: string): void {
    for (const end of [...this.#open]) if (end.owner === name) end.reset();
  }

  /** Calls `connected` when there is a connection, and `refused` when nobody listens. */
  connect(
    from: string,
    to: string,
    endpoint: Endpoint,
    connected: () => void,
    refused: () => void,
  ): ConnectionEnd {
    const near = new ConnectionEnd(this, from, to);
    const far = new ConnectionEnd(this, to, from);
    near.peer = far;
    far.peer = near;
    near.endpoint = endpoint;
    const arrive = () => {
      if (near.isClosed) return;
      if (this.isBlocked(from, to) || this.isBlocked(to, from)) {
        this.after(RETRANSMIT_MS, arrive);
        return;
      }
      const node = this.#nodes.get(to);
      if (node?.isUp !== true) {
        near.isClosed = true;
        refused();
        return;
      }
      this.#open.add(near);
      this.#open.add(far);
      far.endpoint = node.accept(far);
      connected();
    };
    this.after(this.latencyMs(), arrive);
    return near;
  }

  latencyMs(): number {
    return 1 + this.random.below(MOST_LATENCY_MS);
  }

  forget(end: ConnectionEnd): void {
    this.#open.delete(end);
  }
}

/** One side of a connection. What one side sends arrives in order, in pieces, or not at all. */
export class ConnectionEnd {
  endpoint: Endpoint | undefined;
  peer: ConnectionEnd | undefined;
  isClosed = false;
  /** Bytes sent that have not arrived. */
  inFlightBytes = 0;
  readonly owner: string;
  readonly #to: string;
  readonly #network: VirtualNetwork;
  #lastArrivalMs = 0;
  readonly #underWay: (() => void)[] = [];

  constructor(network: VirtualNetwork, owner: string, to: string) {
    this.#network = network;
    this.owner = owner;
    this.#to = to;
  }

  send(bytes: Buffer): void {
    if (this.isClosed) return;
    const { random } = this.#network;
    let at = 0;
    while (at < bytes.length) {
      const length = random.chance(0.7) ? bytes.length - at : 1 + random.below(bytes.length - at);
      this.#sendPiece(Buffer.from(bytes.subarray(at, at + length)));
      at += length;
    }
  }

  /** Closes this side; the other hears of it after what was sent. */
  close(): void {
    if (this.isClosed) return;
    this.#end();
    const { peer } = this;
    if (peer === undefined) return;
    this.#arrive(() => peer.#hearEnd());
  }

  /** Both sides lose the connection, and what is under way with it. */
  reset(): void {
    for (const end of [this, this.peer]) {
      if (end === undefined || end.isClosed) continue;
      end.isClosed = true;
      this.#network.forget(end);
      this.#network.after(this.#network.latencyMs(), () => end.endpoint?.closed());
    }
  }

  #sendPiece(piece: Buffer): void {
    const { peer } = this;
    this.inFlightBytes += piece.length;
    this.#arrive(() => {
      this.inFlightBytes -= piece.length;
      if (peer !== undefined && !peer.isClosed) peer.endpoint?.received(piece);
    });
  }

  /** Every event takes what is first in line, so that nothing overtakes what had to be sent again. */
  #arrive(run: () => void): void {
    const network = this.#network;
    this.#underWay.push(run);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, network.nowMs + network.latencyMs());
    const attempt = () => {
      if (network.isBlocked(this.owner, this.#to)) network.after(RETRANSMIT_MS, attempt);
      else this.#underWay.shift()?.();
    };
    network.after(this.#lastArrivalMs - network.nowMs, attempt);
  }

  #hearEnd(): void {
    if (this.isClosed) return;
    this.#end();
    this.endpoint?.closed();
  }

  #end(): void {
    this.isClosed = true;
    this.#network.forget(this);
  }
}
