import type { Clock } from "../base/clock";
import type { Config } from "../config/config";
import type { Transport } from "../net/transport";
import type { Client } from "./client";
import type { Clients } from "./clients";

/** What the session writes to the log. */
export interface SessionLog {
  debug(text: string): void;
  verbose(text: string): void;
  notice(text: string): void;
  warning(text: string): void;
}

/** Raising gates for everybody, and their bits for raising them on one client. */
export interface GateSwitch {
  bitOf(gateName: string): number;
  setGate(gateName: string, raised: boolean): void;
}

/** Holding back a client's requests, and sending what is written between turns. */
export interface TurnControl {
  hold(client: Client, withCurrent: boolean): void;
  resume(client: Client): void;
  flushOutside(): void;
}

/**
 * What the session's commands, gates and periodic work are given. The role makes one, builds
 * commands and pipeline with it, and then attaches what only exists after that.
 */
export class SessionContext {
  gates!: GateSwitch;
  turns!: TurnControl;

  constructor(
    readonly config: Config,
    readonly log: SessionLog,
    readonly clock: Clock,
    readonly transport: Transport,
    readonly clients: Clients,
  ) {}

  /** Called once, when pipeline and turn loop exist. */
  attach(gates: GateSwitch, turns: TurnControl): void {
    this.gates = gates;
    this.turns = turns;
  }
}
