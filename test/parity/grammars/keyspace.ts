// Random commands on keys of any type.

import { type CommandGrammar, grammar } from "../draw";
import { expireOptions, nothing, oneKey, someKeys } from "./common";

export const KEYSPACE_GRAMMARS: readonly CommandGrammar[] = [
  grammar("DEL", 6, someKeys),
  grammar("UNLINK", 3, someKeys),
  grammar("EXISTS", 3, someKeys),
  grammar("TOUCH", 1, someKeys),
  grammar("TYPE", 2, oneKey),
  grammar("RENAME", 3, (draw) => [draw.key(), draw.key()]),
  grammar("RENAMENX", 3, (draw) => [draw.key(), draw.key()]),
  grammar("COPY", 5, (draw) => [
    draw.key(),
    draw.key(),
    ...draw.some(0.3, ["REPLACE"], ["DB", draw.database()]),
  ]),
  grammar("MOVE", 2, (draw) => [draw.key(), draw.database()]),
  grammar("SELECT", 2, (draw) => [draw.database()]),
  grammar("SWAPDB", 1, (draw) => [draw.database(), draw.database()]),
  grammar("DBSIZE", 2, nothing),
  grammar("RANDOMKEY", 1, nothing),
  grammar("KEYS", 2, (draw) => [draw.pattern()]),
  grammar("SCAN", 2, (draw) => [
    "0",
    "COUNT",
    "100000",
    ...draw.some(
      0.3,
      ["MATCH", draw.pattern()],
      ["TYPE", draw.random.pick(["string", "list", "hash", "set", "zset", "stream"])],
    ),
  ]),
  grammar("OBJECT", 6, (draw) => [
    draw.random.pick(["ENCODING", "encoding", "REFCOUNT"]),
    draw.key(),
  ]),
  grammar("FLUSHDB", 0.1, (draw) => draw.some(0.3, ["ASYNC"], ["SYNC"])),
  grammar("FLUSHALL", 0.1, (draw) => draw.some(0.3, ["ASYNC"], ["SYNC"])),
  grammar("EXPIRE", 4, (draw) => [draw.key(), draw.relativeTime(), ...expireOptions(draw)]),
  grammar("PEXPIRE", 4, (draw) => [draw.key(), draw.relativeTime(), ...expireOptions(draw)]),
  grammar("EXPIREAT", 4, (draw) => [draw.key(), draw.absoluteTime(), ...expireOptions(draw)]),
  grammar("PEXPIREAT", 4, (draw) => [draw.key(), draw.absoluteTime(), ...expireOptions(draw)]),
  grammar("TTL", 3, oneKey),
  grammar("PTTL", 2, oneKey),
  grammar("EXPIRETIME", 3, oneKey),
  grammar("PEXPIRETIME", 3, oneKey),
  grammar("PERSIST", 3, oneKey),
];
