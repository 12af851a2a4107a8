// Parity scripts of what is refused before it begins: unknown commands, arity, strange arguments.

import { lines, script } from "../script";

/** Names with the number of arguments that is too few and, where there is one, too many. */
const ARITIES = (
  "append auth client config copy dbsize decr decrby del echo exists expire expireat expiretime " +
  "flushall flushdb get getdel getex getrange getset hello incr incrby incrbyfloat info keys " +
  "latency lcs lolwut memory mget monitor move mset msetnx object persist pexpire pexpireat " +
  "pexpiretime ping psetex pttl randomkey rename renamenx reset scan select set setex setnx " +
  "setrange slowlog strlen substr swapdb time touch ttl type unlink"
).split(" ");
// These do something with no or many arguments that does not belong here.
const TAKES_NONE = new Set(["flushall", "flushdb", "info", "monitor", "lolwut", "reset", "hello"]);

function arityLines(): string {
  const made: string[] = [];
  for (const name of ARITIES) {
    if (!TAKES_NONE.has(name)) made.push(name);
    made.push(`${name.toUpperCase()} a b c d e f g h i j`);
  }
  return made.join("\n");
}

export const ERROR_SCRIPTS = [
  script(
    "unknown commands",
    lines`
      NOSUCH
      nosuch
      NoSuch a b c
      NOSUCH "a b" "c'd" "e\nf" "\x00g" "\xff"
      NOSUCH {x*200}
      NOSUCH {x*100} {y*100} {z*100}
      NOSUCH a {x*120} b c
      NOSUCH 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32
      {N*200}
      {N*20000}
      ""
      "" a
      "NO SUCH"
      "\x00"
      "GET "
      " GET"
      "\r\nGET"
      "NO\r\nSUCH" a
      get|x k
      client|id
      foo|bar
      GE
      GETT k
      "{GET"
      %s%n
    `,
  ),
  script(
    "unknown subcommands",
    lines`
      CLIENT NOSUCH
      CLIENT "a\nb"
      CLIENT {x*200}
      CLIENT ""
      CONFIG NOSUCH a b
      OBJECT NOSUCH k
      OBJECT ENCODINGS k
      MEMORY NOSUCH
      SLOWLOG NOSUCH
      LATENCY NOSUCH
      COMMAND NOSUCH
      DEBUG NOSUCH
      client nosuch
      cOnFiG nOsUcH
      CLIENT id
      client ID
    `,
  ),
  script("every command with none and with ten arguments", arityLines()),
  script(
    "numbers that are not numbers",
    lines`
      SCAN 01
      SET n 5
      INCRBY n " 5"
      INCRBY n "5 "
      INCRBY n "5\x00"
      INCRBY n 5.
      INCRBY n 5e0
      INCRBY n 0b1
      INCRBY n "\xd9\xa5"
      INCRBY n 5_0
      INCRBY n 5n
      INCRBY n ++5
      INCRBY n - 
      INCRBY n 00
      INCRBY n -00
      INCRBY n -
      INCRBY n +
      INCRBY n 99999999999999999999999999999999999999999999999999
      INCRBY n {9*400}
      INCRBYFLOAT n {9*400}
      INCRBYFLOAT n 0.{9*3}
      INCRBYFLOAT n 1e400
      INCRBYFLOAT n 1,5
      INCRBYFLOAT n 0x
      INCRBYFLOAT n 0xg
      INCRBYFLOAT n 0x1.8p1
      INCRBYFLOAT n 1p3
      GETRANGE n 1.0 2
      GETRANGE n 1 -
      SETRANGE n +1 x
      EXPIRE n 1e3
      EXPIRE n 0x10
      SELECT +1
      SELECT 01
      MOVE n +1
      GET n
    `,
  ),
  script(
    "errors are counted and do not disturb",
    lines`
      CONFIG RESETSTAT
      NOSUCH
      GET
      SET k v
      INCR k
      SET k v EX 0
      EXPIRE k 1 FOO
      CLIENT FOO
      GET k
      .send "NOSUCH\r\nGET\r\nGET k\r\nINCR k\r\nPING\r\n"
      .read 5
      INFO errorstats
      CONFIG RESETSTAT
    `,
  ),
];
