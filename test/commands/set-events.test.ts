// Which keyspace events set commands raise, and when, and how many changes they count: compared with
// what a real server publishes.

import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { setCommands } from "../../src/types/set/set-commands";
import { SetLimits } from "../../src/types/set/set-limits";
import { setType } from "../../src/types/set/set-type";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const COMMANDS = `
  SADD a 1
  SADD a 1
  SADD a 1 2 3 x y 2
  SADD b x x x
  SREM a nope
  SREM nope a
  SREM a 1 nope 2
  SREM b x y z
  SISMEMBER a 1
  SISMEMBER nope 1
  SMISMEMBER a 1 2
  SMISMEMBER nope 1 2
  SCARD a
  SCARD nope
  SMEMBERS a
  SMEMBERS nope
  SADD c 1
  SMOVE c d 1
  SMOVE c d 1
  SADD c 1 2
  SMOVE c d 1
  SMOVE c d 2
  SMOVE d d 1
  SMOVE d d nope
  SMOVE nope d 1
  SMOVE d e nope
  SMOVE d e 2
  SET s v
  SADD s 1
  SREM s 1
  SMOVE s d 1
  SMOVE d s 1
  SMOVE nope s 1
  SPOP nope
  SPOP nope 3
  SPOP s
  SADD p 1
  SPOP p
  SADD p 1
  SPOP p 0
  SPOP p 1
  SADD p 1 2 3 4 5 6 7 8 9 10
  SPOP p 2
  SPOP p 7
  SPOP p 100
  SADD p a b c d e f g h i j
  SPOP p 2
  SPOP p 7
  SPOP p -1
  SPOP p 1 2
  SRANDMEMBER p
  SRANDMEMBER nope
  SRANDMEMBER nope 2
  SRANDMEMBER p 10
  SADD u 1 2 3
  SADD v 2 3 4
  SADD w 9
  SINTER u v
  SINTER u nope v
  SINTERSTORE x u v
  SINTERSTORE x u v
  SINTERSTORE x u w
  SINTERSTORE x u w
  SINTERSTORE u u v
  SINTERSTORE s u v
  SINTERSTORE s u nope
  SINTERSTORE s u nope
  SET s v
  SINTERSTORE x u s
  SINTERSTORE s u nope
  SINTERCARD 2 u v
  SINTERCARD 2 u nope
  SUNION u v nope
  SUNIONSTORE x u v nope
  SUNIONSTORE x nope nope2
  SUNIONSTORE x nope nope2
  SUNIONSTORE u u v
  SDIFF u v nope
  SDIFFSTORE x u v
  SDIFFSTORE x v u
  SDIFFSTORE x nope u
  SDIFFSTORE u u w nope
  SDIFFSTORE u u u
  SADD z 1 2 3 4 5 6 7 8 9
  SDIFFSTORE y z v w
  SDIFFSTORE z z z w v
  SSCAN z 0
  SSCAN nope 0
  SADD r 1
  PEXPIREAT r 1
  SINTERSTORE r nope nope
  SADD r 1
  PEXPIREAT r 1
  SUNIONSTORE r v
  PEXPIREAT r 1
  SDIFFSTORE r v r
  SADD r 1 2
  PEXPIREAT r 1
  SADD r 1
  PEXPIREAT r 1
  SCARD r
`;

test("set commands raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: [
      ...setCommands(new SetLimits()),
      ...stringCommands(new StringLimits(1024)),
      ...keyspaceCommands,
    ],
    types: [stringType, setType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
