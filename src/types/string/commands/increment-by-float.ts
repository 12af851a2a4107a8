import { latin1Bytes } from "../../../base/bytes";
import {
  addLongDouble,
  formatLongDoubleHuman,
  isFiniteLongDouble,
  type LongDouble,
  parseLongDouble,
} from "../../../base/long-double";
import { ERR_NOT_FLOAT } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_STRING } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { STRING_TEXT, TYPE_STRING, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";
import { roomForString } from "../store-string";
import { stringLength } from "../string-value";
import { KEY } from "./docs";

/** INCRBYFLOAT: strings that are 80-bit floats. */

const ERR_NOT_FINITE = "ERR increment would produce NaN or Infinity";
/** What an absent key counts as. */
const ZERO = latin1Bytes("0");

function incrementByFloat(call: DataCall): void {
  addFloatArgument(call, 2);
}

/** Adds the float of an argument to the key and replies the sum; false with the error written. */
export function addFloatArgument(call: DataCall, index: number): boolean {
  const { args, reply, keyspace } = call;
  const found = call.write(1);
  if (found !== 0 && call.isWrongType(found, TYPE_STRING)) return false;
  const value = floatOf(call, found);
  const amount = parseLongDouble(args.input, args.offset(index), args.length(index));
  if (value === undefined || amount === undefined) {
    reply.error(ERR_NOT_FLOAT);
    return false;
  }
  const sum = addLongDouble(value, amount);
  if (!isFiniteLongDouble(sum)) {
    reply.error(ERR_NOT_FINITE);
    return false;
  }
  const text = latin1Bytes(formatLongDoubleHuman(sum));
  const entry = roomForString(call, found, text.length, STRING_TEXT);
  const { memory } = keyspace;
  memory.bytes[entry >>> SEGMENT_SHIFT].set(text, valueStartOf(memory, entry));
  call.changed(1, EVENT_STRING, "incrbyfloat");
  if (call.effects.isOn) tellSum(call, text);
  reply.bulk(text, 0, text.length);
  return true;
}

/** Another machine may add otherwise, so the sum is passed on. */
function tellSum({ db, effects }: DataCall, text: Uint8Array): void {
  effects.begin(db, 4);
  effects.text("SET");
  effects.argument(1);
  effects.bytes(text, 0, text.length);
  effects.text("KEEPTTL");
}

function floatOf(call: DataCall, found: number): LongDouble | undefined {
  if (found === 0) return parseLongDouble(ZERO, 0, ZERO.length);
  const { memory } = call.keyspace;
  const bytes = memory.bytes[found >>> SEGMENT_SHIFT];
  return parseLongDouble(bytes, valueStartOf(memory, found), stringLength(memory, found));
}

export const incrementByFloatCommand: CommandSpec<DataCall> = {
  name: "incrbyfloat",
  arity: 3,
  flags: ["write", "denyoom", "fast"],
  group: "string",
  since: "2.6.0",
  summary: "Adds to the number with fraction that a key holds; answers it as it is kept.",
  complexity: "O(1)",
  keys: [keyAt(1, "RW", "access", "update")],
  arguments: [KEY, { name: "increment", type: "double" }],
  handler: incrementByFloat,
};
