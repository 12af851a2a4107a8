import assert from "node:assert/strict";
import { test } from "node:test";
import { quoteBytes, splitArguments } from "../../../src/base/quoting.js";
import { decodeReply } from "../../support/reply.js";
import { withSeed } from "../../support/seeds.js";
import { ALL_BYTES, embedded, randomBytes } from "./byte-cases.js";
import { latin1Reply, WITHOUT_ORACLE, withOracle } from "./oracle.js";

function split(line: string | Uint8Array): string[] | undefined {
  const { bytes, off, len } = embedded(line);
  return splitArguments(bytes, off, len)?.map((word) => Buffer.from(word).toString("latin1"));
}

function quote(text: string | Uint8Array): string {
  const { bytes, off, len } = embedded(text);
  return quoteBytes(bytes, off, len);
}

test("lines are split at white space outside quotes", () => {
  const cases: [string, string[] | undefined][] = [
    ["", []],
    [" \t\r\n\v\f ", []],
    ["set key value", ["set", "key", "value"]],
    ["  a\tb\r\n", ["a", "b"]],
    ["a\vb", ["a\vb"]],
    ["\"\" ''", ["", ""]],
    ["\"a b\" 'c d'", ["a b", "c d"]],
    ['x"y z"', ["xy z"]],
    ['"\\x41\\n\\r\\t\\b\\a\\q\\"\\\\"', ['A\n\r\t\b\x07q"\\']],
    ['"\\xZZ\\x4"', ["xZZx4"]],
    ["'\\x41 \\' \\n'", ["\\x41 ' \\n"]],
    ["__proto__ \\n", ["__proto__", "\\n"]],
    ["a\0b c", ["a"]],
    ['"a"b', undefined],
    ["'a'b", undefined],
    ['"a', undefined],
    ["'a", undefined],
    ['"a\\', undefined],
    ['"a\0"', undefined],
    ['"a"\vb', ["a", "b"]],
  ];
  for (const [line, expected] of cases) assert.deepEqual(split(line), expected, line);
});

test("arguments are copies: the line may be reused", () => {
  const line = Buffer.from("one two");
  const words = splitArguments(line, 0, line.length);
  line.fill(0);
  assert.deepEqual(
    words?.map((word) => Buffer.from(word).toString()),
    ["one", "two"],
  );
});

test("quoted bytes are printable ASCII and split back into the same bytes", () =>
  withSeed((random) => {
    const texts: Uint8Array[] = [new Uint8Array(0), ALL_BYTES, Buffer.from("__proto__")];
    for (let round = 0; round < 3000; round++) texts.push(random.bytes(random.below(40)));
    for (const text of texts) {
      const shown = quote(text);
      assert.match(shown, /^"[\x20-\x7e]*"$/);
      assert.deepEqual(split(shown), [Buffer.from(text).toString("latin1")]);
    }
  }));

test("a real server's MONITOR quotes every byte the same way", { skip: WITHOUT_ORACLE }, () =>
  withOracle(async (client, server) => {
    const monitor = await server.client();
    assert.equal(await monitor.call("MONITOR"), "OK");
    await client.command("ECHO", Buffer.from(ALL_BYTES));
    const shown = (await monitor.readReply()).toString("latin1");
    await monitor.close();
    assert.ok(shown.endsWith(`] "ECHO" ${quote(ALL_BYTES)}\r\n`), shown);
  }),
);

test("a real server splits random inline commands alike", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client, server) =>
    withSeed(async (random) => {
      const script =
        "local shown = {} for i, word in ipairs(ARGV) do shown[i] = word:gsub('.', " +
        "function(c) return string.format('%02x', string.byte(c)) end) end " +
        "return 'words ' .. table.concat(shown, ',')";
      const digest = latin1Reply(await client.call("SCRIPT", "LOAD", script));
      const inline = (line: Buffer) =>
        Buffer.concat([Buffer.from(`EVALSHA ${digest} 0 `), line, Buffer.from("\n")]);
      // No NUL: behind one, a real server looks for no line end and waits for ever.
      const alphabet = "ab4f xnrt\\\\\"\"\"''' \t\v\f\r\xff\xa0";
      for (let round = 0; round < 5000; round++) {
        const line = randomBytes(random, 14, alphabet);
        const words = split(line);
        if (words !== undefined) {
          client.sendRaw(inline(line));
          const hex = words.map((word) => Buffer.from(word, "latin1").toString("hex"));
          const reply = latin1Reply(decodeReply(await client.readReply()));
          assert.equal(reply, `words ${hex.join(",")}`, quote(line));
        } else if (round < 800) {
          const refused = await server.client();
          refused.sendRaw(inline(line));
          const reply = decodeReply(await refused.readReply());
          const error = "ERR Protocol error: unbalanced quotes in request";
          assert.deepEqual(reply, { error }, quote(line));
          await refused.close();
        }
      }
    }),
  ),
);
