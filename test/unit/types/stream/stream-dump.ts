// A stream with its groups as text, read as a snapshot worker would: to compare a frozen one with
// what it was. Shows everything but where blocks lie.

import { wordOf } from "../../../../src/keyspace/entry";
import type { BlockMemory } from "../../../../src/memory/block-memory";
import { forEachItem } from "../../../../src/structures/counted-tree-reader";
import {
  bytesOf,
  CONSUMER_ACTIVE,
  CONSUMER_NAME_LENGTH,
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_ENTRIES_READ,
  GROUP_LAST_ID,
  GROUP_NAME_LENGTH,
  GROUP_PENDING,
  nameStartOf,
  PENDING_CONSUMER,
  PENDING_DELIVERIES,
  PENDING_ID,
  PENDING_TIME,
} from "../../../../src/types/stream/groups/group-layout";
import { StreamId } from "../../../../src/types/stream/stream-id";
import { idText } from "../../../../src/types/stream/stream-id-text";
import {
  int64At,
  STREAM_ENTRIES_ADDED,
  STREAM_FIRST_ID,
  STREAM_GROUPS,
  STREAM_LAST_ID,
  STREAM_MAX_DELETED_ID,
} from "../../../../src/types/stream/stream-layout";
import { MAX_ID, StreamReader, ZERO_ID } from "../../../../src/types/stream/stream-reader";

export function dumpStream(memory: BlockMemory, ref: number): string {
  const lines: string[] = [];
  const stream = new StreamReader(memory).openStream(ref);
  const idAt = (block: number, word: number): string =>
    idText(new StreamId().load(memory, block, word));
  const heads = [STREAM_LAST_ID, STREAM_FIRST_ID, STREAM_MAX_DELETED_ID];
  lines.push(`${stream.length} ${heads.map((word) => idAt(ref, word)).join(" ")}`);
  lines.push(String(int64At(memory, ref, STREAM_ENTRIES_ADDED)));
  stream.seekRange(ZERO_ID, MAX_ID);
  while (stream.next()) lines.push(entryOf(stream));
  forEachItem(memory, wordOf(memory, ref, STREAM_GROUPS), (group) => {
    const read = int64At(memory, group, GROUP_ENTRIES_READ);
    const name = nameOf(memory, group, GROUP_NAME_LENGTH);
    lines.push(`group ${name} ${idAt(group, GROUP_LAST_ID)} ${read}`);
    lines.push(...pendingOf(memory, wordOf(memory, group, GROUP_PENDING)));
    forEachItem(memory, wordOf(memory, group, GROUP_CONSUMERS), (number) => {
      const consumer = consumerOf(memory, group, number);
      const times = [CONSUMER_SEEN, CONSUMER_ACTIVE].map((word) => int64At(memory, consumer, word));
      const own = nameOf(memory, consumer, CONSUMER_NAME_LENGTH);
      lines.push(`consumer ${number} ${own} ${times.join(" ")}`);
      lines.push(...pendingOf(memory, wordOf(memory, consumer, CONSUMER_PENDING)));
    });
  });
  return lines.join("\n");
}

function entryOf(stream: StreamReader): string {
  const { node } = stream;
  const words = [idText(node.id)];
  node.startPairs();
  for (let left = node.pairs * 2; left > 0; left--) {
    node.readNext();
    const value = node.valueBytes.slice(node.valueAt, node.valueAt + node.valueLength);
    words.push(Buffer.from(value).toString("hex"));
  }
  return words.join(" ");
}

function pendingOf(memory: BlockMemory, root: number): string[] {
  const lines: string[] = [];
  forEachItem(memory, root, (pending) => {
    const id = idText(new StreamId().load(memory, pending, PENDING_ID));
    const times = [PENDING_TIME, PENDING_DELIVERIES].map((word) => int64At(memory, pending, word));
    lines.push(`  ${id} ${times.join(" ")} ${wordOf(memory, pending, PENDING_CONSUMER)}`);
  });
  return lines;
}

function nameOf(memory: BlockMemory, ref: number, lengthWord: number): string {
  const start = nameStartOf(ref, lengthWord);
  const length = wordOf(memory, ref, lengthWord);
  return Buffer.from(bytesOf(memory, ref).slice(start, start + length)).toString("hex");
}
