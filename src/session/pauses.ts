import type { Client } from "./client";
import type { Clients } from "./clients";

/**
 * Pauses of traffic: CLIENT PAUSE, and later failover and shutdown, each with its own end.
 *
 * Commands that a pause stops are held by the transport and run again, in their order, when the
 * last pause that stops them has ended. While anything is paused the data set should stand still:
 * whoever expires or evicts keys on its own asks `isPaused` first.
 */
export const PAUSE_NONE = 0;
/** Commands that write, or may do so on replicas. */
export const PAUSE_WRITE = 1;
export const PAUSE_ALL = 2;
export type PauseKind = typeof PAUSE_NONE | typeof PAUSE_WRITE | typeof PAUSE_ALL;

export type PausePurpose = "command" | "failover" | "shutdown";

/** How a pause reaches the rest of the session. */
export interface PauseEffects {
  /** Raises or lowers the gate `paused`. */
  setGate(raised: boolean): void;
  hold(client: Client): void;
  resume(client: Client): void;
}

export class Pauses {
  /** What is stopped now. */
  kind: PauseKind = PAUSE_NONE;
  readonly #running = new Map<PausePurpose, { kind: PauseKind; untilMs: number }>();
  readonly #held = new Set<Client>();
  #effects: PauseEffects | undefined;

  constructor(clients: Clients) {
    clients.whenGone((client) => this.#held.delete(client));
  }

  /** Called once, before the first pause. */
  attach(effects: PauseEffects): void {
    this.#effects = effects;
  }

  get isPaused(): boolean {
    return this.kind !== PAUSE_NONE;
  }

  /** Clients whose commands are held. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** Begins a pause; one of the same purpose is never shortened or weakened by it. */
  begin(purpose: PausePurpose, kind: PauseKind, untilMs: number): void {
    const running = this.#running.get(purpose);
    this.#running.set(purpose, {
      kind: running !== undefined && running.kind > kind ? running.kind : kind,
      untilMs: Math.max(running?.untilMs ?? 0, untilMs),
    });
    this.#update();
  }

  end(purpose: PausePurpose): void {
    this.#running.delete(purpose);
    this.#update();
  }

  /** Ends the pauses whose time has come. */
  tick(nowMs: number): void {
    if (this.kind === PAUSE_NONE) return;
    for (const [purpose, { untilMs }] of this.#running) {
      if (untilMs <= nowMs) this.#running.delete(purpose);
    }
    this.#update();
  }

  /** Holds the client back, from the command that is being run. */
  hold(client: Client): void {
    this.#held.add(client);
    this.#effects?.hold(client);
  }

  #update(): void {
    let kind: PauseKind = PAUSE_NONE;
    for (const pause of this.#running.values()) if (pause.kind > kind) kind = pause.kind;
    const isWeaker = kind < this.kind;
    this.kind = kind;
    this.#effects?.setGate(kind !== PAUSE_NONE);
    if (!isWeaker) return;
    // Those that are still stopped come back here through the gate.
    const resumed = [...this.#held];
    this.#held.clear();
    for (const client of resumed) this.#effects?.resume(client);
  }
}
