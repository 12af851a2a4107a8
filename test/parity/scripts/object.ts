// Parity scripts of what a value is: OBJECT, encodings and their thresholds, and wrong types.

import { lines, script } from "../script";

export const OBJECT_SCRIPTS = [
  script(
    "OBJECT",
    lines`
      SET k v
      OBJECT ENCODING k
      OBJECT REFCOUNT k
      OBJECT IDLETIME k
      OBJECT FREQ k
      OBJECT ENCODING nope
      OBJECT REFCOUNT nope
      OBJECT IDLETIME nope
      OBJECT FREQ nope
      OBJECT HELP
      OBJECT FOO k
      OBJECT encoding k
      OBJECT ENCODING
      OBJECT ENCODING k k
      OBJECT HELP x
      OBJECT
      CONFIG SET maxmemory-policy allkeys-lfu
      OBJECT FREQ k
      OBJECT IDLETIME k
      OBJECT FREQ nope
      OBJECT IDLETIME nope
      CONFIG SET maxmemory-policy noeviction
    `,
  ),
  script(
    "OBJECT ENCODING of strings",
    lines`
      SET k 1
      OBJECT ENCODING k
      SET k 9223372036854775807
      OBJECT ENCODING k
      SET k -9223372036854775808
      OBJECT ENCODING k
      SET k 9223372036854775808
      OBJECT ENCODING k
      SET k 01
      OBJECT ENCODING k
      SET k -0
      OBJECT ENCODING k
      SET k ""
      OBJECT ENCODING k
      SET k {x*44}
      OBJECT ENCODING k
      SET k {x*45}
      OBJECT ENCODING k
      SET k {1*20}
      OBJECT ENCODING k
      SET k {1*19}
      OBJECT ENCODING k
      SET k {1*21}
      OBJECT ENCODING k
      SET k abc
      APPEND k ""
      OBJECT ENCODING k
      APPEND k d
      OBJECT ENCODING k
      SET k 12
      APPEND k 3
      OBJECT ENCODING k
      DEL k
      APPEND k 12
      OBJECT ENCODING k
      DEL k
      APPEND k abc
      OBJECT ENCODING k
      SET k 12
      SETRANGE k 0 9
      OBJECT ENCODING k
      DEL k
      SETRANGE k 0 abc
      OBJECT ENCODING k
      DEL k
      SETRANGE k 0 12
      OBJECT ENCODING k
      SET k 10
      INCR k
      OBJECT ENCODING k
      DEL k
      INCR k
      OBJECT ENCODING k
      SET k 1234567
      INCRBYFLOAT k 1
      OBJECT ENCODING k
      INCRBYFLOAT k 0.5
      OBJECT ENCODING k
      INCR nope
      GETSET k 12
      OBJECT ENCODING k
      MSET k 12 j abc
      OBJECT ENCODING k
      SETNX n 12
      OBJECT ENCODING n
      COPY k c
      OBJECT ENCODING c
      SETEX k 10 15
      OBJECT ENCODING k
      GETEX k PERSIST
      OBJECT ENCODING k
      MSETNX y 1 z {z*50}
      OBJECT ENCODING y
      OBJECT ENCODING z
      SET k {x*60}
      SETRANGE k 0 a
      OBJECT ENCODING k
      COPY k c REPLACE
      OBJECT ENCODING c
      DEL k
      APPEND k abc
      COPY k c REPLACE
      OBJECT ENCODING c
      RENAME k r
      OBJECT ENCODING r
    `,
  ),
  script(
    "OBJECT REFCOUNT of small integers and others",
    lines`
      SET k 10000
      OBJECT REFCOUNT k
      SET k abc
      OBJECT REFCOUNT k
      SET k -1
      OBJECT REFCOUNT k
    `,
  ),
  script(
    "wrong type",
    lines`
      LPUSH l a b c
      GET l
      SET l v GET
      GETSET l x
      GETDEL l
      GETEX l
      GETEX l EX 10
      APPEND l x
      STRLEN l
      SETRANGE l 0 x
      SETRANGE l 0 ""
      GETRANGE l 0 -1
      SUBSTR l 0 -1
      INCR l
      DECR l
      INCRBY l 1
      DECRBY l 1
      INCRBYFLOAT l 1
      MGET l nope
      SET s v
      LCS l s
      LCS s l
      LCS nope l
      SETNX l x
      MSETNX l x n y
      EXISTS n
      TYPE l
      EXPIRE l 100
      TTL l
      RENAME l m
      TYPE m
      COPY m o
      OBJECT ENCODING o
      SET m now-a-string
      TYPE m
      TTL m
      SCAN 0 TYPE list
      MSET o 1
      TYPE o
    `,
    { needs: ["LPUSH"] },
  ),
];
