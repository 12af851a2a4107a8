import type { Config } from "../config/config";
import type { OutputBufferLimit } from "../config/special/output-buffer-limits";
import {
  CONTROL_OUTPUT_LIMIT_KIB,
  CONTROL_WORDS,
  STATS_PENDING_OUTPUT,
  STATS_WORDS,
  type TransportMemory,
} from "../net/transport";
import { type Client, KIND_MASTER, KIND_REPLICA } from "./client";
import type { Clients } from "./clients";

const KIB = 1024;
const MOST_KIB = 0xffffffff;

/**
 * How much may wait for a client that does not read: client-output-buffer-limit.
 *
 * The hard limit is watched by the transport at every send; the soft one is looked at from time to
 * time, so what passes it for a moment may go unnoticed, as it may.
 */
export class OutputLimits {
  readonly #config: Config;
  readonly #control: Uint32Array;
  readonly #stats: Float64Array;

  constructor(config: Config, memory: TransportMemory, clients: Clients) {
    this.#config = config;
    this.#control = memory.control;
    this.#stats = memory.stats;
    config.onChange(["client-output-buffer-limit", "repl-backlog-size"], () => {
      for (const client of clients.all()) {
        if (client.kind !== KIND_MASTER) this.apply(client);
      }
      return undefined;
    });
  }

  /** Called for a new client and whenever the class of a client may have changed. */
  apply(client: Client): void {
    // What waits for a replica is more than the transport knows: see `exceedsHard`.
    const isReplica = client.kind === KIND_REPLICA;
    const hardKib = isReplica ? 0 : Math.ceil(this.#limitOf(client).hardBytes / KIB);
    const word = client.slot * CONTROL_WORDS + CONTROL_OUTPUT_LIMIT_KIB;
    this.#control[word] = Math.min(hardKib, MOST_KIB);
  }

  /** Whether a replica is so far behind, with what its socket has not taken, that it is closed. */
  exceedsHard(client: Client): boolean {
    const { hardBytes } = this.#limitOf(client);
    return hardBytes > 0 && this.#pendingBytes(client) > hardBytes;
  }

  /** Whether the client has been over its soft limit for too long. */
  hasOverstayed(client: Client, nowMs: number): boolean {
    const { softBytes, softSeconds } = this.#limitOf(client);
    const pending = this.#pendingBytes(client);
    if (softBytes === 0 || pending < softBytes) {
      client.overSoftLimitSinceMs = 0;
      return false;
    }
    if (client.overSoftLimitSinceMs === 0) {
      client.overSoftLimitSinceMs = nowMs;
      return false;
    }
    return nowMs - client.overSoftLimitSinceMs > softSeconds * 1000;
  }

  #pendingBytes(client: Client): number {
    return this.#stats[client.slot * STATS_WORDS + STATS_PENDING_OUTPUT] + client.streamBytes;
  }

  /** A master counts as a normal client, and so does a monitor. */
  #limitOf(client: Client): OutputBufferLimit {
    const limits = this.#config.value("client-output-buffer-limit");
    if (client.kind === KIND_REPLICA) return this.#atLeastBacklog(limits.replica);
    return client.isSubscriber ? limits.pubsub : limits.normal;
  }

  /** Less than the backlog would cut off replicas that could have continued from it. */
  #atLeastBacklog(limit: OutputBufferLimit): OutputBufferLimit {
    const backlogBytes = this.#config.number("repl-backlog-size");
    if (limit.hardBytes === 0 || limit.hardBytes >= backlogBytes) return limit;
    return { ...limit, hardBytes: backlogBytes };
  }
}
