// Which keyspace events string commands raise, and when: compared with what a real server publishes.

import { test } from "node:test";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const MEBIBYTE = 1024 * 1024;

const COMMANDS = `
  GET a
  SET a 1
  SET a 2
  SET a 3 EX 100
  SET a 3 KEEPTTL
  SET a 3 NX
  SET b 3 XX
  SET b 3 NX EX 100
  SET b 3 GET
  SET c 3 GET
  SET c 3 NX GET
  SET c 4 XX GET PX 100000
  SET c 4 BAD
  SET c 4 EX 0
  GET c
  SETNX a 1
  SETNX d 1
  SETEX d 100 x
  SETEX d 0 x
  PSETEX e 100000 x
  GETSET f x
  GETSET f y
  GETDEL f
  GETDEL f
  GETEX f EX 100
  GETEX a
  GETEX a EX 100
  GETEX a PERSIST
  GETEX a PERSIST
  GETEX a PXAT 33177117420001
  GETEX a EXAT 1
  GETEX a
  MSET a 1 g 2 a 3
  MSETNX a 1 h 2
  MSETNX i 1 j 2 i 3
  MGET a nope g nope2
  APPEND a x
  APPEND a ""
  APPEND k x
  APPEND l ""
  STRLEN a
  STRLEN nope
  SETRANGE a 3 x
  SETRANGE a 3 ""
  SETRANGE m 3 x
  SETRANGE n 3 ""
  SETRANGE a -1 x
  GETRANGE a 0 -1
  GETRANGE nope 0 -1
  SUBSTR nope 0 -1
  INCR o
  INCR o
  INCR a
  DECR p
  INCRBY p 5
  INCRBY p x
  DECRBY p 3
  INCRBYFLOAT p 1.5
  INCRBYFLOAT q 1.5
  INCRBYFLOAT q x
  LCS a nope
  LCS nope2 nope
  SET r v PXAT 1
  GET r
  SET r v PXAT 1
  INCR r
  SET r v PXAT 1
  SET r w
  SET r v PXAT 1
  MSETNX s 1 r 1
`;

test("string commands raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: stringCommands(new StringLimits(MEBIBYTE)),
    types: [stringType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
