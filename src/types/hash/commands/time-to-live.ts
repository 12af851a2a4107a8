import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { readFields } from "../field-arguments";
import { FieldChanges } from "../field-changes";
import { NO_FIELD_EXPIRY } from "../field-entry";
import { A_HASH, type HashAccess, NOT_A_HASH } from "../hash-access";
import { FIELD_BLOCK, KEY } from "./docs";

/** HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME and HPERSIST. One answer for each field. */

const NO_FIELD = -2;
const NO_EXPIRY = -1;
const IS_PERSISTED = 1;
const SECOND_MS = 1000;

function timeToLive(call: DataCall, hashes: HashAccess, isRelative: boolean, unitMs: number): void {
  const { args, reply } = call;
  const state = hashes.read(call);
  if (state === NOT_A_HASH) return;
  const first = readFields(call, 2);
  if (first === 0) return;
  const baseMs = isRelative ? call.nowMs : 0;
  reply.array(args.count - first);
  for (let i = first; i < args.count; i++) {
    const expiryMs = state === A_HASH ? expiryOf(call, hashes, i) : NO_FIELD;
    // Seconds are rounded up, unlike those of TTL.
    reply.integer(expiryMs < 0 ? expiryMs : Math.ceil((expiryMs - baseMs) / unitMs));
  }
}

/** The expiry of a field in ms since 1970, NO_EXPIRY or NO_FIELD. */
function expiryOf(call: DataCall, hashes: HashAccess, index: number): number {
  const { args } = call;
  const value = hashes.value(call);
  const handle = value.find(args.input, args.offset(index), args.length(index));
  if (handle === 0) return NO_FIELD;
  const expiryMs = value.expiryOf(handle);
  return expiryMs === NO_FIELD_EXPIRY ? NO_EXPIRY : expiryMs;
}

function persist(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const state = hashes.write(call);
  if (state === NOT_A_HASH) return;
  const first = readFields(call, 2);
  if (first === 0) return;
  const changes = new FieldChanges();
  reply.array(args.count - first);
  for (let i = first; i < args.count; i++) {
    const expiryMs = state === A_HASH ? expiryOf(call, hashes, i) : NO_FIELD;
    if (expiryMs < 0) {
      reply.integer(expiryMs);
      continue;
    }
    const value = hashes.value(call);
    value.setExpiry(args.input, args.offset(i), args.length(i), NO_FIELD_EXPIRY);
    changes.persist(i);
    reply.integer(IS_PERSISTED);
  }
  changes.finish(call, hashes);
}

export function timeToLiveCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  const question = (
    name: string,
    summary: string,
    isRelative: boolean,
    unitMs: number,
  ): CommandSpec<DataCall> => ({
    name,
    arity: -5,
    flags: ["readonly", "fast"],
    group: "hash",
    since: "7.4.0",
    summary,
    complexity: "O(N) in the number of fields asked for",
    tips: isRelative ? ["nondeterministic_output"] : [],
    keys: [keyAt(1, "RO", "access")],
    arguments: [KEY, FIELD_BLOCK],
    handler: (call) => timeToLive(call, hashes, isRelative, unitMs),
  });
  return [
    question("httl", "Gives the seconds that fields have to live.", true, SECOND_MS),
    question("hpttl", "Gives the milliseconds that fields have to live.", true, 1),
    question("hexpiretime", "Gives when fields expire, in seconds of Unix time.", false, SECOND_MS),
    question("hpexpiretime", "Gives when fields expire, in milliseconds of Unix time.", false, 1),
    {
      name: "hpersist",
      arity: -5,
      flags: ["write", "fast"],
      group: "hash",
      since: "7.4.0",
      summary: "Takes the expiries of fields away.",
      complexity: "O(N) in the number of fields given",
      keys: [keyAt(1, "RW", "update")],
      arguments: [KEY, FIELD_BLOCK],
      handler: (call) => persist(call, hashes),
    },
  ];
}
