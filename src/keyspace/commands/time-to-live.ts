import { type CommandSpec, keyAt } from "../../command/spec";
import type { DataCall } from "../data-call";
import { exactExpiryOf, expiryOf, hasExpiry, isExpiryInexact } from "../entry";

/** TTL, PTTL, EXPIRETIME and PEXPIRETIME: how long a key lives, or until when. */

const NO_KEY = -2;
const LIVES_FOR_EVER = -1;

/** The handler of a command that answers in units of `unitMs`, from now on or since 1970. */
function teller(unitMs: number, isRelative: boolean): (call: DataCall) => void {
  return (call) => {
    const { memory } = call.keyspace;
    const entry = call.look(1);
    if (entry === 0 || !hasExpiry(memory, entry)) {
      call.reply.integer(entry === 0 ? NO_KEY : LIVES_FOR_EVER);
    } else if (isExpiryInexact(memory, entry)) {
      tellExactly(call, entry, unitMs, isRelative);
    } else {
      const sinceMs = isRelative ? call.nowMs : 0;
      const ms = Math.max(expiryOf(memory, entry) - sinceMs, 0);
      call.reply.integer(unitMs === 1 ? ms : Math.floor((ms + 500) / 1000));
    }
  };
}

/** Such a time lies far in the future, so nothing here is negative. */
function tellExactly(call: DataCall, entry: number, unitMs: number, isRelative: boolean): void {
  const sinceMs = isRelative ? BigInt(call.nowMs) : 0n;
  const ms = exactExpiryOf(call.keyspace.memory, entry) - sinceMs;
  call.reply.bigInteger(unitMs === 1 ? ms : (ms + 500n) / 1000n);
}

function tellSpec(
  name: string,
  since: string,
  summary: string,
  rest: Partial<CommandSpec<DataCall>>,
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: 2,
    flags: ["readonly", "fast"],
    group: "generic",
    since,
    summary,
    complexity: "O(1)",
    categories: ["keyspace"],
    keys: [keyAt(1, "RO", "access")],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0 }],
    ...rest,
    handler,
  };
}

const CHANGES_WITH_TIME: Partial<CommandSpec<DataCall>> = {
  tips: ["nondeterministic_output"],
  history: [["2.8.0", "Answers -2 for a key that is not there."]],
};

export const timeToLiveCommands: readonly CommandSpec<DataCall>[] = [
  tellSpec(
    "ttl",
    "1.0.0",
    "Tells for how many seconds a key still lives.",
    CHANGES_WITH_TIME,
    teller(1000, true),
  ),
  tellSpec(
    "pttl",
    "2.6.0",
    "Tells for how many milliseconds a key still lives.",
    CHANGES_WITH_TIME,
    teller(1, true),
  ),
  tellSpec(
    "expiretime",
    "7.0.0",
    "Tells when a key expires, in seconds of Unix time.",
    {},
    teller(1000, false),
  ),
  tellSpec(
    "pexpiretime",
    "7.0.0",
    "Tells when a key expires, in milliseconds of Unix time.",
    {},
    teller(1, false),
  ),
];
