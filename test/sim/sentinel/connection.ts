// A TCP connection of two simulated processes, by messages: what is sent arrives in order, later, or not
// at all. A cut only holds packets back, as TCP does; a silent connection loses all, and nobody is told;
// a process that has been killed is heard of when the news gets through.
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import type { SimProcess } from "./sim-process";
import type { Machine, VirtualNetwork } from "./virtual-network";

/** What a server sends unasked: a message of a channel, or a part of the replication stream. */
export type Push =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "full"; readonly log: readonly number[] }
  | { readonly kind: "write"; readonly at: number; readonly id: number }
  | { readonly kind: "takeover" }
  | { readonly kind: "ping" };

export interface ClientSide {
  connected(): void;
  closed(reason: string): void;
  pushed(push: Push): void;
}

const FIRST_RETRY_MS = 200;
const MOST_RETRY_MS = 1600;
const SYN_RETRY_MS = 1000;
const CONNECT_TIMEOUT_MS = 20_000;

/** One direction. What came due while it was cut is delivered at once when it is not any more. */
class Pipe {
  readonly #network: VirtualNetwork;
  readonly #from: Machine;
  readonly #to: Machine;
  #queue: (() => void)[] = [];
  #due = 0;
  #retryMs = 0;
  #lastArrivalMs = 0;

  constructor(network: VirtualNetwork, from: Machine, to: Machine) {
    this.#network = network;
    this.#from = from;
    this.#to = to;
  }

  send(run: () => void): void {
    const network = this.#network;
    const arrivalMs = network.nowMs + network.latencyMs(this.#from, this.#to);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
    this.#queue.push(run);
    network.after(this.#lastArrivalMs - network.nowMs, this.#arrive);
  }

  readonly #arrive = (): void => {
    this.#due += 1;
    if (this.#retryMs > 0) return;
    if (this.#network.isBlocked(this.#from, this.#to)) this.#retryLater(FIRST_RETRY_MS);
    else this.#deliver();
  };

  #retryLater(delayMs: number): void {
    this.#retryMs = delayMs;
    this.#network.after(delayMs, () => {
      if (this.#network.isBlocked(this.#from, this.#to)) {
        this.#retryLater(Math.min(2 * delayMs, MOST_RETRY_MS));
        return;
      }
      this.#retryMs = 0;
      this.#deliver();
    });
  }

  #deliver(): void {
    const count = this.#due;
    this.#due = 0;
    if (count === this.#queue.length) {
      const all = this.#queue;
      this.#queue = [];
      for (const run of all) run();
      return;
    }
    for (const run of this.#queue.splice(0, count)) run();
  }
}

export class Connection {
  /** What CLIENT KILL TYPE calls it, on the server's side. */
  type: "normal" | "pubsub" | "replica" = "normal";
  /** Requests of a transaction, on the server's side. */
  queued: (readonly string[])[] | undefined;
  readonly client: SimProcess;
  server: SimProcess | undefined;
  readonly #side: ClientSide;
  readonly #clientLife: number;
  #serverLife = 0;
  #toServer: Pipe | undefined;
  #toClient: Pipe | undefined;
  #isClosedAtClient = false;
  #isClosedAtServer = false;
  #isSilent = false;

  constructor(client: SimProcess, ip: string, port: number, side: ClientSide) {
    this.client = client;
    this.#side = side;
    this.#clientLife = client.life;
    client.connections.add(this);
    this.#open(ip, port);
  }

  get isOpen(): boolean {
    return this.server !== undefined && !this.#isClosedAtClient;
  }

  /** From here on nothing gets through, and neither side is told. */
  silence(): void {
    this.#isSilent = true;
  }

  request(words: readonly string[], replied?: (reply: PeerReply) => void): void {
    const server = this.server;
    if (server === undefined || this.#isClosedAtClient || this.#isSilent) return;
    this.#toServer?.send(() => {
      this.#atServer(server, () => {
        const reply = server.answer(words, this);
        if (reply !== undefined && replied !== undefined) this.#reply(reply, replied);
      });
    });
  }

  push(push: Push): void {
    if (this.#isClosedAtServer || this.#isSilent) return;
    this.#toClient?.send(() => this.#atClient(() => this.#side.pushed(push)));
  }

  /** The client closes it: it hears nothing more. */
  close(): void {
    if (this.#isClosedAtClient) return;
    this.#isClosedAtClient = true;
    this.#forget(this.client);
    this.#tellServer();
  }

  /** The server closes it. */
  drop(): void {
    if (this.#isClosedAtServer || this.server === undefined) return;
    this.#isClosedAtServer = true;
    this.#forget(this.server);
    this.#tellClient("Server closed the connection");
  }

  /** Something on the way tells both that it is over. */
  reset(): void {
    if (this.server === undefined) return;
    this.#tellServer();
    this.#tellClient("Connection reset by peer");
  }

  /** One of the two processes is no more. */
  endedBy(process: SimProcess): void {
    if (process === this.client) {
      this.#isClosedAtClient = true;
      this.#tellServer();
    }
    if (process === this.server) this.#tellClient("Connection reset by peer");
  }

  #open(ip: string, port: number): void {
    const { network } = this.client.world;
    const { machine: near } = this.client;
    const far = network.machineOf(ip);
    const startedMs = network.nowMs;
    const attempt = () => {
      if (this.#isClosedAtClient || this.client.life !== this.#clientLife) return;
      if (far === undefined || network.isBlocked(near, far) || network.isBlocked(far, near)) {
        if (network.nowMs - startedMs < CONNECT_TIMEOUT_MS) network.after(SYN_RETRY_MS, attempt);
        else this.#atClient(() => this.#closed("Connection timed out"));
        return;
      }
      const server = network.processAt(ip, port);
      const backMs = network.latencyMs(far, near);
      if (server?.isUp !== true) {
        network.after(backMs, () => this.#atClient(() => this.#closed("Connection refused")));
        return;
      }
      this.#accepted(server, near, far);
      network.after(backMs, () => this.#atClient(() => this.#side.connected()));
    };
    network.after(far === undefined ? 0 : network.latencyMs(near, far), attempt);
  }

  #accepted(server: SimProcess, near: Machine, far: Machine): void {
    const { network } = this.client.world;
    this.server = server;
    this.#serverLife = server.life;
    this.#toServer = new Pipe(network, near, far);
    this.#toClient = new Pipe(network, far, near);
    server.connections.add(this);
    network.connections.add(this);
  }

  #reply(reply: PeerReply, replied: (reply: PeerReply) => void): void {
    if (this.#isSilent) return;
    this.#toClient?.send(() => this.#atClient(() => replied(reply)));
  }

  #tellServer(): void {
    const { server } = this;
    if (server === undefined || this.#isSilent) return;
    this.#toServer?.send(() => {
      if (server.life !== this.#serverLife) return;
      server.deliver(() => {
        if (this.#isClosedAtServer) return;
        this.#isClosedAtServer = true;
        this.#forget(server);
        server.hungUp(this);
      });
    });
  }

  #tellClient(reason: string): void {
    if (this.#isSilent) return;
    this.#toClient?.send(() => this.#atClient(() => this.#closed(reason)));
  }

  /** A process that has been killed since answers with a reset. */
  #atServer(server: SimProcess, run: () => void): void {
    if (server.life !== this.#serverLife) this.#tellClient("Connection reset by peer");
    else if (!this.#isClosedAtServer) server.deliver(run);
  }

  #atClient(run: () => void): void {
    if (this.client.life !== this.#clientLife) return;
    this.client.deliver(() => {
      if (!this.#isClosedAtClient) run();
    });
  }

  #closed(reason: string): void {
    this.#isClosedAtClient = true;
    this.#forget(this.client);
    this.#side.closed(reason);
  }

  #forget(process: SimProcess): void {
    process.connections.delete(this);
    if (this.#isClosedAtClient && this.#isClosedAtServer) {
      this.client.world.network.connections.delete(this);
    }
  }
}
