// Streams in the three forms that versions 5.0, 7.0 and 7.2 have written, made by hand.

import { RDB_TYPES } from "../../src/rdb/rdb-format";
import { listpack, littleEndian, rdbLength, rdbString } from "./rdb-bytes";

/** An ID as keys of a stream's tree and of pending entries are: most significant byte first. */
function rawId(ms: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(BigInt(ms));
  bytes.writeBigUInt64BE(BigInt(sequence), 8);
  return bytes;
}

const id = (ms: number, sequence: number): Buffer =>
  Buffer.concat([rdbLength(ms), rdbLength(sequence)]);
const time = (ms: number): Buffer => littleEndian(BigInt(ms), 8);

const SAME_FIELDS = 2;
const DELETED = 1;
const SEEN_MS = 1_600_000_000_000;
const ACTIVE_MS = 1_500_000_000_000;

/** 5-1 a=1 b=2, 5-3 a=x b=y (deleted), 7-0 c=3; then, in a node of its own, 300-0 d=4. */
const NODES: readonly (readonly [Buffer, Buffer])[] = [
  [
    rawId(5, 1),
    listpack(
      [2, 1, 2, "a", "b", 0].concat(
        [SAME_FIELDS, 0, 0, 1, 2, 5],
        [SAME_FIELDS | DELETED, 0, 2, "x", "y", 5],
        [0, 2, -1, 1, "c", 3, 6],
      ),
    ),
  ],
  [rawId(300, 0), listpack([1, 0, 1, "d", 0, SAME_FIELDS, 0, 0, 4, 4])],
];

function group(form: number): Buffer {
  const pending = [rawId(5, 1), rawId(7, 0)];
  const consumers = ["alice", "bob"].map((name, index) =>
    Buffer.concat([
      rdbString(name),
      time(SEEN_MS),
      ...(form >= 3 ? [time(ACTIVE_MS)] : []),
      rdbLength(1),
      pending[index],
    ]),
  );
  return Buffer.concat([
    rdbString("g"),
    id(7, 0),
    ...(form >= 2 ? [rdbLength(3)] : []),
    rdbLength(2),
    ...pending.map((entry) => Buffer.concat([entry, time(SEEN_MS), rdbLength(4)])),
    rdbLength(2),
    ...consumers,
  ]);
}

/** Type and value of that stream, with a group that has two consumers, in a form from 1 to 3. */
export function oldStream(form: number): Buffer {
  const types = [RDB_TYPES.STREAM_LISTPACKS, RDB_TYPES.STREAM_LISTPACKS_2];
  return Buffer.concat([
    Buffer.from([[...types, RDB_TYPES.STREAM_LISTPACKS_3][form - 1]]),
    rdbLength(NODES.length),
    ...NODES.flatMap(([key, pack]) => [rdbString(key), rdbString(pack)]),
    rdbLength(3),
    id(300, 7),
    ...(form >= 2 ? [id(5, 1), id(5, 3), rdbLength(6)] : []),
    rdbLength(1),
    group(form),
  ]);
}
