/**
 * The file that holds the process id for init scripts: written when the server is about to serve,
 * removed when it ends in order. A crash leaves it, as it does with Redis.
 */
import { unlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { systemErrorText } from "../../config/system-error-text";

/** Where Redis puts it for a daemon that was given none. */
const DAEMON_FILE = "/var/run/redis.pid";

export class PidFile {
  readonly #path: string;

  /** @param path as configured, relative to the directory at this moment, or empty. */
  constructor(path: string, isDaemon: boolean) {
    const wanted = path === "" && isDaemon ? DAEMON_FILE : path;
    this.#path = wanted === "" ? "" : resolve(wanted);
  }

  /** Returns why it could not be written, or undefined. A server serves without it. */
  write(pid: number): string | undefined {
    if (this.#path === "") return undefined;
    try {
      writeFileSync(this.#path, `${pid}\n`);
      return undefined;
    } catch (error) {
      return systemErrorText(error);
    }
  }

  /** Whether there was one to remove. */
  remove(): boolean {
    if (this.#path === "") return false;
    try {
      unlinkSync(this.#path);
    } catch {
      // Somebody has removed it before: what was wanted.
    }
    return true;
  }
}
