import { latin1Bytes } from "../../base/bytes";
import type { ReplyWriter } from "../../protocol/reply-writer";
import { MESSAGE } from "../../session/pubsub/published-message";
import type { PushMessage } from "../../session/pushes";
import type { ChangedKey } from "./broadcast-prefixes";

const INVALIDATE = latin1Bytes("invalidate");
/** What a RESP2 subscriber takes for the channel. */
const CHANNEL = latin1Bytes("__redis__:invalidate");
const BROKEN = latin1Bytes("tracking-redir-broken");
const NO_BYTES = new Uint8Array(0);

/**
 * Tells a client which keys it must not believe to know any more: one, several, or all (null). In
 * RESP2 it looks like a published message whose text is that list.
 *
 * One object serves all deliveries. Null is that of the protocol of who gets it; Redis takes the
 * one of who tracks, which is no RESP2 when a RESP3 client redirects to a RESP2 one.
 */
export class Invalidation implements PushMessage {
  #key: Uint8Array = NO_BYTES;
  #at = 0;
  #length = 0;
  #several: readonly ChangedKey[] | undefined;
  #isOfAll = false;

  ofKey(key: Uint8Array, at: number, length: number): this {
    this.#key = key;
    this.#at = at;
    this.#length = length;
    this.#several = undefined;
    this.#isOfAll = false;
    return this;
  }

  ofKeys(keys: readonly ChangedKey[]): this {
    this.#several = keys;
    this.#isOfAll = false;
    return this;
  }

  ofAll(): this {
    this.#isOfAll = true;
    return this;
  }

  write(reply: ReplyWriter): void {
    if (reply.resp3) {
      reply.push(2);
      reply.bulk(INVALIDATE, 0, INVALIDATE.length);
    } else {
      reply.push(3);
      reply.bulk(MESSAGE, 0, MESSAGE.length);
      reply.bulk(CHANNEL, 0, CHANNEL.length);
    }
    if (this.#isOfAll) {
      reply.nil();
    } else if (this.#several === undefined) {
      reply.array(1);
      reply.bulk(this.#key, this.#at, this.#length);
    } else {
      reply.array(this.#several.length);
      for (const { key } of this.#several) reply.bulk(key, 0, key.length);
    }
  }
}

/** Tells a client that the one it redirects invalidations to is gone. */
export class BrokenRedirection implements PushMessage {
  clientId = 0;

  write(reply: ReplyWriter): void {
    reply.push(2);
    reply.bulk(BROKEN, 0, BROKEN.length);
    reply.integer(this.clientId);
  }
}
