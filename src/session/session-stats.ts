import {
  STATS_BYTES_IN,
  STATS_BYTES_OUT,
  STATS_WORDS,
  type TransportMemory,
} from "../net/transport";
import type { Clients } from "./clients";
import { InstantRate } from "./instant-rate";
import { RecentPeak } from "./recent-peak";

/**
 * What INFO tells of connections and traffic. Counters only: who counts writes the fields, INFO
 * reads them, CONFIG RESETSTAT calls `reset`.
 */
export class SessionStats {
  /** `total_connections_received`: let in, not those refused. */
  connectionsReceived = 0;
  rejectedConnections = 0;
  evictedClients = 0;
  /** `client_query_buffer_limit_disconnections` and `client_output_buffer_limit_disconnections`. */
  queryLimitDisconnections = 0;
  outputLimitDisconnections = 0;
  accessDeniedAuth = 0;
  accessDeniedCommand = 0;
  accessDeniedKey = 0;
  accessDeniedChannel = 0;
  readonly recentMaxInput = new RecentPeak();
  readonly recentMaxOutput = new RecentPeak();
  readonly #commandRate = new InstantRate();
  readonly #inputRate = new InstantRate();
  readonly #outputRate = new InstantRate();
  readonly #traffic: Float64Array;
  readonly #clients: Clients;
  /** Bytes of clients that are gone, less what the last reset has taken off. */
  #otherIn = 0;
  #otherOut = 0;

  constructor(memory: TransportMemory, clients: Clients) {
    this.#traffic = memory.stats;
    this.#clients = clients;
  }

  get totalInputBytes(): number {
    return this.#otherIn + this.#sum(STATS_BYTES_IN);
  }

  get totalOutputBytes(): number {
    return this.#otherOut + this.#sum(STATS_BYTES_OUT);
  }

  get opsPerSecond(): number {
    return Math.round(this.#commandRate.perSecond);
  }

  get inputKibPerSecond(): number {
    return this.#inputRate.perSecond / 1024;
  }

  get outputKibPerSecond(): number {
    return this.#outputRate.perSecond / 1024;
  }

  /** Keeps the traffic of a slot whose numbers are about to be used for another client. */
  countGone(slot: number): void {
    this.#otherIn += this.#traffic[slot * STATS_WORDS + STATS_BYTES_IN];
    this.#otherOut += this.#traffic[slot * STATS_WORDS + STATS_BYTES_OUT];
  }

  /** Called ten times a second. `monotonicMs` may start anywhere. */
  sample(commandsProcessed: number, monotonicMs: number): void {
    this.#commandRate.sample(commandsProcessed, monotonicMs);
    this.#inputRate.sample(this.totalInputBytes, monotonicMs);
    this.#outputRate.sample(this.totalOutputBytes, monotonicMs);
  }

  /** CONFIG RESETSTAT. */
  reset(): void {
    this.connectionsReceived = 0;
    this.rejectedConnections = 0;
    this.evictedClients = 0;
    this.queryLimitDisconnections = 0;
    this.outputLimitDisconnections = 0;
    this.accessDeniedAuth = 0;
    this.accessDeniedCommand = 0;
    this.accessDeniedKey = 0;
    this.accessDeniedChannel = 0;
    this.#otherIn = -this.#sum(STATS_BYTES_IN);
    this.#otherOut = -this.#sum(STATS_BYTES_OUT);
    this.#commandRate.reset();
    this.#inputRate.reset();
    this.#outputRate.reset();
  }

  /** Over the slots in use; those that are closing have not been counted as gone yet. */
  #sum(word: number): number {
    const { bySlot } = this.#clients;
    let sum = 0;
    for (let slot = 0; slot < bySlot.length; slot++) {
      if (bySlot[slot] !== undefined) sum += this.#traffic[slot * STATS_WORDS + word];
    }
    return sum;
  }
}
