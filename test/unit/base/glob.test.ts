import assert from "node:assert/strict";
import { test } from "node:test";
import { globMatch } from "../../../src/base/glob.js";
import { type RealRedis, startRealRedis, withoutRealRedis } from "./real-redis.js";
import { ALL_BYTES, embedded, seeded } from "./seeded.js";

function matches(pattern: string | Uint8Array, text: string | Uint8Array, fold = false): boolean {
  const p = embedded(pattern);
  const t = embedded(text);
  return globMatch(p.bytes, p.off, p.len, t.bytes, t.off, t.len, fold);
}

test("plain patterns, stars, classes and escapes", () => {
  const yes: [string, string][] = [
    ["abc", "abc"],
    ["a*c", "ac"],
    ["a*c", "abbc"],
    ["*", "x"],
    ["**", "x"],
    ["*a*b*c", "xxaxxbxxbc"],
    ["h?llo", "hello"],
    ["h[ae]llo", "hallo"],
    ["h[^e]llo", "hallo"],
    ["h[a-b]llo", "hbllo"],
    ["h[b-a]llo", "hallo"],
    ["\\*", "*"],
    ["[\\]]", "]"],
    ["__proto__", "__proto__"],
    ["a\\", "a\\"],
    ["[abc", "b"],
    ["[a-]", "]"],
    ["[^", "x"],
    ["", ""],
  ];
  for (const [pattern, text] of yes) assert.ok(matches(pattern, text), `${pattern} ~ ${text}`);
  const no: [string, string][] = [
    ["", "a"],
    ["*", ""],
    ["a", ""],
    ["abc", "ab"],
    ["ab", "abc"],
    ["a*c", "ab"],
    ["[", "["],
    ["[]", "]"],
    ["h[^e]llo", "hello"],
    ["\\*", "a"],
    ["?", ""],
    ["*?", ""],
  ];
  for (const [pattern, text] of no) assert.ok(!matches(pattern, text), `${pattern} !~ ${text}`);
});

test("ignoring case folds ASCII letters, but not escaped members of a class", () => {
  assert.ok(matches("HeL*O", "hEllo", true));
  assert.ok(!matches("HeL*O", "hEllo", false));
  assert.ok(matches("[A-C]", "b", true));
  assert.ok(!matches("[Z-a]", "z", true));
  assert.ok(!matches("[\\A]", "a", true));
  assert.ok(matches("\\A", "a", true));
  assert.ok(!matches("\xc0", "\xe0", true));
});

test("a hostile pattern takes at most pattern times text steps", () => {
  const text = "a".repeat(20_000);
  const started = process.hrtime.bigint();
  assert.equal(matches(`${"a*".repeat(500)}b`, text), false);
  assert.equal(matches(`${"*".repeat(50_000)}b`, text), false);
  assert.equal(matches("*a".repeat(10_000), text), true);
  assert.ok(process.hrtime.bigint() - started < 5_000_000_000n);
});

test("KEYS of a real server returns exactly the keys that match", { skip: withoutRealRedis }, () =>
  withServer(async ({ client }) => {
    const random = seeded();
    const alphabet = Buffer.from("abcAZ*?[]^-\\\0\x7f\x80\xff", "latin1");
    const keys = new Map<string, Buffer>();
    for (const key of ["", "__proto__", "*", "a"]) keys.set(key, Buffer.from(key));
    for (const byte of ALL_BYTES) keys.set(String.fromCharCode(byte), Buffer.from([byte]));
    while (keys.size < 700) {
      const key = random.bytes(7, alphabet);
      keys.set(key.toString("latin1"), key);
    }
    await client.mset([...keys.values()].flatMap((key) => [key, "1"]));
    const patterns = Array.from({ length: 4000 }, () => random.bytes(9, alphabet));
    for (const special of [
      "**",
      "",
      "[\x01-\xff]",
      "[\xff-\x01]*",
      "[a",
      "[^",
      "*[",
      "\\",
      "*\\",
    ]) {
      patterns.push(Buffer.from(special, "latin1"));
    }
    const replies = await Promise.all(patterns.map((p) => client.callBuffer("KEYS", p)));
    for (const [index, pattern] of patterns.entries()) {
      if (pattern.equals(Buffer.from("*"))) continue;
      const expected = (replies[index] as Buffer[]).map((key) => key.toString("latin1")).sort();
      const found = [...keys].filter(([, key]) => matches(pattern, key)).map(([name]) => name);
      const note = `pattern ${JSON.stringify(pattern.toString("latin1"))} seed ${random.seed}`;
      assert.deepEqual(found.sort(), expected, note);
    }
  }),
);

test("ignoring case agrees with a real server's FUNCTION LIST", { skip: withoutRealRedis }, () =>
  withServer(async ({ client }) => {
    const random = seeded();
    const alphabet = Buffer.from("abzABZ_0");
    const names = new Set<string>(["__proto__"]);
    while (names.size < 150) names.add(`${random.bytes(5, alphabet)}a`);
    for (const [index, name] of [...names].entries()) {
      const code = `#!lua name=${name}\nredis.register_function('f${index}', function() end)`;
      await client.call("FUNCTION", "LOAD", code);
    }
    const patternAlphabet = Buffer.from("abzABZ_0*?[]^-\\@`{");
    const patterns = Array.from({ length: 1500 }, () => random.bytes(9, patternAlphabet));
    const replies = await Promise.all(
      patterns.map((p) => client.call("FUNCTION", "LIST", "LIBRARYNAME", p)),
    );
    for (const [index, pattern] of patterns.entries()) {
      const expected = (replies[index] as string[][]).map((library) => library[1]).sort();
      const found = [...names].filter((name) => matches(pattern, Buffer.from(name), true)).sort();
      assert.deepEqual(found, expected, `pattern ${pattern} seed ${random.seed}`);
    }
  }),
);

async function withServer(body: (server: RealRedis) => Promise<void>): Promise<void> {
  const server = await startRealRedis();
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}
