import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { quoteBytes, splitArguments } from "../../../src/base/quoting.js";
import { startRealRedis, withoutRealRedis } from "./real-redis.js";
import { ALL_BYTES, embedded, seeded } from "./seeded.js";

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

test("quoted bytes are printable ASCII and split back into the same bytes", () => {
  const random = seeded();
  const texts: Uint8Array[] = [new Uint8Array(0), ALL_BYTES, Buffer.from("__proto__")];
  for (let round = 0; round < 3000; round++) texts.push(random.bytes(40, ALL_BYTES));
  for (const text of texts) {
    const shown = quote(text);
    assert.match(shown, /^"[\x20-\x7e]*"$/);
    assert.deepEqual(split(shown), [Buffer.from(text).toString("latin1")], `seed ${random.seed}`);
  }
});

test("a real server's MONITOR quotes every byte the same way", { skip: withoutRealRedis }, () =>
  withServer(async (socketPath, call) => {
    const lines = new LineReader(socketPath);
    lines.write("MONITOR\r\n");
    assert.equal(await lines.next(), "+OK");
    await call("ECHO", ALL_BYTES);
    let shown = await lines.next();
    while (!shown.includes('"ECHO"')) shown = await lines.next();
    lines.close();
    assert.ok(shown.endsWith(` "ECHO" ${quote(ALL_BYTES)}`), shown);
  }),
);

test("a real server splits random inline commands alike", { skip: withoutRealRedis }, () =>
  withServer(async (socketPath, call) => {
    const script =
      "local shown = {} for i, word in ipairs(ARGV) do shown[i] = word:gsub('.', " +
      "function(c) return string.format('%02x', string.byte(c)) end) end " +
      "return 'words ' .. table.concat(shown, ',')";
    const prefix = Buffer.from(`EVALSHA ${await call("SCRIPT", "LOAD", script)} 0 x `);
    const random = seeded();
    // No NUL: behind one, a real server looks for no line end and waits for ever.
    const alphabet = Buffer.from("ab4f xnrt\\\\\"\"\"''' \t\v\f\r\xff\xa0", "latin1");
    const balanced: { line: Buffer; words: string[] }[] = [];
    const unbalanced: Buffer[] = [];
    while (balanced.length < 8000) {
      const line = random.bytes(14, alphabet);
      const words = split(Buffer.concat([Buffer.from("x "), line]));
      if (words !== undefined) balanced.push({ line, words });
      else if (unbalanced.length < 300) unbalanced.push(line);
    }
    const lines = new LineReader(socketPath);
    for (const { line } of balanced) lines.write(Buffer.concat([prefix, line, Buffer.from("\n")]));
    for (const { line, words } of balanced) {
      await lines.next();
      const expected = words.map((word) => Buffer.from(word, "latin1").toString("hex")).join(",");
      assert.equal(await lines.next(), `words ${expected}`, `${quote(line)} seed ${random.seed}`);
    }
    lines.close();
    for (const line of unbalanced) {
      const refused = new LineReader(socketPath);
      refused.write(Buffer.concat([prefix, line, Buffer.from("\n")]));
      const reply = await refused.next();
      refused.close();
      assert.equal(reply, "-ERR Protocol error: unbalanced quotes in request", quote(line));
    }
  }),
);

type Call = (name: string, ...args: (string | Uint8Array)[]) => Promise<unknown>;

async function withServer(body: (socketPath: string, call: Call) => Promise<void>): Promise<void> {
  const server = await startRealRedis();
  try {
    await body(server.socketPath, (name, ...args) =>
      server.client.call(name, ...args.map((arg) => Buffer.from(arg as Uint8Array))),
    );
  } finally {
    await server.stop();
  }
}

/** A raw connection whose replies are read line by line. */
class LineReader {
  readonly #socket;
  readonly #lines: AsyncIterator<string>;

  constructor(socketPath: string) {
    this.#socket = connect(socketPath);
    this.#lines = this.#read();
  }

  async *#read(): AsyncGenerator<string> {
    let rest = "";
    for await (const chunk of this.#socket) {
      const parts = (rest + (chunk as Buffer).toString("latin1")).split("\r\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  async next(): Promise<string> {
    const line = await this.#lines.next();
    assert.equal(line.done, false, "the server closed the connection");
    return line.value;
  }

  close(): void {
    this.#socket.destroy();
  }
}
