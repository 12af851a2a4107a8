/**
 * The master among the clients of a replica, while its stream of commands comes: what CLIENT LIST
 * shows with the flag M and CLIENT KILL closes.
 *
 * What always holds: commands of the stream are run for one client object at a time. A stream that
 * is resumed after its link was cut goes on as the client of the same id, as in Redis.
 */
import type { SlotAddress } from "../../net/transport";
import { DISCARD } from "../../protocol/reply-writer";
import { Client, KIND_MASTER } from "../../session/client";
import type { Clients } from "../../session/clients";

const NOWHERE: SlotAddress = { remote: "", local: "", remoteIp: "", isUnix: false, fd: -1 };
/** Nobody may log in as it: users have no parentheses in their names. */
const USER = "(superuser)";

export class MasterClient {
  /** For whom commands are run, whether it is listed or not. */
  client = newClient(0, NOWHERE, 0);
  readonly #clients: Clients;
  #isListed = false;

  constructor(clients: Clients) {
    this.#clients = clients;
  }

  /** The stream begins or goes on. @param close called once when somebody closes the client. */
  join(address: SlotAddress, nowMs: number, close: () => void): void {
    this.leave();
    const former = this.client;
    const id = former.id > 0 ? former.id : this.#clients.takeId();
    const next = newClient(id, address, former.id > 0 ? former.createdMs : nowMs);
    next.db = former.db;
    next.lastCommand = former.lastCommand;
    next.lastInteractionMs = nowMs;
    this.client = next;
    this.#isListed = true;
    this.#clients.addLinked(next, () => {
      this.#isListed = false;
      close();
    });
  }

  /** The link is gone. */
  leave(): void {
    if (!this.#isListed) return;
    this.#isListed = false;
    this.#clients.removeLinked(this.client);
  }

  /** A copy has come: the stream behind it is another client's. */
  beginAnew(): void {
    this.leave();
    this.client = newClient(0, NOWHERE, 0);
  }
}

function newClient(id: number, address: SlotAddress, createdMs: number): Client {
  const client = new Client(id, DISCARD, address, createdMs);
  client.authenticated = true;
  client.kind = KIND_MASTER;
  client.userName = USER;
  return client;
}
