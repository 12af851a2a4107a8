import {
  CONTROL_FLAGS,
  CONTROL_WORDS,
  FLAG_UNAUTHENTICATED,
  type TransportMemory,
} from "../net/transport";
import { type Client, KIND_MASTER } from "./client";
import type { Clients } from "./clients";
import { type Credentials, DEFAULT_USER } from "./credentials";
import type { SessionStats } from "./session-stats";

/**
 * Whether each client has proved who it is, and what follows from it: the gate before its commands
 * and the tight limits of the transport for strangers.
 *
 * A client that came while no password was needed stays let in when one is set later, as in Redis.
 */
export class Authentication {
  readonly credentials: Credentials;
  readonly #control: Uint32Array;
  readonly #stats: SessionStats;
  #gate = 0;

  constructor(
    credentials: Credentials,
    memory: TransportMemory,
    clients: Clients,
    stats: SessionStats,
  ) {
    this.credentials = credentials;
    this.#control = memory.control;
    this.#stats = stats;
    credentials.onChange(() => {
      for (const client of clients.all()) {
        if (client.kind !== KIND_MASTER) this.#limit(client);
      }
    });
  }

  /** Called once, with the bit of the gate `authenticated`. */
  attach(gate: number): void {
    this.#gate = gate;
  }

  /** The state of a new connection and after RESET. */
  begin(client: Client): void {
    client.userName = DEFAULT_USER;
    this.#set(client, this.credentials.isOpen);
  }

  /** AUTH and HELLO: lets the client in, or leaves it as it was and returns false. */
  logIn(client: Client, name: Uint8Array, password: Uint8Array): boolean {
    const user = this.credentials.userOf(name, password);
    if (user === undefined) {
      this.#stats.accessDeniedAuth++;
      return false;
    }
    client.userName = user;
    this.#set(client, true);
    return true;
  }

  /** Whether the client has to authenticate before it may run commands. */
  isRequiredOf(client: Client): boolean {
    return !client.authenticated && !this.credentials.isOpen;
  }

  #set(client: Client, authenticated: boolean): void {
    client.authenticated = authenticated;
    client.gates = authenticated ? client.gates & ~this.#gate : client.gates | this.#gate;
    this.#limit(client);
  }

  #limit(client: Client): void {
    const word = client.slot * CONTROL_WORDS + CONTROL_FLAGS;
    if (this.isRequiredOf(client)) this.#control[word] |= FLAG_UNAUTHENTICATED;
    else this.#control[word] &= ~FLAG_UNAUTHENTICATED;
  }
}
