import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import type { ReplyWriter } from "../../../protocol/reply-writer";
import { A_HASH, type HashAccess, NO_HASH, replyShown } from "../hash-access";
import { KEY } from "./docs";

/** HGETALL, HKEYS and HVALS: a whole hash. */

const FIELDS_ONLY = 1;
const VALUES_ONLY = 2;
const BOTH = FIELDS_ONLY | VALUES_ONLY;

function replyWhole(call: DataCall, hashes: HashAccess, parts: number): void {
  const { reply } = call;
  const state = hashes.read(call);
  if (state === NO_HASH) replyHeader(reply, 0, parts);
  if (state !== A_HASH) return;
  const value = hashes.value(call);
  replyHeader(reply, value.countLive(), parts);
  value.forEachLive((handle) => {
    if ((parts & FIELDS_ONLY) !== 0) {
      value.showField(handle);
      replyShown(reply, value);
    }
    if ((parts & VALUES_ONLY) !== 0) {
      value.showValue(handle);
      replyShown(reply, value);
    }
  });
}

function replyHeader(reply: ReplyWriter, count: number, parts: number): void {
  if (parts === BOTH) reply.map(count);
  else reply.array(count);
}

function wholeSpec(
  name: string,
  summary: string,
  hashes: HashAccess,
  parts: number,
): CommandSpec<DataCall> {
  return {
    name,
    arity: 2,
    flags: ["readonly"],
    group: "hash",
    since: "2.0.0",
    summary,
    complexity: "O(N) in the size of the hash",
    tips: ["nondeterministic_output_order"],
    keys: [keyAt(1, "RO", "access")],
    arguments: [KEY],
    handler: (call) => replyWhole(call, hashes, parts),
  };
}

export function getAllCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    wholeSpec("hgetall", "Gives all fields of a hash with their values.", hashes, BOTH),
    wholeSpec("hkeys", "Gives all fields of a hash.", hashes, FIELDS_ONLY),
    wholeSpec("hvals", "Gives all values of a hash.", hashes, VALUES_ONLY),
  ];
}
