// Random commands on lists. None waits: a client that waits for what never comes ends no run.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "l";
const COUNTS = ["0", "1", "1", "2", "3", "10", "100", "9223372036854775807"];
const WRONG_COUNTS = ["-1", "x", "-9223372036854775808", "9223372036854775808", "1.5", ""];
const ENDS = ["LEFT", "RIGHT", "LEFT", "RIGHT", "left", "Right"];

function listKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

/** Few different ones, so that they are found again, and now and then anything. */
function element(draw: Draw): string | Buffer {
  const { random } = draw;
  if (random.chance(0.2)) return draw.value();
  if (random.chance(0.02)) return "x".repeat(random.pick([4096, 8192, 9000, 20_000]));
  return random.chance(0.5) ? String(random.between(-5, 300)) : `e${random.below(12)}`;
}

function elements(draw: Draw): Words {
  const many = draw.random.chance(0.05);
  const count = draw.random.between(1, many ? 60 : 4);
  return Array.from({ length: count }, () => element(draw));
}

function count(draw: Draw): string {
  return draw.random.pick(draw.random.chance(0.95) ? COUNTS : WRONG_COUNTS);
}

function index(draw: Draw): string {
  return draw.random.chance(0.05) ? draw.integer() : String(draw.random.between(-20, 20));
}

function end(draw: Draw): string {
  return draw.random.chance(0.02) ? "UP" : draw.random.pick(ENDS);
}

const one = (draw: Draw): Words => [listKey(draw)];
const push = (draw: Draw): Words => [listKey(draw), ...elements(draw)];
const pop = (draw: Draw): Words => [listKey(draw), ...draw.some(0.4, [count(draw)])];
const range = (draw: Draw): Words => [listKey(draw), index(draw), index(draw)];

function multiPop(draw: Draw): Words {
  const keys = Array.from({ length: draw.random.between(1, 3) }, () => listKey(draw));
  const told = draw.random.chance(0.05) ? draw.integer() : String(keys.length);
  return [told, ...keys, end(draw), ...draw.some(0.5, ["COUNT", count(draw)])];
}

export const LIST_GRAMMARS: readonly CommandGrammar[] = [
  grammar("LPUSH", 12, push),
  grammar("RPUSH", 12, push),
  grammar("LPUSHX", 4, push),
  grammar("RPUSHX", 4, push),
  grammar("LPOP", 5, pop),
  grammar("RPOP", 5, pop),
  grammar("LLEN", 3, one),
  grammar("LINDEX", 5, (draw) => [listKey(draw), index(draw)]),
  grammar("LRANGE", 6, range),
  grammar("LSET", 6, (draw) => [listKey(draw), index(draw), element(draw)]),
  grammar("LINSERT", 8, (draw) => [
    listKey(draw),
    draw.random.pick(["BEFORE", "AFTER", "before", "BESIDE"]),
    element(draw),
    element(draw),
  ]),
  grammar("LREM", 6, (draw) => [listKey(draw), index(draw), element(draw)]),
  grammar("LTRIM", 1, range),
  grammar("LPOS", 5, (draw) => [
    listKey(draw),
    element(draw),
    ...draw.some(
      0.3,
      ["RANK", draw.random.chance(0.9) ? draw.random.pick(["1", "2", "-1", "-2"]) : draw.integer()],
      ["COUNT", count(draw)],
      ["MAXLEN", count(draw)],
    ),
  ]),
  grammar("LMOVE", 4, (draw) => [listKey(draw), listKey(draw), end(draw), end(draw)]),
  grammar("RPOPLPUSH", 3, (draw) => [listKey(draw), listKey(draw)]),
  grammar("LMPOP", 3, multiPop),
];
