import { latin1Bytes } from "../../base/bytes";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { PushMessage } from "../pushes";

export const MESSAGE = latin1Bytes("message");
export const PATTERN_MESSAGE = latin1Bytes("pmessage");
export const SHARD_MESSAGE = latin1Bytes("smessage");

const NO_BYTES = new Uint8Array(0);

/**
 * A published message as its subscribers get it: its kind, the pattern that matched, if it did, the
 * channel and the text. One object serves all deliveries; the bytes are those of the publisher.
 */
export class PublishedMessage implements PushMessage {
  word: Uint8Array = MESSAGE;
  pattern: Uint8Array | undefined;
  channel: Uint8Array = NO_BYTES;
  channelAt = 0;
  channelLength = 0;
  text: Uint8Array = NO_BYTES;
  textAt = 0;
  textLength = 0;

  write(reply: ReplyWriter): void {
    const { pattern } = this;
    reply.push(pattern === undefined ? 3 : 4);
    reply.bulk(this.word, 0, this.word.length);
    if (pattern !== undefined) reply.bulk(pattern, 0, pattern.length);
    reply.bulk(this.channel, this.channelAt, this.channelLength);
    reply.bulk(this.text, this.textAt, this.textLength);
  }
}
