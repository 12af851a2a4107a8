// Which keyspace events list commands raise, and when: compared with what a real server publishes.

import { test } from "node:test";
import { listCommands } from "../../src/types/list/list-commands";
import { ListLimits } from "../../src/types/list/list-limits";
import { listType } from "../../src/types/list/list-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const COMMANDS = `
  LPUSH a 1
  LPUSH a 2 3 4
  RPUSH a 5 6
  LPUSHX a 0
  RPUSHX a 0
  LPUSHX nope 0
  RPUSHX nope 0
  LLEN a
  LLEN nope
  LRANGE nope 0 -1
  LINDEX nope 0
  LINDEX a 0
  LPOS nope x
  LPOS a 5
  LPOP a
  RPOP a
  LPOP nope
  LPOP a 0
  LPOP a 2
  RPOP a 100
  LPOP a 5
  RPUSH b a
  LPOP b
  RPUSH b a b c a b c
  LSET b 0 x
  LSET b 10 x
  LSET nope 0 x
  LINSERT b BEFORE c y
  LINSERT b AFTER zzz y
  LINSERT nope AFTER zzz y
  LREM b 0 zzz
  LREM b 1 b
  LREM b -1 c
  LREM nope 1 c
  LTRIM b 0 -1
  LTRIM b 1 -2
  LTRIM b 5 1
  LTRIM b 5 1
  RPUSH c a a
  LREM c 0 a
  RPUSH c a b
  LMOVE c d LEFT RIGHT
  LMOVE c d RIGHT LEFT
  LMOVE c d RIGHT LEFT
  LMOVE d d RIGHT LEFT
  LMOVE d d LEFT LEFT
  RPOPLPUSH d e
  RPOPLPUSH d d
  RPOPLPUSH d e
  RPOPLPUSH d e
  LMPOP 2 c e LEFT
  LMPOP 2 c e RIGHT COUNT 10
  LMPOP 2 c e RIGHT COUNT 10
  RPUSH f a b c
  LMPOP 1 f LEFT COUNT 2
`;

test("list commands raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: listCommands(new ListLimits()),
    types: [listType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
