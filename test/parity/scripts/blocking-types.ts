// Clients that wait for keys of other types than lists: sorted sets and streams.

import { lines, type ParityScript, script } from "../script";

const LISTS = ["blpop", "brpop", "blmove", "lpush", "rpush"];

const ZSETS = lines`
  [a] .ask BZPOPMIN z 0
  .waiting 1
  [b] .ask BZPOPMAX y z 0
  .waiting 2
  [c] .ask BZMPOP 0 2 y z MAX COUNT 2
  .waiting 3
  [w] ZADD z 1 one 2 two 3 three 4 four 5 five
  [a] .read
  [b] .read
  [c] .read
  [w] ZRANGE z 0 -1 WITHSCORES
  BZPOPMIN nokey 0.01
  BZPOPMAX nokey z 0.01
  BZMPOP 0.01 1 nokey MIN
  # A list and a sorted set of one name.
  [a] .ask BZPOPMIN k 0
  .waiting 1
  [b] .ask BLPOP k 0
  .waiting 2
  [w] ZADD k 1 m
  [a] .read
  [b] .silent
  [w] RPUSH k e
  [b] .read
  # Made by a command that stores.
  [a] .ask BZPOPMIN stored 0
  .waiting 1
  [w] ZADD from 1 a 2 b
  [w] ZUNIONSTORE stored 1 from
  [a] .read
  [w] ZRANGE stored 0 -1
`;

const STREAMS = lines`
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [b] .ask XREAD COUNT 1 BLOCK 0 STREAMS other s 0 0
  .waiting 2
  [w] XADD s 1-1 f v
  [a] .read
  [b] .read
  # $ is what it was when the wait began.
  [a] .ask XREAD BLOCK 0 STREAMS s $
  .waiting 1
  [w] MULTI
  [w] XADD s 2-1 f v
  [w] XADD s 3-1 f v
  [w] EXEC
  [a] .read
  XREAD BLOCK 10 STREAMS s $
  XREAD BLOCK -1 STREAMS s $
  XREAD BLOCK x STREAMS s $
  # Groups: served, and told that the group or the stream is gone.
  [w] XGROUP CREATE s g $
  [a] .ask XREADGROUP GROUP g me BLOCK 0 STREAMS s >
  .waiting 1
  [b] .ask XREADGROUP GROUP g you BLOCK 0 STREAMS s >
  .waiting 2
  [w] XADD s 4-1 f v
  [a] .read
  [b] .silent
  [w] XADD s 5-1 f v
  [b] .read
  [a] .ask XREADGROUP GROUP g me BLOCK 0 STREAMS s >
  .waiting 1
  [w] XGROUP DESTROY s g
  [a] .read
  [w] XGROUP CREATE s g $
  [a] .ask XREADGROUP GROUP g me BLOCK 0 STREAMS s >
  .waiting 1
  [w] DEL s
  [a] .read
`;

export const BLOCKING_TYPE_SCRIPTS: readonly ParityScript[] = [
  script("waiting for sorted sets", ZSETS, {
    needs: [...LISTS, "bzpopmin", "bzmpop", "zunionstore"],
  }),
  script("waiting for streams", STREAMS, { needs: [...LISTS, "xadd", "xreadgroup"] }),
];
