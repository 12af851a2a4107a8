// Parity scripts of the generic commands: names, databases, copies, iteration.

import { lines, script } from "../script";

export const KEYSPACE_SCRIPTS = [
  script(
    "DEL, UNLINK, EXISTS, TOUCH, TYPE",
    lines`
      DEL nope
      MSET a 1 b 2 c 3 d 4
      EXISTS a b nope a
      DEL a b nope a
      DBSIZE
      UNLINK c c nope
      EXISTS c
      TOUCH d d nope
      TYPE d
      TYPE nope
      DEL
      UNLINK
      EXISTS
      TOUCH
      TYPE
      TYPE a b
      DEL "" "\x00"
    `,
  ),
  script(
    "RENAME and RENAMENX",
    lines`
      RENAME nope x
      RENAMENX nope x
      RENAME nope nope
      RENAMENX nope nope
      SET a 1 EX 100
      SET b 2
      RENAME a b
      GET b
      TTL b
      EXISTS a
      RENAME b b
      GET b
      TTL b
      RENAMENX b b
      SET c 3
      RENAMENX b c
      GET c
      RENAMENX b d
      GET d
      TTL d
      RENAME d c
      TTL c
      SET e 5
      RENAME e c
      TTL c
      RENAME a
      RENAME a b c
      RENAMENX a
    `,
  ),
  script(
    "COPY",
    lines`
      COPY nope x
      SET a 1 EX 100
      COPY a b
      GET b
      TTL b
      COPY a b
      SET a 2 KEEPTTL
      COPY a b REPLACE
      GET b
      COPY a b replace
      COPY a a
      COPY a a REPLACE
      COPY nope nope
      COPY a a DB 0
      COPY a a DB 1
      COPY a b DB 1
      COPY a b DB 1
      COPY a b DB 1 REPLACE
      COPY a b REPLACE DB 1
      COPY a b DB 2 DB 3
      SELECT 1
      MGET a b
      TTL b
      SELECT 3
      GET b
      SELECT 2
      GET b
      SELECT 0
      COPY a x DB 16
      COPY a x DB -1
      COPY a x DB abc
      COPY a x DB 99999999999
      COPY a x DB
      COPY a x FOO
      COPY a x REPLACE REPLACE
      COPY a x DB 0
      COPY a
      COPY
      COPY nope b REPLACE
      GET b
      SET n 5
      COPY n m
      INCR n
      MGET n m
      APPEND m x
      MGET n m
    `,
  ),
  script(
    "MOVE and SELECT",
    lines`
      MOVE nope 1
      SET a 1 EX 100
      SET b 2
      MOVE a 0
      MOVE a 1
      EXISTS a
      SELECT 1
      GET a
      TTL a
      SET b other
      SELECT 0
      MOVE b 1
      GET b
      MOVE b 16
      MOVE b -1
      MOVE b abc
      MOVE b 9223372036854775808
      MOVE b
      MOVE b 15
      SELECT 15
      GET b
      DBSIZE
      SELECT 16
      SELECT -1
      SELECT abc
      SELECT 1.0
      SELECT ""
      SELECT 9223372036854775807
      SELECT 4294967296
      SELECT
      SELECT 1 2
      GET b
      SELECT 00
      SELECT 0
    `,
  ),
  script(
    "SWAPDB",
    lines`
      SET a zero
      SELECT 1
      SET a one EX 100
      SWAPDB 0 1
      GET a
      TTL a
      SELECT 0
      GET a
      TTL a
      SWAPDB 0 0
      GET a
      SWAPDB 1 0
      GET a
      SWAPDB 0 16
      SWAPDB -1 0
      SWAPDB 0 abc
      SWAPDB abc 0
      SWAPDB 16 abc
      SWAPDB 0
      SWAPDB 0 1 2
      SWAPDB 0 9223372036854775808
      SWAPDB 0 99999999999
      SWAPDB 3 4
    `,
  ),
  script(
    "FLUSHDB, FLUSHALL, DBSIZE",
    lines`
      MSET a 1 b 2
      SELECT 1
      SET c 3
      DBSIZE
      FLUSHDB
      DBSIZE
      SET c 3
      FLUSHDB ASYNC
      DBSIZE
      SET c 3
      FLUSHDB sync
      DBSIZE
      SET c 3
      FLUSHDB FOO
      FLUSHDB ASYNC SYNC
      DBSIZE
      SELECT 0
      DBSIZE
      FLUSHALL ASYNC
      DBSIZE
      SET a 1
      FLUSHALL SYNC
      DBSIZE
      SET a 1
      FLUSHALL FOO
      FLUSHALL ASYNC ASYNC
      FLUSHALL ""
      DBSIZE
      DBSIZE x
      FLUSHALL
      DBSIZE
    `,
  ),
  script(
    "KEYS and its patterns",
    lines`
      KEYS *
      MSET one 1 two 2 three 3 four 4 h[llo 5 h*llo 6 hello 7 hallo 8 hbllo 9 "h\\llo" 10 "" 11
      KEYS *
      KEYS t*
      KEYS ?ne
      KEYS ???
      KEYS h?llo
      KEYS h[ae]llo
      KEYS h[^e]llo
      KEYS h[a-b]llo
      KEYS h[b-a]llo
      KEYS "h\\*llo"
      KEYS "h\\[llo"
      KEYS "h\\\\llo"
      KEYS "h[\\[]llo"
      KEYS "h[ab"
      KEYS "h["
      KEYS "[^"
      KEYS "h\\"
      KEYS ""
      KEYS **
      KEYS *o*
      KEYS *l*l*
      KEYS nothing
      KEYS one
      KEYS h[]llo
      KEYS h[^]llo
      KEYS h[-]llo
      KEYS h[*]llo
      KEYS HELLO
      KEYS
      KEYS a b
    `,
  ),
  script(
    "RANDOMKEY",
    lines`
      RANDOMKEY
      SET only 1
      RANDOMKEY
      RANDOMKEY
      SET two 2
      RANDOMKEY
      RANDOMKEY x
      DEL only two
      RANDOMKEY
      SET gone 1 PX 1
      .pause 20
      RANDOMKEY
    `,
  ),
  script(
    "SCAN iterates with MATCH, COUNT and TYPE",
    lines`
      .scan SCAN *
      SCAN 0
      MSET a1 1 a2 2 a3 3 b1 4 b2 5 c "\xff"
      .scan SCAN *
      .scan SCAN * COUNT 1
      .scan SCAN * COUNT 1000
      .scan SCAN * MATCH a?
      .scan SCAN * MATCH a? COUNT 2
      .scan SCAN * COUNT 2 MATCH *1
      .scan SCAN * TYPE string
      .scan SCAN * TYPE STRING
      .scan SCAN * TYPE list
      .scan SCAN * TYPE "string\x00x"
      .scan SCAN * TYPE string MATCH b*
      .scan SCAN * MATCH nope
      .scan SCAN * COUNT 1 COUNT 100 MATCH x MATCH a*
      DEL a1 a2 a3 b1 b2
      SCAN 0
      SCAN 0 MATCH c
      SCAN 0 MATCH d
      SCAN 0 TYPE string
      SCAN 0 COUNT 9223372036854775807
    `,
  ),
  script(
    "SCAN of many keys",
    lines`
      DEBUG POPULATE 3000
      .scan SCAN *
      .scan SCAN * COUNT 1
      .scan SCAN * COUNT 7 MATCH key:1*
      .scan SCAN * COUNT 100 MATCH *99
      .scan SCAN * COUNT 5000
      SELECT 2
      .scan SCAN *
      DEBUG POPULATE 50 other
      SWAPDB 0 2
      .scan SCAN * COUNT 3
      FLUSHDB
      .scan SCAN *
      SELECT 0
      DBSIZE
    `,
  ),
  script(
    "SCAN refuses",
    lines`
      SCAN
      SCAN abc
      SCAN -1
      SCAN 1.5
      SCAN ""
      SCAN " 0"
      SCAN 18446744073709551615
      SCAN 18446744073709551616
      SCAN 99999999999999999999999
      SCAN 0 COUNT
      SCAN 0 COUNT 0
      SCAN 0 COUNT -1
      SCAN 0 COUNT abc
      SCAN 0 COUNT 9223372036854775808
      SCAN 0 MATCH
      SCAN 0 TYPE
      SCAN 0 FOO
      SCAN 0 FOO bar
      SCAN 0 MATCH a FOO
      SCAN 0 TYPE nosuchtype
      SCAN 0x0
      SCAN +0
    `,
  ),
  script(
    "databases are apart",
    lines`
      SET k zero
      SELECT 5
      SET k five
      GET k
      KEYS *
      [b] GET k
      [b] SELECT 5
      [b] GET k
      SELECT 0
      GET k
      FLUSHDB
      [b] GET k
      [b] DEL k
      [b] DBSIZE
    `,
  ),
];
