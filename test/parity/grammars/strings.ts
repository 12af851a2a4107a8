// Random commands on strings.

import { type CommandGrammar, type Draw, grammar, type Words } from "../draw";
import { keyAndValue, oneKey, someKeys } from "./common";

function pairs(draw: Draw): Words {
  return draw.keys(3).flatMap((key) => [key, draw.value()]);
}

export const STRING_GRAMMARS: readonly CommandGrammar[] = [
  grammar("SET", 20, (draw) => [
    ...keyAndValue(draw),
    ...draw.some(0.15, ["NX"], ["XX"], ["GET"], ["KEEPTTL"], draw.expiry()),
  ]),
  grammar("GET", 10, oneKey),
  grammar("GETSET", 3, keyAndValue),
  grammar("GETDEL", 3, oneKey),
  grammar("GETEX", 5, (draw) => [
    draw.key(),
    ...draw.some(0.3, draw.expiry(), draw.random.chance(0.3) ? ["PERSIST"] : []),
  ]),
  grammar("SETEX", 3, (draw) => [draw.key(), draw.relativeTime(), draw.value()]),
  grammar("PSETEX", 3, (draw) => [draw.key(), draw.relativeTime(), draw.value()]),
  grammar("SETNX", 3, keyAndValue),
  grammar("MSET", 4, pairs),
  grammar("MSETNX", 3, pairs),
  grammar("MGET", 5, someKeys),
  grammar("APPEND", 8, keyAndValue),
  grammar("STRLEN", 3, oneKey),
  grammar("SETRANGE", 6, (draw) => [draw.key(), draw.offset(), draw.value()]),
  grammar("GETRANGE", 6, (draw) => [draw.key(), draw.offset(), draw.offset()]),
  grammar("SUBSTR", 1, (draw) => [draw.key(), draw.offset(), draw.offset()]),
  grammar("INCR", 6, oneKey),
  grammar("DECR", 4, oneKey),
  grammar("INCRBY", 6, (draw) => [draw.key(), draw.integer()]),
  grammar("DECRBY", 4, (draw) => [draw.key(), draw.integer()]),
  grammar("INCRBYFLOAT", 8, (draw) => [draw.key(), draw.float()]),
  grammar("LCS", 3, (draw) => [
    draw.key(),
    draw.key(),
    ...draw.some(0.3, ["IDX"], ["LEN"], ["MINMATCHLEN", draw.integer()], ["WITHMATCHLEN"]),
  ]),
];
