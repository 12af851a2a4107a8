/**
 * The signals of the process: SIGTERM and SIGINT ask for a shutdown as `shutdown-on-sigterm` and
 * `shutdown-on-sigint` say, and a second SIGINT ends at once. SIGHUP is ignored, and so is SIGUSR1,
 * on which Node.js would open a debugger.
 */
import type { Config } from "../config/config";

export interface SignalParts {
  readonly config: Config;
  readonly pid: number;
  readonly nowMs: () => number;
  /** Whether the data set is being read, and so there is nothing to be saved or finished. */
  readonly isLoading: () => boolean;
  /** Asks for a shutdown; false when it was refused. */
  readonly shutDown: (flags: number) => boolean;
  /** Writes a text as it is. */
  readonly writeRaw: (text: string) => void;
  readonly exit: (code: number) => void;
}

const DIRECTIVES = {
  SIGTERM: "shutdown-on-sigterm",
  SIGINT: "shutdown-on-sigint",
} as const;

/** SIGXFSZ: a file that may not grow any more (RLIMIT_FSIZE) is an error of that file only. */
const IGNORED = ["SIGHUP", "SIGUSR1", "SIGXFSZ"] as const;

export class Signals {
  readonly #parts: SignalParts;
  #hasInterrupt = false;

  constructor(parts: SignalParts) {
    this.#parts = parts;
  }

  listen(): void {
    process.on("SIGTERM", () => this.received("SIGTERM"));
    process.on("SIGINT", () => this.received("SIGINT"));
    for (const signal of IGNORED) process.on(signal, () => undefined);
  }

  received(signal: "SIGTERM" | "SIGINT"): void {
    const { config, shutDown, exit } = this.#parts;
    if (signal === "SIGINT" && this.#hasInterrupt) {
      this.#say("You insist... exiting now.");
      exit(1);
      return;
    }
    if (this.#parts.isLoading()) {
      this.#say("Received shutdown signal during loading, exiting now.");
      exit(1);
      return;
    }
    this.#say(`Received ${signal} scheduling shutdown...`);
    this.#hasInterrupt = signal === "SIGINT";
    // A refused shutdown is over: whoever sends the next signal asks anew.
    if (!shutDown(config.value(DIRECTIVES[signal]))) this.#hasInterrupt = false;
  }

  /** In Redis's form, which is not that of other lines: its handlers may not use the log. */
  #say(text: string): void {
    const { pid, nowMs, writeRaw } = this.#parts;
    writeRaw(`${pid}:signal-handler (${Math.floor(nowMs() / 1000)}) ${text}`);
  }
}
