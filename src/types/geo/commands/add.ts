import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { ADD_NX, ADD_XX, type MemberAdder } from "../../zset/add-members";
import { readPlace } from "../geo-arguments";
import { geohashOf, MOST_STEP } from "../geohash";
import { CHANGE, CONDITION, KEY, LATITUDE, LONGITUDE, MEMBER } from "./docs";

/** GEOADD: members of a sorted set whose scores are places. */

const NX = latin1Bytes("nx");
const XX = latin1Bytes("xx");
const CH = latin1Bytes("ch");
const WORDS_PER_MEMBER = 3;

function geoadd(call: DataCall, adder: MemberAdder): void {
  const { args, reply } = call;
  let rules = 0;
  let countsChanged = false;
  let first = 2;
  for (; first < args.count; first++) {
    if (args.is(first, NX)) rules |= ADD_NX;
    else if (args.is(first, XX)) rules |= ADD_XX;
    else if (args.is(first, CH)) countsChanged = true;
    else break;
  }
  const words = args.count - first;
  if (words % WORDS_PER_MEMBER !== 0 || rules === (ADD_NX | ADD_XX)) {
    reply.error(ERR_SYNTAX);
    return;
  }
  adder.begin();
  for (let index = first; index < args.count; index += WORDS_PER_MEMBER) {
    const place = readPlace(call, index);
    if (place === undefined) return;
    adder.pushScore(geohashOf(place.longitude, place.latitude, MOST_STEP));
  }
  if (words === 0) {
    // Redis hands on to ZADD, which wants a pair at least.
    reply.error(ERR_SYNTAX);
    return;
  }
  if (!adder.run(call, rules, first + 2, WORDS_PER_MEMBER)) return;
  if (call.effects.isOn && adder.added + adder.changed > 0) tellAdded(call, adder, first);
  reply.integer(countsChanged ? adder.added + adder.changed : adder.added);
}

/** As ZADD: another machine may place otherwise. The options mean the same to it. */
function tellAdded({ args, db, effects }: DataCall, adder: MemberAdder, first: number): void {
  const members = (args.count - first) / WORDS_PER_MEMBER;
  effects.begin(db, first + members * 2);
  effects.text("zadd");
  effects.arguments(1, first);
  for (let i = 0; i < members; i++) {
    const score = adder.scoreAt(i);
    // The very corner of the map has more bits than a place should.
    if (score <= Number.MAX_SAFE_INTEGER) effects.integer(score);
    else effects.int64(BigInt(score));
    effects.argument(first + i * WORDS_PER_MEMBER + 2);
  }
}

export function addCommands(adder: MemberAdder): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "geoadd",
      arity: -5,
      flags: ["write", "denyoom"],
      group: "geo",
      since: "3.2.0",
      summary: "Adds members with their places to a sorted set, or moves them.",
      complexity: "O(log(N)) for each member, where N is how many there are.",
      keys: [keyAt(1, "RW", "update")],
      arguments: [
        KEY,
        CONDITION,
        CHANGE,
        {
          name: "longitude_latitude_member",
          type: "block",
          flags: ["multiple"],
          arguments: [LONGITUDE, LATITUDE, MEMBER],
        },
      ],
      history: [["6.2.0", "Took CH, NX and XX."]],
      handler: (call) => geoadd(call, adder),
    },
  ];
}
