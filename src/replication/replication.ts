import type { EffectSink } from "../keyspace/effects/effect-sink";
import type { EffectStream } from "../keyspace/effects/effect-stream";
import { Backlog, type BlockHome } from "./backlog";
import { newHistory } from "./decisions/history";
import type {
  LinkSettings,
  LogLevel,
  ReplicationAction,
  ReplicationEvent,
  ReplicationState,
} from "./decisions/replication-state";
import { initialState, step } from "./decisions/step";

/** Actions that the link to a master carries out. */
export type LinkAction = Extract<
  ReplicationAction,
  {
    readonly kind:
      | "connect"
      | "send"
      | "send-sync"
      | "disconnect"
      | "receive"
      | "empty"
      | "load-file"
      | "decompress"
      | "swap-in"
      | "reassure"
      | "stream"
      | "acknowledge"
      | "select-stream-db";
  }
>;

/** The replica's shell: sockets, files and commands of the link to the master. */
export interface LinkShell {
  /** The database that the next command of the master goes to. */
  readonly streamDb: number;
  carryOut(action: LinkAction): void;
}

/** The master's shell. */
export interface ReplicaOwner {
  /** Closes all replicas; none of them reads the backlog when it returns. */
  dropReplicas(): void;
}

export interface ReplicationParts {
  readonly backlogBytes: number;
  /** Where the blocks of the backlog become known. */
  readonly blocks?: BlockHome;
  readonly log: Readonly<Record<LogLevel, (text: string) => void>>;
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
  /** 40 hexadecimal digits that nobody else has. */
  readonly newId: () => string;
  readonly isDatasetEmpty: () => boolean;
  readonly linkSettings: () => LinkSettings;
  readonly unblockClients: () => void;
  readonly pauseWrites: (pauses: boolean) => void;
  /** The server has become a master or a replica; not called for the master that it begins as. */
  readonly roleChanged: (isMaster: boolean) => void;
}

/**
 * The replication of this server: its one state, its backlog, and the carrying out of what is
 * decided. Both shells (master/, replica/) tell their events to `step` and have no state of roles,
 * ids or offsets of their own.
 *
 * What always holds: the effects of commands go into the backlog exactly while this is a master and
 * the backlog is open; on a replica the link appends the bytes of its master. Steps are made one
 * after the other: an event that comes up while actions are carried out waits for the last of them.
 */
export class Replication {
  readonly backlog: Backlog;
  /** Called when all is carried out. */
  afterStep: () => void = () => undefined;
  readonly #parts: ReplicationParts;
  readonly #sink: EffectSink;
  readonly #events: ReplicationEvent[] = [];
  #state: ReplicationState;
  #effects!: EffectStream;
  #link!: LinkShell;
  #replicas!: ReplicaOwner;
  #isStepping = false;
  #isSinking = false;
  #wasMaster = true;

  constructor(parts: ReplicationParts) {
    this.#parts = parts;
    this.#state = initialState(parts.newId());
    this.backlog = new Backlog(parts.backlogBytes, parts.blocks);
    this.#sink = {
      takesMessages: true,
      append: (bytes, at, length) => this.backlog.append(bytes, at, length),
    };
  }

  /** Called once, before the first event. */
  attach(effects: EffectStream, link: LinkShell, replicas: ReplicaOwner): void {
    this.#effects = effects;
    this.#link = link;
    this.#replicas = replicas;
  }

  get state(): ReplicationState {
    return this.#state;
  }

  get isMaster(): boolean {
    return this.#state.master === undefined;
  }

  /** master_repl_offset, with all that the commands run so far have done. */
  get offset(): number {
    if (this.#isSinking) this.#effects.drain();
    return this.backlog.offset;
  }

  /** Tells what has happened; what is then decided is carried out before it returns. */
  step(event: ReplicationEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        this.#make(next);
      }
    } finally {
      this.#isStepping = false;
      this.#events.length = 0;
    }
    this.afterStep();
  }

  /** DEBUG CHANGE-REPL-ID: nobody can go on from what this server has been. */
  changeId(): void {
    this.#state = { ...this.#state, history: newHistory(this.#parts.newId()) };
  }

  #make(event: ReplicationEvent): void {
    const { monotonicMs, newId, isDatasetEmpty, linkSettings } = this.#parts;
    const { state, actions } = step(this.#state, event, {
      nowMs: monotonicMs(),
      offset: this.offset,
      isBacklogOpen: this.backlog.isOpen,
      isDatasetEmpty: isDatasetEmpty(),
      settings: linkSettings(),
      newId,
    });
    this.#state = state;
    this.#followRole();
    for (const action of actions) this.#carryOut(action);
    this.#followRole();
  }

  #carryOut(action: ReplicationAction): void {
    const { log, unblockClients, pauseWrites } = this.#parts;
    switch (action.kind) {
      case "log":
        log[action.level](action.text);
        break;
      case "open-backlog":
        this.backlog.open(action.offset);
        break;
      case "close-backlog":
        this.backlog.close();
        break;
      case "drop-replicas":
        this.#replicas.dropReplicas();
        break;
      case "reselect":
        this.#effects.reselect();
        break;
      case "unblock-clients":
        unblockClients();
        break;
      case "pause-writes":
        pauseWrites(true);
        break;
      case "resume-writes":
        pauseWrites(false);
        break;
      default:
        this.#link.carryOut(action);
    }
  }

  #followRole(): void {
    const { isMaster } = this;
    const sinks = isMaster && this.backlog.isOpen;
    if (sinks !== this.#isSinking) {
      this.#isSinking = sinks;
      if (sinks) this.#effects.addSink(this.#sink);
      else this.#effects.removeSink(this.#sink);
      // Whoever reads from here on has not seen the last SELECT.
      this.#effects.reselect();
    }
    if (isMaster === this.#wasMaster) return;
    this.#wasMaster = isMaster;
    this.#parts.roleChanged(isMaster);
  }
}
