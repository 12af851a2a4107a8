import type { SlotAddress, Transport } from "../net/transport";
import { Client } from "./client";

/**
 * The register of connected clients, by slot and by id.
 *
 * It opens and forgets clients and asks the transport to close them; who may connect is decided at
 * the door. What always holds: a client that has begun to close is not found here by id or by
 * walking, and each listener of `whenGone` has been told of it once.
 *
 * A linked client is the other end of a connection that this server has made itself (to its master).
 * It has no slot: `bySlot` does not know it, and who made the connection closes it.
 */
export class Clients {
  /** By slot; clients that are closing stay until the transport says that the socket is gone. */
  readonly bySlot: (Client | undefined)[] = [];
  readonly #transport: Transport;
  /** In the order of their ids. As small as the number of slots, which a Map can hold. */
  readonly #byId = new Map<number, Client>();
  readonly #goneListeners: ((client: Client) => void)[] = [];
  readonly #closers = new Map<Client, () => void>();
  #lastId = 0;
  #closingAfterReply: number[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** The id that the next client will have. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  open(slot: number, address: SlotAddress, nowMs: number): Client {
    const client = new Client(this.takeId(), slot, address, nowMs);
    this.bySlot[slot] = client;
    this.#byId.set(client.id, client);
    return client;
  }

  /** An id that no other client has or will have. */
  takeId(): number {
    return ++this.#lastId;
  }

  /** @param close called when the client is to be closed; it has been forgotten then. */
  addLinked(client: Client, close: () => void): void {
    this.#closers.set(client, close);
    this.#byId.set(client.id, client);
  }

  /** Its connection is gone. */
  removeLinked(client: Client): void {
    this.#closers.delete(client);
    this.#leave(client);
  }

  /** Forgets the client of a slot whose socket is gone. */
  forget(slot: number): Client | undefined {
    const client = this.bySlot[slot];
    if (client === undefined) return undefined;
    this.#leave(client);
    this.bySlot[slot] = undefined;
    return client;
  }

  /** All clients by age, oldest first. Closing ones are left out. */
  all(): IterableIterator<Client> {
    return this.#byId.values();
  }

  byId(id: number): Client | undefined {
    return this.#byId.get(id);
  }

  /** Adds a listener that is told of each client at the moment when it begins to close. */
  whenGone(listener: (client: Client) => void): void {
    this.#goneListeners.push(listener);
  }

  /** Closes at once; what has not been sent is lost. */
  close(client: Client): void {
    if (client.closing || this.#closedLinked(client)) return;
    this.#leave(client);
    this.#transport.close(client.slot, false);
  }

  /** Closes once the replies written so far, also in this turn, have been sent. */
  closeAfterReply(client: Client): void {
    if (client.closing || this.#closedLinked(client)) return;
    this.#leave(client);
    this.#closingAfterReply.push(client.slot);
  }

  /** The same for a connection that has been refused and so never was a client. */
  closeSlotAfterReply(slot: number): void {
    this.#closingAfterReply.push(slot);
  }

  get hasClosing(): boolean {
    return this.#closingAfterReply.length > 0;
  }

  /** Called when the turn's replies are with the transport. */
  closePending(): void {
    for (const slot of this.#closingAfterReply) this.#transport.close(slot, true);
    this.#closingAfterReply = [];
  }

  /** Whether it was a linked client, which is closed now. */
  #closedLinked(client: Client): boolean {
    const close = this.#closers.get(client);
    if (close === undefined) return false;
    this.removeLinked(client);
    close();
    return true;
  }

  #leave(client: Client): void {
    if (client.closing) return;
    client.closing = true;
    this.#byId.delete(client.id);
    for (const listener of this.#goneListeners) listener(client);
  }
}
