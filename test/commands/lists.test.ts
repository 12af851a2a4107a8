// Lists beside the real server, where the parity scripts do not reach: sizes at which nodes and
// encodings change, LMOVEM, and memory.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { listCommands } from "../../src/types/list/list-commands";
import { ListLimits } from "../../src/types/list/list-limits";
import { listType } from "../../src/types/list/list-value";
import { CommandEngine } from "../support/command-engine";
import { withSeed } from "../support/seeds";
import { TwoServers } from "../support/two-servers";

const CONFIG = { "enable-debug-command": "yes" };

function newEngine(limits = new ListLimits()): CommandEngine {
  return new CommandEngine({ commands: listCommands(limits), types: [listType], poison: true });
}

describe("lists beside the real server", () => {
  let both: TwoServers;
  before(async () => {
    both = await TwoServers.start({ config: CONFIG });
  });
  after(() => both.stop());

  test("nodes at the ends are as many and as full as in Redis", async () => {
    await withSeed(async (random) => {
      for (const size of ["-2", "-1", "7"]) {
        await both.same("CONFIG", "SET", "list-max-listpack-size", size);
        await both.same("DEL", "l");
        for (let i = 0; i < 30; i++) {
          const elements = Array.from({ length: 100 }, () => "x".repeat(random.below(80)));
          await both.same(random.pick(["LPUSH", "RPUSH"]), "l", ...elements);
          if (random.chance(0.3)) {
            await both.same(random.pick(["LPOP", "RPOP"]), "l", String(random.below(300)));
          }
        }
        const { ours, real } = await both.ask("DEBUG", "OBJECT", "l");
        const nodes = (line: unknown): string => /ql_nodes.*/.exec(String(line))?.[0] ?? "";
        assert.notEqual(nodes(real), "");
        assert.equal(nodes(ours), nodes(real), `list-max-listpack-size ${size}`);
      }
      await both.same("CONFIG", "SET", "list-max-listpack-size", "-2");
    });
  });

  test("a long list is found and changed in its middle as in Redis", async () => {
    await withSeed(async (random) => {
      const numbers = Array.from({ length: 5000 }, (_, i) => String(i));
      await both.same("DEL", "m");
      await both.same("RPUSH", "m", ...numbers);
      for (let i = 0; i < 300; i++) {
        const index = String(random.between(-5100, 5100));
        const value = random.chance(0.1) ? "y".repeat(random.below(9000)) : `v${i}`;
        switch (random.below(6)) {
          case 0:
            await both.same("LSET", "m", index, value);
            break;
          case 1:
            await both.same("LINSERT", "m", "BEFORE", String(random.below(5000)), value);
            break;
          case 2:
            await both.same("LREM", "m", String(random.between(-2, 2)), random.pick(numbers));
            break;
          case 3:
            await both.same("LPOS", "m", random.pick(numbers), "RANK", random.pick(["1", "-1"]));
            break;
          case 4:
            await both.same("LRANGE", "m", index, String(random.between(-5100, 5100)));
            break;
          default:
            await both.same("LINDEX", "m", index);
        }
      }
      await both.same("DEBUG", "DIGEST-VALUE", "m");
    });
  });
});

test("LMOVEM moves as many elements as there are, one after the other", () => {
  const engine = newEngine();
  const ask = (...words: string[]): string => engine.run(...words).toString("latin1");
  ask("RPUSH", "a", "1", "2", "3", "4", "5");
  assert.equal(ask("LMOVEM", "a", "b", "LEFT", "RIGHT"), "*1\r\n$1\r\n1\r\n");
  assert.equal(
    ask("LMOVEM", "a", "b", "LEFT", "LEFT", "COUNT", "2"),
    "*2\r\n$1\r\n2\r\n$1\r\n3\r\n",
  );
  assert.equal(ask("LRANGE", "b", "0", "-1"), "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n");
  engine.events.length = 0;
  assert.equal(
    ask("LMOVEM", "a", "b", "RIGHT", "RIGHT", "COUNT", "9"),
    "*2\r\n$1\r\n5\r\n$1\r\n4\r\n",
  );
  assert.deepEqual(engine.events, ["rpush b", "rpop a", "del a"]);
  assert.equal(ask("LMOVEM", "a", "b", "RIGHT", "RIGHT", "COUNT", "9"), "*-1\r\n");
  assert.equal(
    ask("LMOVEM", "b", "b", "LEFT", "RIGHT", "COUNT", "2"),
    "*2\r\n$1\r\n3\r\n$1\r\n2\r\n",
  );
  assert.equal(ask("LLEN", "b"), ":5\r\n");
  assert.match(ask("LMOVEM", "b", "c", "LEFT", "UP"), /^-ERR syntax/);
  assert.match(ask("LMOVEM", "b", "c", "LEFT", "LEFT", "COUNT"), /^-ERR syntax/);
  assert.match(ask("LMOVEM", "b", "c", "LEFT", "LEFT", "COUNT", "0"), /^-ERR count/);
  assert.equal(ask("LLEN", "c"), ":0\r\n");
});

test("a list of a million elements is freed in steps, and nothing is left of it", () => {
  const engine = newEngine();
  const { memory, keyspace } = engine;
  const before = memory.usedBytes;
  const values = Array.from({ length: 1000 }, (_, i) => `element ${i}`);
  for (let i = 0; i < 1000; i++) engine.run("RPUSH", "l", ...values);
  engine.run("LTRIM", "l", "1000", "-1000");
  const key = Buffer.from("l");
  const found = keyspace.peek(engine.call.db, keyspace.hashOf(key, 0, 1), key, 0, 1);
  engine.call.db.deleteFound(found);
  let steps = 0;
  for (; keyspace.lazyFree.hasWork; steps++) keyspace.lazyFree.work(0);
  assert.ok(steps > 2, `${steps} steps`);
  memory.verify();
  assert.equal(memory.usedBytes, before);
});
