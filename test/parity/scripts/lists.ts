// Parity scripts of lists: every command with its forms and errors, small lists and long ones, and
// clients that wait.

import { lines, script } from "../script";

const PUSH_AND_POP = lines`
  RPUSH l a b c
  LPUSH l z y x
  LRANGE l 0 -1
  LPUSHX l w
  RPUSHX l d e
  LPUSHX nope w
  RPUSHX nope w
  EXISTS nope
  LLEN l
  LLEN nope
  LPOP l
  RPOP l
  LPOP l 0
  LPOP l 2
  RPOP l 2
  LPOP l 100
  EXISTS l
  LPOP l
  RPOP l
  LPOP l 1
  RPOP l 0
  RPUSH l 1 -1 0 127 128 -4096 4095 32767 -32768 8388607 2147483647 -2147483648 9223372036854775807
  RPUSH l -9223372036854775808 9223372036854775808 007 -0 "" "\x00" "\xff\r\n" __proto__ +1 1.0
  LRANGE l 0 -1
  RPOP l 5
  LPOP l x
  LPOP l -1
  LPOP l 9223372036854775807
  LPOP l 9223372036854775808
  LPOP l 1 2
  LPOP
  LPUSH l
  SET s v
  LPUSH s a
  RPUSHX s a
  LPOP s
  RPOP s 0
  LPOP s x
  LLEN s
  LLEN
`;

const READ = lines`
  RPUSH l a b c d e f a b c
  LINDEX l 0
  LINDEX l 8
  LINDEX l 9
  LINDEX l -1
  LINDEX l -9
  LINDEX l -10
  LINDEX l x
  LINDEX l 9223372036854775808
  LINDEX l 9223372036854775807
  LINDEX nope 0
  LINDEX nope x
  LRANGE l 0 -1
  LRANGE l 2 4
  LRANGE l -3 -1
  LRANGE l -100 2
  LRANGE l 5 100
  LRANGE l 5 2
  LRANGE l 9 9
  LRANGE l -9223372036854775808 9223372036854775807
  LRANGE l x 1
  LRANGE l 1 x
  LRANGE nope 0 1
  LRANGE nope x 1
  LPOS l a
  LPOS l c
  LPOS l zzz
  LPOS l a RANK 2
  LPOS l a RANK 3
  LPOS l a RANK -1
  LPOS l a RANK -2
  LPOS l b COUNT 0
  LPOS l b COUNT 1
  LPOS l b COUNT 0 RANK 2
  LPOS l b COUNT 0 RANK -1
  LPOS l b COUNT 0 MAXLEN 5
  LPOS l b COUNT 0 RANK -1 MAXLEN 2
  LPOS l b COUNT 0 RANK -1 MAXLEN 1
  LPOS l a MAXLEN 0
  LPOS l e MAXLEN 4
  LPOS l e MAXLEN 5
  LPOS l zzz COUNT 2
  LPOS l a rank 1 rank 2
  LPOS nope a
  LPOS nope a COUNT 1
  LPOS l a RANK 0
  LPOS l a RANK x
  LPOS l a RANK -9223372036854775807
  LPOS l a COUNT -1
  LPOS l a COUNT x
  LPOS l a MAXLEN -1
  LPOS l a MAXLEN x
  LPOS l a FOO 1
  LPOS l a RANK
  LPOS l
  SET s v
  LPOS s a
  LRANGE s 0 1
  LINDEX s 0
`;

const CHANGE = lines`
  RPUSH l a b c d e a b c
  LSET l 0 A
  LSET l -1 C
  LSET l 3 ""
  LSET l 4 123456
  LSET l 8 x
  LSET l -9 x
  LSET l x x
  LSET nope 0 x
  LSET nope x x
  LRANGE l 0 -1
  LINSERT l BEFORE b x
  LINSERT l after b y
  LINSERT l BEFORE A first
  LINSERT l AFTER C last
  LINSERT l AFTER nope y
  LINSERT l BESIDE b y
  LINSERT nope BEFORE b y
  LINSERT nope BESIDE b y
  LINSERT l BEFORE b
  LRANGE l 0 -1
  LREM l 1 b
  LREM l -1 c
  LREM l 0 a
  LREM l 0 nope
  LREM l 5 123456
  LREM l x a
  LREM l 9223372036854775808 a
  LREM l 9223372036854775807 y
  LREM nope 0 a
  LREM nope x a
  LRANGE l 0 -1
  LTRIM l 1 -2
  LRANGE l 0 -1
  LTRIM l -3 100
  LRANGE l 0 -1
  LTRIM l x 1
  LTRIM l 1 x
  LTRIM nope 0 1
  LTRIM nope x 1
  LTRIM l 5 1
  EXISTS l
  RPUSH l a a a
  LREM l 0 a
  EXISTS l
  RPUSH l a b a b a
  LREM l -2 a
  LRANGE l 0 -1
  EXPIRE l 1000
  LTRIM l 0 0
  TTL l
  SET s v
  LSET s 0 x
  LSET s x x
  LINSERT s BEFORE a b
  LREM s 0 a
  LTRIM s 0 1
`;

const MOVE = lines`
  RPUSH l a b c d
  LMOVE l m LEFT RIGHT
  LMOVE l m RIGHT LEFT
  LMOVE l l LEFT RIGHT
  LMOVE l l left left
  LMOVE l l RIGHT LEFT
  LRANGE l 0 -1
  LRANGE m 0 -1
  RPOPLPUSH l m
  RPOPLPUSH m m
  RPOPLPUSH l m
  RPOPLPUSH l m
  EXISTS l
  LRANGE m 0 -1
  LMOVE nope m LEFT LEFT
  LMOVE m n LEFT MIDDLE
  LMOVE m n MIDDLE LEFT
  LMOVE nope n LEFT
  SET s v
  LMOVE m s LEFT LEFT
  LMOVE s m LEFT LEFT
  LMOVE nope s LEFT LEFT
  RPOPLPUSH m s
  RPOPLPUSH s m
  LRANGE m 0 -1
  RPUSH one x
  LMOVE one one LEFT RIGHT
  LMOVE one one LEFT LEFT
  LMOVE one two LEFT LEFT
  EXISTS one
  LMPOP 1 m LEFT
  LMPOP 2 nope m RIGHT
  LMPOP 2 nope m RIGHT COUNT 2
  RPUSH m a b c
  LMPOP 3 nope m two LEFT COUNT 100
  LMPOP 3 nope m two LEFT COUNT 100
  LMPOP 3 nope m two LEFT COUNT 100
  LMPOP 2 s nope LEFT
  LMPOP 2 nope s LEFT
  LMPOP 0 m LEFT
  LMPOP -1 m LEFT
  LMPOP x m LEFT
  LMPOP 9223372036854775807 m LEFT
  LMPOP 2 m LEFT
  LMPOP 1 m
  LMPOP 1 m n LEFT
  LMPOP 1 m UP
  LMPOP 1 m LEFT COUNT
  LMPOP 1 m LEFT COUNT 0
  LMPOP 1 m LEFT COUNT x
  LMPOP 1 m LEFT COUNT -1
  LMPOP 1 m LEFT COUNT 1 COUNT 1
  LMPOP 1 m LEFT COUNT 0 COUNT 1
  LMPOP 1 m LEFT COUNT 1 FOO
  LMPOP 1 m LEFT FOO 1
`;

const LONG = lines`
  CONFIG SET list-max-listpack-size 4
  RPUSH l 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
  OBJECT ENCODING l
  LPUSH l 0 -1 -2 -3 -4 -5
  LINDEX l 0
  LINDEX l 15
  LINDEX l -3
  LINSERT l BEFORE 10 x
  LINSERT l AFTER 10 y
  LINSERT l AFTER 10 {z*9000}
  LSET l 12 {w*9000}
  LSET l 0 {v*20000}
  LRANGE l 0 -1
  LPOS l 20
  LPOS l 20 RANK -1
  LREM l 0 7
  LREM l -1 8
  LTRIM l 5 -5
  LRANGE l 0 -1
  LPOP l 10
  RPOP l 3
  DEBUG DIGEST-VALUE l
  COPY l m
  DEBUG DIGEST-VALUE m
  RENAME m n
  LRANGE n 0 -1
  OBJECT ENCODING n
  UNLINK n
  LTRIM l 0 0
  LRANGE l 0 -1
  CONFIG SET list-max-listpack-size -1
  RPUSH big {a*5000} {b*5000} c
  OBJECT ENCODING big
  RPOP big
  LPUSH big d
  LRANGE big 0 -1
  LREM big 1 {a*5000}
  LRANGE big 0 -1
  CONFIG SET list-max-listpack-size -2
  TYPE big
  SCAN 0 COUNT 1000 TYPE list
`;

const WAITING = lines`
  BLPOP l 0.01
  BRPOP l m 0.01
  BLMOVE l m LEFT RIGHT 0.01
  BRPOPLPUSH l m 0.01
  BLMPOP 0.01 2 l m LEFT
  BLPOP l x
  BLPOP l -1
  BLPOP l
  BLMOVE l m LEFT UP 0
  BLMOVE l m LEFT LEFT x
  BRPOPLPUSH l m -1
  BLMPOP x 1 l LEFT
  BLMPOP 0 0 l LEFT
  BLMPOP 0 1 l UP
  BLMPOP 0 1 l LEFT COUNT 0
  RPUSH l a b c d e f
  BLPOP nope l 0
  BRPOP l nope 0
  BLMOVE l m LEFT RIGHT 0
  BRPOPLPUSH l m 0
  BLMPOP 0 2 nope l LEFT COUNT 5
  EXISTS l
  LRANGE m 0 -1
  SET s v
  BLPOP s l 0
  BLPOP nope s 0
  BLMOVE s m LEFT LEFT 0
  BLMOVE m s LEFT LEFT 0
  BLMPOP 0 1 s LEFT
  .send "*3\r\n$5\r\nBLPOP\r\n$1\r\nw\r\n$1\r\n0\r\n"
  .pause 30
  [b] RPUSH w one two
  .read
  LRANGE w 0 -1
  DEL w
  .send "*6\r\n$6\r\nBLMOVE\r\n$1\r\nw\r\n$1\r\nx\r\n$4\r\nLEFT\r\n$5\r\nRIGHT\r\n$1\r\n0\r\n"
  .pause 30
  [b] LPUSH w one two
  .read
  LRANGE x 0 -1
  LRANGE w 0 -1
  DEL w
  .send "*6\r\n$6\r\nBLMOVE\r\n$1\r\nw\r\n$1\r\ns\r\n$4\r\nLEFT\r\n$5\r\nRIGHT\r\n$1\r\n0\r\n"
  .pause 30
  [b] LPUSH w one two
  .read
  LRANGE w 0 -1
  DEL w
  .send "*8\r\n$6\r\nBLMPOP\r\n$1\r\n0\r\n$1\r\n2\r\n$1\r\nv\r\n$1\r\nw\r\n$5\r\nRIGHT\r\n$5\r\nCOUNT\r\n$1\r\n2\r\n"
  .pause 30
  [b] RPUSH w a b c
  .read
  LRANGE w 0 -1
  MULTI
  BLPOP nope 0
  BLMOVE nope m LEFT LEFT 0
  BLMPOP 0 1 nope LEFT
  BRPOPLPUSH nope m 0
  EXEC
`;

const COMPRESSED = lines`
  CONFIG SET list-compress-depth 1
  CONFIG SET list-max-listpack-size 2
  RPUSH l {a*500} {b*500} {c*500} {d*500} {e*500} {f*500} {g*500} {h*500} {i*500} {j*500}
  LRANGE l 0 -1
  LINDEX l 5
  LSET l 5 {F*600}
  LINSERT l BEFORE {e*500} new
  LPOS l {g*500}
  LREM l 0 {d*500}
  LREM l -1 {g*500}
  COPY l m
  LRANGE m 0 -1
  LPOP m 5
  RPOP m 4
  LPOP l 5
  LRANGE l 0 -1
  DEBUG DIGEST
  CONFIG SET list-compress-depth 0
  CONFIG SET list-max-listpack-size -2
`;

const DEBUG = lines`
  DEBUG QUICKLIST-PACKED-THRESHOLD 200b
  DEBUG QUICKLIST-PACKED-THRESHOLD 1kb
  DEBUG QUICKLIST-PACKED-THRESHOLD x
  DEBUG QUICKLIST-PACKED-THRESHOLD 5gb
  DEBUG QUICKLIST-PACKED-THRESHOLD 4293918720
  DEBUG QUICKLIST-PACKED-THRESHOLD 4293918721
  DEBUG QUICKLIST-PACKED-THRESHOLD
  DEBUG QUICKLIST-PACKED-THRESHOLD 100b
  RPUSH l a {b*100} {c*99} {d*101} e {f*5000}
  LRANGE l 0 -1
  LINSERT l BEFORE e {x*200}
  LINSERT l AFTER a {y*200}
  LSET l 0 {z*200}
  LSET l 1 small
  LREM l 1 e
  LRANGE l 0 -1
  LPOP l 3
  RPOP l 2
  DEBUG QUICKLIST-PACKED-THRESHOLD 0
  RPUSH q {a*5000} {b*5000}
  DEBUG QUICKLIST q
  DEBUG QUICKLIST q 1
  DEBUG LISTPACK q
  DEBUG QUICKLIST nope
  DEBUG LISTPACK nope
  DEBUG LISTPACK
  HSET h a b
  DEBUG LISTPACK h
  DEBUG QUICKLIST h
  SET s v
  DEBUG LISTPACK s
  DEBUG QUICKLIST s
`;

export const LIST_SCRIPTS = [
  script("LPUSH, RPUSH, LPOP, RPOP, LLEN", PUSH_AND_POP, { needs: ["LPUSH"] }),
  script("LINDEX, LRANGE, LPOS", READ, { needs: ["LPOS"] }),
  script("LSET, LINSERT, LREM, LTRIM", CHANGE, { needs: ["LTRIM"] }),
  script("LMOVE, RPOPLPUSH, LMPOP", MOVE, { needs: ["LMOVE", "LMPOP"] }),
  script("lists of many nodes", LONG, { needs: ["LPUSH", "COPY"] }),
  script("lists whose inner nodes are compressed", COMPRESSED, { needs: ["LPUSH", "COPY"] }),
  script("DEBUG about lists", DEBUG, { needs: ["LPUSH", "HSET"] }),
  script("BLPOP, BRPOP, BLMOVE, BRPOPLPUSH, BLMPOP", WAITING, { needs: ["BLPOP", "MULTI"] }),
];
