/**
 * The end of the process in order: asked for by SHUTDOWN or a signal, refused when the data set
 * cannot be saved, and otherwise carried out once.
 *
 * It decides and says what happens; closing sockets and ending the process are handed in. What
 * always holds: after a refusal everything goes on as before; after the decision no command is run
 * any more, and what has been replied is sent.
 */
import type { Config } from "../config/config";
import {
  SHUTDOWN_FORCE,
  SHUTDOWN_NOSAVE,
  SHUTDOWN_NOW,
  SHUTDOWN_SAVE,
} from "../config/special/shutdown-words";

/** What the end asks of those who save. */
export interface FinalSaves {
  /** Gives up what is being saved in the background. */
  stopForShutdown(): void;
  /** False when it failed, for a reason that has been logged. */
  saveNow(): boolean;
}

/** The replicas that are to have everything before the end. */
export interface FinalReplicas {
  /** Stops writes and asks replicas how far they are; false when none of them lacks anything. */
  begin(): boolean;
  /** Whether all have confirmed what there was at `begin`. */
  readonly haveAll: boolean;
  /** Says in the log which of them lag. */
  report(): void;
  /** Writes go on. */
  resume(): void;
}

export interface ShutdownParts {
  /** Whose end it is, in the log; `Redis` when absent. */
  readonly name?: string;
  readonly config: Config;
  readonly notice: (text: string) => void;
  readonly warning: (text: string) => void;
  /** Who saves the data set; undefined before there is one. */
  readonly saves: () => FinalSaves | undefined;
  /** The append only file is completed; false when the process must not end without its base. */
  readonly stopAof: (isForced: boolean) => boolean;
  /** Absent where there is no replication. */
  readonly replicas?: () => FinalReplicas | undefined;
  readonly monotonicMs?: () => number;
  /** Whether the data set is being read: it is on the disk then, and not whole in memory. */
  readonly isLoading: () => boolean;
  /** Told first of all, for a supervisor that waits. */
  readonly begin: () => void;
  /** Removes the file of the process id; whether there was one. */
  readonly removePidFile: () => boolean;
  /** Closes the listeners; whether there was a unix socket. */
  readonly closeListeners: () => boolean;
  /** No command is run any more; replies are sent, then connections are closed, then the end. */
  readonly finish: () => void;
}

const MS_PER_SECOND = 1000;

export class Shutdown {
  readonly #parts: ShutdownParts;
  #hasBegun = false;
  /** While replicas are waited for: the words of the request, and until when. */
  #waiting: { readonly flags: number; readonly untilMs: number } | undefined;
  #refused: (() => void)[] = [];

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
  }

  /**
   * @param flags bits of config/special/shutdown-words.
   * @returns false when it was refused; true when it is under way, or waits for replicas.
   */
  request(flags: number): boolean {
    if (this.#hasBegun) return true;
    if (this.#waiting !== undefined && (flags & SHUTDOWN_NOW) === 0) return true;
    const { config, notice, warning, begin, replicas, monotonicMs } = this.#parts;
    warning("User requested shutdown...");
    begin();
    const timeoutMs = config.number("shutdown-timeout") * MS_PER_SECOND;
    const waits = (flags & SHUTDOWN_NOW) === 0 && timeoutMs > 0 && monotonicMs !== undefined;
    if (waits && replicas?.()?.begin() === true) {
      this.#waiting = { flags, untilMs: monotonicMs() + timeoutMs };
      notice("Waiting for replicas before shutting down.");
      return true;
    }
    return this.#end(flags);
  }

  /** Whether it waits for replicas. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Until it waits no longer; undefined when it does not wait. */
  get leftMs(): number | undefined {
    const nowMs = this.#parts.monotonicMs?.() ?? 0;
    return this.#waiting && Math.max(0, Math.floor(this.#waiting.untilMs - nowMs));
  }

  /** Adds who is told when what waits is called off or refused. */
  whenRefused(told: () => void): void {
    this.#refused.push(told);
  }

  /** Replicas may have confirmed something, or time has passed. */
  check(): void {
    const waiting = this.#waiting;
    const { replicas, monotonicMs } = this.#parts;
    if (waiting === undefined || monotonicMs === undefined) return;
    if (replicas?.()?.haveAll !== true && monotonicMs() < waiting.untilMs) return;
    this.#end(waiting.flags);
  }

  /** Calls off a shutdown that waits; false when there is none. */
  abort(): boolean {
    if (this.#waiting === undefined) return false;
    this.#parts.notice("Shutdown manually aborted.");
    this.#giveUp();
    return true;
  }

  #end(flags: number): boolean {
    const { notice, warning, removePidFile, closeListeners, finish, replicas } = this.#parts;
    replicas?.()?.report();
    if (!this.#saved(flags)) {
      warning("Errors trying to shut down the server. Check the logs for more information.");
      this.#giveUp();
      return false;
    }
    this.#waiting = undefined;
    this.#hasBegun = true;
    if (removePidFile()) notice("Removing the pid file.");
    if (closeListeners()) notice("Removing the unix socket file.");
    warning(`${this.#parts.name ?? "Redis"} is now ready to exit, bye bye...`);
    finish();
    return true;
  }

  #giveUp(): void {
    const told = this.#refused;
    this.#waiting = undefined;
    this.#refused = [];
    this.#parts.replicas?.()?.resume();
    for (const tell of told) tell();
  }

  /** False when the data set should have been saved and was not. */
  #saved(flags: number): boolean {
    const { config, notice, warning, isLoading, stopAof } = this.#parts;
    const saves = this.#parts.saves();
    const isForced = (flags & SHUTDOWN_FORCE) !== 0;
    saves?.stopForShutdown();
    if (!stopAof(isForced)) return false;
    const asked = (flags & SHUTDOWN_SAVE) !== 0;
    const hasSavePoints = config.value("save").length > 0;
    const isWanted = asked || (hasSavePoints && (flags & SHUTDOWN_NOSAVE) === 0);
    if (!isWanted || saves === undefined || isLoading()) return true;
    notice("Saving the final RDB snapshot before exiting.");
    if (saves.saveNow()) return true;
    warning(`Error trying to save the DB${isForced ? ". Exit anyway." : ", can't exit."}`);
    return isForced;
  }
}
