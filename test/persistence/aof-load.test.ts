// When a real process loads an append only file, and what it does with a broken one.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { freePort } from "../support/free-port";
import { encodeCommand } from "../support/resp-encode";
import { canRun, OUR_SERVER, REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";
import { dataDir, info, startIn } from "./saved-server";

const AOF = { appendonly: "yes" };
const words = (...commands: string[][]): Buffer =>
  Buffer.concat(commands.map((command) => encodeCommand(command)));

test("the append only file is loaded where it is on, and only then", async (t) => {
  const dir = dataDir(t);
  const first = await startIn(dir, t, { config: { save: "" } });
  await first.client.call("SET", "from", "rdb");
  await first.client.call("SAVE");
  await first.server.stop();
  placeFiles(dir, { one: words(["SELECT", "0"], ["SET", "from", "aof"]) });
  for (const [appendonly, expected] of [
    ["no", "rdb"],
    ["yes", "aof"],
  ]) {
    const { server, client } = await startIn(dir, t, { config: { appendonly, save: "" } });
    assert.equal(String(await client.call("GET", "from")), expected);
    await server.stop();
  }
  rmSync(join(dir, "appendonlydir"), { recursive: true });
  const { client } = await startIn(dir, t, { config: AOF });
  assert.equal(await client.call("DBSIZE"), 0);
});

test("nothing has expired while commands are loaded, and what is due goes afterwards", async (t) => {
  const dir = dataDir(t);
  placeFiles(dir, {
    one: words(
      ["SET", "kept", "1"],
      ["PEXPIREAT", "kept", "1000"],
      ["PERSIST", "kept"],
      ["SET", "due", "1", "PXAT", "1000"],
      ["APPEND", "due", "2"],
      ["COPY", "due", "copy"],
      ["PERSIST", "copy"],
      ["HSET", "h", "f", "1", "g", "2"],
      ["HPEXPIREAT", "h", "1000", "FIELDS", "2", "f", "g"],
      ["HPERSIST", "h", "FIELDS", "1", "g"],
      ["HINCRBY", "h", "f", "5"],
    ),
  });
  const { client } = await startIn(dir, t, { config: AOF });
  const get = async (...command: string[]): Promise<string> =>
    String(await client.call(...command));
  assert.equal(await get("GET", "kept"), "1");
  assert.equal(await get("EXISTS", "due"), "0");
  assert.equal(await get("GET", "copy"), "12");
  assert.equal(await get("HGETALL", "h"), "g,2");
});

test("what redis-server tells of XADD and PFCOUNT is run, though no client may say or needs it", async (t) => {
  const dir = dataDir(t);
  placeFiles(dir, {
    one: words(
      ["XADD", "s", "1-0", "f", "v"],
      ["XADD", "s", "MAXLEN", "=", "1", "LIMIT", "10", "2-0", "f", "v"],
      ["PFADD", "p", "a", "b", "c"],
      ["PFCOUNT", "p"],
      ["PUBLISH", "c", "m"],
      ["CLIENT", "KILL", "TYPE", "normal"],
    ),
  });
  const { server, client } = await startIn(dir, t, { config: AOF });
  assert.equal(await client.call("XLEN", "s"), 1);
  // The count that PFCOUNT has written down takes the place of a mark in the last byte of eight.
  const header = await client.command("GETRANGE", "p", "8", "15");
  assert.equal((header.at(-3) ?? 0) & 0x80, 0);
  assert.doesNotMatch(server.logs(), /CRITICAL|XADD/);
  assert.match(
    server.logs(),
    /'client\|kill' changes nothing and is passed over \(byte \d+ of one\)/,
  );
});

const GOOD = words(["SELECT", "0"], ["SET", "a", "1"], ["SET", "b", "2"]);
const OPEN = words(["MULTI"], ["SET", "c", "3"]);

describe("a file whose end is missing", () => {
  for (const [name, tail] of [
    ["amid a command", Buffer.from("*3\r\n$3\r\nSET\r\n$1")],
    ["within a transaction", OPEN],
    ["amid a command of a transaction", Buffer.concat([OPEN, Buffer.from("*1\r\n$4")])],
  ] as const) {
    test(`${name} is cut off, or refused where that is not allowed`, async (t) => {
      const outcomes: string[][] = [];
      // redis-server leaves the beginning of a transaction in the file, to which it then appends.
      const hasReal = canRun(REAL_SERVER) && !name.startsWith("amid a command of");
      for (const program of hasReal ? [REAL_SERVER, OUR_SERVER] : [OUR_SERVER]) {
        const dir = dataDir(t);
        const file = join(dir, "appendonlydir", "two");
        placeFiles(dir, { one: GOOD, two: Buffer.concat([GOOD, tail]) });
        const refused = { ...AOF, "aof-load-truncated": "no" };
        const log = await refusal(dir, program, refused);
        assert.match(log, /Unexpected end of file reading the append only file two/);
        assert.deepEqual(readFileSync(file), Buffer.concat([GOOD, tail]));
        const { server, client } = await startIn(dir, t, { program, config: AOF });
        assert.equal(await client.call("DBSIZE"), 2);
        assert.deepEqual(readFileSync(file), GOOD);
        outcomes.push(server.logs().split("\n").flatMap(truncation));
        await server.stop();
      }
      assert.deepEqual(outcomes.at(-1), outcomes[0]);
    });
  }

  test("is refused, and left as it is, when it is not the last", async (t) => {
    const dir = dataDir(t);
    const cut = Buffer.concat([GOOD, OPEN]);
    placeFiles(dir, { one: cut, two: GOOD });
    assert.match(await refusal(dir), /the truncated file is not the last file/);
    assert.deepEqual(readFileSync(join(dir, "appendonlydir", "one")), cut);
  });
});

test("what is wrong amid the files is refused with its place, as redis-server refuses it", async (t) => {
  for (const [bad, expected] of [
    [
      "*2\r\n$3\r\nGET\r\nx1\r\na\r\n",
      /Bad file format reading the append only file one at byte 9\d/,
    ],
    ["*1\r\n$4\r\nNONE\r\n", /Unknown command 'NONE' reading the append only file one at byte 77/],
    [`*3\r\n$3\r\nSET\r\n$1\r\nc\r\n$999999\r\nx\r\n`, /whole commands follow at byte 109/],
    ["*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n", /at byte 77 \(ERR DB index is out of range\)/],
    ["*2\r\n$3\r\nSET\r\n$1\r\na\r\n", /2 arguments cannot be those of 'set'/],
    ["\0\0\0\0", /Expected prefix '\*'/],
  ] as const) {
    const dir = dataDir(t);
    placeFiles(dir, { one: Buffer.concat([GOOD, Buffer.from(bad), GOOD]), two: GOOD });
    assert.match(await refusal(dir), expected, bad);
  }
  const dir = dataDir(t);
  placeFiles(dir, { one: GOOD, two: GOOD });
  rmSync(join(dir, "appendonlydir", "one"));
  assert.match(await refusal(dir), /one, which the manifest names, cannot be opened: No such file/);
  writeFileSync(join(dir, "appendonlydir", "appendonly.aof.manifest"), "file one\n");
  assert.match(await refusal(dir), /Invalid AOF manifest file format/);
});

test("clients are told to wait while commands are loaded, and INFO tells how far it is", async (t) => {
  const dir = dataDir(t);
  const commands = Array.from({ length: 4000 }, (_, i) => ["SET", `key:${i}`, "x".repeat(2000)]);
  placeFiles(dir, { one: GOOD, two: words(...commands) });
  const config = {
    ...AOF,
    "key-load-delay": "500",
    maxmemory: "1mb",
    "maxmemory-policy": "allkeys-lru",
  };
  const server = ServerProcess.launch({ dir, config }, await freePort());
  t.after(() => server.stop());
  const client = await waitFor("listener", () => server.client());
  assert.match(JSON.stringify(await client.call("GET", "key:1")), /LOADING/);
  const seen: number[] = [];
  await waitFor("progress", async () => {
    const fields = await info(client);
    assert.equal(fields.get("loading"), "1");
    assert.ok(
      Number(fields.get("loading_loaded_bytes")) <= Number(fields.get("loading_total_bytes")),
    );
    seen.push(Number(fields.get("loading_loaded_bytes")));
    return (seen.at(-1) ?? 0) > (seen[0] ?? 0) || null;
  });
  await client.call("CONFIG", "SET", "maxmemory", "0");
  await client.call("CONFIG", "SET", "key-load-delay", "0");
  await waitFor("end", () => server.logs().includes("Ready to accept"));
  assert.equal(await client.call("DBSIZE"), 4002);
  await client.close();
});

/** Increments and their manifest. */
function placeFiles(dir: string, files: Readonly<Record<string, Buffer>>): void {
  const directory = join(dir, "appendonlydir");
  mkdirSync(directory);
  const lines = Object.entries(files).map(([name, bytes], i) => {
    writeFileSync(join(directory, name), bytes);
    return `file ${name} seq ${i + 1} type i\n`;
  });
  writeFileSync(join(directory, "appendonly.aof.manifest"), lines.join(""));
}

/** The log of a start that must fail. */
async function refusal(
  dir: string,
  program = OUR_SERVER,
  config: Readonly<Record<string, string>> = AOF,
): Promise<string> {
  const server = ServerProcess.launch({ dir, program, config }, await freePort());
  const { code } = await server.exited;
  assert.equal(code, 1, server.logs());
  assert.doesNotMatch(server.logs(), /Ready to accept|BUG REPORT/);
  return server.logs();
}

/** What a log line says of a file that is cut off. */
function truncation(line: string): string[] {
  const text = /[#*] (.*)$/.exec(line)?.[1] ?? "";
  return /short read|Truncating|loaded anyway/.test(text) ? [text] : [];
}
