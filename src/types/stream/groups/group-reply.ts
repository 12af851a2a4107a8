import type { DataCall } from "../../../keyspace/data-call";
import { wordOf } from "../../../keyspace/entry";
import { StreamId } from "../stream-id";
import type { StreamIdText } from "../stream-id-text";
import { int64At } from "../stream-layout";
import {
  bytesOf,
  CONSUMER_NAME_LENGTH,
  consumerOf,
  GROUP_NAME_LENGTH,
  nameStartOf,
  PENDING_CONSUMER,
  PENDING_DELIVERIES,
  PENDING_ID,
} from "./group-layout";

/** Parts of replies about groups, their consumers and what is pending. */

export function replyGroupName(call: DataCall, group: number): void {
  replyName(call, group, GROUP_NAME_LENGTH);
}

export function replyConsumerName(call: DataCall, consumer: number): void {
  replyName(call, consumer, CONSUMER_NAME_LENGTH);
}

function replyName(call: DataCall, ref: number, lengthWord: number): void {
  const { memory } = call.keyspace;
  const length = wordOf(memory, ref, lengthWord);
  call.reply.bulk(bytesOf(memory, ref), nameStartOf(ref, lengthWord), length);
}

/** A row of four: ID, consumer, a time in ms, how often it was delivered. */
export function replyPending(
  call: DataCall,
  text: StreamIdText,
  group: number,
  pending: number,
  timeMs: number,
): void {
  const { memory } = call.keyspace;
  const { reply } = call;
  reply.array(4);
  text.reply(reply, new StreamId().load(memory, pending, PENDING_ID));
  replyConsumerName(call, consumerOf(memory, group, wordOf(memory, pending, PENDING_CONSUMER)));
  reply.integer(Math.max(timeMs, 0));
  reply.bigInteger(int64At(memory, pending, PENDING_DELIVERIES));
}
