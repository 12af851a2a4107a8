// Commands on the expiries of fields, which the real server does not know: replies, events, errors.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ENTRY_HEADER_BYTES } from "../../src/keyspace/entry";
import { verifyDict } from "../../src/structures/dict-verify";
import type { Reply } from "../support/reply";
import { ExpiringEngine } from "./expiring-engine";

const ANSWERS: readonly (readonly [line: string, reply: Reply, events: string])[] = [
  ["HSETEX h EX 10 FIELDS 2 a 1 b 2", 1, "new h,hset h,hexpire h"],
  ["HSETEX h FNX FIELDS 1 a 9", 0, ""],
  ["HSETEX h FXX KEEPTTL FIELDS 1 a 9", 1, "hset h"],
  ["HTTL h FIELDS 3 a b nope", [10, 10, -2], ""],
  ["HPTTL h FIELDS 1 a", [10_000], ""],
  ["HEXPIRETIME h FIELDS 1 a", [1_700_000_010], ""],
  ["HPEXPIRETIME h FIELDS 1 a", [1_700_000_010_000], ""],
  ["HSETEX h FXX FIELDS 2 a 1 nope 2", 0, ""],
  ["HSETEX nope FXX FIELDS 1 a 1", 0, ""],
  ["EXISTS nope", 0, ""],
  ["HSETEX h FIELDS 1 a 3", 1, "hset h"],
  ["HTTL h FIELDS 1 a", [-1], ""],
  ["HGETEX h EX 20 FIELDS 2 a nope", ["3", null], "hexpire h"],
  ["HGETEX h FIELDS 1 a", ["3"], ""],
  ["HGETEX h PERSIST FIELDS 2 a b", ["3", "2"], "hpersist h"],
  ["HGETEX h PERSIST FIELDS 1 a", ["3"], ""],
  ["HGETEX h PXAT 1 FIELDS 1 b", ["2"], "hdel h"],
  ["HGETDEL h FIELDS 2 nope nope2", [null, null], ""],
  ["HGETDEL h FIELDS 2 a a", ["3", null], "hdel h,del h"],
  ["HGETDEL h FIELDS 1 a", [null], ""],
  ["HGETEX h FIELDS 2 a b", [null, null], ""],
  ["HSETEX h PXAT 1 FIELDS 1 a 1", 1, "new h,hset h,hdel h,del h"],
  ["HSET h a 1 b 2", 2, "new h,hset h"],
  ["HEXPIRE h 10 XX FIELDS 2 a b", [0, 0], ""],
  ["HEXPIRE h 10 GT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 10 LT FIELDS 1 a", [1], "hexpire h"],
  ["HEXPIRE h 11 LT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 10 GT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 11 GT FIELDS 1 a", [1], "hexpire h"],
  ["HEXPIRE h 12 NX FIELDS 3 a b nope", [0, 1, -2], "hexpire h"],
  ["HEXPIREAT h 1800000000 XX FIELDS 1 a", [1], "hexpire h"],
  ["HPEXPIREAT h 1800000000001 FIELDS 1 b", [1], "hexpire h"],
  ["HEXPIRETIME h FIELDS 2 a b", [1_800_000_000, 1_800_000_001], ""],
  ["HPERSIST h FIELDS 3 a nope a", [1, -2, -1], "hpersist h"],
  ["HPERSIST h FIELDS 1 a", [-1], ""],
  ["HPERSIST nope FIELDS 1 a", [-2], ""],
  ["HTTL nope FIELDS 2 a b", [-2, -2], ""],
  ["HEXPIRE nope 1 FIELDS 2 a b", [-2, -2], ""],
  ["HEXPIRE h 0 FIELDS 2 a a", [2, -2], "hdel h"],
  ["HPEXPIREAT h 1 FIELDS 1 b", [2], "hdel h,del h"],
];

test("commands on expiries answer and publish as Redis 7.4 and 8.0 do", () => {
  const it = new ExpiringEngine();
  for (const [line, reply, events] of ANSWERS) {
    it.engine.events.length = 0;
    assert.deepEqual(it.run(...line.split(" ")), reply, line);
    const told = it.engine.events.filter((event) => !event.startsWith("keymiss"));
    assert.equal(told.join(), events, line);
  }
  assert.equal(it.engine.call.db.size, 0);
});

const NO_FIELDS = "ERR Mandatory argument FIELDS is missing or not at the right position";
const MISMATCH = "ERR The `numfields` parameter must match the number of arguments";
const NOT_POSITIVE = "ERR Number of fields must be a positive integer";
const NO_INTEGER = "ERR value is not an integer or out of range";
const ERRORS: readonly (readonly [line: string, error: string])[] = [
  ["HEXPIRE h x FIELDS 1 a", NO_INTEGER],
  ["HEXPIRE h -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"],
  ["HEXPIRE h 70368744178 FIELDS 1 a", "ERR invalid expire time in 'hexpire' command"],
  ["HPEXPIREAT h 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hpexpireat' command"],
  ["HEXPIRE h 9223372036854775807 FIELDS 1 a", "ERR invalid expire time in 'hexpire' command"],
  ["HEXPIRE h 9223372036854775808 FIELDS 1 a", NO_INTEGER],
  ["HEXPIRE h 1 BAD FIELDS 1 a", NO_FIELDS],
  ["HEXPIRE h 1 NX XX FIELDS 1 a", NO_FIELDS],
  ["HEXPIRE h 1 FIELDS 0 a", "ERR Parameter `numFields` should be greater than 0"],
  ["HEXPIRE h 1 FIELDS 2 a", MISMATCH],
  ["HEXPIRE h 1 FIELDS 1 a b", MISMATCH],
  ["HTTL h BAD 1 a", NO_FIELDS],
  ["HTTL h FIELDS 0 a", NOT_POSITIVE],
  ["HTTL h FIELDS x a", NOT_POSITIVE],
  ["HTTL h FIELDS 9223372036854775807 a", MISMATCH],
  ["HPERSIST h FIELDS -1 a", NOT_POSITIVE],
  ["HGETDEL h FIELDS 2 a", MISMATCH],
  ["HGETEX h EX 1 BAD 1 a", NO_FIELDS],
  ["HGETEX h EX x FIELDS 1 a", NO_INTEGER],
  ["HGETEX h EX -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"],
  ["HGETEX h PX 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hgetex' command"],
  ["HSETEX h FIELDS 1 a", "ERR wrong number of arguments for 'hsetex' command"],
  ["HSETEX h FIELDS 2 a 1 b", "ERR wrong number of arguments for 'hsetex' command"],
  ["HSETEX h FNX FXX FIELDS 1 a 1", "ERR Only one of FXX or FNX arguments can be specified"],
  [
    "HSETEX h EX 1 PX 1 FIELDS 1 a 1",
    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified",
  ],
  ["HSETEX h FIELDS 1 a 1 EX", "ERR missing expire time"],
  ["HSETEX h FIELDS 0 a 1", "ERR invalid number of fields"],
  ["HSETEX h FIELDS 1 a 1 FIELDS 1 a 1", "ERR multiple FIELDS arguments"],
  ["HSETEX h FIELDS 1 a 1 NONSENSE", "ERR unknown argument: NONSENSE"],
];

test("commands on expiries refuse wrong arguments, and nothing is changed", () => {
  const it = new ExpiringEngine();
  it.run("HSET", "h", "a", "1");
  for (const [line, error] of ERRORS) {
    assert.deepEqual(it.run(...line.split(" ")), { error }, line);
  }
  assert.deepEqual(it.run("HGETALL", "h"), ["a", "1"]);
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "listpack");
});

test("a hash that is set with a time in the past takes no other key with it", () => {
  const it = new ExpiringEngine();
  it.run("HSET", "other", "f", "x");
  it.run("HSETEX", "h", "PXAT", "1", "FIELDS", "1", "a", "1");
  assert.equal(it.run("HGET", "other", "f"), "x");
  const { call, memory } = it.engine;
  assert.equal(call.db.size, 1);
  verifyDict(memory, call.db.dict.ref, { keyAt: ENTRY_HEADER_BYTES });
});
