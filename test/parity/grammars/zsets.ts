// Random commands on sorted sets. Members are compared byte by byte only where all scores are equal,
// so commands by member have keys of their own, which no other family's commands use.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "z";
const SETS = "s";
const EQUAL_SCORES = "y";
const SCORES = [
  "0",
  "-0",
  "1",
  "1",
  "2",
  "-5",
  "0.1",
  "3.0e3",
  "1e300",
  "-1e300",
  "1e-320",
  "inf",
  "-inf",
  "+inf",
  "Infinity",
  "9007199254740993",
  "4611686018427387904",
  "9223372036854775807",
  "1e17",
  "123456789012345678",
  "0x1f",
  "1e999",
  "nan",
  "x",
  "",
];
const BOUNDS = ["-inf", "+inf", "0", "(0", "1", "(1", "(-5", "0.1", "3000", "(inf", "", " 1", "(x"];
const LEX_BOUNDS = ["-", "+", "[", "(", "[a", "(a", "[m1", "(m3", "[m5", "[z", "a", "", "--"];
const FEW_MEMBERS = 12;
const MANY_MEMBERS = 90;
const LONG_BYTES = [65, 120, 300];

function zsetKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

function member(draw: Draw): string {
  const { random } = draw;
  if (random.chance(0.5)) return `m${random.below(FEW_MEMBERS)}`;
  if (random.chance(0.8)) return `m${random.below(MANY_MEMBERS)}`;
  return random.pick([
    "",
    "7",
    "-1",
    "007",
    "\x00",
    "\xff\x00",
    "__proto__",
    "9223372036854775807",
  ]);
}

/** Rarely one that is too long for a listpack. */
function anyMember(draw: Draw): string {
  if (!draw.random.chance(0.01)) return member(draw);
  return `l${draw.random.below(20)}${"x".repeat(draw.random.pick(LONG_BYTES))}`;
}

function members(draw: Draw): string[] {
  return Array.from({ length: draw.random.between(1, 4) }, () => anyMember(draw));
}

function score(draw: Draw): string {
  const { random } = draw;
  if (random.chance(0.4)) return random.pick(SCORES.slice(0, random.chance(0.9) ? -4 : undefined));
  if (random.chance(0.5)) return String(random.between(-20, 20));
  return String(random.between(-1_000_000, 1_000_000) / 1000);
}

function pairs(draw: Draw): string[] {
  const most = draw.random.chance(0.05) ? 60 : 4;
  const count = draw.random.between(1, most);
  return Array.from({ length: count }, () => [score(draw), anyMember(draw)]).flat();
}

function rank(draw: Draw): string {
  return draw.random.chance(0.03) ? draw.integer() : String(draw.random.between(-15, 30));
}

function limit(draw: Draw): Words {
  return ["LIMIT", String(draw.random.between(-1, 5)), String(draw.random.between(-1, 8))];
}

function bounds(draw: Draw): string[] {
  const bound = (): string =>
    draw.random.chance(0.6) ? draw.random.pick(BOUNDS) : String(draw.random.between(-20, 20));
  return [bound(), bound()];
}

function lexBounds(draw: Draw): string[] {
  return [draw.random.pick(LEX_BOUNDS), draw.random.pick(LEX_BOUNDS)];
}

const rankRange = (draw: Draw): Words => [rank(draw), rank(draw)];
const withScores = (draw: Draw): Words => draw.some(0.4, ["WITHSCORES"]);
const scoreOptions = (draw: Draw): Words => draw.some(0.3, ["WITHSCORES"], limit(draw));
const lexKey = (draw: Draw): string => draw.familyKey(EQUAL_SCORES);

function rangeArguments(draw: Draw): Words {
  if (draw.random.chance(0.4)) return [...rankRange(draw), ...draw.some(0.3, ["REV"])];
  return [...bounds(draw), "BYSCORE", ...draw.some(0.3, ["REV"], limit(draw))];
}

function inputs(draw: Draw): Words {
  const keys = Array.from({ length: draw.random.between(1, 3) }, () =>
    draw.keyOf(draw.random.chance(0.2) ? SETS : FAMILY),
  );
  const count = draw.random.chance(0.03) ? draw.integer() : String(keys.length);
  return [count, ...keys];
}

function joins(draw: Draw): Words {
  const keys = inputs(draw);
  const weights = keys.slice(1).map(() => draw.random.pick(["0", "1", "-1", "2.5", "inf", "x"]));
  const aggregate = draw.random.pick(["SUM", "MIN", "MAX", "MAX", "AVG"]);
  return [...keys, ...draw.some(0.2, ["WEIGHTS", ...weights], ["AGGREGATE", aggregate])];
}

function pops(draw: Draw): Words {
  const count = ["COUNT", String(draw.random.between(0, 6))];
  return [...inputs(draw), draw.random.pick(["MIN", "MAX"]), ...draw.some(0.5, count)];
}

export const ZSET_GRAMMARS: readonly CommandGrammar[] = [
  grammar("ZADD", 25, (draw) => [
    zsetKey(draw),
    ...draw.some(0.1, ["NX"], ["XX"], ["GT"], ["LT"], ["CH"], ["INCR"]),
    ...pairs(draw),
  ]),
  {
    ...grammar("ZADD", 8, (draw) => [
      lexKey(draw),
      ...members(draw).flatMap((name) => ["0", name]),
    ]),
    staysWhole: true,
  },
  grammar("ZINCRBY", 6, (draw) => [zsetKey(draw), score(draw), anyMember(draw)]),
  grammar("ZREM", 5, (draw) => [zsetKey(draw), ...members(draw)]),
  grammar("ZREM", 1, (draw) => [lexKey(draw), ...members(draw)]),
  grammar("ZCARD", 2, (draw) => [zsetKey(draw)]),
  grammar("ZSCORE", 4, (draw) => [zsetKey(draw), anyMember(draw)]),
  grammar("ZMSCORE", 3, (draw) => [zsetKey(draw), ...members(draw)]),
  grammar("ZRANK", 3, (draw) => [zsetKey(draw), anyMember(draw)]),
  grammar("ZREVRANK", 3, (draw) => [zsetKey(draw), anyMember(draw)]),
  grammar("ZCOUNT", 4, (draw) => [zsetKey(draw), ...bounds(draw)]),
  grammar("ZLEXCOUNT", 3, (draw) => [lexKey(draw), ...lexBounds(draw)]),
  grammar("ZRANGE", 8, (draw) => [zsetKey(draw), ...rangeArguments(draw), ...withScores(draw)]),
  grammar("ZRANGE", 3, (draw) => [
    lexKey(draw),
    ...lexBounds(draw),
    "BYLEX",
    ...draw.some(0.3, ["REV"], limit(draw)),
  ]),
  grammar("ZREVRANGE", 3, (draw) => [zsetKey(draw), ...rankRange(draw), ...withScores(draw)]),
  grammar("ZRANGEBYSCORE", 4, (draw) => [zsetKey(draw), ...bounds(draw), ...scoreOptions(draw)]),
  grammar("ZREVRANGEBYSCORE", 4, (draw) => [zsetKey(draw), ...bounds(draw), ...scoreOptions(draw)]),
  grammar("ZRANGEBYLEX", 3, (draw) => [
    lexKey(draw),
    ...lexBounds(draw),
    ...draw.some(0.3, limit(draw)),
  ]),
  grammar("ZREVRANGEBYLEX", 3, (draw) => [
    lexKey(draw),
    ...lexBounds(draw),
    ...draw.some(0.3, limit(draw)),
  ]),
  grammar("ZRANGESTORE", 4, (draw) => [zsetKey(draw), zsetKey(draw), ...rangeArguments(draw)]),
  grammar("ZREMRANGEBYRANK", 2, (draw) => [zsetKey(draw), ...rankRange(draw)]),
  grammar("ZREMRANGEBYSCORE", 2, (draw) => [zsetKey(draw), ...bounds(draw)]),
  grammar("ZREMRANGEBYLEX", 1, (draw) => [lexKey(draw), ...lexBounds(draw)]),
  grammar("ZPOPMIN", 2, (draw) => [zsetKey(draw), ...draw.some(0.5, [rank(draw)])]),
  grammar("ZPOPMAX", 2, (draw) => [zsetKey(draw), ...draw.some(0.5, [rank(draw)])]),
  grammar("ZMPOP", 2, pops),
  grammar("ZRANDMEMBER", 2, (draw) => [
    zsetKey(draw),
    ...draw.some(0.9, ["1000", ...withScores(draw)]),
  ]),
  grammar("ZUNION", 2, (draw) => [...joins(draw), ...withScores(draw)]),
  grammar("ZINTER", 2, (draw) => [...joins(draw), ...withScores(draw)]),
  grammar("ZDIFF", 2, (draw) => [...inputs(draw), ...withScores(draw)]),
  grammar("ZINTERCARD", 2, (draw) => [...inputs(draw), ...draw.some(0.4, ["LIMIT", rank(draw)])]),
  grammar("ZUNIONSTORE", 3, (draw) => [zsetKey(draw), ...joins(draw)]),
  grammar("ZINTERSTORE", 3, (draw) => [zsetKey(draw), ...joins(draw)]),
  grammar("ZDIFFSTORE", 2, (draw) => [zsetKey(draw), ...inputs(draw)]),
  grammar("ZSCAN", 2, (draw) => [zsetKey(draw), "0", "COUNT", "100000"]),
];
