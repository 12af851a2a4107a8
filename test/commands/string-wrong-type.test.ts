// String commands on a key that holds no string: the replies of a real server that holds a list.

import { test } from "node:test";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { compareWrongTypes } from "../support/wrong-type";

const MEBIBYTE = 1024 * 1024;

const REQUESTS = `
  GET l
  SET l v GET
  SET l v NX
  SET l v NX GET
  SET l v EX 0 GET
  SETNX l v
  SETEX l 0 v
  GETSET l v
  GETDEL l
  GETEX l
  GETEX l EX 0
  GETEX l EX 100
  GETEX l PERSIST
  GETEX l BAD
  MGET l l
  MSETNX l v m w
  APPEND l v
  APPEND l ""
  STRLEN l
  SETRANGE l 0 v
  SETRANGE l 0 ""
  SETRANGE l -1 v
  SETRANGE l 536870912 v
  GETRANGE l 0 -1
  GETRANGE l x -1
  SUBSTR l 0 -1
  INCR l
  INCRBY l x
  INCRBY l 9223372036854775807
  DECRBY l 1
  DECRBY l -9223372036854775808
  INCRBYFLOAT l 1
  INCRBYFLOAT l x
  LCS l s
  LCS s l
  LCS l nope BAD
  SET l v XX KEEPTTL
  GET l
`;

test("string commands refuse a list, or take its key, as a real server does", (t) =>
  compareWrongTypes(t, stringCommands(new StringLimits(512 * MEBIBYTE)), REQUESTS));
