import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import type { BitOperations } from "../../../native/bit-operations";
import { isBackward } from "../../string/backward-range";
import { stringLength } from "../../string/string-value";
import { BitRange, readIndex, readUnit } from "../bit-range";
import { countBits, findBit } from "../bit-search";
import { END, KEY, START, UNIT } from "./docs";

/**
 * BITCOUNT and BITPOS: how many bits are set, and where the first one of a value is.
 *
 * Both look at the key before they look at the range, as 7.0 does.
 */

const ERR_BIT_ARGUMENT = "ERR The bit argument must be 1 or 0.";

interface SearchParts {
  readonly bits: BitOperations;
  readonly range: BitRange;
}

function bitCount(call: DataCall, { bits, range }: SearchParts): void {
  const { memory } = call.keyspace;
  const entry = call.read(1);
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  if (call.isWrongType(entry, TYPE_STRING)) return;
  if (!readCountRange(call, range, stringLength(memory, entry))) return;
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  const at = valueStartOf(memory, entry);
  call.reply.integer(range.isEmpty ? 0 : countBits(bits, bytes, at, range));
}

/** The range behind BITCOUNT's key; false with the error written. */
function readCountRange(call: DataCall, range: BitRange, length: number): boolean {
  const { count } = call.args;
  if (count === 2) {
    range.setWhole(length);
    return true;
  }
  if (count < 4 || count > 5) {
    call.reply.error(ERR_SYNTAX);
    return false;
  }
  const start = readIndex(call, 2);
  if (Number.isNaN(start)) return false;
  const end = readIndex(call, 3);
  if (Number.isNaN(end)) return false;
  // An empty range is told before the unit is read, so that it may be any word then.
  if (isBackward(call.args, 2, start, end)) {
    range.setEmpty();
    return true;
  }
  const inBits = count === 5 ? readUnit(call, 4) : false;
  if (inBits === undefined) return false;
  range.set(start, end, length, inBits);
  return true;
}

function bitPosition(call: DataCall, { bits, range }: SearchParts): void {
  const { args, reply, keyspace } = call;
  const { memory } = keyspace;
  const bit = args.clampedInteger(2);
  if (bit !== 0 && bit !== 1) {
    reply.error(Number.isNaN(bit) ? ERR_NOT_INTEGER : ERR_BIT_ARGUMENT);
    return;
  }
  const entry = call.read(1);
  // A key that is not there is an endless row of zeros.
  if (entry === 0) {
    reply.integer(bit === 1 ? -1 : 0);
    return;
  }
  if (call.isWrongType(entry, TYPE_STRING)) return;
  const length = stringLength(memory, entry);
  if (!readPositionRange(call, range, length)) return;
  if (range.isEmpty) {
    reply.integer(-1);
    return;
  }
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  const found = findBit(bits, bytes, valueStartOf(memory, entry), range, bit);
  // Without an end the string goes on in zeros.
  const goesOn = found < 0 && bit === 0 && args.count < 5;
  reply.integer(goesOn ? length * 8 : found);
}

/** The range behind BITPOS's bit; false with the error written. */
function readPositionRange(call: DataCall, range: BitRange, length: number): boolean {
  const { count } = call.args;
  if (count === 3) {
    range.setWhole(length);
    return true;
  }
  if (count > 6) {
    call.reply.error(ERR_SYNTAX);
    return false;
  }
  const start = readIndex(call, 3);
  if (Number.isNaN(start)) return false;
  const inBits = count === 6 ? readUnit(call, 5) : false;
  if (inBits === undefined) return false;
  const end = count > 4 ? readIndex(call, 4) : -1;
  if (Number.isNaN(end)) return false;
  range.set(start, end, length, inBits);
  return true;
}

export function searchCommands(bits: BitOperations): readonly CommandSpec<DataCall>[] {
  const parts = { bits, range: new BitRange() };
  return [
    {
      name: "bitcount",
      arity: -2,
      flags: ["readonly"],
      group: "bitmap",
      since: "2.6.0",
      summary: "Counts the bits of a string, or of a part of it, that are set.",
      complexity: "O(N) in the bytes looked at",
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        KEY,
        { name: "index", type: "block", flags: ["optional"], arguments: [START, END, UNIT] },
      ],
      history: [["7.0.0", "Took BYTE and BIT."]],
      handler: (call) => bitCount(call, parts),
    },
    {
      name: "bitpos",
      arity: -3,
      flags: ["readonly"],
      group: "bitmap",
      since: "2.8.7",
      summary: "Finds the first bit of a string, or of a part of it, that is set or clear.",
      complexity: "O(N) in the bytes looked at",
      keys: [keyAt(1, "RO", "access")],
      arguments: [
        KEY,
        { name: "bit", type: "integer" },
        {
          name: "index",
          type: "block",
          flags: ["optional"],
          arguments: [
            START,
            { name: "end_index", type: "block", flags: ["optional"], arguments: [END, UNIT] },
          ],
        },
      ],
      history: [["7.0.0", "Took BYTE and BIT."]],
      handler: (call) => bitPosition(call, parts),
    },
  ];
}
