// Parity scripts of strings as numbers, to the last bit, and of the longest common subsequence.

import { lines, script } from "../script";

export const COUNTER_SCRIPTS = [
  script(
    "INCR family at the edges of 64 bits",
    lines`
      INCR k
      INCR k
      DECR k
      INCRBY k 10
      DECRBY k 20
      GET k
      SET k 9223372036854775806
      INCR k
      INCR k
      INCRBY k 1
      GET k
      DECR k
      GET k
      SET k -9223372036854775807
      DECR k
      DECR k
      DECRBY k 1
      GET k
      INCRBY k 9223372036854775807
      INCRBY k 9223372036854775807
      INCRBY k 9223372036854775807
      GET k
      SET k 0
      INCRBY k -9223372036854775808
      GET k
      INCRBY k -1
      SET k 0
      DECRBY k -9223372036854775808
      DECRBY k 9223372036854775808
      DECRBY k -9223372036854775807
      GET k
      SET k -1
      DECRBY k 9223372036854775807
      DECRBY k 1
      SET k 9223372036854775807
      DECRBY k 9223372036854775807
      GET k
      INCRBY k 9007199254740993
      GET k
      INCRBY k 1
      GET k
      SET k 1
      EXPIRE k 100
      INCR k
      TTL k
    `,
  ),
  script(
    "INCR family refuses what is not a 64-bit integer",
    lines`
      SET k 9223372036854775808
      INCR k
      SET k -9223372036854775809
      INCR k
      SET k 18446744073709551615
      INCR k
      SET k " 1"
      INCR k
      SET k "1 "
      INCR k
      SET k +1
      INCR k
      SET k 01
      INCR k
      SET k -0
      INCR k
      SET k 00
      INCR k
      SET k ""
      INCR k
      SET k -
      INCR k
      SET k 0x10
      INCR k
      SET k 1e3
      INCR k
      SET k 1.0
      INCR k
      SET k abc
      INCR k
      SET k "1\x00"
      INCR k
      SET k "\x001"
      INCR k
      SET k 123456789012345678901234567890
      INCR k
      DECR k
      INCRBY k 1
      DECRBY k 1
      SET k 5
      INCRBY k abc
      INCRBY k 1.5
      INCRBY k ""
      INCRBY k " 1"
      INCRBY k 01
      INCRBY k +1
      INCRBY k -0
      INCRBY k 9223372036854775808
      INCRBY k -9223372036854775809
      DECRBY k abc
      DECRBY k 1.0
      GET k
      INCR
      INCR k k
      INCRBY k
      INCRBY k 1 1
      DECR
      DECRBY k
    `,
  ),
  script(
    "INCRBYFLOAT prints as Redis prints",
    lines`
      INCRBYFLOAT k 0.1
      INCRBYFLOAT k 0.2
      INCRBYFLOAT k -0.3
      GET k
      SET k 3
      INCRBYFLOAT k 1.1
      GET k
      SET k 10.50
      INCRBYFLOAT k 0.1
      INCRBYFLOAT k -5
      SET k 5.0e3
      INCRBYFLOAT k 2.0e2
      SET k 1e17
      INCRBYFLOAT k 1
      SET k 0
      INCRBYFLOAT k 1e-17
      INCRBYFLOAT k 1e-5
      SET k 0
      INCRBYFLOAT k 0.000000000000000000001
      SET k 1
      INCRBYFLOAT k -1
      INCRBYFLOAT k -0
      SET k -0
      INCRBYFLOAT k 0
      SET k 3.0
      INCRBYFLOAT k 1
      SET k 3.14159265358979323846
      INCRBYFLOAT k 0
      SET k 1.23456789012345678
      INCRBYFLOAT k 1e-3
      SET k 9223372036854775807
      INCRBYFLOAT k 1
      GET k
      SET k 9007199254740993
      INCRBYFLOAT k 0
      SET k 18014398509481985
      INCRBYFLOAT k 1
      SET k 0x10
      INCRBYFLOAT k 1
      SET k 1e400
      INCRBYFLOAT k 1
      SET k 100
      INCRBYFLOAT k 0x1p3
      INCRBYFLOAT k 1E2
      INCRBYFLOAT k .5
      INCRBYFLOAT k 5.
      INCRBYFLOAT k +5
      EXPIRE k 100
      INCRBYFLOAT k 1
      TTL k
      SET k 1e20
      INCRBYFLOAT k 1
      SET k 123456789.123456789
      INCRBYFLOAT k 0.000000001
      SET k 1e300
      INCRBYFLOAT k 1e300
      GET k
    `,
  ),
  script(
    "INCRBYFLOAT refuses",
    lines`
      SET k abc
      INCRBYFLOAT k 1
      SET k ""
      INCRBYFLOAT k 1
      SET k " 1"
      INCRBYFLOAT k 1
      SET k "1 "
      INCRBYFLOAT k 1
      SET k "1\x00"
      INCRBYFLOAT k 1
      SET k inf
      INCRBYFLOAT k 1
      SET k nan
      INCRBYFLOAT k 1
      SET k 1
      INCRBYFLOAT k abc
      INCRBYFLOAT k ""
      INCRBYFLOAT k " 1"
      INCRBYFLOAT k "1 "
      INCRBYFLOAT k inf
      INCRBYFLOAT k +inf
      INCRBYFLOAT k -inf
      INCRBYFLOAT k infinity
      INCRBYFLOAT k nan
      INCRBYFLOAT k 1e5000
      INCRBYFLOAT k -1e5000
      INCRBYFLOAT k 1..2
      INCRBYFLOAT k 1e
      INCRBYFLOAT k 1e+
      INCRBYFLOAT k --1
      GET k
      INCRBYFLOAT k
      INCRBYFLOAT k 1 2
      SET k 1e4931
      INCRBYFLOAT k 1e4931
      SET k {1*300}
      INCRBYFLOAT k 1
    `,
  ),
  script(
    "LCS with every option",
    lines`
      MSET a ohmytext b mynewtext
      LCS a b
      LCS a b LEN
      LCS a b IDX
      LCS a b IDX MINMATCHLEN 4
      LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
      LCS a b IDX WITHMATCHLEN
      LCS a b WITHMATCHLEN
      LCS a b MINMATCHLEN 4
      LCS a b LEN MINMATCHLEN 100
      LCS a b idx minmatchlen 0 withmatchlen
      LCS a b IDX MINMATCHLEN -1
      LCS a b IDX MINMATCHLEN -9223372036854775808 WITHMATCHLEN
      LCS a b IDX MINMATCHLEN 9223372036854775807
      LCS a a
      LCS a a IDX WITHMATCHLEN
      LCS a nope
      LCS nope b LEN
      LCS nope nope2
      LCS nope nope2 IDX
      LCS nope nope2 LEN
      LCS a b IDX LEN
      LCS a b LEN IDX
      LCS a b MINMATCHLEN
      LCS a b MINMATCHLEN abc
      LCS a b FOO
      LCS a b ""
      LCS a
      LCS
      SET x abcabcabc
      SET y cbacbacba
      LCS x y
      LCS x y IDX WITHMATCHLEN
      LCS y x IDX WITHMATCHLEN
      SET z "\x00\xff\x00"
      SET w "\xff\x00\xff\x00"
      LCS z w
      LCS z w IDX
      SET n 12345
      SET m 345
      LCS n m
      SET e ""
      LCS e n
      LCS e e
      LCS e n IDX
      LCS n x
      LCS n x IDX
    `,
  ),
];
