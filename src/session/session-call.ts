import type { Arguments } from "../command/arguments";
import { Call } from "../command/call";
import type { Command } from "../command/command";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { Client } from "./client";
import type { Clients } from "./clients";

/** What a handler of a session command may touch: its client and the register of all. */
export class SessionCall extends Call {
  declare client: Client;
  readonly clients: Clients;
  /** False while commands must not wait: in EXEC, in scripts. */
  mayBlock = true;
  readonly #redacted: number[] = [];
  #redactedCommand: Command<never> | undefined;
  #redactedClient: Client | undefined;
  #redactedCount = 0;

  constructor(args: Arguments, reply: ReplyWriter, clients: Clients) {
    super(args, reply);
    this.clients = clients;
  }

  /** The flags of the command, and for EXEC those of all that it runs. */
  get effectiveFlags(): number {
    const { command, client } = this;
    const runsQueued = command.spec.inTransaction === "runs-queued";
    return runsQueued ? command.flags | client.queuedFlags : command.flags;
  }

  /** Hides an argument of the command being run from whoever shows commands (MONITOR, SLOWLOG). */
  redact(index: number): void {
    if (!this.#isRedactedCommand()) {
      this.#redacted.length = 0;
      this.#redactedCommand = this.command;
      this.#redactedClient = this.client;
      this.#redactedCount = this.client.commandCount;
    }
    this.#redacted.push(index);
  }

  /** Whether an argument of the command just run must not be shown. */
  isRedacted(index: number): boolean {
    return this.#isRedactedCommand() && this.#redacted.includes(index);
  }

  #isRedactedCommand(): boolean {
    return (
      this.command === this.#redactedCommand &&
      this.client === this.#redactedClient &&
      this.client.commandCount === this.#redactedCount
    );
  }
}
