// What all versions of the format have written, and what they could have: files of versions 1 to 12,
// every code of a value, opcodes of modules and functions, and what is none, beside the real server as
// far as that reads it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { RDB_OPCODES, RDB_TYPES } from "../../src/rdb/rdb-format";
import { RdbProblem } from "../../src/rdb/rdb-problem";
import { oldFile } from "../faults/every-type";
import { canRun, REAL_SERVER, ServerProcess } from "../support/server-process";
import type { Cleanup } from "../support/temp-dir";
import { NodeSender } from "./node-sender";
import { OLD_VALUES } from "./old-encodings";
import { oldStream } from "./old-streams";
import { digestOf, loaded, newNode } from "./random-data";
import { listpack, payloadOf, rdbLength, rdbLength64, rdbString, wholeFile } from "./rdb-bytes";
import { dataDir, digest, startIn } from "./saved-server";

const NO_SERVER = canRun(REAL_SERVER) ? false : "there is no redis-server";
const NEWEST_OF_REAL = 10;
/** `testtypes`, nine characters of six bits, and a version. */
const MODULE_ID = 0xb5eb2db72a5eb003n;

/** The digest of a file's data here, or what is wrong with the file. */
function ours(file: Buffer): string {
  try {
    return digestOf(loaded(file, 1, [], true));
  } catch (error) {
    if (error instanceof RdbProblem) return `refused: ${error.message}`;
    throw error;
  }
}

/** The digest of a file's data in the real server, or "refused". */
async function real(file: Buffer, t: Cleanup): Promise<string> {
  const dir = dataDir(t);
  writeFileSync(join(dir, "dump.rdb"), file);
  const config = { "enable-debug-command": "yes", "crash-log-enabled": "no" };
  let server: ServerProcess;
  try {
    server = await ServerProcess.start({ program: REAL_SERVER, dir, config });
  } catch {
    return "refused";
  }
  const client = await server.client();
  try {
    return await digest(client);
  } finally {
    await client.close();
    await server.stop();
  }
}

describe("files of every version", () => {
  test("are read, those that redis-server knows with the same digest", {
    skip: NO_SERVER,
  }, async (t) => {
    for (let version = 1; version <= 12; version++) {
      const file = oldFile(version, true);
      const found = ours(file);
      assert.match(found, /^[0-9a-f]{40}$/, `version ${version}`);
      if (version <= NEWEST_OF_REAL) assert.equal(await real(file, t), found, `version ${version}`);
    }
  });

  test("of a later version are refused", () => {
    for (const version of [0, 13, 99, 9999]) {
      assert.match(ours(oldFile(version, true)), /refused: Can't handle RDB format version/);
    }
  });
});

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const KEY = Buffer.concat([bytes(RDB_TYPES.STRING), rdbString("key"), rdbString("value")]);
const MODULE = rdbLength64(MODULE_ID);
const LIBRARY = "#!lua name=lib\nredis.register_function('f', function() return 7 end)";

const opcode = (code: number, ...parts: Buffer[]): Buffer => Buffer.concat([bytes(code), ...parts]);
const value = (type: number, ...parts: Buffer[]): Buffer =>
  Buffer.concat([bytes(type), rdbString("other"), ...parts]);

/** Records between the header and the end, and whether they are read. */
const READ: readonly (readonly [name: string, records: readonly Buffer[]])[] = [
  ["an unknown fact", [opcode(RDB_OPCODES.AUX, rdbString("new"), rdbString("fact")), KEY]],
  ["counts that are wrong", [opcode(RDB_OPCODES.RESIZE, rdbLength(1000), rdbLength(0)), KEY]],
  ["an expiry in seconds", [opcode(RDB_OPCODES.EXPIRE_S, bytes(0, 0, 0, 0x7f)), KEY]],
  ["an expiry beyond 2038", [opcode(RDB_OPCODES.EXPIRE_S, bytes(0, 0, 0, 0xf0)), KEY]],
  ["an expiry in the past", [opcode(RDB_OPCODES.EXPIRE_S, bytes(1, 0, 0, 0)), KEY]],
  [
    "a second expiry",
    [
      opcode(RDB_OPCODES.EXPIRE_S, bytes(1, 0, 0, 0)),
      opcode(RDB_OPCODES.EXPIRE_MS, bytes(0, 0, 0, 0, 0, 1, 0, 0)),
      KEY,
    ],
  ],
  ["a time without use", [opcode(RDB_OPCODES.IDLE, rdbLength(77)), KEY]],
  ["a frequency", [opcode(RDB_OPCODES.FREQ, bytes(99)), KEY]],
  [
    "another database and back",
    [opcode(RDB_OPCODES.SELECT, rdbLength(15)), KEY, opcode(RDB_OPCODES.SELECT, rdbLength(0)), KEY],
  ],
  ["a list without elements", [value(RDB_TYPES.LIST, rdbLength(0)), KEY]],
  ["a hash without fields", [value(RDB_TYPES.HASH, rdbLength(0)), KEY]],
  ["a listpack without fields", [value(RDB_TYPES.HASH_LISTPACK, rdbString(listpack([]))), KEY]],
  ["a library of functions", [opcode(RDB_OPCODES.FUNCTION, rdbString(LIBRARY)), KEY]],
  [
    "lengths of eight bytes",
    [value(RDB_TYPES.LIST, rdbLength64(1n), rdbLength64(3n), Buffer.from("abc"))],
  ],
  [
    "integers for strings",
    [
      value(
        RDB_TYPES.LIST,
        rdbLength(3),
        bytes(0xc0, 0xfe),
        bytes(0xc1, 1, 0x80),
        bytes(0xc2, 1, 2, 3, 0x84),
      ),
    ],
  ],
  ["LZF", [value(RDB_TYPES.STRING, bytes(0xc3, 5, 9, 1, 97, 98, 0xa0, 1))]],
  ["a listpack hash", [value(RDB_TYPES.HASH_LISTPACK, rdbString(listpack(["f", 1, "g", "w"])))]],
  ["a listpack zset", [value(RDB_TYPES.ZSET_LISTPACK, rdbString(listpack(["f", 1, "g", 2])))]],
  [
    "a list of both kinds of nodes",
    [
      value(
        RDB_TYPES.LIST_QUICKLIST_2,
        rdbLength(2),
        rdbLength(2),
        rdbString(listpack(["a", 1])),
        rdbLength(1),
        rdbString("long"),
      ),
    ],
  ],
  ...OLD_VALUES.map(({ name, body }) => [name, [withKey(body)]] as const),
  ["a stream of 5.0", [withKey(oldStream(1))]],
  ["a stream of 7.0", [withKey(oldStream(2))]],
];

const REFUSED: readonly (readonly [name: string, records: readonly Buffer[], problem: RegExp])[] = [
  [
    "data of a module",
    [opcode(RDB_OPCODES.MODULE_AUX, MODULE, bytes(2, 2, 0)), KEY],
    /'testtypes'/,
  ],
  ["an old value of a module", [value(RDB_TYPES.MODULE, MODULE, bytes(2, 5, 0))], /'testtypes'/],
  ["a value of a module", [value(RDB_TYPES.MODULE_2, MODULE, bytes(2, 5, 0))], /'testtypes'/],
  ["old functions", [opcode(RDB_OPCODES.FUNCTION_PRE_GA, rdbString("f"))], /before 7\.0/],
  ["no type", [value(8, rdbString("v"))], /unknown type of value 8/],
  ["a type to come", [value(26, rdbString("v"))], /unknown type of value 26/],
  ["no opcode", [value(240, rdbString("v"))], /unknown type of value 240/],
  [
    "too many databases",
    [opcode(RDB_OPCODES.SELECT, rdbLength(16)), KEY],
    /more than 16 databases/,
  ],
  ["a key twice", [KEY, KEY], /duplicated key 'key' in DB 0/],
  ["a length of no form", [value(RDB_TYPES.LIST, bytes(0x82, 0))], /no length begins with 130/],
  ["a string of no form", [value(RDB_TYPES.STRING, bytes(0xc5, 0))], /no string is encoded as 5/],
  ["broken LZF", [value(RDB_TYPES.STRING, bytes(0xc3, 3, 8, 97, 98, 99))], /broken LZF/],
  ["a broken listpack", [value(RDB_TYPES.HASH_LISTPACK, rdbString("abcdefgh"))], /broken listpack/],
  ["an empty node", [value(RDB_TYPES.LIST_QUICKLIST_2, bytes(1, 1, 0))], /empty string/],
];

function withKey(body: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, 1), rdbString("other"), body.subarray(1)]);
}

describe("records", () => {
  test("are read as redis-server reads them", { skip: NO_SERVER }, async (t) => {
    for (const [name, records] of READ) {
      const file = wholeFile(10, true, [...records]);
      const found = ours(file);
      assert.match(found, /^[0-9a-f]{40}$/, name);
      assert.equal(await real(file, t), found, name);
    }
  });

  test("that are none are refused with what is wrong, as redis-server refuses them", {
    skip: NO_SERVER,
  }, async (t) => {
    for (const [name, records, problem] of REFUSED) {
      const file = wholeFile(10, true, [...records]);
      assert.match(ours(file), problem, name);
      assert.equal(await real(file, t), "refused", name);
    }
  });

  test("with a length in a form that is for strings are refused, which redis-server overlooks", () => {
    const file = wholeFile(10, true, [value(RDB_TYPES.LIST, bytes(0xc1, 0))]);
    assert.match(ours(file), /a length was expected/);
  });

  test("count as they are whatever is behind the end, and without a checksum", () => {
    const file = wholeFile(10, true, [KEY]);
    const expected = ours(file);
    assert.equal(ours(Buffer.concat([file, Buffer.from("rest")])), expected);
    assert.equal(ours(wholeFile(10, false, [KEY])), expected);
    assert.equal(ours(wholeFile(4, false, [KEY])), expected);
  });
});

const STREAM_QUESTIONS = ["XRANGE k - +", "XINFO GROUPS k", "XPENDING k g", "XLEN k"].concat([
  "XPENDING k g - + 9 alice",
  "XREADGROUP GROUP g bob STREAMS k 0",
  "XINFO STREAM k",
]);

describe("streams", () => {
  test("of all three forms tell the same, and what redis-server tells", {
    skip: NO_SERVER,
  }, async (t) => {
    const { client } = await startIn(dataDir(t), t, { program: REAL_SERVER });
    for (const form of [1, 2, 3]) {
      const sender = new NodeSender(newNode(1));
      const payload = payloadOf(oldStream(form), form === 3 ? 12 : 10);
      assert.equal(sender.send("RESTORE", "k", "0", payload).toString(), "+OK\r\n");
      // What was read last is the first form's guess.
      if (form < 3) {
        await client.command("RESTORE", "k", "0", payload, "REPLACE");
      }
      for (const question of STREAM_QUESTIONS) {
        const words = question.split(" ");
        const expected = (await client.command(...words)).toString();
        assert.equal(
          withoutTimes(sender.send(...words).toString()),
          withoutTimes(expected),
          question,
        );
      }
    }
  });

  test("of the newest form tell when a consumer was active last", () => {
    const sender = new NodeSender(newNode(1));
    sender.send("RESTORE", "k", "0", payloadOf(oldStream(3), 12));
    const nowMs = sender.fuzz.clock.nowMs();
    const told = sender.send("XINFO", "CONSUMERS", "k", "g").toString().split("\r\n");
    const times = told.filter((_, index) => /^(idle|inactive)$/.test(told[index - 1] ?? ""));
    const [idle, inactive] = [1_600_000_000_000, 1_500_000_000_000].map((ms) => `:${nowMs - ms}`);
    assert.deepEqual(times, [idle, inactive, idle, inactive]);
  });
});

/** Without times that are counted from now. */
function withoutTimes(reply: string): string {
  return reply.replace(/:\d{11,}\r\n/g, ":time\r\n");
}
