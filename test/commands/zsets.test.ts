// Commands on sorted sets where the real server cannot be asked: what 7.2 added, scans while the set
// changes, what chance chooses, and that nothing is left in memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { setCommands } from "../../src/types/set/set-commands";
import { SetLimits } from "../../src/types/set/set-limits";
import { setType } from "../../src/types/set/set-type";
import { zsetCommands } from "../../src/types/zset/zset-commands";
import { ZsetLimits } from "../../src/types/zset/zset-limits";
import { zsetType } from "../../src/types/zset/zset-type";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";
import { withSeed } from "../support/seeds";

class ZsetEngine extends CommandEngine {
  constructor() {
    super({
      commands: [
        ...zsetCommands(new ZsetLimits()),
        ...setCommands(new SetLimits()),
        ...keyspaceCommands,
      ],
      types: [zsetType, setType],
      poison: true,
    });
  }

  ask(...words: readonly Argument[]): Reply {
    return decodeReply(this.run(...words));
  }

  texts(...words: readonly Argument[]): string[] {
    const reply = this.ask(...words);
    assert.ok(Array.isArray(reply), words.join(" "));
    return reply.map(String);
  }

  fill(key: string, members: number): void {
    const words = Array.from({ length: members }, (_, i) => [String(i % 100), `member:${i}`]);
    this.run("ZADD", key, ...words.flat());
  }

  /** All members that a whole scan tells, with `between` run after every step. */
  scan(key: string, between: () => void): Set<string> {
    const found = new Set<string>();
    let cursor = "0";
    do {
      const [next, items] = this.ask("ZSCAN", key, cursor, "COUNT", "7") as [string, string[]];
      for (let i = 0; i < items.length; i += 2) found.add(items[i] ?? "");
      cursor = String(next);
      between();
    } while (cursor !== "0");
    return found;
  }
}

test("ZRANK and ZREVRANK tell the score when asked, as in 7.2", () => {
  const engine = new ZsetEngine();
  engine.run("ZADD", "z", "1.5", "a", "2", "b");
  assert.equal(engine.run("ZRANK", "z", "b", "WITHSCORE").toString(), "*2\r\n:1\r\n$1\r\n2\r\n");
  assert.equal(engine.run("ZREVRANK", "z", "b", "withscore").toString(), "*2\r\n:0\r\n$1\r\n2\r\n");
  assert.equal(engine.run("ZRANK", "z", "q", "WITHSCORE").toString(), "*-1\r\n");
  assert.equal(engine.run("ZRANK", "nope", "q", "WITHSCORE").toString(), "*-1\r\n");
  assert.equal(engine.run("ZRANK", "z", "q").toString(), "$-1\r\n");
  assert.match(engine.run("ZRANK", "z", "a", "WITHSCORES").toString(), /^-ERR syntax error\r\n/);
  assert.match(engine.run("ZRANK", "z", "a", "x", "y").toString(), /^-ERR wrong number of arg/);
  engine.call.client.resp3 = true;
  assert.equal(engine.run("ZRANK", "z", "a", "WITHSCORE").toString(), "*2\r\n:0\r\n,1.5\r\n");
  assert.equal(engine.run("ZRANK", "z", "q", "WITHSCORE").toString(), "_\r\n");
});

test("a scan tells every member that stays, while others come and go", async () => {
  await withSeed((random) => {
    for (const size of [50, 300, 4000]) {
      const engine = new ZsetEngine();
      engine.fill("z", size);
      const grows = random.chance(0.5);
      let step = 0;
      const found = engine.scan("z", () => {
        const at = step++ * 20;
        for (let i = at; i < at + 20; i++) {
          if (grows) engine.run("ZADD", "z", "5", `added:${i}`);
          // Two of three go, so that the dictionary shrinks.
          else if (i < size && i % 3 !== 0) engine.run("ZREM", "z", `member:${i}`);
        }
      });
      for (let i = 0; i < size; i += 3) assert.ok(found.has(`member:${i}`), `member:${i}`);
    }
  });
});

test("random members differ where they must, and each has its chance", async () => {
  await withSeed(() => {
    for (const size of [40, 1000]) {
      const engine = new ZsetEngine();
      engine.fill("z", size);
      for (const count of [1, 5, Math.floor(size / 4), Math.floor(size / 2), size, size * 2]) {
        const drawn = engine.texts("ZRANDMEMBER", "z", String(count));
        assert.equal(drawn.length, Math.min(count, size));
        assert.equal(new Set(drawn).size, drawn.length);
      }
      const repeated = engine.texts("ZRANDMEMBER", "z", String(-size * 20));
      assert.equal(repeated.length, size * 20);
      assert.equal(new Set(repeated).size, size);
      const single = new Set<Reply>();
      for (let i = 0; i < size * 20; i++) single.add(engine.ask("ZRANDMEMBER", "z"));
      assert.equal(single.size, size);
      const few = new Set<string>();
      for (let i = 0; i < size * 20; i++) few.add(engine.texts("ZRANDMEMBER", "z", "1")[0] ?? "");
      assert.equal(few.size, size);
    }
    const engine = new ZsetEngine();
    engine.fill("z", 3);
    const refused = engine.run("ZRANDMEMBER", "z", "-9223372036854775807").toString();
    assert.match(refused, /^-ERR value is out of range/);
  });
});

test("long members and members of all bytes are kept, found and ordered", () => {
  const engine = new ZsetEngine();
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const long = Buffer.alloc(1024 * 1024, "y");
  engine.run("ZADD", "z", "1", all, "1", long, "1", "", "1", "__proto__");
  const order = ["", all.toString("latin1"), "__proto__", long.toString("latin1")];
  const bytes = engine.run("ZRANGE", "z", "0", "-1").toString("latin1");
  assert.equal(bytes, `*4\r\n${order.map((m) => `$${m.length}\r\n${m}\r\n`).join("")}`);
  assert.equal(engine.ask("ZRANK", "z", long), 3);
  assert.equal(engine.ask("ZREM", "z", all, long), 2);
  assert.deepEqual(engine.texts("ZRANGE", "z", "0", "-1"), ["", "__proto__"]);
});

test("nothing is left in memory when results have been given and keys are gone", () => {
  const engine = new ZsetEngine();
  const { keyspace, memory } = engine;
  const atStart = memory.usedBytes;
  for (const size of [3, 60, 200, 3000]) {
    engine.fill("a", size);
    engine.fill("b", Math.floor(size / 2));
    engine.run("SADD", "s", "member:1", "x");
    engine.run("ZUNION", "3", "a", "b", "s", "WITHSCORES");
    engine.run("ZINTERSTORE", "b", "2", "a", "b");
    engine.run("ZDIFFSTORE", "c", "2", "a", "b");
    engine.run("ZRANGESTORE", "d", "a", "-inf", "50", "BYSCORE");
    engine.run("ZRANGESTORE", "d", "a", "1", "2");
    engine.run("ZINTERSTORE", "d", "2", "a", "nope");
    engine.run("COPY", "a", "e");
    engine.run("ZPOPMIN", "a", "2");
    engine.run("ZREMRANGEBYRANK", "a", "0", "-1");
    engine.run("DEL", "b", "c", "e", "s");
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(5);
    assert.equal(memory.usedBytes, atStart, `after ${size} members`);
  }
  memory.verify();
});

test("a refused command changes nothing, also in the middle of its pairs", () => {
  const engine = new ZsetEngine();
  engine.run("ZADD", "z", "1", "a");
  for (const words of [
    ["ZADD", "z", "5", "a", "x", "b"],
    ["ZADD", "new", "5", "a", "x", "b"],
    ["ZADD", "z", "5", "a", "6"],
    ["ZINCRBY", "z", "nan", "a"],
    ["ZUNIONSTORE", "z", "1", "a", "WEIGHTS", "x"],
    ["ZRANGESTORE", "z", "z", "x", "1"],
  ]) {
    assert.match(engine.run(...words).toString(), /^-ERR /, words.join(" "));
  }
  assert.deepEqual(engine.texts("ZRANGE", "z", "0", "-1", "WITHSCORES"), ["a", "1"]);
  assert.equal(engine.ask("EXISTS", "new"), 0);
});
