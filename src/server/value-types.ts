import type { ValueType } from "../keyspace/value-type";
import { hashType } from "../types/hash/hash-type";
import { listType } from "../types/list/list-value";
import { setType } from "../types/set/set-type";
import { streamType } from "../types/stream/stream-type";
import { stringType } from "../types/string/string-value";
import { zsetType } from "../types/zset/zset-type";

/** The row of every type that a key can have. Also what a snapshot worker reads the data with. */
export const valueTypes: readonly ValueType[] = [
  stringType,
  listType,
  setType,
  zsetType,
  hashType,
  streamType,
];
