// Random commands on sets. SPOP takes all members or none, so that chance has no say in what is left.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "s";
const MEMBERS = [
  "__proto__",
  "",
  "\x00",
  "007",
  "-0",
  "constructor",
  "x".repeat(64),
  "y".repeat(65),
];
const ALL_OR_NONE = ["0", "100000", "9223372036854775807", "-1", "x", "9223372036854775808"];
const COUNTS = ["0", "1", "2", "5", "100", "-1", "-5", "9223372036854775807"];
const WRONG_COUNTS = ["x", "-9223372036854775808", "1.5", "9223372036854775808"];
const LIMITS = ["0", "1", "2", "5", "100", "-1", "x"];

function setKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

function member(draw: Draw): string | Buffer {
  const { random } = draw;
  if (random.chance(0.1)) return draw.value();
  if (random.chance(0.15)) return random.pick(MEMBERS);
  return random.chance(0.6) ? String(random.between(-20, 20)) : `m${random.below(20)}`;
}

function members(draw: Draw, most: number): Words {
  return Array.from({ length: draw.random.between(1, most) }, () => member(draw));
}

/** Often many integers at once, so that intsets become large, too. */
function added(draw: Draw): Words {
  if (!draw.random.chance(0.02)) return members(draw, draw.random.chance(0.1) ? 30 : 4);
  const first = draw.random.between(-100_000, 100_000);
  const count = draw.random.pick([20, 130, 260, 512]);
  return Array.from({ length: count }, (_, index) => String(first + index * 3));
}

function cardArguments(draw: Draw): Words {
  const keys = draw.keysOf(FAMILY);
  const count = draw.random.chance(0.1) ? draw.integer() : String(keys.length);
  return [count, ...keys, ...draw.some(0.3, ["LIMIT", draw.random.pick(LIMITS)])];
}

const one = (draw: Draw): Words => [setKey(draw)];
const sources = (draw: Draw): Words => draw.keysOf(FAMILY, draw.random.chance(0.1) ? 9 : 4);
const stored = (draw: Draw): Words => [setKey(draw), ...sources(draw)];

export const SET_GRAMMARS: readonly CommandGrammar[] = [
  grammar("SADD", 25, (draw) => [setKey(draw), ...added(draw)]),
  grammar("SREM", 12, (draw) => [setKey(draw), ...members(draw, 6)]),
  grammar("SISMEMBER", 4, (draw) => [setKey(draw), member(draw)]),
  grammar("SMISMEMBER", 4, (draw) => [setKey(draw), ...members(draw, 4)]),
  grammar("SCARD", 3, one),
  grammar("SMEMBERS", 3, one),
  grammar("SMOVE", 6, (draw) => [setKey(draw), setKey(draw), member(draw)]),
  grammar("SPOP", 2, (draw) => [setKey(draw), draw.random.pick(ALL_OR_NONE)]),
  grammar("SRANDMEMBER", 3, (draw) => [
    setKey(draw),
    ...draw.some(0.7, [draw.random.pick(draw.random.chance(0.9) ? COUNTS : WRONG_COUNTS)]),
  ]),
  grammar("SINTER", 5, sources),
  grammar("SINTERSTORE", 5, stored),
  grammar("SINTERCARD", 4, cardArguments),
  grammar("SUNION", 5, sources),
  grammar("SUNIONSTORE", 4, stored),
  grammar("SDIFF", 5, sources),
  grammar("SDIFFSTORE", 5, stored),
  grammar("SSCAN", 2, (draw) => [
    setKey(draw),
    "0",
    "COUNT",
    "100000",
    ...draw.some(0.3, ["MATCH", draw.pattern()]),
  ]),
];
