// Checks a value of any type for broken rules, whatever form it lies in.

import assert from "node:assert/strict";
import { ENTRY_VALUE, encodingOf, isInline, wordOf } from "../../src/keyspace/entry";
import type { Arena } from "../../src/memory/arena";
import { verifyCountedTree } from "../../src/structures/counted-tree-verify";
import { verifyDict } from "../../src/structures/dict-verify";
import { verifyIntset } from "../../src/structures/intset-verify";
import { verifyListpack } from "../../src/structures/listpack-verify";
import { FIELD_HEADER_BYTES } from "../../src/types/hash/field-entry";
import { HASH_DICT } from "../../src/types/hash/hash-encoding";
import { verifyList } from "../../src/types/list/list-verify";
import { SET_INTSET, MEMBER_AT as SET_MEMBER_AT, SET_TABLE } from "../../src/types/set/set-reader";
import { verifyStream } from "../../src/types/stream/stream-verify";
import { MEMBER_AT, ZSET_DICT, ZSET_ROOT, ZSET_TREE } from "../../src/types/zset/zset-layout";
import { ZsetReader } from "../../src/types/zset/zset-reader";

export function verifyValue(memory: Arena, type: string, entry: number): void {
  if (isInline(memory, entry)) return;
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  const encoding = encodingOf(memory, entry);
  const capacity = memory.capacityOf(ref);
  if (type === "list") verifyList(memory, encoding, ref);
  else if (type === "stream") verifyStream(memory, ref);
  else if (type === "zset") verifyZset(memory, encoding, ref);
  else if (type === "set" && encoding === SET_INTSET) verifyIntset(memory, ref, capacity);
  else if (type === "set" && encoding === SET_TABLE)
    verifyDict(memory, ref, { keyAt: SET_MEMBER_AT });
  else if (type === "hash" && encoding === HASH_DICT)
    verifyDict(memory, ref, { keyAt: FIELD_HEADER_BYTES });
  else verifyListpack(memory, ref, capacity);
}

function verifyZset(memory: Arena, encoding: number, ref: number): void {
  if (encoding === ZSET_TREE) {
    verifyDict(memory, wordOf(memory, ref, ZSET_DICT), { keyAt: MEMBER_AT });
    verifyCountedTree(memory, wordOf(memory, ref, ZSET_ROOT));
  } else {
    verifyListpack(memory, ref, memory.capacityOf(ref));
  }
  const zset = new ZsetReader(memory).openValue(encoding, ref);
  let score = Number.NEGATIVE_INFINITY;
  let members = 0;
  for (let more = zset.seekFirst(); more; more = zset.next()) {
    assert.ok(zset.score >= score, "scores in order");
    score = zset.score;
    members++;
  }
  assert.equal(members, zset.size);
}
