import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import type { StringLimits } from "../../string/string-limits";
import { stringLength } from "../../string/string-value";
import { readBitOffset } from "../bit-offset";
import { findString, isRaw, lengthOf, writableBits } from "../writable-bits";
import { KEY, OFFSET } from "./docs";

/** SETBIT and GETBIT: one bit of a string. */

const ERR_BIT = "ERR bit is not an integer or out of range";

/** The bit of a string at a place inside it or behind it. */
function bitAt(call: DataCall, entry: number, offset: number): number {
  const { memory } = call.keyspace;
  const byte = Math.floor(offset / 8);
  if (byte >= stringLength(memory, entry)) return 0;
  const value = memory.bytes[entry >>> SEGMENT_SHIFT][valueStartOf(memory, entry) + byte];
  return (value >>> (7 - (offset % 8))) & 1;
}

function getBit(call: DataCall, limits: StringLimits): void {
  const offset = readBitOffset(call, limits, 2, 0);
  if (offset < 0) return;
  const entry = call.read(1);
  if (entry !== 0 && call.isWrongType(entry, TYPE_STRING)) return;
  call.reply.integer(entry === 0 ? 0 : bitAt(call, entry, offset));
}

function setBit(call: DataCall, limits: StringLimits): void {
  const { args, reply } = call;
  const offset = readBitOffset(call, limits, 2, 0);
  if (offset < 0) return;
  const bit = args.safeInteger(3);
  if (bit !== 0 && bit !== 1) {
    reply.error(ERR_BIT);
    return;
  }
  const found = findString(call);
  if (found < 0) return;
  const byte = Math.floor(offset / 8);
  const oldLength = lengthOf(call, found);
  const old = found === 0 ? 0 : bitAt(call, found, offset);
  const changes = found === 0 || byte >= oldLength || old !== bit;
  // What stays as it is needs no copy under a snapshot.
  if (changes || !isRaw(call, found)) writeBit(call, found, offset, bit);
  if (changes) call.changed(1, EVENT_STRING, "setbit");
  reply.integer(old);
}

function writeBit(call: DataCall, found: number, offset: number, bit: number): void {
  const { memory } = call.keyspace;
  const byte = Math.floor(offset / 8);
  const shift = 7 - (offset % 8);
  const entry = writableBits(call, found, byte + 1);
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  const at = valueStartOf(memory, entry) + byte;
  bytes[at] = (bytes[at] & ~(1 << shift)) | (bit << shift);
}

export function bitCommands(limits: StringLimits): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "setbit",
      arity: 4,
      flags: ["write", "denyoom"],
      group: "bitmap",
      since: "2.2.0",
      summary: "Sets one bit of a string, which grows as needed; answers what the bit was.",
      complexity: "O(1), but for growing the string",
      keys: [keyAt(1, "RW", "access", "update")],
      arguments: [KEY, OFFSET, { name: "value", type: "integer" }],
      isConstantTime: true,
      handler: (call) => setBit(call, limits),
    },
    {
      name: "getbit",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "bitmap",
      since: "2.2.0",
      summary: "Gives one bit of a string; 0 behind its end.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, OFFSET],
      handler: (call) => getBit(call, limits),
    },
  ];
}
