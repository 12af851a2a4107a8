// Parity scripts of sets: what is stored, counted, listed, combined and refused, in each encoding.

import { lines, script } from "../script";

const READS = `
  SCARD s
  SMEMBERS s
  OBJECT ENCODING s
  DEBUG DIGEST-VALUE s
`;
const NUMBERS = Array.from({ length: 600 }, (_, index) => index * 7 - 1000);
const NAMES = Array.from({ length: 200 }, (_, index) => `name:${index}`);

function words(values: readonly unknown[], from: number, to: number): string {
  return values.slice(from, to).join(" ");
}

export const SET_SCRIPTS = [
  script(
    "members go in and out",
    lines`
      SADD s a b c a
      SADD s a
      SADD s "" __proto__ constructor "\x00\xff" 12 007 -0 3.0
      SISMEMBER s a
      SISMEMBER s ""
      SISMEMBER s __proto__
      SISMEMBER s toString
      SISMEMBER s 12
      SISMEMBER s 7
      SMISMEMBER s a nope "" "\x00\xff" a
      ${READS}
      SREM s a nope a b
      SREM s nope
      ${READS}
      SREM s c "" __proto__ constructor "\x00\xff" 12 007 -0 3.0 nope
      EXISTS s
      TYPE s
      SADD s {x*70000}
      SISMEMBER s {x*70000}
      SISMEMBER s {x*69999}
      TYPE s
      ${READS}
    `,
  ),
  script(
    "a set that is not there",
    lines`
      SCARD nope
      SMEMBERS nope
      SISMEMBER nope a
      SMISMEMBER nope a b
      SREM nope a
      SPOP nope
      SPOP nope 0
      SPOP nope 3
      SRANDMEMBER nope
      SRANDMEMBER nope 3
      SRANDMEMBER nope -3
      SMOVE nope other a
      SINTER nope
      SUNION nope
      SDIFF nope
      SINTERSTORE d nope
      SUNIONSTORE d nope nope
      SDIFFSTORE d nope nope
      SINTERCARD 1 nope
      SSCAN nope 0
      SSCAN nope 0 COUNT 0
      SSCAN nope 0 NONSENSE
      SSCAN nope x
      EXISTS d
    `,
  ),
  script(
    "integers of all sizes, sorted",
    lines`
      SADD s 5 -5 0 32767 -32768
      ${READS}
      SADD s 32768 -32769
      ${READS}
      SADD s 2147483647 -2147483648 2147483648 -2147483649
      ${READS}
      SADD s 9007199254740991 9007199254740993 9223372036854775807 -9223372036854775808
      SADD s 9007199254740992 -9007199254740993
      ${READS}
      SISMEMBER s 9007199254740992
      SISMEMBER s 9007199254740994
      SISMEMBER s 9223372036854775807
      SREM s 9223372036854775807 9007199254740993 0
      ${READS}
      SADD s 9223372036854775808
      ${READS}
    `,
  ),
  script(
    "an intset of 512 members, and one more",
    lines`
      SADD s ${words(NUMBERS, 0, 500)}
      SADD s ${words(NUMBERS, 490, 512)}
      ${READS}
      SADD s ${words(NUMBERS, 0, 10)}
      OBJECT ENCODING s
      SADD s 100000
      ${READS}
      SREM s ${words(NUMBERS, 0, 510)}
      ${READS}
      SREM s ${words(NUMBERS, 510, 512)} 100000
      EXISTS s
      SADD t ${words(NUMBERS, 0, 512)}
      OBJECT ENCODING t
      SADD t text
      OBJECT ENCODING t
      SCARD t
    `,
  ),
  script(
    "sets of many names",
    lines`
      SADD s ${words(NAMES, 0, 128)}
      ${READS}
      SADD s ${words(NAMES, 100, 200)}
      ${READS}
      SREM s ${words(NAMES, 0, 195)}
      ${READS}
      SREM s ${words(NAMES, 195, 200)}
      EXISTS s
      SADD t 1 2 3 {x*64}
      SADD t {y*65}
      SMEMBERS t
      COPY t u
      SADD u more
      SMEMBERS t
      SMEMBERS u
      RENAME u v
      SCARD v
    `,
  ),
  script(
    "members are moved",
    lines`
      SADD a 1 2 x
      SMOVE a b 1
      SMEMBERS a
      SMEMBERS b
      OBJECT ENCODING b
      SMOVE a b x
      SMOVE a b nope
      SMOVE a a 2
      SMOVE a a nope
      SMOVE b a 1
      SMOVE a b 2
      SMOVE a b 1
      EXISTS a
      SMEMBERS b
      SADD a 1
      SMOVE a b 1
      EXISTS a
      SCARD b
      SET t text
      SMOVE nope t 1
      SMOVE t b 1
      SMOVE b t 1
      SMOVE b t nope
    `,
  ),
  script(
    "SPOP and SRANDMEMBER",
    lines`
      SADD s a b c d 1 2
      SRANDMEMBER s
      SRANDMEMBER s 0
      SRANDMEMBER s 2
      SRANDMEMBER s 6
      SRANDMEMBER s 100
      SRANDMEMBER s -10
      SRANDMEMBER s 9223372036854775807
      SRANDMEMBER s -9223372036854775808
      SRANDMEMBER s 9223372036854775808
      SRANDMEMBER s x
      SRANDMEMBER s 1 2
      SPOP s 0
      SPOP s -1
      SPOP s x
      SPOP s 9223372036854775808
      SPOP s 1 2
      SPOP s
      SCARD s
      SPOP s 2
      SCARD s
      SPOP s 9223372036854775807
      EXISTS s
      SADD s one
      SPOP s
      EXISTS s
      SADD s 1
      EXPIRE s 1000
      SADD s 2 3 4 5 6 7 8 9 10
      SPOP s 9
      TTL s
      SCARD s
      SPOP s
      EXISTS s
      SADD t ${words(NAMES, 0, 200)}
      SPOP t 10
      SPOP t 180
      SCARD t
      SRANDMEMBER t 100
      SPOP t 100
      EXISTS t
      SPOP nope x
      SRANDMEMBER nope x
    `,
  ),
  script(
    "sets are intersected, united and subtracted",
    lines`
      SADD a 1 2 3 4 x
      SADD b 3 4 5 x y
      SADD c 4 5 6 x
      SADD i 1 2 3
      SADD j 2 3 4
      SINTER a
      SINTER a b
      SINTER a b c
      SINTER a b nope c
      SINTER i j
      SINTER a a a
      SUNION a b c nope
      SUNION a b c i j nope
      SUNION nope a
      SUNION i j
      SDIFF a b
      SDIFF a b c nope
      SDIFF nope a
      SDIFF a nope
      SDIFF a a
      SDIFF a i i i i i i
      SDIFF i j
      SINTERSTORE d a b
      SMEMBERS d
      OBJECT ENCODING d
      SINTERSTORE d i j
      OBJECT ENCODING d
      SINTERSTORE d a i
      OBJECT ENCODING d
      SMEMBERS d
      SUNIONSTORE d i j
      OBJECT ENCODING d
      SUNIONSTORE d a b i
      SMEMBERS d
      SDIFFSTORE d a b
      SMEMBERS d
      OBJECT ENCODING d
      SDIFFSTORE d nope a
      EXISTS d
      SET d text
      SINTERSTORE d a b
      TYPE d
      EXPIRE d 1000
      SUNIONSTORE d a b
      TTL d
      SINTERSTORE d a nope
      SINTERSTORE d a nope
      SDIFFSTORE d a a
      EXISTS d
      SUNIONSTORE a a b
      SMEMBERS a
      SINTERSTORE a a b
      SDIFFSTORE b b c
      SMEMBERS a
      SMEMBERS b
      SDIFFSTORE a a a
      EXISTS a
    `,
  ),
  script(
    "results of many members",
    lines`
      SADD a ${words(NUMBERS, 0, 512)}
      SADD b ${words(NUMBERS, 100, 600)}
      SADD c ${words(NAMES, 0, 200)} ${words(NUMBERS, 0, 20)}
      SADD e ${words(NAMES, 150, 160)}
      SINTERSTORE s a b
      ${READS}
      SUNIONSTORE s a b
      ${READS}
      SDIFFSTORE s b a
      ${READS}
      SDIFFSTORE s a b c e
      ${READS}
      SINTERSTORE s a c
      ${READS}
      SINTERSTORE s c e
      ${READS}
      SDIFFSTORE s c a b e
      ${READS}
      SUNIONSTORE s a c e
      ${READS}
      SUNION a b c e a
      SDIFF c e e e e e e
      SDIFFSTORE s c e e e e e e
      ${READS}
    `,
  ),
  script(
    "SINTERCARD",
    lines`
      SADD a 1 2 3 4 x
      SADD b 3 4 5 x y
      SINTERCARD 1 a
      SINTERCARD 2 a b
      SINTERCARD 2 a b LIMIT 2
      SINTERCARD 2 a b limit 0
      SINTERCARD 2 a b LIMIT 2 LIMIT 1
      SINTERCARD 2 a b LIMIT 9223372036854775807
      SINTERCARD 2 a b LIMIT 9223372036854775808
      SINTERCARD 2 a b LIMIT -1
      SINTERCARD 2 a b LIMIT x
      SINTERCARD 2 a b LIMIT
      SINTERCARD 2 a b NONSENSE 1
      SINTERCARD 2 a nope
      SINTERCARD 3 a b
      SINTERCARD 0 a
      SINTERCARD -1 a
      SINTERCARD x a
      SINTERCARD 9223372036854775807 a
      SINTERCARD 9223372036854775808 a
      SINTERCARD 1 a b
      SINTERCARD 1
      SINTERCARD
    `,
  ),
  script(
    "SSCAN",
    lines`
      SADD s a ab 1 2 11
      .scan SSCAN s *
      .scan SSCAN s * MATCH a*
      .scan SSCAN s * MATCH 1* COUNT 1
      SSCAN s 0 MATCH nope
      SSCAN s 0 COUNT 0
      SSCAN s 0 COUNT x
      SSCAN s 0 COUNT
      SSCAN s 0 TYPE set
      SSCAN s x
      SSCAN s 18446744073709551616
      SADD i 1 2 3
      SSCAN i 0
      SSCAN i 17 COUNT 1
      SSCAN i 0 MATCH [12]
      SADD t ${words(NAMES, 0, 200)}
      .scan SSCAN t *
      .scan SSCAN t * COUNT 7
      .scan SSCAN t * MATCH *9* COUNT 50
      SSCAN t 0 COUNT 100000
    `,
  ),
  script(
    "sets refuse other types, and wrong arguments",
    lines`
      SET t text
      SADD s 1 2
      SADD t a
      SREM t a
      SISMEMBER t a
      SMISMEMBER t a
      SCARD t
      SMEMBERS t
      SPOP t
      SPOP t 0
      SPOP t x
      SRANDMEMBER t
      SRANDMEMBER t 0
      SRANDMEMBER t x
      SINTER t
      SINTER s nope t
      SUNION s t
      SDIFF nope t
      SINTERSTORE d s t
      SINTERSTORE t s nope
      SET t text
      SUNIONSTORE d s t
      SDIFFSTORE d nope t
      SINTERCARD 2 s t
      SINTERCARD 2 nope t
      SSCAN t 0
      SSCAN t 0 NONSENSE
      SSCAN t x
      GET s
      INCR s
      APPEND s x
      SADD s
      SREM s
      SISMEMBER s
      SISMEMBER s a b
      SMISMEMBER s
      SCARD
      SMEMBERS s s
      SMOVE s d
      SPOP
      SRANDMEMBER
      SINTER
      SINTERSTORE d
      SUNIONSTORE d
      SDIFFSTORE d
      SSCAN s
      EXISTS d
    `,
  ),
  script(
    "limits of encodings are followed when they change",
    lines`
      CONFIG SET set-max-intset-entries 4
      SADD s 1 2 3 4
      OBJECT ENCODING s
      SADD s 5
      OBJECT ENCODING s
      SREM s 5 4
      OBJECT ENCODING s
      SADD t 1 2 3
      SADD u 4 5
      SUNIONSTORE s t u
      ${READS}
      SUNIONSTORE s t
      ${READS}
      CONFIG SET set-max-intset-entries 512
      SUNIONSTORE s t u
      ${READS}
    `,
  ),
];
