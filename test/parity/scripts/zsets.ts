// Parity scripts of sorted sets: every command with its forms and errors, as listpack, as skiplist of
// few members, and as one of many.

import { lines, script } from "../script";

const ADD = lines`
  ZADD z 1 a 2 b 3 c
  ZADD z 1 a
  ZADD z 5 a 6 d
  ZADD z CH 5 a 7 d 8 e
  ZADD z NX 1 a 9 f
  ZADD z XX 2 a 9 g
  ZADD z XX CH 3 a 9 g
  ZADD z GT 1 a 10 b
  ZADD z LT CH 1 a 20 b
  ZADD z GT XX CH 4 a 20 q
  ZADD z LT XX 0 a
  ZADD z INCR 1.5 a
  ZADD z INCR NX 1.5 a
  ZADD z INCR XX 1.5 nope
  ZADD z INCR GT -1 a
  ZADD z INCR LT -1 a
  ZADD z incr gt 1 a
  ZADD z nx ch incr 1 new
  ZADD z NX XX 1 a
  ZADD z GT LT 1 a
  ZADD z GT NX 1 a
  ZADD z LT NX 1 a
  ZADD z INCR 1 a 2 b
  ZADD z INCR NX XX 1 a 2 b
  ZADD z
  ZADD z 1
  ZADD z 1 a 2
  ZADD z NX 1
  ZADD z NX XX
  ZADD z x a
  ZADD z nan a
  ZADD z "" a
  ZADD z " 1" a
  ZADD z "1 " a
  ZADD z 1e999 a
  ZADD z 1e-999 a
  ZADD z 0x1p3 hex
  ZADD z 0x hex
  ZADD z 1 good x bad
  ZSCORE z good
  ZADD z 1 same 2 same 3 same
  ZSCORE z same
  ZADD z inf i -inf j +inf k Infinity l -Infinity m
  ZADD z INCR -inf i
  ZADD z INCR inf i
  ZINCRBY z -inf i
  ZINCRBY z nan i
  ZINCRBY z x i
  ZINCRBY z 1 i extra
  ZINCRBY z NX i
  ZINCRBY fresh 1.25 m
  ZINCRBY fresh -0.5 m
  ZINCRBY fresh 1e300 m
  ZADD z 1 "" 2 "\x00" 3 "\xff\r\n" 4 __proto__ 5 007 6 7 7 -7 8 9223372036854775807 9 9223372036854775808
  ZRANGE z 0 -1 WITHSCORES
  OBJECT ENCODING z
  ZCARD z
  ZADD s XX 1 a
  EXISTS s
  SET s x
  ZADD s 1 a
  ZADD s x a
  ZADD s NX XX 1 a
  ZINCRBY s 1 a
  TYPE z
`;

const NUMBERS = lines`
  ZADD z 0 a -0 b 0.1 c -0.1 d 1e17 e 1e16 f 123456789012345678 g 9007199254740993 h
  ZADD z 1.5 i 3.0e3 j 1e-5 k 0.0001 l 5e-324 m 1.7976931348623157e308 n -1e22 o 4611686018427387904 p
  ZADD z 4611686018427387905 q 9223372036854775807 r 0.30000000000000004 s 100 t 1e2 u 12345678.12345678 v
  ZRANGE z 0 -1 WITHSCORES
  ZSCORE z b
  ZMSCORE z a b c nope d e
  ZINCRBY z 0.2 c
  ZINCRBY z 0.7 c
  ZPOPMIN z
  ZPOPMAX z
  ZSCAN z 0
  ZADD y 1 {x*65} -0 a 0 b -0 c 123456789012345678 g
  OBJECT ENCODING y
  ZRANGE y 0 -1 WITHSCORES
  ZSCAN y 0 MATCH ?
  ZINCRBY y -0 a
  ZINCRBY y 0 a
  ZRANGESTORE x y 0 -1
  ZRANGE x 0 -1 WITHSCORES
`;

const READ = lines`
  ZADD z 1 a 2 b 2 c 3 d
  ZSCORE z a
  ZSCORE z nope
  ZSCORE nope a
  ZMSCORE z a nope d a
  ZMSCORE nope a b
  ZMSCORE z
  ZRANK z a
  ZRANK z d
  ZREVRANK z a
  ZRANK z nope
  ZREVRANK nope a
  ZCARD z
  ZCARD nope
  ZCOUNT z 2 3
  ZCOUNT z (2 3
  ZCOUNT z 2 (3
  ZCOUNT z (2 (3
  ZCOUNT z -inf +inf
  ZCOUNT z 3 2
  ZCOUNT z (2 2
  ZCOUNT z x 2
  ZCOUNT z 1 nan
  ZCOUNT z 1 ((2
  ZCOUNT z " 1" 2
  ZCOUNT z "1 " 2
  ZCOUNT z "" 2
  ZCOUNT z "(" 2
  ZCOUNT z 1e-999 1e999
  ZCOUNT nope x 2
  ZCOUNT nope 1 2
  ZLEXCOUNT z - +
  ZLEXCOUNT z + -
  ZLEXCOUNT z a +
  ZLEXCOUNT z "" +
  ZLEXCOUNT nope - +
  ZLEXCOUNT nope -- +
  SET s x
  ZSCORE s a
  ZMSCORE s a
  ZRANK s a
  ZREVRANK s a
  ZCARD s
  ZCOUNT s 1 2
  ZCOUNT s x 2
  ZLEXCOUNT s - +
  ZLEXCOUNT s - x
`;

const RANGE = lines`
  ZADD z 1 a 2 b 2 c 3 d 4 e
  ZRANGE z 0 -1
  ZRANGE z 0 -1 WITHSCORES
  ZRANGE z 1 2 REV WITHSCORES
  ZRANGE z -2 -1
  ZRANGE z -100 100
  ZRANGE z 3 1
  ZRANGE z 5 10
  ZRANGE z -1 0
  ZRANGE z x 1
  ZRANGE z 0 1.5
  ZRANGE z 0 9223372036854775807
  ZRANGE z 0 9223372036854775808
  ZRANGE z 0 -1 LIMIT 0 1
  ZRANGE z 0 -1 LIMIT 0 -1
  ZRANGE z 0 -1 LIMIT 0
  ZRANGE z 0 -1 LIMIT a 1
  ZRANGE z 0 -1 REV REV
  ZRANGE z 0 -1 BAD
  ZRANGE z 2 3 BYSCORE
  ZRANGE z 3 2 BYSCORE REV
  ZRANGE z 2 3 BYSCORE REV
  ZRANGE z (2 +inf byscore withscores
  ZRANGE z -inf +inf BYSCORE LIMIT 1 2
  ZRANGE z +inf -inf BYSCORE REV LIMIT 1 2 WITHSCORES
  ZRANGE z -inf +inf BYSCORE LIMIT -1 2
  ZRANGE z -inf +inf BYSCORE LIMIT 1 -2
  ZRANGE z -inf +inf BYSCORE LIMIT 10 2
  ZRANGE z -inf +inf BYSCORE LIMIT 1 0
  ZRANGE z -inf +inf BYSCORE LIMIT 9223372036854775807 9223372036854775807
  ZRANGE z -inf +inf BYSCORE BYLEX
  ZRANGE z x +inf BYSCORE
  ZRANGE z - + BYLEX WITHSCORES
  ZRANGE z a + BYLEX
  ZREVRANGE z 0 -1
  ZREVRANGE z 1 2 WITHSCORES
  ZREVRANGE z 0 -1 REV
  ZREVRANGE z 0 -1 BYSCORE
  ZREVRANGE z a -1
  ZRANGEBYSCORE z 2 3
  ZRANGEBYSCORE z 2 3 WITHSCORES LIMIT 1 1
  ZRANGEBYSCORE z 2 3 LIMIT 1 1 WITHSCORES
  ZRANGEBYSCORE z 2 3 REV
  ZRANGEBYSCORE z 2 x
  ZREVRANGEBYSCORE z 3 2
  ZREVRANGEBYSCORE z (3 -inf WITHSCORES
  ZREVRANGEBYSCORE z 3 2 LIMIT 0 1
  ZRANGE nope 0 -1
  ZRANGE nope x -1
  ZRANGE nope - + BYSCORE
  SET s x
  ZRANGE s 0 -1
  ZRANGE s x -1
  ZRANGEBYSCORE s 1 2
  ZRANGEBYLEX s - +
  ZREVRANGE s 0 -1
  ZADD l 0 a 0 b 0 c 0 "" 0 aa 0 "\x00" 0 "\xff" 0 B
  ZRANGEBYLEX l - +
  ZRANGEBYLEX l [a [b
  ZRANGEBYLEX l (a (b
  ZRANGEBYLEX l [ +
  ZRANGEBYLEX l ( +
  ZRANGEBYLEX l - (c
  ZRANGEBYLEX l + -
  ZRANGEBYLEX l [b [a
  ZRANGEBYLEX l - + LIMIT 2 2
  ZRANGEBYLEX l - + LIMIT 2 -1
  ZRANGEBYLEX l - + WITHSCORES
  ZRANGEBYLEX l -x +
  ZRANGEBYLEX l - a
  ZREVRANGEBYLEX l + -
  ZREVRANGEBYLEX l [b (a
  ZREVRANGEBYLEX l + - LIMIT 1 3
  ZRANGE l [a [b BYLEX
  ZRANGE l [b [a BYLEX REV LIMIT 0 2
  ZLEXCOUNT l [a [b
  ZLEXCOUNT l (a +
  ZREMRANGEBYLEX l [a (b
  ZRANGE l 0 -1
`;

const REMOVE = lines`
  ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
  ZREM z a nope a
  ZREM nope a
  ZREM z
  ZREMRANGEBYRANK z 0 0
  ZREMRANGEBYRANK z -1 -1
  ZREMRANGEBYRANK z 5 1
  ZREMRANGEBYRANK z x 1
  ZREMRANGEBYSCORE z (3 4
  ZREMRANGEBYSCORE z 10 20
  ZREMRANGEBYSCORE z x 1
  ZREMRANGEBYLEX z [c [c
  ZREMRANGEBYLEX z x [c
  ZREMRANGEBYLEX nope x [c
  ZREMRANGEBYRANK nope 0 -1
  ZREMRANGEBYSCORE nope 0 1
  ZRANGE z 0 -1
  ZREMRANGEBYRANK z 0 -1
  EXISTS z
  SET s x
  ZREM s a
  ZREMRANGEBYRANK s 0 1
  ZREMRANGEBYRANK s x 1
  ZREMRANGEBYSCORE s 0 1
  ZREMRANGEBYLEX s - +
`;

const POP = lines`
  ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
  ZPOPMIN z
  ZPOPMAX z
  ZPOPMIN z 2
  ZPOPMAX z 0
  ZPOPMAX z -1
  ZPOPMAX z x
  ZPOPMAX z 9223372036854775808
  ZPOPMAX z 1 2
  ZPOPMIN nope
  ZPOPMIN nope 2
  ZPOPMIN nope -1
  ZMPOP 1 z MIN
  ZMPOP 2 nope z MAX COUNT 2
  ZMPOP 1 nope MIN
  ZMPOP 0 z MIN
  ZMPOP -1 z MIN
  ZMPOP x z MIN
  ZMPOP 2 z MIN
  ZMPOP 9223372036854775807 z MIN
  ZMPOP 1 z
  ZMPOP 1 z MIDDLE
  ZMPOP 1 z MIN COUNT 0
  ZMPOP 1 z MIN COUNT -1
  ZMPOP 1 z MIN COUNT x
  ZMPOP 1 z MIN COUNT
  ZMPOP 1 z MIN COUNT 1 COUNT 1
  ZMPOP 1 z MIN BAD 1
  ZMPOP 1 z max count 100
  EXISTS z
  ZADD z 1 a 2 b
  ZPOPMAX z 9223372036854775807
  ZADD z 1 a 2 b
  BZPOPMIN nope z 0
  BZPOPMAX z 0
  ZADD z 1 a 2 b 3 c
  BZMPOP 0 2 nope z MIN COUNT 2
  BZMPOP 0 1 z MAX
  BZPOPMIN z x
  BZPOPMIN z -1
  BZPOPMIN z
  BZPOPMIN z 0.01
  BZMPOP x 1 z MIN
  BZMPOP 0 0 z MIN
  BZMPOP 0 1 z BAD
  BZMPOP 0 1 z MIN COUNT 0
  BZMPOP 0.01 1 z MIN
  SET s x
  ZPOPMIN s
  ZPOPMIN s -1
  ZMPOP 2 s z MIN
  BZPOPMIN s 0
  BZMPOP 0 1 s MIN
`;

const RANDOM = lines`
  ZADD z 1 a
  ZRANDMEMBER z
  ZRANDMEMBER z 5
  ZRANDMEMBER z 5 WITHSCORES
  ZRANDMEMBER z -3
  ZRANDMEMBER z -2 WITHSCORES
  ZRANDMEMBER z 0
  ZRANDMEMBER z 0 WITHSCORES
  ZRANDMEMBER nope
  ZRANDMEMBER nope 5
  ZRANDMEMBER nope -5 WITHSCORES
  ZRANDMEMBER z x
  ZRANDMEMBER z 1 BAD
  ZRANDMEMBER z 1 WITHSCORES BAD
  ZRANDMEMBER z x BAD
  ZRANDMEMBER z -9223372036854775808
  ZRANDMEMBER z -9223372036854775808 WITHSCORES
  ZRANDMEMBER z 9223372036854775807
  ZRANDMEMBER z 9223372036854775807 WITHSCORES
  ZRANDMEMBER z -4611686018427387904 WITHSCORES
  ZRANDMEMBER z 9223372036854775808
  ZADD z 2 b 3 c
  ZRANDMEMBER z 10 WITHSCORES
  SET s x
  ZRANDMEMBER s
  ZRANDMEMBER s 1
  ZRANDMEMBER s x
`;

const SCAN = lines`
  ZADD z 1 a 2 b 3.5 c
  ZSCAN z 0
  ZSCAN z 0 MATCH a*
  ZSCAN z 0 COUNT 1
  ZSCAN z 0 MATCH nope COUNT 100
  ZSCAN z x
  ZSCAN z -1
  ZSCAN z 0 COUNT 0
  ZSCAN z 0 COUNT x
  ZSCAN z 0 MATCH
  ZSCAN z 0 BAD 1
  ZSCAN z 0 TYPE zset
  ZSCAN z 0 NOVALUES
  ZSCAN nope 0
  ZSCAN nope x
  ZSCAN nope 0 BAD 1
  SET s x
  ZSCAN s 0
  ZSCAN s 0 BAD 1
  ZSCAN s x
`;

const many = Array.from({ length: 150 }, (_, i) => `${(i * 7919) % 150}.5 member:${i}`).join(" ");

const ENCODINGS = lines`
  ZADD z 1 a
  OBJECT ENCODING z
  ZADD z 1 {x*64}
  OBJECT ENCODING z
  ZADD z 1 {x*65}
  OBJECT ENCODING z
  ZREM z {x*65}
  OBJECT ENCODING z
  ZADD y 1 {x*65} 2 a
  OBJECT ENCODING y
  COPY y y2
  OBJECT ENCODING y2
  ZADD m ${many}
  OBJECT ENCODING m
  ZCARD m
  ZRANGE m 20 30 WITHSCORES
  ZREVRANGE m 20 30 WITHSCORES
  ZRANK m member:77
  ZREVRANK m member:77
  ZRANGEBYSCORE m 40 (50 LIMIT 2 5
  ZCOUNT m 30 60.5
  ZINCRBY m 0.25 member:77
  ZINCRBY m 100 member:77
  ZPOPMIN m 3
  ZPOPMAX m 3
  .scan ZSCAN m
  ZREMRANGEBYRANK m 10 -1
  OBJECT ENCODING m
  ZRANGE m 0 -1 WITHSCORES
  COPY m m2
  ZADD m2 1 extra
  ZCARD m
  ZRANGESTORE m3 m 0 -1
  OBJECT ENCODING m3
  CONFIG SET zset-max-listpack-entries 3
  ZADD few 1 a 2 b 3 c
  OBJECT ENCODING few
  ZADD few 4 d
  OBJECT ENCODING few
  ZUNIONSTORE few2 1 few
  OBJECT ENCODING few2
  ZRANGESTORE few3 few 0 2
  OBJECT ENCODING few3
  ZRANGESTORE few4 few 0 -1
  OBJECT ENCODING few4
  CONFIG SET zset-max-ziplist-value 2
  ZADD short 1 ab
  OBJECT ENCODING short
  ZADD short 1 abc
  OBJECT ENCODING short
  CONFIG SET zset-max-listpack-entries 0
  ZADD none 1 a
  OBJECT ENCODING none
  CONFIG SET zset-max-listpack-entries 128 zset-max-listpack-value 64
  DEL z y y2 m m2 m3
`;

export const ZSET_SCRIPTS = [
  script("ZADD and ZINCRBY with all options and refusals", ADD),
  script("scores of every kind, kept and printed", NUMBERS),
  script("scores, ranks and counts", READ),
  script("ranges by rank, score and member", RANGE),
  script("members taken out by name, rank, score and member", REMOVE),
  script("members popped from both ends", POP),
  script("random members where chance has no choice", RANDOM),
  script("ZSCAN of few members", SCAN),
  script("encodings and many members", ENCODINGS),
];
