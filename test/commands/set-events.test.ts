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
