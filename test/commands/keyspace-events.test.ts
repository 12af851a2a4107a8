// Which keyspace events the generic commands raise, and when: compared with what a real server
// publishes, and the number of changes with what it counts.

import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const MEBIBYTE = 1024 * 1024;

const COMMANDS = `
  SET a 1
  SET b 2
  SET c 3 EX 100
  DEL a nope a
  UNLINK b nope
  EXISTS c nope c
  TOUCH c nope
  TYPE c
  TYPE nope
  SET a 1
  SET b 2
  RENAME a b
  RENAME nope x
  RENAME b b
  RENAMENX b c
  RENAMENX b d
  RENAMENX d d
  COPY d e
  COPY d e
  COPY d e REPLACE
  COPY nope x
  COPY d d
  COPY d e DB 1
  COPY d e DB 1
  COPY d e DB 1 REPLACE
  MOVE e 1
  MOVE d 1
  MOVE nope 1
  MOVE d 0
  SWAPDB 0 1
  SWAPDB 0 1
  OBJECT ENCODING c
  OBJECT ENCODING nope
  OBJECT REFCOUNT nope
  OBJECT IDLETIME nope
  OBJECT FREQ c
  TTL c
  PTTL nope
  TTL nope
  EXPIRETIME nope
  PEXPIRETIME c
  EXPIRE c 200
  EXPIRE nope 200
  EXPIRE c 200 NX
  EXPIRE c 300 XX
  EXPIRE c 10 GT
  PERSIST c
  PERSIST c
  PERSIST nope
  EXPIRE c 0
  SET c 1
  PEXPIREAT c 1
  SET c 1
  EXPIREAT c -5 LT
  SET c 1
  PEXPIREAT c 33177117420001
  EXPIRE c x
  EXPIRE c 10 NX XX
  RANDOMKEY
  KEYS *
  SCAN 0 COUNT 100
  DBSIZE
  SET g v PXAT 1
  EXISTS g
  SET g v PXAT 1
  TYPE g
  SET g v PXAT 1
  TTL g
  SET g v PXAT 1
  DEL g
  SET g v PXAT 1
  RENAME g h
  SET g v PXAT 1
  RENAME c g
  SET h v PXAT 1
  RENAMENX g h
  SET g v PXAT 1
  COPY h g
  SET i v PXAT 1
  MOVE i 1
  SET i v PXAT 1
  EXPIRE i 10
  SET i v PXAT 1
  PERSIST i
  SET i v PXAT 1
  TOUCH i
  SET i v PXAT 1
  OBJECT FREQ i
  SET i v PXAT 1
  KEYS i*
  SCAN 0 COUNT 100 MATCH h*
  SCAN 0 COUNT 100 MATCH i
  FLUSHDB
  SET a 1
  FLUSHALL
`;

test("generic commands raise the events of a real server", async (t) => {
  const engine = new CommandEngine({
    commands: [...keyspaceCommands, ...stringCommands(new StringLimits(MEBIBYTE))],
    types: [stringType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
