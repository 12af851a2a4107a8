// Parity scripts of times to live: every option, absolute and relative, past and far future.

import { lines, script } from "../script";

export const EXPIRE_SCRIPTS = [
  script(
    "EXPIRE and TTL",
    lines`
      TTL nope
      PTTL nope
      EXPIRETIME nope
      PEXPIRETIME nope
      PERSIST nope
      EXPIRE nope 10
      SET k v
      TTL k
      PTTL k
      EXPIRETIME k
      PEXPIRETIME k
      PERSIST k
      EXPIRE k 100
      TTL k
      PTTL k
      EXPIRETIME k
      PEXPIRETIME k
      PERSIST k
      TTL k
      PEXPIRE k 100500
      PTTL k
      EXPIREAT k 33177117420
      EXPIRETIME k
      PEXPIRETIME k
      PEXPIREAT k 33177117420001
      PEXPIRETIME k
      EXPIRETIME k
      PEXPIREAT k 33177117420999
      EXPIRETIME k
    `,
  ),
  script(
    "a time in the past deletes",
    lines`
      SET k v
      EXPIRE k 0
      EXISTS k
      SET k v
      EXPIRE k -1
      EXISTS k
      SET k v
      PEXPIRE k 0
      EXISTS k
      SET k v
      PEXPIRE k -5
      EXISTS k
      SET k v
      EXPIREAT k 0
      EXISTS k
      SET k v
      EXPIREAT k 1
      EXISTS k
      SET k v
      PEXPIREAT k 1
      EXISTS k
      SET k v
      PEXPIREAT k -1
      EXISTS k
      SET k v
      EXPIRE k -9223372036854775
      EXISTS k
      DBSIZE
    `,
  ),
  script(
    "EXPIRE at the edges of 64 bits",
    lines`
      SET k v
      EXPIRE k 9223372036854775807
      EXPIRE k 9223372036854775808
      EXPIRE k -9223372036854775808
      EXPIRE k 9223372036854775
      EXPIRE k 9223372036854776
      EXPIRE k 9223370399119966
      PEXPIRE k 9223372036854775807
      PEXPIRE k 9223370399119966000
      PEXPIREAT k 9223372036854775807
      PEXPIRETIME k
      EXPIREAT k 9223372036854775807
      EXPIREAT k 9223372036854775
      EXPIRETIME k
      EXPIREAT k 9223372036854776
      EXPIREAT k -9223372036854775808
      PEXPIREAT k 9223372036854775808
      EXISTS k
      EXPIRE k abc
      EXPIRE k 1.5
      EXPIRE k ""
      EXPIRE k " 1"
      EXPIRE k
      EXPIRE
      PEXPIRE k x
      EXPIREAT k x
      PEXPIREAT k x
      EXPIRE nope abc
      TTL
      TTL k k
      PERSIST
      PERSIST k k
      SET j v
      PEXPIRE j -9223372036854775808
      EXISTS j
    `,
  ),
  script(
    "EXPIRE NX XX GT LT",
    lines`
      SET k v
      EXPIRE k 100 XX
      TTL k
      EXPIRE k 100 GT
      TTL k
      EXPIRE k 100 LT
      TTL k
      PERSIST k
      EXPIRE k 100 NX
      TTL k
      EXPIRE k 200 NX
      TTL k
      EXPIRE k 200 XX
      TTL k
      EXPIRE k 100 GT
      TTL k
      EXPIRE k 300 GT
      TTL k
      EXPIRE k 400 LT
      TTL k
      EXPIRE k 50 LT
      TTL k
      EXPIRE k 500 XX GT
      TTL k
      EXPIRE k 10 XX LT
      TTL k
      EXPIRE k 10 xx lt
      PEXPIREAT k 33177117420000 GT
      PEXPIREAT k 33177117420000 GT
      PEXPIREAT k 33177117420000 LT
      PEXPIREAT k 33177117420001 GT
      PEXPIREAT k 33177117420000 LT
      PEXPIRETIME k
      EXPIREAT k 33177117421 NX
      EXPIREAT k 33177117421 XX
      PEXPIRE k 1000 NX
      PEXPIRE k 1000000 LT
      PTTL k
      EXPIRE nope 10 NX
      EXPIRE nope 10 XX
      PERSIST k
      EXPIRE k -1 GT
      EXISTS k
      EXPIRE k -1 XX
      EXISTS k
      EXPIRE k -1 LT
      EXISTS k
      SET k v
      EXPIRE k -1 NX
      EXISTS k
    `,
  ),
  script(
    "EXPIRE option conflicts",
    lines`
      SET k v
      EXPIRE k 100 NX XX
      EXPIRE k 100 XX NX
      EXPIRE k 100 NX GT
      EXPIRE k 100 NX LT
      EXPIRE k 100 GT LT
      EXPIRE k 100 LT GT XX
      EXPIRE k 100 FOO
      EXPIRE k 100 NX FOO
      EXPIRE k 100 ""
      EXPIRE k 100 "a\x00b"
      EXPIRE k 100 "NX\x00"
      EXPIRE k 100 NX NX
      TTL k
      EXPIRE k 200 GT GT
      EXPIRE nope 100 FOO
      EXPIRE k abc FOO
      PEXPIRE k 100 AB
      EXPIREAT k 100 NX XX
      PEXPIREAT k 100 GT LT
      TTL k
    `,
  ),
  script(
    "keys are gone when their time has passed",
    lines`
      SET k v PX 1
      SET j v
      PEXPIRE j 1
      SET i v EX 1000
      .pause 20
      GET k
      EXISTS k j
      TYPE j
      TTL k
      PTTL j
      STRLEN k
      GETSET k new
      TTL k
      SET k v PX 1
      .pause 20
      SET k v XX
      SET k v NX
      TTL k
      SET k v PX 1
      .pause 20
      INCR k
      TTL k
      SET k v PX 1
      .pause 20
      APPEND k x
      TTL k
      SET k v PX 1
      .pause 20
      RENAME k x
      COPY k x
      MOVE k 1
      PERSIST k
      EXPIRE k 10
      DEL k
      UNLINK k
      TOUCH k
      OBJECT ENCODING k
      SET k v PX 1
      .pause 20
      KEYS *
      .scan SCAN *
      SET k v PX 1
      SET dest w
      .pause 20
      RENAMENX i dest
      RENAMENX i k
      TTL k
      SET e v PX 1
      .pause 20
      COPY dest e
      GET e
      SETRANGE gone 0 ""
      GETDEL gone
      GETEX gone PERSIST
    `,
  ),
  script(
    "writes keep or drop the time to live",
    lines`
      SET k 1 EX 100
      INCR k
      TTL k
      DECRBY k 5
      TTL k
      INCRBYFLOAT k 0.5
      TTL k
      APPEND k 1
      TTL k
      SETRANGE k 0 x
      TTL k
      GETEX k
      TTL k
      SETNX k v
      TTL k
      GETSET k v
      TTL k
      SET k v EX 100
      SET k w NX
      TTL k
      SET k w XX
      TTL k
      SET k v EX 100
      MSET k x
      TTL k
      SET k v EX 100
      SETEX k 50 y
      TTL k
      SET k v EX 100
      COPY k j
      TTL j
      RENAME k i
      TTL i
      MOVE i 1
      SELECT 1
      TTL i
    `,
  ),
];
