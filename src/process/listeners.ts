/**
 * The listening sockets of the server: opened at start, exchanged by CONFIG SET port and bind,
 * closed before the process ends.
 *
 * It knows addresses and messages, and no clients. What always holds: after an exchange that failed
 * the server listens where it did before; sockets that are in both sets stay open, so no connection
 * to them is refused meanwhile.
 */
import { lookup } from "node:dns/promises";
import { unlinkSync } from "node:fs";
import { resolve } from "node:path";
import { ListenError, type Transport } from "../net/transport";
import {
  collide,
  type Endpoint,
  type ResolvedEndpoint,
  sameEndpoint,
  wildcardIp,
} from "./endpoints";

interface OpenListener {
  readonly endpoint: ResolvedEndpoint;
  readonly id: number;
}

/** New listeners that wait for the word whether they stay. */
export interface Exchange {
  /** Closes what is not wanted any more. */
  commit(): void;
  /** Goes back to what there was. */
  rollBack(): Promise<void>;
}

/** Kinds of addresses that this machine does not have at all; Redis passes over them. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  "ENOPROTOOPT",
  "EPROTONOSUPPORT",
  "ESOCKTNOSUPPORT",
  "EPFNOSUPPORT",
  "EAFNOSUPPORT",
]);

export class Listeners {
  readonly #transport: Transport;
  readonly #backlog: number;
  readonly #warning: (text: string) => void;
  #tcp: OpenListener[] = [];
  #unixId: number | undefined;
  #unixPath = "";

  constructor(transport: Transport, backlog: number, warning: (text: string) => void) {
    this.#transport = transport;
    this.#backlog = backlog;
    this.#warning = warning;
  }

  get isListening(): boolean {
    return this.#tcp.length > 0 || this.#unixId !== undefined;
  }

  /** Listens on all of them, or on none and returns false; the log says why. */
  async openTcp(endpoints: readonly Endpoint[]): Promise<boolean> {
    const exchange = await this.exchangeTcp(endpoints);
    exchange?.commit();
    return exchange !== undefined;
  }

  /** @param mode permissions of the file; 0 leaves what the umask gives. */
  async openUnix(path: string, mode: number): Promise<boolean> {
    try {
      this.#unixId = await this.#transport.listenUnix(path, mode, this.#backlog);
      this.#unixPath = resolve(path);
      return true;
    } catch (error) {
      this.#warning(`Failed opening Unix socket: bind: ${messageOf(error)}`);
      return false;
    }
  }

  /**
   * Opens what is new among `wanted`. Undefined when that failed: the log says why, and the server
   * listens as before. A socket that is in the way of a new one is closed first, for the system
   * gives the place to one only.
   */
  async exchangeTcp(wanted: readonly Endpoint[]): Promise<Exchange | undefined> {
    const targets = await this.#resolveAll(wanted);
    if (targets === undefined) return undefined;
    const kept = this.#tcp.filter(({ endpoint }) => hasEndpoint(targets, endpoint));
    const old = this.#tcp.filter((listener) => !kept.includes(listener));
    const fresh = targets.filter(
      (target) => !kept.some(({ endpoint }) => sameEndpoint(endpoint, target)),
    );
    const inTheWay = old.filter(({ endpoint }) => fresh.some((one) => collide(one, endpoint)));
    for (const { id } of inTheWay) this.#transport.closeListener(id);
    const opened: OpenListener[] = [];
    const rollBack = async (): Promise<void> => {
      for (const { id } of opened) this.#transport.closeListener(id);
      const others = this.#tcp.filter((listener) => !inTheWay.includes(listener));
      this.#tcp = [...others];
      for (const { endpoint } of inTheWay) await this.#open(endpoint, this.#tcp);
    };
    for (const target of fresh) {
      if (await this.#open(target, opened)) continue;
      await rollBack();
      return undefined;
    }
    const commit = (): void => {
      for (const listener of old) {
        if (!inTheWay.includes(listener)) this.#transport.closeListener(listener.id);
      }
      this.#tcp = [...kept, ...opened];
    };
    return { commit, rollBack };
  }

  /** Nobody new comes in; whether there was a unix socket, whose file is gone now. */
  close(): boolean {
    for (const { id } of this.#tcp) this.#transport.closeListener(id);
    this.#tcp = [];
    if (this.#unixId === undefined) return false;
    this.#transport.closeListener(this.#unixId);
    this.#unixId = undefined;
    try {
      unlinkSync(this.#unixPath);
    } catch {
      // The transport has removed it, unless the working directory has changed since.
    }
    return true;
  }

  /** Adds the listener to `to`. False when it failed and may not be missing. */
  async #open(endpoint: ResolvedEndpoint, to: OpenListener[]): Promise<boolean> {
    try {
      const { ip, port } = endpoint;
      const id = await this.#transport.listenTcp(ip, port, this.#backlog);
      to.push({ endpoint, id });
      return true;
    } catch (error) {
      const code = error instanceof ListenError ? error.code : "";
      const step = UNSUPPORTED.has(code) ? "socket" : "bind";
      this.#warn(endpoint, `${step}: ${messageOf(error)}`);
      return UNSUPPORTED.has(code) || (endpoint.optional && code === "EADDRNOTAVAIL");
    }
  }

  async #resolveAll(endpoints: readonly Endpoint[]): Promise<ResolvedEndpoint[] | undefined> {
    const resolved: ResolvedEndpoint[] = [];
    for (const endpoint of endpoints) {
      const ip = wildcardIp(endpoint) ?? (await addressOf(endpoint));
      if (ip === undefined) {
        this.#warn(endpoint, "Name or service not known");
        return undefined;
      }
      resolved.push({ ...endpoint, ip });
    }
    return resolved;
  }

  #warn({ address, port }: Endpoint, reason: string): void {
    const where = `${address}:${port}`;
    this.#warning(`Warning: Could not create server TCP listening socket ${where}: ${reason}`);
  }
}

function hasEndpoint(endpoints: readonly ResolvedEndpoint[], one: ResolvedEndpoint): boolean {
  return endpoints.some((other) => sameEndpoint(one, other));
}

/** A literal address is its own answer, without asking anybody. */
async function addressOf({ address, family }: Endpoint): Promise<string | undefined> {
  try {
    return (await lookup(address, { family })).address;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
