/**
 * The addresses of host names, looked up in the background: a step asks, and the answer is there in a
 * later one. An address stands for itself.
 *
 * What always holds: a name that was known once stays known with its last address, whatever becomes
 * of the name service; at most MAX_NAMES are remembered.
 */
import { isIP } from "node:net";

/** Gives the address of a name, or undefined. */
export type LookUp = (host: string) => Promise<string | undefined>;

/** A name that is asked for is looked up again after this. */
const REFRESH_MS = 5000;
const MAX_NAMES = 4096;

interface Known {
  ip: string | undefined;
  askedMs: number;
  asking: Promise<void> | undefined;
}

export class HostNames {
  readonly #lookUp: LookUp;
  readonly #nowMs: () => number;
  readonly #names = new Map<string, Known>();

  constructor(lookUp: LookUp, nowMs: () => number) {
    this.#lookUp = lookUp;
    this.#nowMs = nowMs;
  }

  /** What is known now; looks it up, or looks again, meanwhile. */
  resolve(host: string): string | undefined {
    if (isIP(host) !== 0) return host;
    const known = this.#names.get(host);
    if (known === undefined || this.#nowMs() - known.askedMs >= REFRESH_MS) void this.ask(host);
    return known?.ip;
  }

  /** Settles when the name has been looked up; never fails. */
  ask(host: string): Promise<void> {
    let known = this.#names.get(host);
    if (known === undefined) {
      if (isIP(host) !== 0 || this.#names.size >= MAX_NAMES) return Promise.resolve();
      known = { ip: undefined, askedMs: 0, asking: undefined };
      this.#names.set(host, known);
    }
    const name = known;
    if (name.asking !== undefined) return name.asking;
    name.askedMs = this.#nowMs();
    name.asking = this.#lookUp(host).then((ip) => {
      name.asking = undefined;
      if (ip !== undefined) name.ip = ip;
    });
    return name.asking;
  }
}

/** Asks the system, as every other program on the machine does. */
export async function lookUpHost(host: string): Promise<string | undefined> {
  const { lookup } = require("node:dns/promises") as typeof import("node:dns/promises");
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}
