// Small data sets that have every type in every encoding, for tests that break each bit of them.

import { RDB_OPCODES, RDB_TYPES } from "../../src/rdb/rdb-format";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { NodeSender } from "../persistence/node-sender";
import { intset, ziplist, zipmap } from "../persistence/old-encodings";
import { type Limits, newNode } from "../persistence/random-data";
import { rdbLength, rdbString, wholeFile } from "../persistence/rdb-bytes";

const FAR_MS = "33177117420000";
/** Values of few elements come in their large form, too. */
export const SMALL_LIMITS: Limits = [
  ["hash-max-listpack-entries", "3"],
  ["set-max-intset-entries", "3"],
  ["set-max-listpack-entries", "3"],
  ["zset-max-listpack-entries", "3"],
  ["list-max-listpack-size", "3"],
  ["stream-node-max-entries", "2"],
];

const COMMANDS = [
  "SET int 123456",
  "SET raw hello",
  `SET lzf ${"abcdefgh".repeat(12)}`,
  "SET expires 1",
  `PEXPIREAT expires ${FAR_MS}`,
  "RPUSH list a 12 -5000",
  `RPUSH quicklist a b c d e f g ${"x".repeat(100)} 70000`,
  "SADD intset 1 -2 300",
  "SADD setpack a b 7",
  "SADD settable a b c d 5",
  "ZADD zpack 1 a 2.5 b",
  "ZADD ztree 1 a 2.5 b -inf c 1e300 d",
  "HSET hpack f v g 17",
  "HSET htable f v g 17 h w i x",
  "HSET hpackttl f v g 1",
  `HPEXPIREAT hpackttl ${FAR_MS} FIELDS 1 g`,
  "HSET htablettl f v g 17 h w i x",
  `HPEXPIREAT htablettl ${FAR_MS} FIELDS 2 g h`,
  "XADD stream 1-1 a 1",
  "XADD stream 1-2 a 2",
  "XADD stream 2-0 b 3 c 4",
  "XDEL stream 1-2",
  "XGROUP CREATE stream g 0",
  "XREADGROUP GROUP g alice COUNT 1 STREAMS stream >",
  "XREADGROUP GROUP g bob STREAMS stream >",
  "XGROUP CREATE stream told 1-1 ENTRIESREAD 2",
  ...Array.from(
    { length: 20 },
    (_, i) => `RPUSH long:${i % 4} element:${i} ${i * 1000} ${"y".repeat(i)}`,
  ),
  ...Array.from({ length: 12 }, (_, i) => `HSET fields:${i % 3} field:${i} value:${i * 7}`),
  ...Array.from({ length: 12 }, (_, i) => `ZADD scores:${i % 3} ${i / 3} member:${i}`),
  ...Array.from({ length: 12 }, (_, i) => `SADD members:${i % 3} member:${i} ${i}`),
  ...Array.from({ length: 9 }, (_, i) => `XADD log ${i + 1}-${i} field:${i % 2} value:${i}`),
  "XGROUP CREATE log readers 0",
  "XREADGROUP GROUP readers one COUNT 4 STREAMS log >",
  "XREADGROUP GROUP readers two COUNT 3 STREAMS log >",
  "SELECT 3",
  "SET elsewhere 1",
  "HSET more f v",
];

/** A node with all of it: about two kilobytes in a file. */
export function everyType(seed: number): FuzzNode {
  const fuzz = newNode(seed, SMALL_LIMITS);
  const sender = new NodeSender(fuzz);
  for (const command of COMMANDS) {
    const reply = sender.send(...command.split(" ")).toString();
    if (reply.startsWith("-")) throw new Error(`${command}: ${reply}`);
  }
  return fuzz;
}

const ELEMENTS = ["a", "", "12", "-300", "70000", "12345678901", "x".repeat(70)];
const FIELDS = ["f", "v", "", "12", "g", "w"];
const SCORES = ["low", "-1.5", "a", "1", "b", "2"];

function members(): Buffer {
  const pairs = [rdbString("one"), Buffer.from("\x011"), rdbString("top"), Buffer.from([254])];
  return Buffer.concat([rdbLength(2), ...pairs]);
}

const plain = (elements: readonly string[], each: number): Buffer =>
  Buffer.concat([rdbLength(elements.length / each), ...elements.map((word) => rdbString(word))]);

const OLD: readonly (readonly [type: number, value: Buffer])[] = [
  [RDB_TYPES.LIST, plain(ELEMENTS, 1)],
  [RDB_TYPES.LIST_ZIPLIST, rdbString(ziplist(ELEMENTS))],
  [RDB_TYPES.LIST_QUICKLIST, Buffer.concat([rdbLength(1), rdbString(ziplist(ELEMENTS))])],
  [RDB_TYPES.SET, plain(ELEMENTS, 1)],
  [RDB_TYPES.SET_INTSET, rdbString(intset(4, [-70000n, 1n, 300n]))],
  [RDB_TYPES.ZSET, members()],
  [RDB_TYPES.ZSET_ZIPLIST, rdbString(ziplist(SCORES))],
  [RDB_TYPES.HASH, plain(FIELDS, 2)],
  [RDB_TYPES.HASH_ZIPMAP, rdbString(zipmap(FIELDS))],
  [RDB_TYPES.HASH_ZIPLIST, rdbString(ziplist(FIELDS))],
];

/** A file with every encoding that is not written any more. */
export function oldFile(version: number, hasChecksum: boolean): Buffer {
  const seconds = Buffer.from([RDB_OPCODES.EXPIRE_S, 0, 0, 0, 0x7f]);
  const keys = OLD.map(([type, value], index) =>
    Buffer.concat([Buffer.from([type]), rdbString(`key:${index}`), value]),
  );
  return wholeFile(version, hasChecksum, [Buffer.from([RDB_OPCODES.SELECT, 0]), seconds, ...keys]);
}
