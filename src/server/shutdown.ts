/**
 * The end of the server in order: asked for by SHUTDOWN or a signal, refused when the data set
 * cannot be saved, and otherwise carried out once.
 *
 * It decides and says what happens; closing sockets and ending the process are handed in. What
 * always holds: after a refusal everything goes on as before; after the decision no command is run
 * any more, and what has been replied is sent.
 */
import type { Config } from "../config/config";
import { SHUTDOWN_FORCE, SHUTDOWN_NOSAVE, SHUTDOWN_SAVE } from "../config/special/shutdown-words";

/** What the end asks of those who save. */
export interface FinalSaves {
  /** Gives up what is being saved in the background. */
  stopForShutdown(): void;
  /** False when it failed, for a reason that has been logged. */
  saveNow(): boolean;
}

export interface ShutdownParts {
  readonly config: Config;
  readonly notice: (text: string) => void;
  readonly warning: (text: string) => void;
  /** Who saves the data set; undefined before there is one. */
  readonly saves: () => FinalSaves | undefined;
  /** The append only file is completed; false when the process must not end without its base. */
  readonly stopAof: (isForced: boolean) => boolean;
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

export class Shutdown {
  readonly #parts: ShutdownParts;
  #hasBegun = false;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
  }

  /** @param flags bits of config/special/shutdown-words. @returns false when it was refused. */
  request(flags: number): boolean {
    if (this.#hasBegun) return true;
    const { notice, warning, begin, removePidFile, closeListeners, finish } = this.#parts;
    warning("User requested shutdown...");
    begin();
    if (!this.#saved(flags)) {
      warning("Errors trying to shut down the server. Check the logs for more information.");
      return false;
    }
    this.#hasBegun = true;
    if (removePidFile()) notice("Removing the pid file.");
    if (closeListeners()) notice("Removing the unix socket file.");
    warning("Redis is now ready to exit, bye bye...");
    finish();
    return true;
  }

  /** Calls off a shutdown that waits; none ever does, as long as there are no replicas to wait for. */
  abort(): boolean {
    return false;
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
