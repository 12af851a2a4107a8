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

export interface ShutdownParts {
  readonly config: Config;
  readonly notice: (text: string) => void;
  readonly warning: (text: string) => void;
  /**
   * Saves the data set; returns why it could not. Absent while nothing in this build can save:
   * then only an explicit wish to save stops the shutdown.
   */
  readonly save?: () => string | undefined;
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
    if (!this.#saved(flags)) return false;
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
    const { config, notice, warning, save } = this.#parts;
    const asked = (flags & SHUTDOWN_SAVE) !== 0;
    const hasSavePoints = config.value("save").length > 0;
    if (!asked && (!hasSavePoints || (flags & SHUTDOWN_NOSAVE) !== 0)) return true;
    if (save === undefined && !asked) {
      warning("There are save points, but this build cannot save: the data set ends with it.");
      return true;
    }
    if (save !== undefined) notice("Saving the final RDB snapshot before exiting.");
    const problem = save === undefined ? "this build cannot save" : save();
    if (problem === undefined) {
      notice("DB saved on disk");
      return true;
    }
    const isForced = (flags & SHUTDOWN_FORCE) !== 0;
    warning(`Error trying to save the DB, ${isForced ? "exit anyway" : "can't exit"}: ${problem}`);
    return isForced;
  }
}
