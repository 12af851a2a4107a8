import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { A_ZSET, NO_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import type { ZsetReader } from "../zset-reader";
import { KEY, option } from "./docs";

/** ZPOPMIN, ZPOPMAX and ZMPOP: the elements at an end, taken out. */

const ERR_NOT_POSITIVE = "ERR value is out of range, must be positive";
const ERR_COUNT = "ERR count should be greater than 0";
const ERR_NUMKEYS = "ERR numkeys should be greater than 0";
const MIN = latin1Bytes("min");
const MAX = latin1Bytes("max");
const COUNT = latin1Bytes("count");
/** Redis reads these counts as C longs, but does not bear more than an int of them. */
const LARGEST_COUNT = 2 ** 63;

/**
 * Takes `count` elements (at least one, at most all) out of the open sorted set of a key argument,
 * and writes each as the reply has begun to: as a pair, or as two of its items.
 */
export function popElements(
  call: DataCall,
  zsets: ZsetAccess,
  index: number,
  count: number,
  fromMax: boolean,
  asPairs: boolean,
): void {
  const zset = zsets.value(call);
  const event = fromMax ? "zpopmax" : "zpopmin";
  if (count === zset.size) {
    replyAll(call, zset, fromMax, asPairs);
    zsets.storeEmptied(call, index, event);
    return;
  }
  for (let left = count; left > 0; left--) {
    if (fromMax) zset.seekLast();
    else zset.seekFirst();
    replyElement(call, zset, asPairs);
    zset.removeHere();
  }
  zsets.store(call, index, count, event);
}

function replyAll(call: DataCall, zset: ZsetReader, fromMax: boolean, asPairs: boolean): void {
  let more = fromMax ? zset.seekLast() : zset.seekFirst();
  while (more) {
    replyElement(call, zset, asPairs);
    more = fromMax ? zset.previous() : zset.next();
  }
}

function replyElement({ reply }: DataCall, zset: ZsetReader, asPair: boolean): void {
  if (asPair) reply.array(2);
  zset.replyMember(reply);
  reply.score(zset.score);
}

function pop(call: DataCall, zsets: ZsetAccess, fromMax: boolean): void {
  const { args, reply } = call;
  if (args.count > 3) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const hasCount = args.count === 3;
  const wanted = hasCount ? args.clampedInteger(2) : 1;
  if (!(wanted >= 0 && wanted < LARGEST_COUNT)) {
    reply.error(ERR_NOT_POSITIVE);
    return;
  }
  const state = zsets.write(call, 1);
  if (state === NOT_A_ZSET) return;
  const count = state === NO_ZSET ? 0 : Math.min(wanted, zsets.value(call).size);
  const asPairs = hasCount && reply.resp3;
  reply.array(asPairs ? count : count * 2);
  if (count > 0) popElements(call, zsets, 1, count, fromMax, asPairs);
}

/** What ZMPOP and BZMPOP ask for; one object serves all commands. */
export class PopArguments {
  firstKey = 0;
  keyCount = 0;
  fromMax = false;
  count = 1;

  /** Reads from the number of keys on, at argument `at`; false when it is wrong (error written). */
  read(call: DataCall, at: number): boolean {
    const { args, reply } = call;
    this.keyCount = args.clampedInteger(at);
    if (!(this.keyCount > 0)) {
      reply.error(ERR_NUMKEYS);
      return false;
    }
    this.firstKey = at + 1;
    const where = this.firstKey + this.keyCount;
    const error = where >= args.count ? ERR_SYNTAX : this.#readOptions(call, where);
    if (error !== undefined) reply.error(error);
    return error === undefined;
  }

  #readOptions(call: DataCall, where: number): string | undefined {
    const { args } = call;
    this.fromMax = args.is(where, MAX);
    if (!this.fromMax && !args.is(where, MIN)) return ERR_SYNTAX;
    this.count = 1;
    let isCounted = false;
    for (let i = where + 1; i < args.count; i += 2) {
      if (isCounted || i + 1 >= args.count || !args.is(i, COUNT)) return ERR_SYNTAX;
      this.count = args.clampedInteger(i + 1);
      if (!(this.count > 0)) return ERR_COUNT;
      isCounted = true;
    }
    return undefined;
  }
}

/**
 * Passes on that elements were popped by a command which names several keys, or waits.
 * @param count 0: one element, popped without a count.
 */
export function tellPopped(
  { db, effects }: DataCall,
  index: number,
  fromMax: boolean,
  count: number,
): void {
  effects.begin(db, count > 0 ? 3 : 2);
  effects.text(fromMax ? "ZPOPMAX" : "ZPOPMIN");
  effects.argument(index);
  if (count > 0) effects.integer(count);
}

/** Replies the key and its popped elements, each a pair, as ZMPOP does. */
export function popFromKey(
  call: DataCall,
  zsets: ZsetAccess,
  index: number,
  wanted: PopArguments,
): void {
  const { args, reply } = call;
  const count = Math.min(wanted.count, zsets.value(call).size);
  reply.array(2);
  reply.bulk(args.input, args.offset(index), args.length(index));
  reply.array(count);
  popElements(call, zsets, index, count, wanted.fromMax, true);
  if (call.effects.isOn) tellPopped(call, index, wanted.fromMax, count);
}

function popFromFirst(call: DataCall, zsets: ZsetAccess, wanted: PopArguments): void {
  if (!wanted.read(call, 1)) return;
  const end = wanted.firstKey + wanted.keyCount;
  for (let i = wanted.firstKey; i < end; i++) {
    const state = zsets.write(call, i);
    if (state === NOT_A_ZSET) return;
    if (state !== A_ZSET) continue;
    popFromKey(call, zsets, i, wanted);
    return;
  }
  call.reply.nilArray();
}

function popCommand(zsets: ZsetAccess, name: string, fromMax: boolean): CommandSpec<DataCall> {
  const end = fromMax ? "highest" : "lowest";
  return {
    name,
    arity: -2,
    flags: ["write", "fast"],
    group: "sorted-set",
    since: "5.0.0",
    summary: `Takes the members with the ${end} scores out of a sorted set and gives them.`,
    complexity: "O(M log N), M being the members taken out and N the size of the sorted set",
    keys: [keyAt(1, "RW", "access", "delete")],
    arguments: [KEY, { name: "count", type: "integer", flags: ["optional"] }],
    handler: (call) => pop(call, zsets, fromMax),
  };
}

/** The end to pop from and the count, as COMMAND DOCS tells them. */
export const POP_ARGUMENTS: readonly ArgumentDoc[] = [
  { name: "numkeys", type: "integer" },
  { ...KEY, flags: ["multiple"] },
  { name: "where", type: "oneof", arguments: [option("MIN"), option("MAX")] },
  { name: "count", type: "integer", token: "COUNT", flags: ["optional"] },
];

export function popCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const wanted = new PopArguments();
  return [
    popCommand(zsets, "zpopmin", false),
    popCommand(zsets, "zpopmax", true),
    {
      name: "zmpop",
      arity: -4,
      flags: ["write"],
      group: "sorted-set",
      since: "7.0.0",
      summary: "Takes members out of the first of several sorted sets that is not empty.",
      complexity: "O(K) + O(M log N), K being the keys given, M the members taken out",
      keys: [
        {
          flags: ["RW", "access", "delete"],
          begin: { index: 1 },
          find: { keynumAt: 0, firstKey: 1, step: 1 },
        },
      ],
      arguments: POP_ARGUMENTS,
      handler: (call) => popFromFirst(call, zsets, wanted),
    },
  ];
}
