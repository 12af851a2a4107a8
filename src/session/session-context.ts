import type { Clock } from "../base/clock";
import type { Config } from "../config/config";
import type { Transport } from "../net/transport";
import { Authentication } from "./authentication";
import { type BlockedClients, NOBODY_BLOCKED } from "./blocked-clients";
import { type Client, REPLY_ON } from "./client";
import { ClientEviction } from "./client-eviction";
import { ClientMemory } from "./client-memory";
import { ClientRounds } from "./client-rounds";
import type { Clients } from "./clients";
import type { Credentials } from "./credentials";
import { Door } from "./door";
import { Monitors } from "./monitors";
import { OutputLimits } from "./output-limits";
import { Pauses } from "./pauses";
import { PubSub } from "./pubsub/pub-sub";
import { Pushes } from "./pushes";
import type { SessionLog } from "./session-log";
import { SessionStats } from "./session-stats";

/** Raising gates for everybody, and their bits for raising them on one client. */
export interface GateSwitch {
  bitOf(gateName: string): number;
  setGate(gateName: string, raised: boolean): void;
}

/** Holding back a client's requests, and sending what is written between turns. */
export interface TurnControl {
  hold(client: Client, withCurrent: boolean): void;
  resume(client: Client): void;
  /** Makes `client` the one being answered while `run` runs, amid another's command or outside. */
  answering(client: Client, run: () => void): void;
  flushOutside(): void;
}

/** What HELLO tells of the process: the role gives it. */
export interface ServerIdentity {
  readonly mode: "standalone" | "sentinel" | "cluster";
  /** `master` or `replica`; a sentinel has no such field. */
  readonly role?: () => string;
}

export interface SessionParts {
  readonly config: Config;
  readonly log: SessionLog;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly clients: Clients;
  readonly credentials: Credentials;
  readonly identity: ServerIdentity;
}

/**
 * What the session's commands, gates and periodic work are given. The role makes one, builds
 * commands and pipeline with it, and then attaches what only exists after that.
 */
export class SessionContext {
  readonly config: Config;
  readonly log: SessionLog;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly clients: Clients;
  readonly identity: ServerIdentity;
  readonly stats: SessionStats;
  readonly clientMemory: ClientMemory;
  readonly authentication: Authentication;
  readonly outputLimits: OutputLimits;
  readonly monitors: Monitors;
  readonly pauses: Pauses;
  readonly pushes: Pushes;
  readonly pubSub: PubSub;
  readonly eviction: ClientEviction;
  readonly rounds: ClientRounds;
  readonly door: Door;
  gates!: GateSwitch;
  turns!: TurnControl;
  /** Set by a role that has blocking commands. */
  blocked: BlockedClients = NOBODY_BLOCKED;
  readonly #resetListeners: ((client: Client) => void)[] = [];

  constructor(parts: SessionParts) {
    const { config, clock, log, transport, clients } = parts;
    const { memory } = transport;
    this.config = config;
    this.log = log;
    this.clock = clock;
    this.transport = transport;
    this.clients = clients;
    this.identity = parts.identity;
    this.stats = new SessionStats(memory, clients);
    this.clientMemory = new ClientMemory(memory);
    this.authentication = new Authentication(parts.credentials, memory, clients, this.stats);
    this.outputLimits = new OutputLimits(config, memory, clients);
    this.monitors = new Monitors(clients, clock);
    this.pauses = new Pauses(clients);
    this.pushes = new Pushes(clients);
    this.pubSub = new PubSub(this.pushes, this.outputLimits, clients);
    this.whenReset((client) => this.pubSub.leave(client));
    this.eviction = new ClientEviction(config, clients, this.clientMemory, this.stats, log);
    this.door = new Door(this);
    this.rounds = new ClientRounds(this);
  }

  /** Called once, when pipeline and turn loop exist. */
  attach(gates: GateSwitch, turns: TurnControl): void {
    this.gates = gates;
    this.turns = turns;
    this.authentication.attach(gates.bitOf("authenticated"));
    this.pubSub.attach(gates.bitOf("subscriber"));
    this.monitors.attach((raised) => gates.setGate("monitored", raised));
    this.pauses.attach({
      setGate: (raised) => gates.setGate("paused", raised),
      hold: (client) => turns.hold(client, true),
      resume: (client) => turns.resume(client),
    });
  }

  /** Adds what another room has to undo when a client says RESET (transaction, subscriptions). */
  whenReset(listener: (client: Client) => void): void {
    this.#resetListeners.push(listener);
  }

  /** Brings a client back to the state of a new connection, all but its id and CLIENT NO-EVICT. */
  reset(client: Client): void {
    for (const listener of this.#resetListeners) listener(client);
    this.monitors.remove(client);
    client.gates &= ~this.gates.bitOf("off-keyspace");
    client.db = 0;
    client.resp3 = false;
    client.name = "";
    client.replyMode = REPLY_ON;
    client.noTouch = false;
    this.authentication.begin(client);
    this.outputLimits.apply(client);
  }
}
