import type { ReplyWriter } from "../protocol/reply-writer";
import type { Arguments } from "./arguments";
import type { Command } from "./command";

/** What every caller of a command has: the gates that stand before it alone. */
export interface Caller {
  gates: number;
}

/**
 * What a handler is given: the arguments and the reply. Rooms above add what their handlers may
 * touch (SessionCall a client, DataCall a database); there is one object per role, used again for
 * every command, so nothing of it may be kept.
 */
export class Call {
  readonly args: Arguments;
  readonly reply: ReplyWriter;
  /** The command being run. */
  command!: Command<never>;
  client!: Caller;
  /** The time of this turn, in ms since 1970. */
  nowMs = 0;
  /** Set by a handler whose command has begun to wait: it is neither answered nor over. */
  hasBlocked = false;

  constructor(args: Arguments, reply: ReplyWriter) {
    this.args = args;
    this.reply = reply;
  }
}
