// Which keyspace events hash commands raise, and when: compared with what a real server publishes.

import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { hashType } from "../../src/types/hash/hash-type";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";

const MEBIBYTE = 1024 * 1024;

const COMMANDS = `
  HGET a f
  HMGET a f g
  HGETALL a
  HKEYS a
  HVALS a
  HLEN a
  HSTRLEN a f
  HEXISTS a f
  HRANDFIELD a
  HRANDFIELD a 2
  HSCAN a 0
  HDEL a f
  HSET a f 1
  HSET a f 1
  HSET a f 1 g 2 h 3
  HSET a f
  HSET a f 1 g
  HMSET a f 1 g 2
  HMSET b f 1
  HSETNX a f 1
  HSETNX a new 1
  HSETNX c f 1
  HGETALL a
  HINCRBY a n 1
  HINCRBY a n x
  HINCRBY a n 9223372036854775807
  HINCRBY d n 5
  HINCRBY e n x
  HINCRBYFLOAT a n 1.5
  HINCRBYFLOAT a n x
  HINCRBYFLOAT g n 1.5
  HINCRBYFLOAT i n inf
  HSET a long xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  HDEL a nope
  HDEL a f nope g
  HDEL b f
  HDEL c f f
  SET s v
  HSET s f 1
  HSETNX s f 1
  HGET s f
  HINCRBY s f 1
  HDEL s f
  GET a
  SET a v
  DEL d
  PEXPIREAT g 1
  HGET g n
  HSET j f 1
  RENAME j k
  COPY k l
  COPY k l REPLACE
  HSET k f 2
  DEL k l
`;

test("hash commands raise the events that a real server publishes", async (t) => {
  const engine = new CommandEngine({
    commands: [
      ...hashCommands(new HashLimits(512, 64), { note: () => undefined }),
      ...stringCommands(new StringLimits(MEBIBYTE)),
      ...keyspaceCommands,
    ],
    types: [stringType, hashType],
    poison: true,
  });
  await compareEvents(t, engine, COMMANDS);
});
