import type { ReplyWriter } from "../protocol/reply-writer";
import { type Client, REPLY_ON } from "./client";

/**
 * Writes bytes that are RESP already to a client that is not the one being answered; the answer of
 * that one goes on afterwards. A client that has switched its replies off gets nothing.
 */
export function deliver(reply: ReplyWriter, to: Client, parts: readonly Uint8Array[]): void {
  if (to.closing || to.replyMode !== REPLY_ON) return;
  const answered = reply.slot;
  reply.begin(to.slot);
  for (const part of parts) reply.raw(part);
  reply.begin(answered);
}
