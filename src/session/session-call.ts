import type { Arguments } from "../command/arguments";
import { Call } from "../command/call";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { Client } from "./client";
import type { Clients } from "./clients";

/** What a handler of a session command may touch: its client and the register of all. */
export class SessionCall extends Call {
  declare client: Client;
  readonly clients: Clients;

  constructor(args: Arguments, reply: ReplyWriter, clients: Clients) {
    super(args, reply);
    this.clients = clients;
  }
}
