import { getSystemErrorMap } from "node:util";
import type { Clock } from "../base/clock";
import type { Config } from "../config/config";
import {
  CLOSED_OUTPUT_LIMIT,
  CLOSED_QUERY_LIMIT,
  CLOSED_UNAUTHENTICATED_OUTPUT,
  type SlotAddress,
} from "../net/transport";
import type { Authentication } from "./authentication";
import type { Client } from "./client";
import { clientLine } from "./client-line";
import type { ClientMemory } from "./client-memory";
import type { Clients } from "./clients";
import { isLocal } from "./local-address";
import type { OutputLimits } from "./output-limits";
import type { SessionLog } from "./session-log";
import type { SessionStats } from "./session-stats";

const TOO_MANY_CLIENTS = "ERR max number of clients reached";
const PROTECTED =
  "DENIED Redis is running in protected mode: no password is set for the default user, so only " +
  "connections from this machine are accepted. To let others in, set a password (requirepass), " +
  "or, when the network is one you trust, switch protected mode off with 'CONFIG SET " +
  "protected-mode no' from this machine or '--protected-mode no' at start.";
const CROSS_PROTOCOL =
  "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands " +
  "to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to " +
  "compromise your Redis instance.";
/** Attacks come in floods; the log does not. */
const CROSS_PROTOCOL_EVERY_MS = 60_000;

export interface DoorParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly clients: Clients;
  readonly stats: SessionStats;
  readonly clientMemory: ClientMemory;
  readonly authentication: Authentication;
  readonly outputLimits: OutputLimits;
}

/**
 * Where clients come in and go out: who is let in, what the log and the statistics say of it.
 *
 * It reports what the transport and the turn loop have noticed; it reads no requests.
 */
export class Door {
  readonly #parts: DoorParts;
  #warnedOfAttackMs = Number.NEGATIVE_INFINITY;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** The error line that a new connection is refused with, or undefined: it may come in. */
  refusal(address: SlotAddress): string | undefined {
    const { config, clients, stats } = this.#parts;
    const isFull = clients.count >= config.number("maxclients");
    if (!isFull && !this.#isShielded(address)) return undefined;
    stats.rejectedConnections++;
    return isFull ? TOO_MANY_CLIENTS : PROTECTED;
  }

  opened(client: Client): void {
    const { authentication, outputLimits, stats, log } = this.#parts;
    authentication.begin(client);
    outputLimits.apply(client);
    stats.connectionsReceived++;
    if (log.writes("verbose")) log.verbose(`Accepted ${client.address.remote}`);
  }

  /** The socket of a client is gone. @param reason one of CLOSED_*. */
  closed(client: Client, reason: number): void {
    const { stats, log } = this.#parts;
    stats.countGone(client.slot);
    if (reason === CLOSED_QUERY_LIMIT) {
      this.#logQueryLimit(client);
    } else if (reason === CLOSED_OUTPUT_LIMIT || reason === CLOSED_UNAUTHENTICATED_OUTPUT) {
      this.logOutputLimit(client, "scheduled to be closed ASAP");
    } else if (log.writes("verbose")) {
      log.verbose(`Client closed connection ${this.#line(client)}`);
    }
  }

  /** Counts and logs a client that is or will be closed for what waits for it. */
  logOutputLimit(client: Client, how: "closed" | "scheduled to be closed ASAP"): void {
    const { stats, log } = this.#parts;
    stats.outputLimitDisconnections++;
    const line = this.#line(client);
    log.warning(`Client ${line} ${how} for overcoming of output buffer limits.`);
  }

  /** Closes a client that has queued more than client-query-buffer-limit allows. */
  closeForQuery(client: Client): void {
    this.#logQueryLimit(client);
    this.#parts.clients.close(client);
  }

  #logQueryLimit(client: Client): void {
    const { stats, log } = this.#parts;
    stats.queryLimitDisconnections++;
    log.warning(`Closing client that reached max query buffer length: ${this.#line(client)}`);
  }

  acceptFailed(errno: number): void {
    const known = getSystemErrorMap().get(-errno);
    const text = known === undefined ? `error ${errno}` : known[1];
    this.#parts.log.warning(`Accepting client connection: ${text}`);
  }

  protocolError(client: Client, text: string): void {
    const { log } = this.#parts;
    if (!log.writes("verbose")) return;
    log.verbose(`Protocol error (${text}) from client: ${this.#line(client)}`);
  }

  /** A request of another protocol, which a browser was talked into sending: closes at once. */
  crossProtocol(client: Client, nowMs: number): void {
    const { clients, log } = this.#parts;
    if (Math.abs(nowMs - this.#warnedOfAttackMs) > CROSS_PROTOCOL_EVERY_MS) {
      this.#warnedOfAttackMs = nowMs;
      log.warning(`${CROSS_PROTOCOL} Connection from ${client.address.remote} aborted.`);
    }
    clients.close(client);
  }

  /** Protected mode: nobody from elsewhere while everybody would be let in without a password. */
  #isShielded(address: SlotAddress): boolean {
    const { config, authentication } = this.#parts;
    if (isLocal(address)) return false;
    return config.flag("protected-mode") && authentication.credentials.isOpen;
  }

  #line(client: Client): string {
    const { clientMemory, clock } = this.#parts;
    return clientLine(client, clientMemory, clock.nowMs());
  }
}
