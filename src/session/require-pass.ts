import { createHash, timingSafeEqual } from "node:crypto";
import type { Config } from "../config/config";
import { type Credentials, DEFAULT_USER } from "./credentials";

/**
 * The default user alone, with the password of `requirepass` or with none.
 *
 * Passwords are compared by their hashes, in a time that does not depend on where they differ nor
 * on how long the right one is.
 */
export class RequirePass implements Credentials {
  readonly #config: Config;
  readonly #listeners: (() => void)[] = [];
  /** SHA-256 of the password; undefined when there is none. */
  #hash: Uint8Array | undefined;

  constructor(config: Config) {
    this.#config = config;
    this.#read();
    config.onChange("requirepass", () => {
      this.#read();
      for (const listener of this.#listeners) listener();
      return undefined;
    });
  }

  get isOpen(): boolean {
    return this.#hash === undefined;
  }

  userOf(name: Uint8Array, password: Uint8Array): string | undefined {
    const matches = this.#hash === undefined || timingSafeEqual(this.#hash, sha256(password));
    return matches && Buffer.from(name).toString("latin1") === DEFAULT_USER
      ? DEFAULT_USER
      : undefined;
  }

  hasUser(name: string): boolean {
    return name === DEFAULT_USER;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #read(): void {
    const password = this.#config.bytes("requirepass");
    this.#hash = password.length === 0 ? undefined : sha256(password);
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
