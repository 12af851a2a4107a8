import { LinkClosed, type OnReply } from "../../net/link";
import { MAX_PENDING_COMMANDS } from "../model/constants";
import type { SentinelAction } from "../model/sentinel-event";
import { Connection, type ConnectionParts, requestWords } from "./connection";
import { toPeerReply } from "./peer-reply";

type SendAction = Extract<SentinelAction, { kind: "send" }>;

/** The longest INFO that is believed: that of a master with a thousand replicas has 100 KB. */
const MAX_REPLY_BYTES = 1024 * 1024;

/**
 * The connection for commands. Replies come in the order of requests, so one callback and a queue of
 * the requests serve them all: a hundred masters are asked five hundred times a second.
 */
export class CommandsConnection extends Connection {
  readonly #asked: SendAction[] = [];
  readonly #onReply: OnReply = (reply) => {
    const action = this.#asked.shift();
    if (action === undefined || this.isDropped || reply instanceof LinkClosed) return;
    const { instance, request } = action;
    this.parts.tell({ kind: "reply", instance, request, reply: toPeerReply(reply) });
  };

  constructor(parts: ConnectionParts) {
    super(parts, "commands", {
      // Beside what is asked on time there are the opening and reconfiguring.
      maxPendingReplies: 2 * MAX_PENDING_COMMANDS,
      maxReplyBytes: MAX_REPLY_BYTES,
    });
  }

  send(action: SendAction): void {
    if (this.socket.send(requestWords(action.words), this.#onReply)) this.#asked.push(action);
    else this.socket.close();
  }

  get localAddress(): string | undefined {
    return this.socket.localAddress;
  }

  protected override greet(): void {
    for (const words of this.parts.opening) this.socket.send(requestWords(words));
  }

  protected override pushed(): void {
    // Only subscribers are told anything unasked.
  }
}
