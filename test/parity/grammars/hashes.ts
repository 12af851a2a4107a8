// Random commands on hashes.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";

const FAMILY = "h";
const FIELDS = ["f", "field", "", "__proto__", "\x00", "007", "-0"];
const COUNTS = ["0", "1", "2", "5", "100", "-1", "-5", "9223372036854775807"];
const WRONG_COUNTS = ["x", "-9223372036854775808", "4611686018427387904", "1.5"];

function hashKey(draw: Draw): string {
  return draw.keyOf(FAMILY);
}

function field(draw: Draw): string | Buffer {
  const { random } = draw;
  if (random.chance(0.1)) return draw.value();
  if (random.chance(0.2)) return random.pick(FIELDS);
  return random.chance(0.3) ? String(random.between(-20, 20)) : `f${random.below(20)}`;
}

function fields(draw: Draw): Words {
  return Array.from({ length: draw.random.between(1, 4) }, () => field(draw));
}

function pairs(draw: Draw): Words {
  return fields(draw).flatMap((name) => [name, draw.value()]);
}

const one = (draw: Draw): Words => [hashKey(draw)];
const oneField = (draw: Draw): Words => [hashKey(draw), field(draw)];
const someFields = (draw: Draw): Words => [hashKey(draw), ...fields(draw)];

export const HASH_GRAMMARS: readonly CommandGrammar[] = [
  grammar("HSET", 20, (draw) => [hashKey(draw), ...pairs(draw)]),
  grammar("HMSET", 2, (draw) => [hashKey(draw), ...pairs(draw)]),
  grammar("HSETNX", 4, (draw) => [hashKey(draw), field(draw), draw.value()]),
  grammar("HGET", 8, oneField),
  grammar("HMGET", 4, someFields),
  grammar("HGETALL", 3, one),
  grammar("HKEYS", 2, one),
  grammar("HVALS", 2, one),
  grammar("HLEN", 3, one),
  grammar("HSTRLEN", 3, oneField),
  grammar("HEXISTS", 3, oneField),
  grammar("HDEL", 12, someFields),
  grammar("HINCRBY", 8, (draw) => [hashKey(draw), field(draw), draw.integer()]),
  grammar("HINCRBYFLOAT", 6, (draw) => [hashKey(draw), field(draw), draw.float()]),
  grammar("HRANDFIELD", 3, (draw) => [
    hashKey(draw),
    ...draw.some(0.6, [draw.random.pick(draw.random.chance(0.9) ? COUNTS : WRONG_COUNTS)]),
    ...draw.some(0.3, ["WITHVALUES"]),
  ]),
];
