// Values as versions before 7.0 wrote them: ziplists, zipmaps and what was made of them. The newest
// of these versions is the one whose RDB version is told.

import { RDB_TYPES } from "../../src/rdb/rdb-format";
import { littleEndian, rdbLength, rdbString, uint32 } from "./rdb-bytes";

export interface OldValue {
  readonly name: string;
  /** Type and value, without the footer. */
  readonly body: Buffer;
}

const IMMEDIATE = [0n, 12n];

const within = (value: bigint, [low, high]: bigint[]): boolean => value >= low && value <= high;

function ziplistContent(element: string): Buffer {
  if (/^(0|-?[1-9]\d{0,18})$/.test(element)) {
    const value = BigInt(element);
    if (within(value, IMMEDIATE)) return Buffer.from([0xf1 + Number(value)]);
    const forms: [number, number][] = [
      [0xfe, 1],
      [0xc0, 2],
      [0xf0, 3],
      [0xd0, 4],
      [0xe0, 8],
    ];
    for (const [head, size] of forms) {
      const limit = 1n << BigInt(size * 8 - 1);
      if (value < -limit || value >= limit) continue;
      return Buffer.concat([Buffer.from([head]), littleEndian(value, size)]);
    }
  }
  const content = Buffer.from(element, "latin1");
  const { length } = content;
  if (length < 64) return Buffer.concat([Buffer.from([length]), content]);
  if (length < 16384) {
    return Buffer.concat([Buffer.from([0x40 | (length >> 8), length & 255]), content]);
  }
  const head = Buffer.from([0x80, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, content]);
}

export function ziplist(elements: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  let previous = 0;
  let offset = 10;
  let last = 10;
  for (const element of elements) {
    const told =
      previous < 254
        ? Buffer.from([previous])
        : Buffer.concat([Buffer.from([0xfe]), uint32(previous)]);
    const entry = Buffer.concat([told, ziplistContent(element)]);
    last = offset;
    offset += entry.length;
    previous = entry.length;
    parts.push(entry);
  }
  const count = Buffer.alloc(2);
  count.writeUInt16LE(Math.min(elements.length, 65535));
  const header = Buffer.concat([uint32(offset + 1), uint32(last), count]);
  return Buffer.concat([header, ...parts, Buffer.from([0xff])]);
}

export function zipmap(elements: readonly string[]): Buffer {
  const lengthOf = (bytes: Buffer): Buffer =>
    bytes.length < 254
      ? Buffer.from([bytes.length])
      : Buffer.concat([Buffer.from([0xfe]), uint32(bytes.length)]);
  const parts = elements.map((element, index) => {
    const bytes = Buffer.from(element, "latin1");
    if (index % 2 === 0) return Buffer.concat([lengthOf(bytes), bytes]);
    const unused = index % 4 === 1 ? 0 : 3;
    return Buffer.concat([
      lengthOf(bytes),
      Buffer.from([unused]),
      bytes,
      Buffer.alloc(unused, 120),
    ]);
  });
  const pairs = Math.min(elements.length / 2, 254);
  return Buffer.concat([Buffer.from([pairs]), ...parts, Buffer.from([0xff])]);
}

export function intset(width: number, values: readonly bigint[]): Buffer {
  const parts = values.map((value) => littleEndian(value, width));
  return Buffer.concat([uint32(width), uint32(values.length), ...parts]);
}

const value = (name: string, type: number, ...parts: Buffer[]): OldValue => ({
  name,
  body: Buffer.concat([Buffer.from([type]), ...parts]),
});

const LONG = "x".repeat(300);
const LONGER = "y".repeat(20_000);
const ELEMENTS = ["a", "", "0", "12", "13", "-1", "127", "128", "-32769", "8388608", "2147483648"]
  .concat(["-9223372036854775808", "007", "\x00\xff", "__proto__", "z".repeat(63), "z".repeat(64)])
  .concat([LONG, LONGER, "after long ones"]);
const FIELDS = ["f", "v", "", "empty", "12", "13", "__proto__", "-5", LONG, "short", "w", LONG];
const ZSET = [
  "low",
  "-1.5",
  "a",
  "1",
  "b",
  "1",
  "c",
  "2",
  "d",
  "2.25",
  "big",
  "1e300",
  "inf",
  "inf",
];

function plain(elements: readonly string[]): Buffer {
  const count = rdbLength(elements.length);
  return Buffer.concat([count, ...elements.map((element) => rdbString(element))]);
}

function pairsOf(elements: readonly string[]): Buffer {
  const count = rdbLength(elements.length / 2);
  return Buffer.concat([count, ...elements.map((element) => rdbString(element))]);
}

function textScores(): Buffer {
  const members: [string, Buffer][] = [
    ["one", Buffer.concat([Buffer.from([1]), Buffer.from("1")])],
    ["pi", Buffer.concat([Buffer.from([6]), Buffer.from("3.1415")])],
    ["top", Buffer.from([254])],
    ["bottom", Buffer.from([255])],
  ];
  const parts = members.map(([member, score]) => Buffer.concat([rdbString(member), score]));
  return Buffer.concat([rdbLength(parts.length), ...parts]);
}

export const OLD_VALUES: readonly OldValue[] = [
  value("a list, element by element", RDB_TYPES.LIST, plain(ELEMENTS)),
  value("a list that is a ziplist", RDB_TYPES.LIST_ZIPLIST, rdbString(ziplist(ELEMENTS))),
  value(
    "a list of ziplists",
    RDB_TYPES.LIST_QUICKLIST,
    rdbLength(3),
    rdbString(ziplist(ELEMENTS)),
    rdbString(ziplist([])),
    rdbString(ziplist(["last"])),
  ),
  value("a set, member by member", RDB_TYPES.SET, plain(ELEMENTS)),
  value("a set of integers, member by member", RDB_TYPES.SET, plain(["3", "-1", "70000"])),
  ...[2, 4, 8].map((width) =>
    value(
      `an intset of ${width} bytes each`,
      RDB_TYPES.SET_INTSET,
      rdbString(intset(width, [-32768n, -1n, 0n, 5n, 300n])),
    ),
  ),
  value("a sorted set with scores as text", RDB_TYPES.ZSET, textScores()),
  value("a sorted set that is a ziplist", RDB_TYPES.ZSET_ZIPLIST, rdbString(ziplist(ZSET))),
  value("a hash, field by field", RDB_TYPES.HASH, pairsOf(FIELDS)),
  value("a hash that is a zipmap", RDB_TYPES.HASH_ZIPMAP, rdbString(zipmap(FIELDS))),
  value("a hash that is a ziplist", RDB_TYPES.HASH_ZIPLIST, rdbString(ziplist(FIELDS))),
];
