import { errWrongArity } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_HASH } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import type { HashAccess } from "../hash-access";
import { FIELD, FIELD_VALUES, KEY, VALUE } from "./docs";

/** HSET, HMSET and HSETNX: fields get values. */

/** Bytes beside the content that an element of a new hash takes. */
const ELEMENT_BYTES = 2;

/** Gives the fields from argument 2 on their values; returns how many are new, -1 for an error. */
function setFields(call: DataCall, hashes: HashAccess): number {
  const { args, keyspace } = call;
  const { count, input } = args;
  if ((count & 1) !== 0) {
    call.reply.error(errWrongArity(call.command.fullName));
    return -1;
  }
  if (!hashes.writeOrCreate(call, contentBytes(call))) return -1;
  const value = hashes.value(call);
  let added = 0;
  for (let i = 2; i < count; i += 2) {
    const fieldAt = args.offset(i);
    const valueAt = args.offset(i + 1);
    const isNew = value.set(input, fieldAt, args.length(i), input, valueAt, args.length(i + 1));
    if (isNew) added++;
  }
  hashes.store(call);
  keyspace.stats.changes += (count >> 1) - 2;
  call.changed(1, EVENT_HASH, "hset");
  return added;
}

function contentBytes(call: DataCall): number {
  const { args } = call;
  let bytes = 0;
  for (let i = 2; i < args.count; i++) bytes += args.length(i) + ELEMENT_BYTES;
  return bytes;
}

function setIfAbsent(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const { input } = args;
  if (!hashes.writeOrCreate(call, contentBytes(call))) return;
  const value = hashes.value(call);
  const fieldAt = args.offset(2);
  const fieldLength = args.length(2);
  if (value.find(input, fieldAt, fieldLength) !== 0) {
    reply.integer(0);
    return;
  }
  const hidden = call.effects.isOn && value.hides(input, fieldAt, fieldLength);
  value.set(input, fieldAt, fieldLength, input, args.offset(3), args.length(3));
  hashes.store(call);
  call.changed(1, EVENT_HASH, "hset");
  if (hidden) tellSet(call);
  reply.integer(1);
}

/** Who loads this knows no time: for him the field that has expired is still there. */
function tellSet({ args, db, effects }: DataCall): void {
  effects.begin(db, args.count);
  effects.text("HSET");
  effects.arguments(1, args.count);
}

export function setCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hset",
      arity: -4,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives fields of a hash their values; answers how many fields are new.",
      complexity: "O(N) in the number of fields given",
      history: [["4.0.0", "Took several fields and values."]],
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, FIELD_VALUES],
      handler: (call) => {
        const added = setFields(call, hashes);
        if (added >= 0) call.reply.integer(added);
      },
    },
    {
      name: "hmset",
      arity: -4,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives fields of a hash their values.",
      complexity: "O(N) in the number of fields given",
      deprecatedSince: "4.0.0",
      replacedBy: "`HSET` with multiple field-value pairs",
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, FIELD_VALUES],
      handler: (call) => {
        if (setFields(call, hashes) >= 0) call.reply.ok();
      },
    },
    {
      name: "hsetnx",
      arity: 4,
      flags: ["write", "denyoom", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives a field of a hash a value unless the field is there.",
      complexity: "O(1)",
      keys: [keyAt(1, "RW", "insert")],
      arguments: [KEY, FIELD, VALUE],
      handler: (call) => setIfAbsent(call, hashes),
    },
  ];
}
