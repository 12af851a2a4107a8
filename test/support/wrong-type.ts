// Requests on a key that holds no string: an engine whose key `l` holds a value of some other type
// beside a real server where it is a list.

import assert from "node:assert/strict";
import type { CommandSpec } from "../../src/command/spec";
import type { DataCall } from "../../src/keyspace/data-call";
import { TYPE_LIST } from "../../src/keyspace/entry";
import type { ValueType } from "../../src/keyspace/value-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "./command-engine";
import { REAL_SERVER, ServerProcess } from "./server-process";
import type { Cleanup } from "./temp-dir";

/** A value of another type: one block without content. */
export const someList: ValueType = {
  ...stringType,
  name: "list",
  code: TYPE_LIST,
  freeSome(memory, valueRef) {
    memory.free(valueRef);
    return 0;
  },
};

/** Adds key `l` with such a value. */
export function addSomeList({ keyspace, call, memory }: CommandEngine): void {
  const key = Buffer.from("l");
  const hash = keyspace.hashOf(key, 0, key.length);
  call.db.addValue(hash, key, 0, key.length, TYPE_LIST, 0, memory.alloc(16));
}

/**
 * Runs lines of requests on both and compares the replies. `SET s v` has been run before them.
 * @param commands those that the lines use, SET among them.
 */
export async function compareWrongTypes(
  cleanup: Cleanup,
  commands: readonly CommandSpec<DataCall>[],
  requests: string,
): Promise<void> {
  const real = await ServerProcess.start({ program: REAL_SERVER }, cleanup);
  const client = await real.client();
  const engine = new CommandEngine({ commands, types: [stringType, someList], poison: true });
  addSomeList(engine);
  await client.command("RPUSH", "l", "x");
  engine.run("SET", "s", "v");
  await client.command("SET", "s", "v");
  const lines = requests.split("\n").map((line) => line.trim());
  for (const line of lines.filter((text) => text !== "")) {
    const words = line.split(" ").map((word) => (word === '""' ? "" : word));
    const expected = await client.command(...words);
    assert.equal(engine.run(...words).toString("latin1"), expected.toString("latin1"), line);
  }
  while (engine.keyspace.lazyFree.hasWork) engine.keyspace.lazyFree.work(1);
  engine.memory.verify();
  await client.close();
}
