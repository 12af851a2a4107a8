// Which keyspace events commands on sorted sets raise, and when: compared with what a real server
// publishes.

import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { setCommands } from "../../src/types/set/set-commands";
import { SetLimits } from "../../src/types/set/set-limits";
import { setType } from "../../src/types/set/set-type";
import { zsetCommands } from "../../src/types/zset/zset-commands";
import { ZsetLimits } from "../../src/types/zset/zset-limits";
import { zsetType } from "../../src/types/zset/zset-type";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const COMMANDS = `
  ZSCORE z a
  ZADD z 1 a 2 b
  ZADD z 1 a
  ZADD z 1 a 3 b 4 c
  ZADD z XX 1 q
  ZADD nope XX 1 q
  ZADD z NX 9 a
  ZADD z GT 1 b
  ZADD z GT CH 7 b
  ZADD z INCR 1 a
  ZADD z NX INCR 1 a
  ZADD z x a
  ZINCRBY z 0 a
  ZINCRBY z 2 a
  ZINCRBY z inf i
  ZINCRBY z -inf i
  ZINCRBY new 2 a
  ZREM z nope
  ZREM z a b nope
  ZREM new a
  ZREM nope a
  ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
  ZREMRANGEBYRANK z 0 0
  ZREMRANGEBYRANK z 5 2
  ZREMRANGEBYSCORE z 3 4
  ZREMRANGEBYSCORE z (8 (9
  ZREMRANGEBYLEX z [b (c
  ZREMRANGEBYRANK z 0 -1
  ZREMRANGEBYRANK z 0 -1
  ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
  ZPOPMIN z
  ZPOPMAX z 2
  ZPOPMIN z 0
  ZPOPMIN nope
  ZMPOP 2 nope z MIN COUNT 2
  ZMPOP 2 nope nope2 MAX
  BZPOPMIN nope z 0
  BZPOPMAX z 0
  BZMPOP 0 2 nope z MIN COUNT 10
  ZADD z 1 a 2 b 3 c
  ZADD y 1 b 2 c 3 d
  SADD s a z
  ZRANGESTORE d z 0 1
  ZRANGESTORE d z 5 7
  ZRANGESTORE d z 5 7
  ZRANGESTORE z z 0 1
  ZRANGESTORE d nope 0 -1
  ZUNIONSTORE d 3 z y s
  ZINTERSTORE d 2 z y
  ZINTERSTORE d 2 z s WEIGHTS 2 3 AGGREGATE MAX
  ZDIFFSTORE d 2 y z
  ZINTERSTORE d 2 z nope
  ZINTERSTORE d 2 z nope
  ZUNIONSTORE s 2 z y
  ZDIFFSTORE z 1 z
  ZUNION 2 z nope
  ZINTER 2 z nope
  ZDIFF 2 nope z
  ZINTERCARD 2 nope z
  ZCARD nope
  ZCOUNT nope 0 1
  ZCOUNT nope x 1
  ZLEXCOUNT nope - +
  ZLEXCOUNT nope x +
  ZMSCORE nope a b
  ZRANK nope a
  ZRANGE nope 0 -1
  ZRANGE nope a -1
  ZREVRANGE nope 0 -1
  ZRANGEBYSCORE nope 0 -1
  ZRANGEBYLEX nope - +
  ZRANDMEMBER nope
  ZRANDMEMBER nope 3
  ZSCAN nope 0
  ZADD gone 1 a
  PEXPIREAT gone 1
  ZADD gone 1 a
  DEL gone
`;

test("commands on sorted sets raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: [
      ...zsetCommands(new ZsetLimits()),
      ...setCommands(new SetLimits()),
      ...keyspaceCommands,
    ],
    types: [zsetType, setType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
