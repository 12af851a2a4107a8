import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { ADD_GT, ADD_INCR, ADD_LT, ADD_NX, ADD_XX, MemberAdder } from "../add-members";
import type { ZsetAccess } from "../zset-access";
import { KEY, MEMBER, option } from "./docs";

/** ZADD and ZINCRBY. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const GT = latin1Bytes("gt");
const LT = latin1Bytes("lt");
const CH = latin1Bytes("ch");
const INCR = latin1Bytes("incr");

/** Beside the rules: the reply counts changed members, too. */
const COUNTS_CHANGED = 32;

const ERR_NX_XX = "ERR XX and NX options at the same time are not compatible";
const ERR_GT_LT_NX = "ERR GT, LT, and/or NX options at the same time are not compatible";
const ERR_ONE_PAIR = "ERR INCR option supports a single increment-element pair";

/** The bit of the option at an argument, or 0 for a word that is none. */
function flagOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, NX)) return ADD_NX;
  if (args.is(index, XX)) return ADD_XX;
  if (args.is(index, CH)) return COUNTS_CHANGED;
  if (args.is(index, INCR)) return ADD_INCR;
  if (args.is(index, GT)) return ADD_GT;
  return args.is(index, LT) ? ADD_LT : 0;
}

/** What is wrong with a combination of options, or undefined. */
function conflictOf(flags: number, pairs: number): string | undefined {
  if ((flags & ADD_NX) !== 0 && (flags & ADD_XX) !== 0) return ERR_NX_XX;
  const exclusive = flags & (ADD_GT | ADD_LT | ADD_NX);
  if ((exclusive & (exclusive - 1)) !== 0) return ERR_GT_LT_NX;
  return (flags & ADD_INCR) !== 0 && pairs > 1 ? ERR_ONE_PAIR : undefined;
}

/** Reads options also where ZINCRBY has its increment: there, too, Redis takes them for such. */
function add(call: DataCall, adder: MemberAdder, given: number): void {
  const { args, reply } = call;
  let flags = given;
  let first = 2;
  for (; first < args.count; first++) {
    const flag = flagOf(call, first);
    if (flag === 0) break;
    flags |= flag;
  }
  const words = args.count - first;
  if (words === 0 || (words & 1) === 1) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const conflict = flags === 0 ? undefined : conflictOf(flags, words >>> 1);
  if (conflict !== undefined) {
    reply.error(conflict);
    return;
  }
  adder.begin();
  for (let i = first; i < args.count; i += 2) if (!adder.readScore(call, i)) return;
  if (!adder.run(call, flags, first + 1, 2)) return;
  if ((flags & ADD_INCR) === 0) {
    reply.integer((flags & COUNTS_CHANGED) !== 0 ? adder.added + adder.changed : adder.added);
  } else if (adder.isLeftOut) {
    reply.nil();
  } else {
    reply.score(adder.score);
  }
}

export function addCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const adder = new MemberAdder(zsets);
  return [
    {
      name: "zadd",
      arity: -4,
      flags: ["write", "denyoom", "fast"],
      group: "sorted-set",
      since: "1.2.0",
      summary: "Adds members with scores to a sorted set, or gives them other scores.",
      complexity: "O(log N) for each member, N being the size of the sorted set",
      keys: [keyAt(1, "RW", "update")],
      arguments: [
        KEY,
        {
          name: "condition",
          type: "oneof",
          since: "3.0.2",
          flags: ["optional"],
          arguments: [option("NX"), option("XX")],
        },
        {
          name: "comparison",
          type: "oneof",
          since: "6.2.0",
          flags: ["optional"],
          arguments: [option("GT"), option("LT")],
        },
        { name: "change", type: "pure-token", token: "CH", since: "3.0.2", flags: ["optional"] },
        {
          name: "increment",
          type: "pure-token",
          token: "INCR",
          since: "3.0.2",
          flags: ["optional"],
        },
        {
          name: "score_member",
          type: "block",
          flags: ["multiple"],
          arguments: [{ name: "score", type: "double" }, MEMBER],
        },
      ],
      history: [
        ["2.4.0", "Took several members."],
        ["3.0.2", "Took XX, NX, CH and INCR."],
        ["6.2.0", "Took GT and LT."],
      ],
      handler: (call) => add(call, adder, 0),
    },
    {
      name: "zincrby",
      arity: 4,
      flags: ["write", "denyoom", "fast"],
      group: "sorted-set",
      since: "1.2.0",
      summary:
        "Adds to the score of a member of a sorted set, which it makes where it is not there.",
      complexity: "O(log N), N being the size of the sorted set",
      keys: [keyAt(1, "RW", "access", "update")],
      arguments: [KEY, { name: "increment", type: "integer" }, MEMBER],
      handler: (call) => add(call, adder, ADD_INCR),
    },
  ];
}
