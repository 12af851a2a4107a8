// String commands that are newer than the real server at hand: MSETEX, DELEX, DIGEST and SET with
// digests of Redis 8.4, DELIFEQ of Valkey 9, and INCREX. Written from their documentation; INCREX from
// the form that its file describes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { addSomeList, someList } from "../support/wrong-type";

const MEBIBYTE = 1024 * 1024;
const NOW_MS = 1_700_000_000_000;
const LATE_MS = 33_177_117_420_000;
const HELLO_DIGEST = "b6acb9d84a38ff74";
const SYNTAX = "-ERR syntax error";
const NO_INTEGER = "-ERR value is not an integer or out of range";
const WRONG_TYPE = "-WRONGTYPE Operation against a key holding the wrong kind of value";

function newEngine(): CommandEngine {
  const engine = new CommandEngine({
    commands: stringCommands(new StringLimits(MEBIBYTE)),
    types: [stringType, someList],
    poison: true,
  });
  engine.setNow(NOW_MS);
  return engine;
}

/** Runs lines of requests, each with the reply that it must have behind ` => `. */
function expectReplies(engine: CommandEngine, lines: string): void {
  for (const line of lines.split("\n").map((text) => text.trim())) {
    const [request = "", reply] = line.split(" => ");
    if (request === "") continue;
    const words = request.split(" ").map((word) => (word === '""' ? "" : word));
    const found = engine.run(...words).toString("latin1");
    const shown =
      found.startsWith("$") && !found.startsWith("$-1")
        ? found.slice(found.indexOf("\n") + 1)
        : found;
    assert.equal(shown.trimEnd().replaceAll("\r\n", " "), reply ?? "+OK", request);
  }
}

/** When the key expires, in ms since 1970; -1 for never. */
function expiryOf({ call, keyspace }: CommandEngine, name: string): number {
  const key = Buffer.from(name);
  return call.db.expiryOf(call.db.find(keyspace.hashOf(key, 0, key.length), key, 0, key.length));
}

describe("DIGEST", () => {
  test("gives the digest of a string, and nil where there is none", () => {
    const engine = newEngine();
    addSomeList(engine);
    engine.run("SET", "h", "Hello world");
    expectReplies(
      engine,
      `DIGEST h => ${HELLO_DIGEST}
       SET e ""
       DIGEST e => 2d06800538d394c2
       SET n 12345
       DIGEST n => ${digestOfNumber(engine)}
       DIGEST nope => $-1
       DIGEST l => ${WRONG_TYPE}
       DIGEST => -ERR wrong number of arguments for 'digest' command`,
    );
  });
});

/** Of a number and of the same text: a string is its bytes, whatever its encoding. */
function digestOfNumber(engine: CommandEngine): string {
  engine.run("SETRANGE", "text", "0", "12345");
  return engine.run("DIGEST", "text").toString().split("\r\n")[1] ?? "";
}

test("SET with IFDEQ and IFDNE compares the digest", () => {
  const engine = newEngine();
  addSomeList(engine);
  engine.run("SET", "k", "Hello world");
  expectReplies(
    engine,
    `SET k a IFDNE ${HELLO_DIGEST} => $-1
     SET k a IFDEQ 0000000000000000 => $-1
     SET k a IFDEQ ${HELLO_DIGEST.toUpperCase()}
     GET k => a
     SET k b IFDEQ ${HELLO_DIGEST} => $-1
     SET k b IFDNE ${HELLO_DIGEST} GET => a
     SET nope b IFDEQ ${HELLO_DIGEST} => $-1
     GET nope => $-1
     SET new b IFDNE ${HELLO_DIGEST}
     GET new => b
     SET k c IFDEQ abc => -ERR must be exactly 16 hexadecimal characters
     SET k c IFDEQ => ${SYNTAX}
     SET k c NX IFDEQ ${HELLO_DIGEST} => ${SYNTAX}
     SET k c IFEQ b IFDNE ${HELLO_DIGEST} => ${SYNTAX}
     SET l c IFDEQ ${HELLO_DIGEST} => ${WRONG_TYPE}
     GET k => b`,
  );
});

describe("DELEX and DELIFEQ", () => {
  test("remove a key whose string meets the condition", () => {
    const engine = newEngine();
    engine.run("SET", "h", "Hello world");
    expectReplies(
      engine,
      `SET a 1
       DELEX a IFEQ 2 => :0
       DELEX a IFNE 1 => :0
       DELEX a ifeq 1 => :1
       GET a => $-1
       DELEX a IFEQ 1 => :0
       DELEX a IFNE 1 => :0
       DELEX a => :0
       SET a 1
       DELEX a IFNE 2 => :1
       DELEX h IFDEQ 0000000000000000 => :0
       DELEX h IFDNE ${HELLO_DIGEST} => :0
       DELEX h IFDEQ ${HELLO_DIGEST.toUpperCase()} => :1
       SET a 1
       DELEX a IFDNE ${HELLO_DIGEST} => :1
       SET a 1
       DELEX a => :1
       GET a => $-1
       SET a 1
       DELIFEQ a 2 => :0
       DELIFEQ a 1 => :1
       DELIFEQ a 1 => :0
       GET a => $-1`,
    );
    assert.equal(engine.events.filter((event) => event.startsWith("del ")).length, 6);
  });

  test("refuse what is wrong, with nothing changed", () => {
    const engine = newEngine();
    addSomeList(engine);
    expectReplies(
      engine,
      `SET a 1
       DELEX a IFEQ => -ERR wrong number of arguments for 'delex' command
       DELEX a IFEQ 1 2 => -ERR wrong number of arguments for 'delex' command
       DELEX a NOPE 1 => -ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE
       DELEX a IFDEQ 1 => -ERR must be exactly 16 hexadecimal characters
       DELEX l IFEQ 1 => -ERR Key should be of string type if conditions are specified
       DELIFEQ l 1 => ${WRONG_TYPE}
       DELIFEQ a => -ERR wrong number of arguments for 'delifeq' command
       GET a => 1
       GET l => ${WRONG_TYPE}`,
    );
  });
});

describe("MSETEX", () => {
  test("sets all keys or none, with one expiry", () => {
    const engine = newEngine();
    expectReplies(
      engine,
      `MSETEX 2 a 1 b 2 => :1
       MGET a b => *2 $1 1 $1 2
       MSETEX 2 a 3 c 3 NX => :0
       MSETEX 2 a 3 c 3 XX => :0
       MGET a c => *2 $1 1 $-1
       MSETEX 2 c 3 d 4 nx EX 100 => :1
       MSETEX 2 a 5 c 5 XX KEEPTTL => :1
       MGET a b c d => *4 $1 5 $1 2 $1 5 $1 4
       MSETEX 1 a 6 PXAT ${LATE_MS} => :1
       MSETEX 2 x 1 x 2 => :1
       GET x => 2
       MSETEX 1 EX EX EX 100 => :1
       GET EX => EX`,
    );
    assert.equal(expiryOf(engine, "c"), NOW_MS + 100_000);
    assert.equal(expiryOf(engine, "d"), NOW_MS + 100_000);
    assert.equal(expiryOf(engine, "a"), LATE_MS);
    assert.equal(expiryOf(engine, "b"), -1);
    engine.run("MSETEX", "1", "a", "7");
    assert.equal(expiryOf(engine, "a"), -1);
  });

  test("tells of each key, and of its expiry behind it", () => {
    const engine = newEngine();
    engine.run("MSETEX", "2", "a", "1", "b", "2", "PX", "100000");
    assert.deepEqual(engine.events.splice(0), [
      "new a",
      "set a",
      "expire a",
      "new b",
      "set b",
      "expire b",
    ]);
    engine.run("MSETEX", "2", "a", "1", "c", "2", "NX");
    assert.deepEqual(engine.events, []);
  });

  test("refuses what is wrong, with nothing changed", () => {
    const engine = newEngine();
    addSomeList(engine);
    expectReplies(
      engine,
      `MSETEX 0 a 1 => -ERR invalid numkeys value
       MSETEX -1 a 1 => -ERR invalid numkeys value
       MSETEX x a 1 => -ERR invalid numkeys value
       MSETEX 9223372036854775807 a 1 => -ERR invalid numkeys value
       MSETEX 2147483648 a 1 => -ERR invalid numkeys value
       MSETEX 2 a 1 => -ERR wrong number of key-value pairs
       MSETEX 2147483647 a 1 => -ERR wrong number of key-value pairs
       MSETEX 1 a 1 b 2 => ${SYNTAX}
       MSETEX 1 a 1 NX XX => ${SYNTAX}
       MSETEX 1 a 1 GET => ${SYNTAX}
       MSETEX 1 a 1 IFEQ 1 => ${SYNTAX}
       MSETEX 1 a 1 EX => ${SYNTAX}
       MSETEX 1 a 1 EX 1 PX 1 => ${SYNTAX}
       MSETEX 1 a 1 EX 1 KEEPTTL => ${SYNTAX}
       MSETEX 1 a 1 EX 0 => -ERR invalid expire time in 'msetex' command
       MSETEX 1 a 1 EX x => ${NO_INTEGER}
       MSETEX 1 a => -ERR wrong number of arguments for 'msetex' command
       GET a => $-1
       MSETEX 2 l 1 a 1 => :1
       GET l => 1`,
    );
  });
});

describe("INCREX", () => {
  test("counts by an integer or a float", () => {
    expectReplies(
      newEngine(),
      `INCREX a => :1
       INCREX a => :2
       INCREX a BYINT 10 => :12
       INCREX a byint -9223372036854775808 => :-9223372036854775796
       INCREX a BYINT -100 => -ERR increment or decrement would overflow
       GET a => -9223372036854775796
       INCREX b BYFLOAT 1.5 => 1.5
       INCREX b BYFLOAT 1e2 => 101.5
       INCREX b => ${NO_INTEGER}
       INCREX b BYFLOAT x => -ERR value is not a valid float
       INCREX b BYFLOAT inf => -ERR increment would produce NaN or Infinity
       GET b => 101.5`,
    );
  });

  test("sets, keeps and removes the expiry", () => {
    const engine = newEngine();
    expectReplies(engine, "INCREX a EX 100 => :1");
    assert.equal(expiryOf(engine, "a"), NOW_MS + 100_000);
    assert.deepEqual(engine.events.splice(0), ["new a", "incrby a", "expire a"]);
    expectReplies(engine, "INCREX a => :2");
    assert.equal(expiryOf(engine, "a"), NOW_MS + 100_000);
    expectReplies(engine, `INCREX a PXAT ${LATE_MS} BYINT 5 => :7`);
    assert.equal(expiryOf(engine, "a"), LATE_MS);
    expectReplies(engine, "INCREX a BYFLOAT 0.5 PERSIST => 7.5");
    assert.equal(expiryOf(engine, "a"), -1);
    engine.events.splice(0);
    expectReplies(engine, "INCREX a BYFLOAT 0.5 PERSIST => 8");
    expectReplies(engine, "INCREX a EXAT 1 => :9");
    assert.deepEqual(engine.events, ["incrbyfloat a", "incrby a", "del a"]);
    expectReplies(engine, "GET a => $-1");
  });

  test("refuses what is wrong, with nothing changed", () => {
    const engine = newEngine();
    addSomeList(engine);
    expectReplies(
      engine,
      `SET a 1
       INCREX a NOPE => ${SYNTAX}
       INCREX a BYINT => ${SYNTAX}
       INCREX a BYINT 1 BYFLOAT 1 => ${SYNTAX}
       INCREX a BYINT 1 BYINT 1 => ${SYNTAX}
       INCREX a EX 1 PX 1 => ${SYNTAX}
       INCREX a EX 1 PERSIST => ${SYNTAX}
       INCREX a PERSIST PERSIST => ${SYNTAX}
       INCREX a EX => ${SYNTAX}
       INCREX a EX 0 => -ERR invalid expire time in 'increx' command
       INCREX a EX x => ${NO_INTEGER}
       INCREX a BYINT x EX 100 => ${NO_INTEGER}
       INCREX l EX 100 => ${WRONG_TYPE}
       INCREX l BYFLOAT 1 => ${WRONG_TYPE}
       INCREX => -ERR wrong number of arguments for 'increx' command
       GET a => 1`,
    );
    assert.equal(expiryOf(engine, "a"), -1);
  });
});
