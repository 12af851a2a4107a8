import type { Config } from "../config/config";
import type { Client } from "./client";
import { clientLine } from "./client-line";
import type { ClientMemory } from "./client-memory";
import { clientTypeOf } from "./client-type";
import type { Clients } from "./clients";
import type { SessionLog } from "./session-log";
import type { SessionStats } from "./session-stats";

/** Less would shut everybody out, the administrator first. */
const LEAST_LIMIT_BYTES = 128 * 1024;

/**
 * maxmemory-clients: when all clients together take more, those that take most are closed.
 *
 * Replicas and masters do not count and are never closed; a client with NO-EVICT counts.
 */
export class ClientEviction {
  readonly #config: Config;
  readonly #clients: Clients;
  readonly #memory: ClientMemory;
  readonly #stats: SessionStats;
  readonly #log: SessionLog;
  /** Said once each time the limit cannot be kept. */
  #hasWarned = false;

  constructor(
    config: Config,
    clients: Clients,
    memory: ClientMemory,
    stats: SessionStats,
    log: SessionLog,
  ) {
    this.#config = config;
    this.#clients = clients;
    this.#memory = memory;
    this.#stats = stats;
    this.#log = log;
  }

  /** Bytes that clients may take together; 0 is without limit. */
  get limitBytes(): number {
    const set = this.#config.number("maxmemory-clients");
    // A negative value is a percentage of maxmemory.
    const bytes = set >= 0 ? set : Math.floor((this.#config.number("maxmemory") * -set) / 100);
    return bytes === 0 ? 0 : Math.max(bytes, LEAST_LIMIT_BYTES);
  }

  /** Looks at every client when there is a limit, and closes as many as it takes. */
  run(nowMs: number): void {
    const limitBytes = this.limitBytes;
    if (limitBytes === 0) return;
    let totalBytes = 0;
    const candidates: { client: Client; bytes: number }[] = [];
    for (const client of this.#clients.all()) {
      const type = clientTypeOf(client);
      if (type !== "normal" && type !== "pubsub") continue;
      const bytes = this.#memory.totalBytes(client);
      totalBytes += bytes;
      if (!client.noEvict) candidates.push({ client, bytes });
    }
    if (totalBytes < limitBytes) {
      this.#hasWarned = false;
      return;
    }
    candidates.sort((one, other) => other.bytes - one.bytes);
    for (const { client, bytes } of candidates) {
      this.#log.notice(`Evicting client: ${clientLine(client, this.#memory, nowMs)}`);
      this.#clients.close(client);
      this.#stats.evictedClients++;
      totalBytes -= bytes;
      if (totalBytes < limitBytes) return;
    }
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warning("Over client maxmemory after evicting all evictable clients");
  }
}
