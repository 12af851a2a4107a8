import type { Client } from "../../session/client";
import type { Clients } from "../../session/clients";
import { acknowledgedBy, goodReplicas } from "../decisions/replica-health";
import type { ReplicaView } from "../decisions/replication-state";
import { Greeting, type Replica } from "./replica";

/**
 * The replicas of this server, and what connections that may become replicas have said of themselves.
 *
 * What always holds: a client is in here from its SYNC or PSYNC until it begins to close; then what
 * its replica held has been given back, and `gone` has been told.
 */
export class Replicas {
  /** In the order in which they came. */
  list: readonly Replica[] = [];
  readonly #clients: Clients;
  readonly #byClient = new Map<Client, Replica>();
  readonly #greetings = new Map<Client, Greeting>();

  /** @param gone told of a replica that has left. */
  constructor(clients: Clients, gone: (replica: Replica) => void) {
    this.#clients = clients;
    clients.whenGone((client) => {
      this.#greetings.delete(client);
      const replica = this.#byClient.get(client);
      if (replica === undefined) return;
      this.#byClient.delete(client);
      this.list = this.list.filter((one) => one !== replica);
      replica.reader?.close();
      replica.reader = undefined;
      replica.copy?.close();
      replica.copy = undefined;
      gone(replica);
    });
  }

  get views(): readonly ReplicaView[] {
    return this.list.map(({ view }) => view);
  }

  of(client: Client): Replica | undefined {
    return this.#byClient.get(client);
  }

  greetingOf(client: Client): Greeting {
    let greeting = this.#greetings.get(client);
    if (greeting === undefined) {
      greeting = new Greeting();
      this.#greetings.set(client, greeting);
    }
    return greeting;
  }

  /**
   * Another replica that is reached at the same place is in most cases this one, whose old connection
   * is dead without anybody having noticed: what it confirmed does not count until it says it again.
   */
  add(replica: Replica): void {
    for (const one of this.list) {
      if (replica.port > 0 && one.port === replica.port && one.host === replica.host) one.doubt();
    }
    this.#byClient.set(replica.client, replica);
    this.list = [...this.list, replica];
  }

  drop(replica: Replica): void {
    this.#clients.close(replica.client);
  }

  dropAll(): void {
    for (const replica of this.list) this.drop(replica);
  }

  /** Those that min-replicas-to-write counts. */
  good(maxLagSeconds: number, nowMs: number): number {
    return goodReplicas(this.views, maxLagSeconds, nowMs);
  }

  /** How many hold the byte at `offset`. */
  holding(offset: number): number {
    return acknowledgedBy(this.views, offset);
  }

  /** How many have it on the disk, too. */
  keeping(offset: number): number {
    return this.list.filter((one) => one.isOnline && one.syncedOffset >= offset).length;
  }
}
