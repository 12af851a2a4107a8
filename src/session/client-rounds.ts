import type { Config } from "../config/config";
import { STATS_BYTES_IN, STATS_BYTES_OUT, STATS_WORDS, type Transport } from "../net/transport";
import { type Client, KIND_NORMAL } from "./client";
import type { ClientMemory } from "./client-memory";
import type { Clients } from "./clients";
import type { Door } from "./door";
import type { OutputLimits } from "./output-limits";
import type { SessionLog } from "./session-log";
import type { SessionStats } from "./session-stats";

/** The time in which every client is visited once. */
const ROUND_MS = 1000;
/** How long a client that is closing may go without taking anything of its last replies. */
const LAST_REPLIES_MS = 60_000;

export interface ClientRoundsParts {
  readonly config: Config;
  readonly log: SessionLog;
  readonly transport: Transport;
  readonly clients: Clients;
  readonly stats: SessionStats;
  readonly clientMemory: ClientMemory;
  readonly outputLimits: OutputLimits;
  readonly door: Door;
}

/**
 * The periodic look at every client: idle ones, soft output limits, recent peaks.
 *
 * Each client is visited about once a second; a tick visits its share of the slots.
 */
export class ClientRounds {
  readonly #parts: ClientRoundsParts;
  #slot = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ClientRoundsParts) {
    this.#parts = parts;
  }

  /** Called often, in any rhythm. `monotonicMs` may start anywhere. */
  tick(nowMs: number, monotonicMs: number): void {
    const { bySlot } = this.#parts.clients;
    const elapsedMs = Math.min(monotonicMs - this.#lastMs, ROUND_MS);
    this.#lastMs = monotonicMs;
    const share = Math.ceil((bySlot.length * elapsedMs) / ROUND_MS);
    const idleSeconds = this.#parts.config.number("timeout");
    for (let visited = 0; visited < share; visited++) {
      if (this.#slot >= bySlot.length) this.#slot = 0;
      const client = bySlot[this.#slot++];
      if (client === undefined) continue;
      this.#noticeTraffic(client, nowMs);
      if (client.closing) this.#hurry(client, nowMs);
      else this.#visit(client, nowMs, idleSeconds * 1000);
    }
  }

  #visit(client: Client, nowMs: number, idleLimitMs: number): void {
    const { clients, clientMemory, outputLimits, door, log, stats } = this.#parts;
    stats.recentMaxInput.note(clientMemory.queryBytes(client), nowMs);
    stats.recentMaxOutput.note(clientMemory.outputBytes(client), nowMs);
    if (idleLimitMs > 0 && isIdle(client, nowMs, idleLimitMs)) {
      log.verbose("Closing idle client");
      clients.close(client);
    } else if (outputLimits.hasOverstayed(client, nowMs)) {
      door.logOutputLimit(client, "closed");
      clients.close(client);
    }
  }

  /** One whose last replies are not taken must not keep its memory for ever. */
  #hurry(client: Client, nowMs: number): void {
    if (nowMs - client.lastInteractionMs <= LAST_REPLIES_MS) return;
    this.#parts.transport.close(client.slot, false);
  }

  /** A client is not idle while it sends a long request or takes a long reply. */
  #noticeTraffic(client: Client, nowMs: number): void {
    const { clientMemory, transport } = this.#parts;
    const at = client.slot * STATS_WORDS;
    const { stats } = transport.memory;
    const bytes = stats[at + STATS_BYTES_IN] + stats[at + STATS_BYTES_OUT];
    if (bytes === client.bytesSeen) return;
    client.bytesSeen = bytes;
    const isUnderWay = clientMemory.queryBytes(client) + clientMemory.outputBytes(client) > 0;
    if (isUnderWay) client.lastInteractionMs = nowMs;
  }
}

/** Who waits for the server rather than for its own user is not idle. */
function isIdle(client: Client, nowMs: number, limitMs: number): boolean {
  if (client.kind !== KIND_NORMAL || client.isMonitor || client.isSubscriber) return false;
  return !client.held && nowMs - client.lastInteractionMs > limitMs;
}
