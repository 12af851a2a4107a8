// String commands on a key that holds no string: the replies of a real server that holds a list.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TYPE_LIST } from "../../src/keyspace/entry";
import type { ValueType } from "../../src/keyspace/value-type";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { REAL_SERVER, ServerProcess } from "../support/server-process";

const MEBIBYTE = 1024 * 1024;
/** A value of another type: one block without content. */
const someList: ValueType = {
  ...stringType,
  name: "list",
  code: TYPE_LIST,
  freeSome(memory, valueRef) {
    memory.free(valueRef);
    return 0;
  },
};

const REQUESTS = `
  GET l
  SET l v GET
  SET l v NX
  SET l v NX GET
  SET l v EX 0 GET
  SETNX l v
  SETEX l 0 v
  GETSET l v
  GETDEL l
  GETEX l
  GETEX l EX 0
  GETEX l EX 100
  GETEX l PERSIST
  GETEX l BAD
  MGET l l
  MSETNX l v m w
  APPEND l v
  APPEND l ""
  STRLEN l
  SETRANGE l 0 v
  SETRANGE l 0 ""
  SETRANGE l -1 v
  SETRANGE l 536870912 v
  GETRANGE l 0 -1
  GETRANGE l x -1
  SUBSTR l 0 -1
  INCR l
  INCRBY l x
  INCRBY l 9223372036854775807
  DECRBY l 1
  DECRBY l -9223372036854775808
  INCRBYFLOAT l 1
  INCRBYFLOAT l x
  LCS l s
  LCS s l
  LCS l nope BAD
  SET l v XX KEEPTTL
  GET l
`;

test("string commands refuse a list, or take its key, as a real server does", async (t) => {
  const real = await ServerProcess.start({ program: REAL_SERVER }, t);
  const client = await real.client();
  const engine = new CommandEngine({
    commands: stringCommands(new StringLimits(512 * MEBIBYTE)),
    types: [stringType, someList],
    poison: true,
  });
  const key = Buffer.from("l");
  const hash = engine.keyspace.hashOf(key, 0, key.length);
  engine.call.db.addValue(hash, key, 0, key.length, TYPE_LIST, 0, engine.memory.alloc(16));
  await client.command("RPUSH", "l", "x");
  engine.run("SET", "s", "v");
  await client.command("SET", "s", "v");
  const lines = REQUESTS.split("\n").map((line) => line.trim());
  for (const line of lines.filter((text) => text !== "")) {
    const words = line.split(" ").map((word) => (word === '""' ? "" : word));
    const expected = await client.command(...words);
    assert.equal(engine.run(...words).toString("latin1"), expected.toString("latin1"), line);
  }
  while (engine.keyspace.lazyFree.hasWork) engine.keyspace.lazyFree.work(1);
  engine.memory.verify();
  await client.close();
});
