import { fromBytes } from "../../config/byte-text";
import type { LinkReply } from "../../net/link";
import { Connection, type ConnectionParts, requestWords } from "./connection";

/** A hello has about 150 bytes; what is much longer is none. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The connection for events: subscribed to the hello channel from the moment it is there. */
export class EventsConnection extends Connection {
  constructor(parts: ConnectionParts) {
    super(parts, "events", { isSubscriber: true, maxReplyBytes: MAX_MESSAGE_BYTES });
  }

  protected override greet(): void {
    const { opening } = this.parts;
    for (const words of opening.slice(0, -1)) this.socket.send(requestWords(words));
    // The subscription: confirmed by a message, so an answer to it is a refusal and ends the link.
    const last = opening.at(-1);
    if (last !== undefined) this.socket.sendUnanswered(requestWords(last));
  }

  protected override pushed([kind, , text]: readonly LinkReply[]): void {
    if (!Buffer.isBuffer(kind) || !Buffer.isBuffer(text) || fromBytes(kind) !== "message") return;
    this.parts.tell({ kind: "hello", link: this.parts.link, text: fromBytes(text) });
  }
}
