import { ERR_SYNTAX } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { A_ZSET, NOT_A_ZSET, type ZsetAccess } from "../../zset/zset-access";
import { readUnit } from "../geo-arguments";
import { distanceM } from "../geo-distance";
import { replyCoordinate, replyDistance } from "../geo-reply";
import { GeoPoint, geohashText } from "../geohash";
import { KEY, MEMBER, UNIT } from "./docs";

/** GEOPOS, GEOHASH and GEODIST: the places of members that are named. */

/** Shows the score of the member at an argument; false when it, or the key, is not there. */
function findMember(call: DataCall, zsets: ZsetAccess, index: number): boolean {
  const { args } = call;
  return zsets.value(call).find(args.input, args.offset(index), args.length(index));
}

/** Calls `tell` for each member named, or `tellNothing` where it is not there. */
function forEachMember(
  call: DataCall,
  zsets: ZsetAccess,
  tell: (point: GeoPoint) => void,
  tellNothing: () => void,
): void {
  const { args, reply } = call;
  const state = zsets.read(call, 1);
  if (state === NOT_A_ZSET) return;
  const point = new GeoPoint();
  reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    if (state === A_ZSET && findMember(call, zsets, index)) {
      tell(point.setScore(zsets.value(call).score));
    } else {
      tellNothing();
    }
  }
}

function geopos(call: DataCall, zsets: ZsetAccess): void {
  const { reply } = call;
  const tell = (point: GeoPoint) => {
    reply.array(2);
    replyCoordinate(reply, point.longitude);
    replyCoordinate(reply, point.latitude);
  };
  forEachMember(call, zsets, tell, () => reply.nilArray());
}

function geohash(call: DataCall, zsets: ZsetAccess): void {
  const { reply } = call;
  const tell = (point: GeoPoint) => reply.bulkLatin1(geohashText(point.longitude, point.latitude));
  forEachMember(call, zsets, tell, () => reply.nil());
}

function geodist(call: DataCall, zsets: ZsetAccess): void {
  const { args, reply } = call;
  let unitM: number | undefined = 1;
  if (args.count === 5) unitM = readUnit(call, 4);
  else if (args.count > 5) reply.error(ERR_SYNTAX);
  if (unitM === undefined || args.count > 5) return;
  const state = zsets.read(call, 1);
  if (state === NOT_A_ZSET) return;
  if (state !== A_ZSET || !findMember(call, zsets, 2)) {
    reply.nil();
    return;
  }
  const one = new GeoPoint().setScore(zsets.value(call).score);
  if (!findMember(call, zsets, 3)) {
    reply.nil();
    return;
  }
  const other = new GeoPoint().setScore(zsets.value(call).score);
  const { longitude, latitude } = other;
  replyDistance(reply, distanceM(one.longitude, one.latitude, longitude, latitude) / unitM);
}

const COMMON = {
  flags: ["readonly"],
  group: "geo",
  since: "3.2.0",
  keys: [keyAt(1, "RO", "access")],
} as const;

export function readCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const members = { ...MEMBER, flags: ["multiple"] } as const;
  return [
    {
      ...COMMON,
      name: "geopos",
      arity: -2,
      summary: "Tells where members are.",
      complexity: "O(N) where N is the number of members named.",
      arguments: [KEY, members],
      handler: (call) => geopos(call, zsets),
    },
    {
      ...COMMON,
      name: "geohash",
      arity: -2,
      summary: "Tells the places of members as the text that other systems use.",
      complexity: "O(log(N)) for each member named, where N is how many there are.",
      arguments: [KEY, members],
      handler: (call) => geohash(call, zsets),
    },
    {
      ...COMMON,
      name: "geodist",
      arity: -4,
      summary: "Tells how far two members are from each other.",
      complexity: "O(log(N))",
      arguments: [
        KEY,
        { name: "member1", type: "string" },
        { name: "member2", type: "string" },
        { ...UNIT, flags: ["optional"] },
      ],
      handler: (call) => geodist(call, zsets),
    },
  ];
}
