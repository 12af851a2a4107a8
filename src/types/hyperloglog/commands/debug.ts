import { latin1Bytes } from "../../../base/bytes";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { valueStartOf } from "../../../keyspace/entry";
import { stringLength } from "../../string/string-value";
import { denseRegister } from "../dense-registers";
import { HEADER_BYTES, REGISTERS } from "../layout";
import { ScratchValue } from "../scratch-value";
import { SparseWalk } from "../sparse-walk";
import { storeValue } from "../store-value";
import { bytesOf, checkHyperLogLog, ERR_CORRUPTED, isDense, makeRaw } from "../stored-value";

/** PFDEBUG: looks into a HyperLogLog, and turns it into the dense form. */

const ERR_NO_KEY = "ERR The specified key does not exist";
const ERR_NOT_SPARSE = "ERR HLL encoding is not sparse";
const GETREG = latin1Bytes("getreg");
const DECODE = latin1Bytes("decode");
const ENCODING = latin1Bytes("encoding");
const TODENSE = latin1Bytes("todense");

function debug(call: DataCall): void {
  const { args, reply } = call;
  const found = call.write(2);
  if (found === 0) {
    reply.error(ERR_NO_KEY);
    return;
  }
  if (!checkHyperLogLog(call, found)) return;
  const entry = makeRaw(call, found);
  if (args.is(1, GETREG)) replyRegisters(call, entry);
  else if (args.is(1, DECODE)) replyRuns(call, entry);
  else if (args.is(1, ENCODING)) {
    reply.statusText(isDense(call.keyspace.memory, entry) ? "dense" : "sparse");
  } else if (args.is(1, TODENSE)) turnDense(call, entry);
  else reply.error(`ERR Unknown PFDEBUG subcommand '${args.shownText(1)}'`);
}

/** Makes a sparse value dense, which counts as a change without an event; false with the error. */
function makeDense(call: DataCall, found: number): boolean {
  const { memory } = call.keyspace;
  const value = new ScratchValue();
  const at = valueStartOf(memory, found);
  const isLoaded = value.load(bytesOf(memory, found), at, stringLength(memory, found));
  if (!isLoaded || !value.becomeDense()) {
    call.reply.error(ERR_CORRUPTED);
    return false;
  }
  storeValue(call, found, value);
  call.keyspace.stats.changes++;
  return true;
}

function turnDense(call: DataCall, found: number): void {
  const turns = !isDense(call.keyspace.memory, found);
  if (!turns || makeDense(call, found)) call.reply.integer(turns ? 1 : 0);
}

function replyRegisters(call: DataCall, found: number): void {
  const { reply, keyspace } = call;
  const { memory } = keyspace;
  if (!isDense(memory, found) && !makeDense(call, found)) return;
  const entry = call.write(2);
  const at = valueStartOf(memory, entry) + HEADER_BYTES;
  reply.array(REGISTERS);
  for (let i = 0; i < REGISTERS; i++) reply.integer(denseRegister(bytesOf(memory, entry), at, i));
}

function replyRuns(call: DataCall, entry: number): void {
  const { reply, keyspace } = call;
  const { memory } = keyspace;
  if (isDense(memory, entry)) {
    reply.error(ERR_NOT_SPARSE);
    return;
  }
  const at = valueStartOf(memory, entry);
  const walk = new SparseWalk();
  walk.begin(bytesOf(memory, entry), at + HEADER_BYTES, at + stringLength(memory, entry));
  const words: string[] = [];
  while (walk.next()) {
    const { value, registers } = walk;
    if (value > 0) words.push(`v:${value},${registers}`);
    else words.push(walk.isLong ? `Z:${registers}` : `z:${registers}`);
  }
  reply.bulkLatin1(words.join(" "));
}

export const debugCommand: CommandSpec<DataCall> = {
  name: "pfdebug",
  arity: 3,
  flags: ["write", "denyoom", "admin"],
  group: "hyperloglog",
  since: "2.8.9",
  summary: "Tells what is inside a HyperLogLog.",
  complexity: "O(1), some 100 us for all registers",
  keys: [keyAt(2, "RW", "access")],
  arguments: [
    { name: "subcommand", type: "string" },
    { name: "key", type: "key", keySpecIndex: 0 },
  ],
  isSystem: true,
  handler: debug,
};
