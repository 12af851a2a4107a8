// Clients that wait for keys: who is served, from which key, when, and with what.

import { lines, type ParityScript, script } from "../script";

const LISTS = ["blpop", "brpop", "blmove", "lpush", "rpush"];

const ORDER = lines`
  [a] .ask BLPOP k 0
  .waiting 1
  [b] .ask BRPOP k 0
  .waiting 2
  [c] .ask BLPOP j k 0
  .waiting 3
  [w] RPUSH k 1
  [a] .read
  [b] .silent
  [w] RPUSH k 2 3 4
  [b] .read
  [c] .read
  .waiting 0
  [w] LRANGE k 0 -1
  # Served clients go on.
  [a] PING
  [b] PING
  # Twice the same key.
  [a] .ask BLPOP x x 0
  .waiting 1
  [w] RPUSH x 1 2
  [a] .read
  [w] LRANGE x 0 -1
`;

const SEVERAL_KEYS = lines`
  # Written first is served from, whatever the order of arguments.
  [a] .ask BLPOP k1 k2 k3 0
  .waiting 1
  [w] MULTI
  [w] RPUSH k3 c
  [w] RPUSH k1 a
  [w] EXEC
  [a] .read
  [w] LRANGE k1 0 -1
  [w] EXISTS k3
  [w] DEL k1
  # Each key serves its own, in the order in which the keys were written.
  [a] .ask BLPOP k1 k2 0
  .waiting 1
  [b] .ask BLPOP k2 k1 0
  .waiting 2
  [w] MULTI
  [w] RPUSH k2 x
  [w] RPUSH k1 y
  [w] EXEC
  [a] .read
  [b] .read
  # Written and gone before the end of the transaction.
  [a] .ask BLPOP k1 0
  .waiting 1
  [w] MULTI
  [w] RPUSH k1 x
  [w] DEL k1
  [w] EXEC
  [a] .silent
  [w] MULTI
  [w] RPUSH k1 x
  [w] DEL k1
  [w] SET k1 text
  [w] EXEC
  [a] .silent
  [w] MULTI
  [w] DEL k1
  [w] RPUSH k1 x
  [w] LPUSH k1 y z
  [w] EXEC
  [a] .read
  [w] LRANGE k1 0 -1
`;

const MAKERS = lines`
  # Each way in which a key comes into being.
  [w] RPUSH source 1 2 3
  [a] .ask BLPOP k 0
  .waiting 1
  [w] RENAME source k
  [a] .read
  [w] DEL k
  [w] RPUSH source 1 2 3
  [a] .ask BLPOP k 0
  .waiting 1
  [w] RENAMENX source k
  [a] .read
  [w] DEL k
  [w] RPUSH source 1 2 3
  [a] .ask BLPOP k 0
  .waiting 1
  [w] COPY source k
  [a] .read
  [w] DEL k source
  [w] SELECT 1
  [w] RPUSH k m1 m2
  [a] .ask BLPOP k 0
  .waiting 1
  [w] MOVE k 0
  [a] .read
  [w] FLUSHALL
  [w] RPUSH k s1 s2
  [a] .ask BLPOP k 0
  .waiting 1
  [w] SWAPDB 0 1
  [a] .read
  [w] SWAPDB 0 1
  [w] FLUSHALL
  [w] SELECT 0
  [w] RPUSH source 1
  [a] .ask BLPOP k 0
  .waiting 1
  [w] LMOVE source k LEFT RIGHT
  [a] .read
  [w] RPUSH source 1
  [a] .ask BLPOP k 0
  .waiting 1
  [w] RPOPLPUSH source k
  [a] .read
  # Other databases have nothing to do with it.
  [a] .ask BLPOP k 0
  .waiting 1
  [w] SELECT 1
  [w] RPUSH k no
  [a] .silent
  [w] SELECT 0
  [w] RPUSH k yes
  [a] .read
  [w] LPUSHX k none
  [a] PING
`;

const OTHER_TYPES = lines`
  [a] .ask BLPOP k 0
  .waiting 1
  [w] SET k text
  [w] HSET h f v
  [w] RENAME h k
  [w] SADD s m
  [w] RENAME s k
  [a] .silent
  [b] BLPOP k 0
  [w] RPUSH l 1
  [w] RENAME l k
  [a] .read
  # A move to a key of another type.
  [w] SET target text
  [a] .ask BLMOVE k target LEFT RIGHT 0
  .waiting 1
  [w] RPUSH k 1
  [a] .read
  [w] LRANGE k 0 -1
  # And one whose target is of another type only for the first.
  [w] DEL k
  [a] .ask BRPOPLPUSH k target 0
  .waiting 1
  [b] .ask BRPOPLPUSH k fine 0
  .waiting 2
  [w] RPUSH k 1
  [a] .read
  [b] .read
  [w] LRANGE k 0 -1
  [w] LRANGE fine 0 -1
  # Wrong types are told at once, as is the first key that has something.
  [w] DEL k
  [w] RPUSH full 1 2
  [a] BLPOP target full 0
  [a] BLPOP k full target 0
  [a] BLPOP k full 0
`;

const CHAINS = lines`
  [a] .ask BRPOP k4 0
  .waiting 1
  [b] .ask BLMOVE k3 k4 LEFT LEFT 0
  .waiting 2
  [c] .ask BLMOVE k2 k3 RIGHT LEFT 0
  .waiting 3
  [d] .ask BRPOPLPUSH k1 k2 0
  .waiting 4
  [w] RPUSH k1 once around
  [a] .read
  [b] .read
  [c] .read
  [d] .read
  [w] LRANGE k1 0 -1
  # Onto itself.
  [w] DEL k1
  [a] .ask BLMOVE k1 k1 LEFT RIGHT 0
  .waiting 1
  [w] RPUSH k1 1 2 3
  [a] .read
  [w] LRANGE k1 0 -1
  # In a circle.
  [w] DEL k1
  [a] .ask BLMOVE k1 k2 LEFT LEFT 0
  .waiting 1
  [b] .ask BLMOVE k2 k1 LEFT LEFT 0
  .waiting 2
  [w] RPUSH k1 x
  [a] .read
  [b] .read
  [w] LRANGE k1 0 -1
  [w] LRANGE k2 0 -1
`;

const TIMES = lines`
  BLPOP k 0.01
  BRPOP k j 0.01
  BLMOVE k j LEFT RIGHT 0.01
  BRPOPLPUSH k j 0.01
  BLPOP k 0.001
  BLPOP k 1e-3
  BLPOP k -1
  BLPOP k -0.0011
  BLPOP k abc
  BLPOP k ""
  BLPOP k nan
  BLPOP k 1x
  BLPOP k " 1"
  # 7.2 tells a number that is too large from a negative one.
  BLPOP k inf
  .ours "-ERR timeout is out of range\r\n"
  BLPOP k 1e300
  .ours "-ERR timeout is out of range\r\n"
  BLPOP k 9223372036854775807
  .ours "-ERR timeout is out of range\r\n"
  BLPOP k -inf
  BLPOP k
  BLPOP
  BRPOPLPUSH k j
  BLMOVE k j LEFT MIDDLE 0
  BLMOVE k j LEFT RIGHT x
  MULTI
  BLPOP k 0
  BRPOP k j 1
  BLMOVE k j LEFT RIGHT 0
  BRPOPLPUSH k j 0
  RPUSH k 1 2
  BLPOP k 0
  BRPOPLPUSH k j 0
  EXEC
  LRANGE j 0 -1
  # The first to come is not the first to go.
  [a] .ask BLPOP t 0.2
  .waiting 1
  [b] .ask BLPOP t 0.05
  .waiting 2
  [b] .read
  [a] .silent
  [w] RPUSH t served
  [a] .read
`;

const UNBLOCK = lines`
  [a] .let a CLIENT ID
  [b] .let b CLIENT ID
  [a] .ask BLPOP k 0
  .waiting 1
  [b] .ask BLMOVE k j LEFT LEFT 0
  .waiting 2
  [w] CLIENT UNBLOCK $a
  [w] CLIENT UNBLOCK $b ERROR
  [a] .read
  [b] .read
  .waiting 0
  [a] .ask BRPOPLPUSH k j 0
  .waiting 1
  [w] CLIENT UNBLOCK $a TIMEOUT
  [a] .read
  [w] CLIENT UNBLOCK $a
  [w] CLIENT UNBLOCK $a ERROR
  [w] CLIENT UNBLOCK 999999
  [w] CLIENT UNBLOCK -1
  [w] CLIENT UNBLOCK abc
  [w] CLIENT UNBLOCK $a NOSUCH
  [w] CLIENT UNBLOCK $a ERROR more
  [w] RPUSH k 1
  [a] BLPOP k 0
  # In a transaction, and with what was made ready in the same one.
  [a] .ask BLPOP k 0
  .waiting 1
  [w] MULTI
  [w] RPUSH k 1
  [w] CLIENT UNBLOCK $a
  [w] EXEC
  [a] .read
  [w] LRANGE k 0 -1
`;

const KILLED = lines`
  [a] .let a CLIENT ID
  [a] .ask BLPOP k 0
  .waiting 1
  [w] CLIENT KILL ID $a
  [a] .closed
  .waiting 0
  [w] RPUSH k 1
  [w] LRANGE k 0 -1
  [w] DEL k
  [b] .ask BLPOP k 0
  .waiting 1
  [c] .ask BLPOP k 0
  .waiting 2
  [b] .disconnect
  .waiting 1
  [w] RPUSH k 1 2
  [c] .read
  [w] LRANGE k 0 -1
`;

const PIPELINED = lines`
  [a] .send "BLPOP k 0\r\nPING\r\nBLPOP j 0\r\nECHO end\r\n"
  .waiting 1
  [a] .silent
  [w] RPUSH k 1
  [a] .read 2
  [a] .silent
  [w] RPUSH j 2
  [a] .read 2
  [a] .send "MULTI\r\nBLPOP k 0\r\nEXEC\r\nBLPOP k 0\r\nPING\r\n"
  [a] .read 3
  [w] RPUSH k 3
  [a] .read 2
  # Replies that are not wanted.
  [a] .send "CLIENT REPLY SKIP\r\nBLPOP k 0\r\nPING\r\n"
  .waiting 1
  [w] RPUSH k 4
  [a] .read
  [a] .send "CLIENT REPLY OFF\r\nBLPOP k 0\r\nCLIENT REPLY ON\r\n"
  .waiting 1
  [w] RPUSH k 5
  [a] .read
  [a] PING
  [w] EXISTS k
`;

const MONITORED = lines`
  [m] MONITOR
  [a] .ask BLPOP k 0
  .waiting 1
  [m] .read 2
  [w] RPUSH k 1
  [a] .read
  [m] .read
  [w] PING
  [m] .read
`;

const WATCHED = lines`
  # What a served client takes is a change for who watches.
  [a] .ask BLPOP k 0
  .waiting 1
  [b] WATCH k
  [w] RPUSH k 1
  [a] .read
  [b] MULTI
  [b] PING
  [b] EXEC
  [b] WATCH j
  [a] .ask BLMOVE k j LEFT LEFT 0
  .waiting 1
  [w] RPUSH k 1
  [a] .read
  [b] MULTI
  [b] PING
  [b] EXEC
`;

const FLUSHED = lines`
  [a] .ask BLPOP k 0
  .waiting 1
  [w] FLUSHALL
  [w] FLUSHDB
  [w] DEL k
  [w] SWAPDB 0 1
  [w] SWAPDB 0 1
  [a] .silent
  [w] MULTI
  [w] RPUSH k 1
  [w] FLUSHALL
  [w] EXEC
  [a] .silent
  [w] RPUSH k 2
  [a] .read
`;

/** A string that is swapped in wakes nobody, and neither does what is stored over it at once. */
const SWAPPED_AND_OVERWRITTEN = lines`
  [w] SELECT 1
  [w] SET k string
  [w] ZADD source 1 x
  [w] SELECT 0
  [a] .ask BZPOPMIN k 0
  .waiting 1
  [w] MULTI
  [w] SWAPDB 0 1
  [w] ZUNIONSTORE k 1 source
  [w] EXEC
  [a] .silent
  [w] DEL k
  [w] ZADD k 2 y
  [a] .read
`;

const COUNTED = lines`
  CONFIG RESETSTAT
  [a] .ask BLPOP k 0
  .waiting 1
  [b] .ask BLPOP k 0.02
  [b] .read
  [w] RPUSH k 1
  [a] .read
  [a] .let a CLIENT ID
  [a] .ask BLPOP k 0
  .waiting 1
  [w] CLIENT UNBLOCK $a ERROR
  [a] .read
  [w] INFO errorstats
`;

export const BLOCKING_SCRIPTS: readonly ParityScript[] = [
  script("who came first is served first", ORDER, { needs: LISTS }),
  script("several keys", SEVERAL_KEYS, { needs: LISTS }),
  script("ways in which a key comes into being", MAKERS, { needs: LISTS }),
  script("keys of other types", OTHER_TYPES, { needs: [...LISTS, "hset", "sadd"] }),
  script("chains", CHAINS, { needs: LISTS }),
  script("timeouts, and no waiting in transactions", TIMES, { needs: LISTS }),
  script("CLIENT UNBLOCK", UNBLOCK, { needs: LISTS }),
  script("clients that leave while they wait", KILLED, { needs: LISTS }),
  script("requests behind one that waits", PIPELINED, { needs: LISTS }),
  script("what MONITOR shows of waiting", MONITORED, { needs: LISTS }),
  script("watching what others wait for", WATCHED, { needs: LISTS }),
  script("flushing while clients wait", FLUSHED, { needs: LISTS }),
  script("a key that is swapped in and overwritten wakes nobody", SWAPPED_AND_OVERWRITTEN, {
    needs: ["bzpopmin", "zunionstore"],
  }),
  script("errors of waiting are counted", COUNTED, { needs: LISTS }),
];
