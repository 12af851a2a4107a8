import type { Transport } from "../net/transport";
import { Client } from "./client";

/**
 * The register of connected clients, by slot and by id.
 *
 * It opens and forgets clients and asks the transport to close them; who may connect is decided by
 * the turn loop's door. `closeAfterReply` waits until the turn's replies have been handed over.
 */
export class Clients {
  /** By slot. */
  readonly bySlot: (Client | undefined)[] = [];
  /** Connections accepted since the start. */
  accepted = 0;
  #count = 0;
  #lastId = 0;
  readonly #transport: Transport;
  #closingAfterReply: Client[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get count(): number {
    return this.#count;
  }

  /** The id that the next client will have. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  open(slot: number, nowMs: number): Client {
    const client = new Client(++this.#lastId, slot, this.#transport.addressOf(slot), nowMs);
    this.bySlot[slot] = client;
    this.#count++;
    this.accepted++;
    return client;
  }

  /** Forgets the client of a slot whose socket is gone. */
  forget(slot: number): Client | undefined {
    const client = this.bySlot[slot];
    if (client === undefined) return undefined;
    client.closing = true;
    this.bySlot[slot] = undefined;
    this.#count--;
    return client;
  }

  /** All clients, by slot. Closing ones are left out. */
  *all(): IterableIterator<Client> {
    for (const client of this.bySlot) {
      if (client !== undefined && !client.closing) yield client;
    }
  }

  byId(id: number): Client | undefined {
    for (const client of this.all()) if (client.id === id) return client;
    return undefined;
  }

  /** Closes at once; what has not been sent is lost. */
  close(client: Client): void {
    if (client.closing) return;
    client.closing = true;
    this.#transport.close(client.slot, false);
  }

  /** Closes once the replies written so far, also in this turn, have been sent. */
  closeAfterReply(client: Client): void {
    if (client.closing) return;
    client.closing = true;
    this.#closingAfterReply.push(client);
  }

  get hasClosing(): boolean {
    return this.#closingAfterReply.length > 0;
  }

  /** Called when the turn's replies are with the transport. */
  closePending(): void {
    for (const client of this.#closingAfterReply) this.#transport.close(client.slot, true);
    this.#closingAfterReply = [];
  }
}
