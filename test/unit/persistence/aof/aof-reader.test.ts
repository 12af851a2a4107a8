import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AOF_ANNOTATION,
  AOF_BROKEN,
  AOF_COMMAND,
  AOF_CUT,
  AOF_END,
  AofReader,
} from "../../../../src/persistence/aof/aof-reader";
import { AofBytes } from "../../../persistence/aof-bytes";
import { encodeCommand } from "../../../support/resp-encode";
import { withSeed } from "../../../support/seeds";

const START = 7;

function readerOf(bytes: Buffer | string, windowBytes = 1 << 20) {
  const window = {
    bytes: new Uint8Array(START + windowBytes),
    start: START,
    end: START + windowBytes,
    table: new Uint32Array(4096),
    tableAt: 5,
  };
  const reader = new AofReader(new AofBytes(Buffer.from(bytes)), window);
  const words = (): Buffer[] =>
    Array.from({ length: reader.argumentCount }, (_, i) => {
      const at = window.table[5 + i * 2];
      return Buffer.from(window.bytes.slice(at, at + window.table[6 + i * 2]));
    });
  return { reader, window, words };
}

test("commands and annotations come one after the other", () => {
  const file = `#TS:1700000000\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n# a remark\n*1\r\n$0\r\n\r\n`;
  const { reader, words } = readerOf(file);
  assert.equal(reader.next(), AOF_ANNOTATION);
  assert.equal(reader.timestampSeconds, 1_700_000_000);
  assert.equal(reader.next(), AOF_COMMAND);
  assert.deepEqual(words().map(String), ["SELECT", "0"]);
  assert.deepEqual([reader.start, reader.position], [16, 39]);
  assert.equal(reader.next(), AOF_ANNOTATION);
  assert.equal(reader.timestampSeconds, Number.NaN);
  assert.equal(reader.next(), AOF_COMMAND);
  assert.deepEqual(words().map(String), [""]);
  assert.equal(reader.next(), AOF_END);
  assert.equal(reader.position, file.length);
});

test("what no server writes is refused where it stands", () => {
  for (const [file, at] of [
    ["PING\r\n", 0],
    ["*0\r\n", 0],
    ["*-1\r\n", 0],
    ["*1\n$4\r\nPING\r\n", 0],
    ["*01\r\n$4\r\nPING\r\n", 0],
    ["*+1\r\n$4\r\nPING\r\n", 0],
    ["*1 \r\n$4\r\nPING\r\n", 0],
    ["*1\r\n:4\r\nPING\r\n", 4],
    ["*1\r\n$-1\r\n", 4],
    ["*1\r\n$4\r\nPINGxx", 12],
    ["*1\r\n$4\r\nPING\r\n\0", 14],
    ["*99999999999999999999\r\n", 0],
    ["*5000\r\n", 0],
    [`#${"x".repeat(2000)}\r\n`, 0],
  ] as const) {
    const { reader } = readerOf(file);
    let found = reader.next();
    if (found === AOF_COMMAND) found = reader.next();
    assert.equal(found, AOF_BROKEN, file);
    assert.equal(reader.problemAt, at, file);
    assert.notEqual(reader.problem, "");
  }
});

test("a file that ends too early is told from a broken one, at every byte", () => {
  const file = Buffer.from("#TS:17\r\n*2\r\n$3\r\nGET\r\n$11\r\nhello world\r\n");
  for (let end = 1; end < file.length; end++) {
    const { reader } = readerOf(file.subarray(0, end));
    let found = reader.next();
    const start = reader.position;
    if (found === AOF_ANNOTATION) found = reader.next();
    assert.equal(found, end === 8 ? AOF_END : AOF_CUT, `at ${end}`);
    assert.equal(reader.position, start);
  }
});

test("no memory is taken for a length that the file does not have", () => {
  const { reader } = readerOf("*1\r\n$99999999999999\r\nabc");
  assert.equal(reader.next(), AOF_CUT);
});

test("a command larger than the window is a problem, one as large is not", () => {
  const fits = encodeCommand(["SET", "k", Buffer.alloc(1000, 1)]);
  assert.equal(readerOf(fits, fits.length).reader.next(), AOF_COMMAND);
  const { reader } = readerOf(Buffer.concat([fits, fits]), fits.length - 1);
  assert.equal(reader.next(), AOF_BROKEN);
  assert.match(reader.problem, /no room/);
});

test("what is read does not depend on the window, and going back reads the same again", () =>
  withSeed((random) => {
    for (let round = 0; round < 50; round++) {
      const commands = Array.from({ length: 30 }, () =>
        Array.from({ length: random.between(1, 6) }, () =>
          Buffer.alloc(
            random.chance(0.1) ? random.below(900_000) : random.below(40),
            random.word(),
          ),
        ),
      );
      const file = Buffer.concat(commands.map((words) => encodeCommand(words)));
      const { reader, words } = readerOf(file, 6_000_000);
      const starts: number[] = [];
      for (const command of commands) {
        assert.equal(reader.next(), AOF_COMMAND);
        starts.push(reader.start);
        assert.deepEqual(words(), command);
        if (!random.chance(0.2)) continue;
        const back = random.below(starts.length);
        const { position } = reader;
        reader.seek(starts[back], random.chance(0.5));
        assert.equal(reader.next(), AOF_COMMAND);
        assert.deepEqual(words(), commands[back]);
        reader.seek(position);
      }
      assert.equal(reader.next(), AOF_END);
    }
  }));
