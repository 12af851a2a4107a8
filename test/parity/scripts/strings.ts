// Parity scripts of the string commands: every option, every edge that Redis words an answer for.

import { lines, script } from "../script";

export const STRING_SCRIPTS = [
  script(
    "GET and SET with bytes of every kind",
    lines`
      GET k
      SET k v
      GET k
      SET k ""
      GET k
      STRLEN k
      SET k "\x00\x01\xff\r\n\x80"
      GET k
      SET "" empty-name
      GET ""
      SET "\x00" nul-name
      GET "\x00"
      SET {k*300} long-name
      GET {k*300}
      SET k {v*70000}
      STRLEN k
      GET k
      SET k {v*70000}
      SET k2 {w*1048577}
      STRLEN k2
      GET k2
      EXISTS k k2 ""
    `,
  ),
  script(
    "SET NX and XX",
    lines`
      SET k v XX
      GET k
      SET k v NX
      GET k
      SET k w NX
      GET k
      SET k w XX
      GET k
      SET k x nx
      SET k x xx
      GET k
      SET k x nX
      SET k v NX XX
      SET k v XX NX
      GET k
      SET k v NX NX
      SET k z XX XX
      GET k
    `,
  ),
  script(
    "SET GET",
    lines`
      SET k v GET
      SET k w GET
      GET k
      SET k x GET XX
      GET k
      SET k y NX GET
      GET k
      SET new y XX GET
      GET new
      SET new y NX GET
      GET new
      SET new z GET GET
      SET new z GET EX 100
      TTL new
      SET new z GET KEEPTTL
      TTL new
      SET new z get
      TTL new
    `,
  ),
  script(
    "SET with expiry options",
    lines`
      SET k v EX 100
      TTL k
      SET k v PX 100500
      PTTL k
      SET k v EXAT 33177117420
      EXPIRETIME k
      PEXPIRETIME k
      SET k v PXAT 33177117420001
      PEXPIRETIME k
      EXPIRETIME k
      SET k w KEEPTTL
      PEXPIRETIME k
      SET k w
      TTL k
      SET k w KEEPTTL
      TTL k
      SET k v ex 10 nx
      SET k v ex 10 xx
      TTL k
      SET gone v EXAT 1
      EXISTS gone
      GET gone
      SET gone v PXAT 1
      EXISTS gone
      SET gone v
      SET gone v PXAT 1
      EXISTS gone
      DBSIZE
    `,
  ),
  script(
    "SET refuses bad expiry",
    lines`
      SET k v
      SET k w EX 0
      SET k w EX -1
      SET k w PX 0
      SET k w PX -9223372036854775808
      SET k w EX 9223372036854775807
      SET k w EX 9223372036854775
      SET k w EX 9223372036854776
      SET k w EX 9223370000000000
      SET k w PX 9223372036854775807
      SET k w PX 9223372036854775808
      SET k w EXAT 0
      SET k w EXAT -1
      SET k w EXAT 9223372036854775807
      SET k w EXAT 9223372036854776
      SET k w PXAT 0
      SET k w PXAT -5
      SET k w EX abc
      SET k w EX 1.5
      SET k w EX " 1"
      SET k w EX ""
      SET k w EX 010
      SET k w EX +10
      SET k w EX
      SET k w PX
      SET k w EXAT
      SET k w PXAT
      GET k
      TTL k
      SET k w PXAT 9223372036854775807
      PEXPIRETIME k
      SET k w EXAT 9223372036854775
      EXPIRETIME k
      PEXPIRETIME k
    `,
  ),
  script(
    "SET option conflicts and junk",
    lines`
      SET k v EX 10 PX 10
      SET k v EX 10 EX 10
      SET k v EX 10 KEEPTTL
      SET k v KEEPTTL EX 10
      SET k v KEEPTTL KEEPTTL
      SET k v EXAT 33177117420 PX 10
      SET k v PXAT 33177117420000 EXAT 33177117420
      SET k v EX 10 NX XX
      SET k v FOO
      SET k v EX 10 FOO
      SET k v ""
      SET k v NX GET XX
      SET k v PERSIST
      SET k
      SET
      GET k
      TTL k
    `,
  ),
  script(
    "SETEX, PSETEX, SETNX",
    lines`
      SETEX k 100 v
      GET k
      TTL k
      PSETEX k 100500 w
      GET k
      PTTL k
      SETEX k 0 v
      SETEX k -1 v
      SETEX k abc v
      SETEX k 1.0 v
      SETEX k 9223372036854775807 v
      SETEX k 9223372036854775 v
      SETEX k 9223372036854775808 v
      PSETEX k 0 v
      PSETEX k -10 v
      PSETEX k 9223372036854775807 v
      PSETEX k x v
      GET k
      SETEX k 10
      PSETEX k
      SETNX k v
      GET k
      SETNX n v
      GET n
      TTL n
      SETNX n
      SETNX n v w
    `,
  ),
  script(
    "GETSET, GETDEL",
    lines`
      GETSET k v
      GETSET k w
      GET k
      EXPIRE k 100
      GETSET k x
      TTL k
      GETDEL k
      EXISTS k
      GETDEL k
      GETDEL
      GETDEL a b
      GETSET k
    `,
  ),
  script(
    "GETEX with every option",
    lines`
      GETEX k
      GETEX k EX 10
      EXISTS k
      SET k v
      GETEX k
      TTL k
      GETEX k EX 100
      TTL k
      GETEX k
      TTL k
      GETEX k PX 200500
      PTTL k
      GETEX k PERSIST
      TTL k
      GETEX k PERSIST
      GETEX k EXAT 33177117420
      EXPIRETIME k
      GETEX k PXAT 33177117420001
      PEXPIRETIME k
      GETEX k persist
      TTL k
      GETEX k EXAT 1
      EXISTS k
      SET k v
      GETEX k PXAT 1
      EXISTS k
    `,
  ),
  script(
    "GETEX refuses",
    lines`
      SET k v
      GETEX k EX 0
      GETEX k EX -1
      GETEX k PX 0
      GETEX k EXAT 0
      GETEX k PXAT -1
      GETEX k EX abc
      GETEX k EX 9223372036854775807
      GETEX k PX 9223372036854775807
      GETEX k EX
      GETEX k EX 10 PX 10
      GETEX k EX 10 PERSIST
      GETEX k PERSIST EX 10
      GETEX k PERSIST PERSIST
      GETEX k KEEPTTL
      GETEX k NX
      GETEX k XX
      GETEX k GET
      GETEX k foo
      GETEX
      GETEX missing EX 0
      GETEX missing FOO
      TTL k
    `,
  ),
  script(
    "MSET, MSETNX, MGET",
    lines`
      MSET a 1 b 2
      MGET a b c
      MSET a 3 a 4
      GET a
      MSET a
      MSET a 1 b
      MSET
      MGET
      MGET a a nope a
      MSETNX c 1 d 2
      MSETNX d 3 e 4
      EXISTS e
      MSETNX x 1 x 2
      GET x
      MSETNX
      MSETNX a
      MSETNX q 1 r
      EXPIRE a 100
      MSET a 9
      TTL a
      MSET "" 1 "\x00" 2
      MGET "" "\x00"
    `,
  ),
  script(
    "APPEND and STRLEN",
    lines`
      APPEND k ""
      EXISTS k
      GET k
      APPEND k abc
      APPEND k def
      GET k
      STRLEN k
      STRLEN nope
      EXPIRE k 100
      APPEND k x
      TTL k
      SET n 12
      APPEND n 34
      GET n
      INCR n
      APPEND k {y*40000}
      APPEND k {z*40000}
      STRLEN k
      APPEND k ""
      STRLEN k
      APPEND k
      STRLEN
      STRLEN a b
    `,
  ),
  script(
    "SETRANGE",
    lines`
      SETRANGE k 0 ""
      EXISTS k
      SETRANGE k 5 ""
      EXISTS k
      SETRANGE k 0 abc
      GET k
      SETRANGE k 5 xyz
      GET k
      SETRANGE k 1 ZZ
      GET k
      SETRANGE k 2 ""
      SETRANGE k -1 a
      SETRANGE k -9223372036854775808 a
      SETRANGE k abc a
      SETRANGE k 1.0 a
      SETRANGE k 536870912 a
      SETRANGE k 536870911 ab
      SETRANGE k 9223372036854775807 a
      SETRANGE k 9223372036854775807 ""
      SETRANGE k 9223372036854775808 a
      SETRANGE k 4294967295 a
      SETRANGE k 4294967296 a
      GET k
      SETRANGE nope 536870912 a
      EXISTS nope
      SETRANGE k 100000 tail
      STRLEN k
      GETRANGE k 99990 -1
      EXPIRE k 100
      SETRANGE k 0 Q
      TTL k
      SET n 1234
      SETRANGE n 1 x
      GET n
      SETRANGE n 0 ""
      SETRANGE k 1
      SETRANGE k
    `,
  ),
  script(
    "GETRANGE and SUBSTR",
    lines`
      GETRANGE nope 0 -1
      SET k "Hello World"
      GETRANGE k 0 -1
      GETRANGE k 0 0
      GETRANGE k -1 -1
      GETRANGE k -5 -2
      GETRANGE k 3 1
      GETRANGE k -1 -5
      GETRANGE k 0 100
      GETRANGE k 100 200
      GETRANGE k -100 4
      GETRANGE k -100 -50
      GETRANGE k 11 11
      GETRANGE k 10 11
      GETRANGE k 0 9223372036854775807
      GETRANGE k -9223372036854775808 9223372036854775807
      GETRANGE k -9223372036854775807 -9223372036854775808
      GETRANGE k -9223372036854775808 -9223372036854775807
      GETRANGE k -9223372036854775808 -9223372036854775808
      GETRANGE k 9223372036854775807 -9223372036854775808
      GETRANGE k 9223372036854775808 1
      GETRANGE k a 1
      GETRANGE k 0 b
      GETRANGE k 0 1.0
      GETRANGE k 0
      GETRANGE k 0 1 2
      SUBSTR k 0 4
      SUBSTR k -5 -1
      SUBSTR nope 0 -1
      SUBSTR k x 1
      SET k ""
      GETRANGE k 0 -1
      GETRANGE k 0 0
      SET n 12345
      GETRANGE n 1 3
      GETRANGE n -2 -1
      GETRANGE n -1 -2
    `,
  ),
  script(
    "values keep what they were given",
    lines`
      SET k 007
      GET k
      SET k 1.0
      GET k
      SET k -0
      GET k
      SET k 9223372036854775808
      GET k
      SET k 9223372036854775807
      GET k
      SET k -9223372036854775808
      GET k
      APPEND k ""
      GET k
      SET k 12345678901234567890123456789012345678901234
      GET k
      STRLEN k
      SET k -1
      STRLEN k
      APPEND k 5
      GET k
      INCR k
      GETSET k 100
      GETDEL k
      SET k 42
      GETEX k EX 10
      COPY k j
      GET j
      RENAME k i
      GET i
      INCR i
      GET j
    `,
  ),
  script(
    "SET IFEQ and IFNE, which are newer than the oracle",
    lines`
      SET k v
      SET k w IFEQ x
      .ours "$-1\r\n"
      SET k w IFEQ v
      .ours "+OK\r\n"
      SET k w2 IFNE w
      .ours "$-1\r\n"
      SET k w2 IFNE x
      .ours "+OK\r\n"
      SET k w NX IFEQ v
      .ours "-ERR syntax error\r\n"
      SET k w IFEQ v IFNE v
      .ours "-ERR syntax error\r\n"
      SET k w IFEQ
      .ours "-ERR syntax error\r\n"
      SET nope w IFEQ x
      .ours "$-1\r\n"
      SET new w IFNE x
      .ours "+OK\r\n"
      FLUSHALL
    `,
    { protocols: [2] },
  ),
];
