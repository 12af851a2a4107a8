import assert from "node:assert/strict";
import { test } from "node:test";
import { globMatch } from "../../../src/base/glob.js";
import type { Reply } from "../../support/reply.js";
import { withSeed } from "../../support/seeds.js";
import { ALL_BYTES, embedded, randomBytes } from "./byte-cases.js";
import { latin1Reply, WITHOUT_ORACLE, withOracle } from "./oracle.js";

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

test("KEYS of a real server returns exactly the keys that match", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client) =>
    withSeed(async (random) => {
      const alphabet = "abcAZ*?[]^-\\\0\x7f\x80\xff";
      const keys = new Map<string, Buffer>();
      for (const key of ["", "__proto__", "*", "a"]) keys.set(key, Buffer.from(key));
      for (const byte of ALL_BYTES) keys.set(String.fromCharCode(byte), Buffer.from([byte]));
      while (keys.size < 500) {
        const key = randomBytes(random, 7, alphabet);
        keys.set(key.toString("latin1"), key);
      }
      await client.call("MSET", ...[...keys.values()].flatMap((key) => [key, "1"]));
      const patterns = Array.from({ length: 3000 }, () => randomBytes(random, 9, alphabet));
      const special = ["**", "", "[\x01-\xff]", "[\xff-\x01]*", "[a", "[^", "*[", "\\", "*\\"];
      patterns.push(...special.map((pattern) => Buffer.from(pattern, "latin1")));
      const replies = await Promise.all(patterns.map((pattern) => client.call("KEYS", pattern)));
      for (const [index, pattern] of patterns.entries()) {
        // A lone star is a shortcut of KEYS that also finds the empty key.
        if (pattern.equals(Buffer.from("*"))) continue;
        const expected = namesIn(replies[index]).sort();
        const found = [...keys].filter(([, key]) => matches(pattern, key)).map(([name]) => name);
        assert.deepEqual(found.sort(), expected, JSON.stringify(pattern.toString("latin1")));
      }
    }),
  ),
);

test("ignoring case agrees with a real server's FUNCTION LIST", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client) =>
    withSeed(async (random) => {
      const names = new Set<string>(["__proto__"]);
      while (names.size < 150) names.add(`${randomBytes(random, 5, "abzABZ_0")}a`);
      for (const [index, name] of [...names].entries()) {
        const code = `#!lua name=${name}\nredis.register_function('f${index}', function() end)`;
        assert.equal(await client.call("FUNCTION", "LOAD", code), name);
      }
      const patterns = Array.from({ length: 1500 }, () =>
        randomBytes(random, 9, "abzABZ_0*?[]^-\\@`{"),
      );
      const replies = await Promise.all(
        patterns.map((pattern) => client.call("FUNCTION", "LIST", "LIBRARYNAME", pattern)),
      );
      for (const [index, pattern] of patterns.entries()) {
        const libraries = replies[index];
        assert.ok(Array.isArray(libraries));
        const expected = libraries.map((library) => namesIn(library)[1]).sort();
        const found = [...names].filter((name) => matches(pattern, Buffer.from(name), true)).sort();
        assert.deepEqual(found, expected, pattern.toString());
      }
    }),
  ),
);

/** The strings of an array reply; what else it holds becomes empty. */
function namesIn(reply: Reply | undefined): string[] {
  assert.ok(Array.isArray(reply));
  return reply.map((item) => (Array.isArray(item) ? "" : latin1Reply(item)));
}
